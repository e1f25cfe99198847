"""The half hours of the day: finished ones are bars, the running one is an outline."""

from dash import html
from dash.development.base_component import Component

from layouts.bindings import live_chart
from layouts.parts.tile import label
from layouts.wording.words import Words


def half_hour_trend(words: Words, width: int, height: int) -> Component:
    key = html.Small([html.Span(className="swatch"), words["column.net"]], className="key end")
    return html.Div([label(words["metric.half_hours"], key), live_chart("floor.half_hours", width, height)])
