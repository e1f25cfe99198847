"""The month day by day: pace at the end of each day so far, and where chance may take it. assets/js/rollup draws it."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.wording.words import Words

WIDTH_PX, HEIGHT_PX = 470, 190


def month_line(words: Words) -> Component:
    """The section, with nothing drawn."""
    head = html.Div([html.H2(words["rollup.month_line"]), html.Div(words["rollup.month_line_key"])], className="head")
    box: dict[str, Any] = {"data-month": "line", "data-width": str(WIDTH_PX), "data-height": str(HEIGHT_PX)}
    said = html.Div(className="said", role="status")
    return html.Section([head, html.Div(className="plot", **box), said], className="month-line")
