"""Long names and large figures fit as well: nothing overflows, nothing is cut off without a word, columns stay columns."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.browser.conftest import Show
from tests.browser.fitting import misfits
from tests.browser.views import DESK, LANGUAGES, OPENINGS, walked
from tests.layouts.extreme import ANSWERS, SNAPSHOTS, extreme_site

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
UHD = {"width": 3840, "height": 2160}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in OPENINGS if name != "health"])
def test_long_names_and_large_figures_fit(show: Opener, name: str, lang: str) -> None:
    how: dict[str, Any] = {"site": extreme_site(), "theme": OPENINGS[name].theme}
    if name in SNAPSHOTS:
        how["snapshot"] = SNAPSHOTS[name]()
    if name in ANSWERS:
        how["answers"] = ANSWERS[name]
    found = [f"{view}, {each}" for view, seen in walked(show, name, lang, **how) for each in misfits(seen, view)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wall_of_4k_fits(show: Opener, lang: str) -> None:
    found = [f"{view}, {each}" for view, seen in walked(show, "wall", lang, size=UHD) for each in misfits(seen, view)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["team", "rollup", "health"])
def test_a_name_of_any_length_leaves_the_bar_over_the_page_in_the_window(show: Opener, name: str) -> None:
    endless = "Northern and Southern Customer Operations of the Whole Country " * 4
    site = extreme_site()
    teams = tuple(replace(team, name=endless, name_en=endless) for team in site.teams)
    how: dict[str, Any] = {"site": replace(site, name=endless, name_en=endless, teams=teams), "lang": "en"}
    seen = show(OPENINGS[name].kind, size=DESK, **(OPENINGS[name].how | how))
    outside = """() => [...document.querySelectorAll('.top > *')].filter((node) => node.checkVisibility())
        .filter((node) => node.getBoundingClientRect().right > innerWidth).map((node) => node.textContent.slice(0, 30))"""
    seen.until("document.querySelector('.top .site')")
    assert seen.page.evaluate(outside) == []
