"""/audit: the rows of the audit log with their filters, and beside them the chain, who looked at one person, and the exports.

assets/js/audit fills the page from /audit.json every five seconds. No figure of performance is on it: who, when, whom and where.
"""

import json

from dash import html
from dash.development.base_component import Component

from layouts.parts.glyphs import attributes
from layouts.parts.page_site import PageSite
from layouts.parts.top import AUDIT, desk_top
from layouts.shell import page
from layouts.wording.words import Words, load_words

KINDS = ("viewed_person", "watched", "exported", "decided", "set", "paired", "denied", "signed_in", "signed_out")
COLUMNS = ("time", "who", "did", "whom", "where", "number")
_SECTIONS = ("audit.", "audit_place.", "audit_what.", "role.")


def audit(lang: str, theme: str, site: PageSite) -> Component:
    """The page of the audit log."""
    words = load_words(lang)
    table = {key: text for key, text in words.table.items() if key.startswith(_SECTIONS)}
    data = attributes(data_words=json.dumps(table, ensure_ascii=False))
    rows = html.Div([*_filters(words), _table(words)], className="audit-list")
    columns = html.Div([rows, _panel(words)], className="audit-columns")
    main = html.Main([_head(words), columns], id="main")
    content = html.Div([desk_top(words, theme, site, AUDIT), main], id="audit", className="desk audit-page", **data)
    return page(content, words=words, theme=theme, density="desk", topic="line", site=site)


def _head(words: Words) -> Component:
    said = html.Span(id="audit-period", className="dim n")
    away = html.P(id="audit-away", className="problem", role="status")
    note = html.Span(words["audit.append_only"], className="small")
    return html.Div(
        [html.H1(words["audit.title"]), said, away, html.Span(className="sp"), note], className="audit-head"
    )


def _filters(words: Words) -> list[Component]:
    day = html.Div(_native("select", words["audit.days"], "audit-days"), className="days")
    fields = [day, *(_field(words[f"audit.{name}_field"], name) for name in ("account", "person"))]
    chips = html.Div(id="audit-kinds", className="chips", role="group", **attributes(aria_label=words["audit.did"]))
    return [html.Div(fields, className="audit-filters"), chips]


def _native(kind: str, label: str, id: str) -> Component:
    """A select, which the page's script fills; Dash has one of its own, which it would draw instead."""
    return html.Div(id=id, **attributes(data_field=kind, data_label=label))


def _field(label: str, name: str) -> Component:
    return _native("input", label, f"audit-{name}")


def _table(words: Words) -> Component:
    head = html.Thead(html.Tr([html.Th(words[f"audit.{name}"], className=name) for name in COLUMNS]))
    rows = html.Table([head, html.Tbody(id="audit-rows")], className="audit-table")
    return html.Div([rows, html.P(id="audit-more", className="small")], className="audit-rows")


def _panel(words: Words) -> Component:
    chain = html.Section(
        [
            html.H2([words["audit.verification"], html.Span(words["audit.each_has_the_one_before"])]),
            html.P(id="audit-chain", className="sentence n", role="status"),
            html.Div(id="audit-links", className="links", **attributes(aria_hidden="true")),
            html.P(id="audit-checked", className="small n"),
            html.Ul(id="audit-faults", className="small"),
            html.Div(
                [
                    html.Button(words["audit.verify"], className="btn", id="audit-verify", type="button"),
                    html.A(
                        words["audit.export"], className="btn", id="audit-export", href="/audit/export", download=""
                    ),
                ],
                className="acts",
            ),
        ]
    )
    looks = html.Section(
        [
            html.H2([words["audit.looked_at"], html.Span(className="span-of-days n")]),
            html.Div([_field(words["audit.agent_field"], "agent"), html.Span(id="audit-agent-id", className="n")]),
            html.Div(id="audit-looks"),
        ]
    )
    exports = html.Section(
        [html.H2([words["audit.exports"], html.Span(id="audit-exported", className="n")]), html.Div(id="audit-exports")]
    )
    note = html.P(words["audit.no_figures"], className="tiny")
    return html.Div([chain, looks, exports, note], className="audit-panel")
