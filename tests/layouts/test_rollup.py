"""/rollup and /campaigns bind to what their topic has, carry no data of their own, and under a works council open no team."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from layouts.campaigns import campaigns
from layouts.parts.bindings import FORMATS, UNKNOWN
from layouts.parts.campaign_table import ALL, OF_THE_ROLLUP
from layouts.rollup import COLUMNS, rollup
from layouts.wording.words import LANGUAGES, load_words
from tests.layouts.example import example_site
from tests.layouts.rolled import rollup_agents, rollup_snapshot
from tests.layouts.test_pages import PATHS, _nodes

ASSETS = Path(__file__).resolve().parents[2] / "assets"
PAGES = [(page, lang) for page in (rollup, campaigns) for lang in LANGUAGES]


def drawn(page: Any, lang: str, council: bool = False) -> Any:
    return json.loads(
        json.dumps(
            page(lang, "light", example_site(works_council="count" if council else "judge")), cls=PlotlyJSONEncoder
        )
    )


def value(snapshot: Any, path: str) -> Any:
    node = snapshot
    for name in path.split("."):
        node = node[name]
    return node


@pytest.mark.parametrize(("page", "lang"), PAGES)
def test_every_path_is_one_the_topic_has(page: Any, lang: str) -> None:
    snapshot, nodes = rollup_snapshot(), list(_nodes(drawn(page, lang)))
    paths = {path for node in nodes for key in PATHS for path in re.split(r"[ +/]", node.get(key, "")) if path}
    assert [path for path in sorted(paths) if value(snapshot, path) is None] == []
    assert len(paths) >= (15 if page is rollup else 0)
    for node in nodes:
        if node.get("data-live") == "word":
            value(snapshot, node["data-code"])


@pytest.mark.parametrize(("page", "lang"), PAGES)
def test_every_figure_is_unknown_until_a_frame_comes(page: Any, lang: str) -> None:
    tree = drawn(page, lang)
    figures = [node for node in _nodes(tree) if node.get("data-live") == "text"]
    assert {node["children"] for node in figures} <= {UNKNOWN}
    assert {node["data-format"] for node in figures} <= set(FORMATS)


def test_there_is_a_row_for_the_site_and_each_team_before_any_frame_and_no_agent() -> None:
    text = json.dumps(drawn(rollup, "zh"), ensure_ascii=False)
    assert all(team.name in text for team in example_site().teams)
    assert "data-opens" in text
    assert not [row[0] for row in rollup_agents()["rows"] if f'"{row[0]}"' in text]


def test_under_a_works_council_no_team_is_named_before_it_is_known_to_be_large_enough() -> None:
    nodes = list(_nodes(drawn(rollup, "zh", council=True)))
    assert not [node for node in nodes if "data-opens" in node]
    assert not [node for node in nodes if node.get("children") == load_words("zh")["rollup.spread_key"]]
    assert [node.get("className") for node in nodes if node.get("className") in ("t1", "t2")] == ["t1"]


def test_every_column_has_its_head_and_its_cell() -> None:
    script = (ASSETS / "js/rollup/rollup.js").read_text(encoding="utf-8")
    assert [name for name in COLUMNS if f'"{name}"' not in script and f"c-{name}" not in script] == []
    assert set(OF_THE_ROLLUP) <= set(ALL)
    heads = {
        node["className"] for node in _nodes(drawn(campaigns, "en")) if str(node.get("className", "")).startswith("c-")
    }
    assert {f"c-{name}" for name in ALL} <= heads


def test_reasons_of_campaigns_have_words() -> None:
    reasons = {"no_snapshot", "finished", "no_start", "no_planned_hours", "too_early", "too_far"}
    assert all(f"unsure.{reason}" in load_words(lang).table for reason in reasons for lang in LANGUAGES)
    assert all(f"unsure.{reason}" in json.loads(load_words("en").for_browser()) for reason in reasons)
