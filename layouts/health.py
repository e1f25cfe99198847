"""/health: how the line is. The page is drawn without data; assets/health.js fills it from /health.json every three seconds."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.top import desk_top, health_href
from layouts.shell import PageSite, page
from layouts.wording.words import Words, load_words

TOTALS = ("records", "applied", "duplicates", "superseded", "ignored", "heartbeats", "dead_lettered")


def health(lang: str, theme: str, site: PageSite) -> Component:
    """The page of the line's health."""
    words = load_words(lang)
    tables = [
        _table(words, "partitions", ("partition", "position", "records", "dead_lettered", "newest", "heartbeat")),
        html.Div([_table(words, "sources", ("source", "newest")), _table(words, "silent", ("source", "newest"))]),
        _table(words, "forgotten", ("agent", "state", "since")),
    ]
    name = html.H1(words["health.title"], className="unseen")
    told = html.Div([name, _site(words), _sums(words), html.Div(tables, className="health-tables")], id="health")
    main = html.Main(told, id="main")
    content = html.Div([desk_top(words, theme, site, health_href), main], className="desk health-page")
    return page(content, words=words, theme=theme, density="desk", topic="floor", site=site)


def _site(words: Words) -> Component:
    """The site file: in force since when, and what is wrong with the newest change of it, line by line."""
    facts = [
        html.Span([words["health.file"], " ", _told("site.file")]),
        html.Span([words["health.loaded_at"], " ", _told("site.loaded_at")]),
        html.Strong(words["health.sound"], className="when-sound"),
        html.Strong(words["health.broken"], className="when-broken"),
        html.Strong(words["health.redis_away"], className="when-away"),
        html.Strong(words["health.unreached"], className="when-unreached"),
    ]
    problems = html.Div(_table(words, "site.problems", ("file", "line", "message")), className="when-broken")
    return html.Section([html.H2(words["health.site"]), html.P(facts, className="health-site"), problems])


def _sums(words: Words) -> Component:
    """Every record is in one of these."""
    figures = [(words["health.age_s"], _told("age_s"))]
    figures += [(words[f"health.{name}"], _told(f"totals.{name}")) for name in TOTALS]
    return html.Section([_figure(title, told) for title, told in figures], className="health-sums")


def _figure(title: str, told: Component) -> Component:
    return html.Div([html.Div(title, className="k n"), html.Div(told, className="v n")])


def _told(path: str) -> Component:
    named: dict[str, Any] = {"data-health": path}
    return html.Span("—", **named)


def _table(words: Words, path: str, columns: Sequence[str]) -> Component:
    head = html.Thead(html.Tr([html.Th(words[f"health.{name}"]) for name in columns]))
    names: dict[str, Any] = {"data-health-rows": path, "data-columns": " ".join(columns)}
    body = html.Tbody(**names)
    return html.Section([html.H2(words[f"health.{path.rpartition('.')[2]}"]), html.Table([head, body], className="n")])
