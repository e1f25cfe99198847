"""The charts of the drawer: drawn with the design tokens, nothing to click or to hover, not there before they are asked for."""

import json
from typing import Any

import pytest
from plotly.io.json import to_json_plotly

from layouts.parts.chart import pace_chart, quality_chart
from layouts.parts.chart_tokens import COLOURS, FONT
from layouts.team import team
from tests.layouts.chart_tokens import NAMES, SHEET, TARGET, tokens, written
from tests.layouts.example import example_site

CHARTS = {"pace": pace_chart, "quality": quality_chart}


def graph_of(name: str, theme: str = "light", lang: str = "zh") -> dict[str, Any]:
    place = json.loads(to_json_plotly(CHARTS[name](theme, lang)))
    found: dict[str, Any] = json.loads(place["props"]["data-chart"])
    assert (found["type"], found["namespace"]) == ("Graph", "dash_core_components")
    props: dict[str, Any] = found["props"]
    return props


def test_the_charts_have_the_colours_of_the_style_sheet() -> None:
    css = SHEET.read_text("utf-8")
    assert TARGET.read_text("utf-8") == written(css), "python -m tests.layouts.chart_tokens writes it anew"
    assert tokens(css) == (FONT, COLOURS)
    assert {theme: tuple(colours) for theme, colours in COLOURS.items()} == {"light": NAMES, "dark": NAMES}
    assert COLOURS["light"]["ink-1"] != COLOURS["dark"]["ink-1"]


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize("name", CHARTS)
def test_nothing_but_tokens_is_drawn_and_nothing_is_to_be_clicked(name: str, theme: str) -> None:
    graph = graph_of(name, theme)
    assert graph["config"] == {
        "displayModeBar": False,
        "staticPlot": True,
        "displaylogo": False,
        "showSendToCloud": False,
        "responsive": False,
    }
    layout, traces = graph["figure"]["layout"], graph["figure"]["data"]
    used = {text for text in _texts(graph["figure"]) if text.startswith("#")}
    assert used <= set(COLOURS[theme].values())
    assert {trace["type"] for trace in traces} == {"scatter"}
    assert len({trace["name"] for trace in traces}) == len(traces)
    look = layout["template"]["layout"]
    assert look["font"]["family"] == FONT
    assert (look["showlegend"], look["hovermode"], look["xaxis"]["showgrid"]) == (False, False, False)
    assert look["xaxis"]["fixedrange"] and look["yaxis"]["fixedrange"]
    assert layout["uirevision"] == graph_of(name, theme, "en")["figure"]["layout"]["uirevision"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_has_no_graph_before_it_is_asked_for(lang: str) -> None:
    page = team("dawn", lang, "light", example_site())
    drawn = json.loads(to_json_plotly(page))
    kinds = [part["type"] for part in _parts(drawn)]
    assert "Graph" not in kinds and "AgGrid" in kinds
    council = team("dawn", lang, "light", example_site(works_council="count"))
    assert "data-chart" in to_json_plotly(page) and "data-chart" not in to_json_plotly(council)


def _parts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [part for each in value for part in _parts(each)]
    if not isinstance(value, dict):
        return []
    return [*([value] if "type" in value and "props" in value else []), *_parts(list(value.values()))]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
