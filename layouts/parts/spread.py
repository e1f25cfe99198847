"""Pace spread: x = due (log), y = pace, with what chance allows. assets/js/rollup/spread.js draws it as SVG."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_phrase, live_when
from layouts.wording.words import Words

WIDTH_PX, HEIGHT_PX = 470, 430


def spread(words: Words, persons: bool) -> Component:
    """``persons``: the agents are dots without a name; otherwise there are none."""
    dots = [html.Span(words["rollup.spread_key"])] if persons else []
    key = [
        *dots,
        html.Span([html.I(className="ring"), words["rollup.spread_teams"]]),
        html.Span([html.I(className="square"), words["rollup.site"]]),
    ]
    head = html.Div([html.H2(words["rollup.spread"]), html.Div(key, className="key-of")], className="head")
    path = "rollup.today.on_pace_share"
    share = live_phrase(words, "rollup.on_pace", {"n": path}, formats={"n": "whole_share"}, strong=True)
    box: dict[str, Any] = {"data-spread": "today", "data-width": str(WIDTH_PX), "data-height": str(HEIGHT_PX)}
    foot = [html.Div(live_when([share], path)), html.Div(className="said", role="status")]
    return html.Section(
        [head, html.Div(className="plot", **box), html.Div(foot, className="foot n")], className="spread"
    )
