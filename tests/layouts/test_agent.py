"""The agent's own page: places and scripts agree by name, it knows nobody, and under a works council nothing judges them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from layouts.agent import me
from layouts.parts.bindings import UNKNOWN
from layouts.wording.words import load_words
from tests.layouts.example import example_site
from tests.layouts.test_pages import _nodes

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SCRIPTS = ASSETS / "js/me"


def _page(lang: str = "zh", works_council: str = "judge") -> Any:
    page = me(lang, "light", example_site(works_council=works_council))
    return json.loads(json.dumps(page, cls=PlotlyJSONEncoder))


def _slots(page: Any) -> set[str]:
    return {node["data-me"] for node in _nodes(page) if "data-me" in node}


def _scripts() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.glob("*.js")))


def test_every_place_is_filled_and_no_script_asks_for_one_that_is_not_there() -> None:
    used = set(re.findall(r"\bslots\.([a-z_]+)", _scripts()))
    assert used == _slots(_page())


def test_every_figure_is_unknown_until_it_is_told() -> None:
    figures = [node for node in _nodes(_page()) if "fig" in node.get("className", "").split()]
    assert [node["children"] for node in figures] == [UNKNOWN] * 5


def test_pace_and_attainment_have_names_of_their_own() -> None:
    texts = [node.get("children") for node in _nodes(_page("en"))]
    assert {"Pace", "Attainment", "Net today", "Pace today"} <= {text for text in texts if isinstance(text, str)}


def test_under_a_works_council_nothing_compares_him() -> None:
    assert _slots(_page()) - _slots(_page(works_council="count")) == {"verdict", "said", "exact", "episodes"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_word_of_its_scripts_exists(lang: str) -> None:
    named = set(re.findall(r'word\("([a-z_]+\.[a-z_]+)"', _scripts())) | set(re.findall(r'"(me\.[a-z_]+)"', _scripts()))
    words = json.loads(load_words(lang).for_browser())
    assert len(named) > 30
    assert named - words.keys() == set()
