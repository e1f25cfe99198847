"""No chart of any page has plotly's buttons, and none of them may send what it shows to plotly's cloud."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboard.web.pages import PAGES, Look
from tests.layouts.example import example_site

ASSETS = Path(__file__).resolve().parents[2] / "assets"
VALUES = {"board": "main", "team": "dawn", "project": "north"}


def _graphs(tree: Any) -> Iterator[dict[str, Any]]:
    """The properties of every graph: those of the layout, and those that a script makes of what a place holds."""
    if isinstance(tree, list):
        for one in tree:
            yield from _graphs(one)
    elif isinstance(tree, dict):
        if tree.get("type") == "Graph":
            yield tree["props"]
        for name, value in tree.items():
            yield from _graphs(json.loads(value) if name == "data-chart" else value)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_chart_has_a_button_or_knows_a_cloud(lang: str) -> None:
    drawn = [page.draw(Look(lang, "light"), example_site(), VALUES) for page in PAGES]
    graphs = list(_graphs(json.loads(json.dumps(drawn, cls=PlotlyJSONEncoder))))
    assert len(graphs) >= 2
    for graph in graphs:
        config = graph["config"]
        assert config["displayModeBar"] is False and not config.get("showSendToCloud"), graph["id"]
        assert not config.get("plotlyServerURL") and not config.get("showEditInChartStudio"), graph["id"]


def test_no_script_names_a_cloud() -> None:
    scripts = {path.name: path.read_text(encoding="utf-8") for path in ASSETS.rglob("*.js")}
    assert [name for name, text in scripts.items() if "plotlyServerURL" in text or "sendDataToCloud" in text] == []
