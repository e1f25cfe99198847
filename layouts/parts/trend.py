"""The half hours of the day: finished ones are bars, the running one is an outline, what is due is a tick."""

from dash import html
from dash.development.base_component import Component

from layouts.parts.bindings import live_chart, live_status, live_text, live_when
from layouts.parts.tile import label
from layouts.wording.words import Words

PATH = "floor.half_hours"
WIDTH_PX = 552
_LAST = "floor.last30"


def half_hours_due(words: Words) -> Component:
    """The last 30 minutes as net / due, of those who owe, over the half hours with their ticks."""
    swatch, tick = html.Span(className="swatch"), html.Span(className="swatch due")
    key = html.Small([swatch, words["column.net"], tick, words["column.due"]], className="key end")
    return html.Div([label(words["metric.last_30"], key), _rolling(), live_chart(PATH, WIDTH_PX, 166)])


def half_hours_alone(words: Words) -> Component:
    """The half hours of a floor that owes nothing."""
    key = html.Small([html.Span(className="swatch"), words["column.net"]], className="key end")
    return html.Div([label(words["metric.half_hours"], key), live_chart(PATH, WIDTH_PX, 228)])


def _rolling() -> Component:
    ratio = f"{_LAST}.pace"
    net = html.Span(live_text(f"{_LAST}.assessed_net"), className="kpi n")
    due = html.Span(["/ ", live_text(f"{_LAST}.due", "due", strong=False, plan=True)], className="n dim")
    share = html.B([live_text(ratio, "whole_share"), html.Span("%", className="pctu")])
    status = html.Span(live_status(ratio, f"{_LAST}.band"), className="shape")
    return html.Div(
        [net, due, html.Span(live_when([status, share], ratio), className="end dim n")], className="roll fit"
    )
