"""The bar over the agent table: chips that partition the team, the order, states, the search, the columns and the alerts.

assets/js/team/table_bar.js counts the chips and tells the grid which agents stay; columns.js fills the list of columns,
alerts.js the panel.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import UNKNOWN
from layouts.parts.glyphs import glyph
from layouts.wording.words import Words

CHIPS = ("all", "todo", "early", "pace", "off", "away")
CHIPS_WITHOUT_JUDGEMENT = ("all", "here", "off", "away")
"""Present today, not assessed, away."""
CHIPS_OF_THE_UNRATED = ("all", "here", "away")
"""Where nobody can be assessed, no chip sets agents apart for that."""
STATES = ("talk", "available", "wrap", "break", "other", "offline")
"""As the summary groups them."""


def table_bar(words: Words, judged: bool, unrated: bool) -> Component:
    """The row of controls; ``unrated``: nobody on the page can be assessed."""
    names = CHIPS_OF_THE_UNRATED if unrated else CHIPS if judged else CHIPS_WITHOUT_JUDGEMENT
    group: dict[str, Any] = {"role": "group", "aria-label": words["bar.filter"]}
    chips = html.Div([_chip(words, name) for name in names], className="chips", **group)
    find: dict[str, Any] = {"data-bar": "find", "data-words": words["bar.find"]}
    order = [] if not judged else [_button(words["bar.by_evidence"], "order", "btn sm quiet")]
    narrow = [_states(words), *order, html.Span(className="find", **find)]
    return html.Div([chips, html.Span(className="sp"), *narrow, _columns(words), _alerts(words)], className="bar-row")


def alerts_panel(words: Words) -> Component:
    """The panel of what to do now, beside the table; closed."""
    close: dict[str, Any] = {"data-act": "close", "aria-label": words["drawer.close"], "title": words["drawer.close"]}
    head = [html.H2(words["alert.title"]), html.Button("×", className="btn quiet sm", type="button", **close)]
    body: dict[str, Any] = {"data-alerts": "list"}
    state: dict[str, Any] = {"aria-hidden": "true", "aria-label": words["alert.title"]}
    return html.Aside(
        [html.Div(head, className="dh"), html.Div(className="db", **body)], id="alerts", className="drawer", **state
    )


def _states(words: Words) -> Component:
    """The choice of one state, as the browser's own list."""
    shown = [(words["bar.all_states"], ""), *((words[f"state.{name}"], name) for name in STATES)]
    data: dict[str, Any] = {"data-bar": "state", "aria-label": words["bar.state"]}
    return html.Select([html.Option(text, value=name) for text, name in shown], className="inp", **data)


def _columns(words: Words) -> Component:
    """The columns behind a button; assets/js/team/columns.js makes the list when it is opened."""
    data: dict[str, Any] = {"data-bar": "columns", "data-reset": words["bar.reset_columns"]}
    head = html.Summary([words["bar.columns"], glyph("open")], className="btn sm quiet")
    return html.Details([head, html.Div(className="list", **data)], className="menu cols")


def _chip(words: Words, name: str) -> Component:
    data: dict[str, Any] = {"data-chip": name, "aria-pressed": "true" if name == "all" else "false"}
    figure: dict[str, Any] = {"data-count": name}
    parts: list[Component | str] = [words[f"chip.{name}"], html.Span(UNKNOWN, className="n", **figure)]
    return html.Button(parts, className="chip", type="button", **data)


def _button(text: str, name: str, class_name: str) -> Component:
    data: dict[str, Any] = {"data-bar": name}
    return html.Button(text, className=class_name, type="button", **data)


def _alerts(words: Words) -> Component:
    data: dict[str, Any] = {"data-bar": "alerts", "aria-controls": "alerts", "aria-expanded": "false"}
    figure: dict[str, Any] = {"data-count": "alerts"}
    parts: list[Component | str] = [glyph("clock"), words["bar.alerts"], html.Span(UNKNOWN, className="n", **figure)]
    return html.Button(parts, className="btn sm", type="button", **data)
