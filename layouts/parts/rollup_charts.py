"""The charts of the roll-up, empty in the layout and drawn as SVG by assets/js/rollup."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_phrase, live_when
from layouts.wording.words import Words

SPREAD_PX = (470, 430)
MONTH_LINE_PX = (470, 190)
"""Width and height of each."""


def spread(words: Words, persons: bool) -> Component:
    """x = due (log), y = pace, with the band of chance. ``persons``: with a dot without a name for each agent."""
    shapes = (("ring", "rollup.spread_teams"), ("square", "rollup.site"))
    dots = [html.Span(words["rollup.spread_key"])] if persons else []
    key = [*dots, *(html.Span([html.I(className=shape), words[name]]) for shape, name in shapes)]
    head = html.Div([html.H2(words["rollup.spread"]), html.Div(key, className="key-of")], className="head")
    path = "rollup.today.on_pace_share"
    share = live_phrase(words, "rollup.on_pace", {"n": path}, formats={"n": "whole_share"}, strong=True)
    box = {"data-spread": "today", **_size(SPREAD_PX)}
    foot = [html.Div(live_when([share], path)), html.Div(className="said", role="status")]
    return html.Section(
        [head, html.Div(className="plot", **box), html.Div(foot, className="foot n")], className="spread"
    )


def month_line(words: Words) -> Component:
    """The month day by day: pace at the end of each day so far, and its likely range to the end of the month."""
    head = html.Div([html.H2(words["rollup.month_line"]), html.Div(words["rollup.month_line_key"])], className="head")
    box = {"data-month": "line", **_size(MONTH_LINE_PX)}
    said = html.Div(className="said", role="status")
    return html.Section([head, html.Div(className="plot", **box), said], className="month-line")


def _size(pixels: tuple[int, int]) -> dict[str, Any]:
    return dict(zip(("data-width", "data-height"), map(str, pixels), strict=True))
