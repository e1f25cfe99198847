"""The charts of an agent, in the drawer and on the agent's own page: the one door to plotly.

Drawn empty, in the page's theme; assets/js/agent/curves.js fills them. A chart is the JSON of a ``dcc.Graph`` beside its place
(``data-chart``): the page makes it when there is something to draw, for plotly.js is 4.8 MB that no figure may wait for. It is
as wide as its place. Every trace has a name by which it is filled; its looks stand here alone.
There is nothing to click or to hover: what a chart says stands in a sentence as well (``aria-label``).
"""

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component
from plotly.io.json import to_json_plotly

from layouts.parts.chart_tokens import COLOURS, FONT
from layouts.parts.glyphs import attributes

WIDTH = 371
"""The drawer without its padding, px."""
LEFT, TOP, BOTTOM = 34, 8, 20
LABELS = {"zh": 80, "en": 94}
"""Room for the words at the ends of lines, px."""
PACE_HEIGHT, QUALITY_HEIGHT = 138, 96
TICK_PX, LABEL_PX = 11, 12
CONFIG: Any = {
    "displayModeBar": False,
    "staticPlot": True,
    "displaylogo": False,
    "showSendToCloud": False,
    "responsive": False,
}
_CLEAR = "rgba(0,0,0,0)"


def template(theme: str) -> go.layout.Template:
    """How every chart looks in a theme, from the design tokens: no legend, no frame, hairlines, axes that stay as they are."""
    colours = COLOURS[theme]
    axis = {"fixedrange": True, "zeroline": False, "showline": False, "ticks": "", "automargin": False}
    axis |= {"tickfont": {"size": TICK_PX, "color": colours["ink-3"]}}
    layout = go.Layout(
        font={"family": FONT, "size": LABEL_PX, "color": colours["ink-2"]},
        paper_bgcolor=_CLEAR,
        plot_bgcolor=_CLEAR,
        showlegend=False,
        hovermode=False,
        dragmode=False,
        xaxis={**axis, "showgrid": False},
        yaxis={**axis, "gridcolor": colours["line"], "gridwidth": 1},
    )
    return go.layout.Template(layout=layout)


def pace_chart(theme: str, lang: str) -> Component:
    """Calls of the running shift against what peers would have had, with the band of chance, and what is due."""
    colours = COLOURS[theme]
    traces = [
        *_band(colours),
        _line("expected", colours["expect"], 1.3, "4px,3px"),
        _line("due", colours["ink-3"], 1.2, "1px,3px"),
        _line("counted", colours["data-line"], 1.9),
        _end("expected_end", colours["ink-2"]),
        _end("due_end", colours["ink-3"]),
        _end("counted_end", colours["ink-1"], colours["data-line"]),
    ]
    return _chart("pace", traces, theme, lang, PACE_HEIGHT, BOTTOM)


def quality_chart(theme: str, lang: str) -> Component:
    """Single scores in their order, the running trend, and between which limits it usually lies."""
    colours = COLOURS[theme]
    traces = [
        *_band(colours),
        _line("centre", colours["ink-3"], 1.0, "1px,3px"),
        go.Scatter(name="points", mode="markers", marker={"size": 3.6, "color": colours["data"], "opacity": 1}),
        _line("trend", colours["data-line"], 1.9),
        _end("trend_end", colours["ink-1"], colours["data-line"]),
    ]
    return _chart("quality", traces, theme, lang, QUALITY_HEIGHT, TOP)


def _chart(name: str, traces: list[Any], theme: str, lang: str, height: int, bottom: int) -> Component:
    margin = {"l": LEFT, "r": LABELS[lang], "t": TOP, "b": bottom, "pad": 0}
    size = {"width": WIDTH, "height": height, "autosize": False}
    figure = go.Figure(traces, go.Layout(template=template(theme), margin=margin, uirevision="callfloor", **size))
    graph = dcc.Graph(
        id=f"{name}-graph", figure=figure, config=CONFIG, responsive=False, style={"height": f"{height}px"}
    )
    data = attributes(data_slot=f"{name}_chart", data_chart=to_json_plotly(graph), role="img")
    return html.Div(id=f"{name}-chart", className="chart", style={"height": f"{height}px"}, **data)


def _band(colours: dict[str, str]) -> list[Any]:
    """Two edges; what lies between them is filled."""
    edge = {"mode": "lines", "line": {"width": 0, "color": colours["band"]}}
    return [go.Scatter(name="low", **edge), go.Scatter(name="high", fill="tonexty", fillcolor=colours["band"], **edge)]


def _line(name: str, colour: str, width: float, dash: str = "solid") -> Any:
    return go.Scatter(name=name, mode="lines", line={"color": colour, "width": width, "dash": dash})


def _end(name: str, colour: str, dot: str = "") -> Any:
    """The words at the end of a line; with ``dot`` the line's newest point is marked."""
    font = {"color": colour, "size": LABEL_PX, **({"weight": 600} if dot else {})}
    words = {"textposition": "middle right", "textfont": font, "cliponaxis": False}
    if not dot:
        return go.Scatter(name=name, mode="text", **words)
    return go.Scatter(name=name, mode="markers+text", marker={"size": 6, "color": dot, "opacity": 1}, **words)
