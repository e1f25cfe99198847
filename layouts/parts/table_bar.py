"""The bar over the agent table: chips that partition the team, the order, states, the search, the columns and the alerts.

assets/js/team/table_bar.js counts the chips and tells the grid which agents stay; columns.js fills the list of columns,
alerts.js the panel.
"""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import UNKNOWN
from layouts.parts.drawer import close_button
from layouts.parts.glyphs import attributes, glyph
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
    group = attributes(role="group", aria_label=words["bar.filter"])
    chips = html.Div([_chip(words, name) for name in names], className="chips", **group)
    find = html.Span(className="find", **attributes(data_bar="find", data_words=words["bar.find"]))
    by_evidence = attributes(data_bar="order")
    order = html.Button(words["bar.by_evidence"], className="btn sm quiet", type="button", **by_evidence)
    narrow = [_states(words), *([order] if judged else []), find]
    return html.Div([chips, html.Span(className="sp"), *narrow, _columns(words), _alerts(words)], className="bar-row")


def alerts_bar(words: Words) -> Component:
    """The bar of a page without a table: why it has none, and the alerts."""
    why = html.Span(words["bar.persons_withheld"], className="sub")
    return html.Div([why, html.Span(className="sp"), _alerts(words)], className="bar-row")


def alerts_panel(words: Words) -> Component:
    """The panel of what to do now, beside the table; closed."""
    head = html.Div([html.H2(words["alert.title"]), close_button(words)], className="dh")
    body = html.Div(className="db", **attributes(data_alerts="list"))
    state = attributes(aria_hidden="true", aria_label=words["alert.title"])
    return html.Aside([head, body], id="alerts", className="drawer", **state)


def _states(words: Words) -> Component:
    """The choice of one state, as the browser's own list."""
    shown = [(words["bar.all_states"], ""), *((words[f"state.{name}"], name) for name in STATES)]
    data = attributes(data_bar="state", aria_label=words["bar.state"])
    return html.Select([html.Option(text, value=name) for text, name in shown], className="inp", **data)


def _columns(words: Words) -> Component:
    """The columns behind a button; assets/js/team/columns.js makes the list when it is opened."""
    data = attributes(data_bar="columns", data_reset=words["bar.reset_columns"])
    head = html.Summary([words["bar.columns"], glyph("open")], className="btn sm quiet")
    return html.Details([head, html.Div(className="list", **data)], className="menu cols")


def _chip(words: Words, name: str) -> Component:
    data = attributes(data_chip=name, aria_pressed="true" if name == "all" else "false")
    return html.Button([words[f"chip.{name}"], _counted(name)], className="chip", type="button", **data)


def _alerts(words: Words) -> Component:
    data = attributes(data_bar="alerts", aria_controls="alerts", aria_expanded="false")
    parts: list[Component | str] = [glyph("clock"), words["bar.alerts"], _counted("alerts")]
    return html.Button(parts, className="btn sm", type="button", **data)


def _counted(name: str) -> Component:
    return html.Span(UNKNOWN, className="n", **attributes(data_count=name))
