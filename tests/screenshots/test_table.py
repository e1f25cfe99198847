"""The table has every page in each theme and language and every state of the design; and a picture of the moment is no blank."""

import re
from itertools import product
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from dashboard.web.pages import PAGES, Page
from tests.golden import ROOT
from tests.moment.moment import before_today
from tests.moment.serving import serving
from tests.moment.when import at
from tests.screenshots.acts import ACTS, ROUTES
from tests.screenshots.first_hour import STARTS, first_hour_pictures
from tests.screenshots.scenes import SCENES
from tests.screenshots.shown import FOLDER, MOST_BYTES, SHOWN
from tests.screenshots.table import LANGUAGES, MOST, PHONE, THEMES, ULTRA, WALL, Picture, pictures
from tests.screenshots.take import Camera

STATES = "loading empty too_early provisional stale hidden rebuilding no_permission error unknown offline corrected"
"""Those of the design."""


def test_there_are_few_enough_and_each_has_a_name() -> None:
    names = [one.name for one in pictures()]
    assert len(names) == len(set(names)) <= MOST


# A project's page is that of the campaigns with one chosen, and the floor of the pictures has no client.
@pytest.mark.parametrize("page", [page for page in PAGES if "project" not in page.path], ids=lambda page: page.path)
def test_every_page_is_shown_in_each_theme_and_language(page: Page) -> None:
    shown = {(one.lang, one.theme) for one in pictures() if re.fullmatch(page.path, re.split("[?#]", one.path)[0])}
    assert shown == set(product(LANGUAGES, THEMES))


def test_every_state_is_shown_once_and_so_are_a_large_wall_and_a_phone() -> None:
    states = [one.state for one in pictures() if one.state]
    assert sorted(states) == sorted(STATES.split())
    assert {PHONE, ULTRA} < {one.size for one in pictures()}


def test_what_the_table_names_is_there() -> None:
    assert {one.scene for one in pictures()} == set(SCENES)
    assert {one.act for one in pictures() if one.act} == {*ACTS, *ROUTES}


def test_the_first_hour_is_shown_in_both_languages_and_themes() -> None:
    names = [one.name for one in (*pictures(), *first_hour_pictures())]
    assert len(names) == len(set(names))
    assert {one.scene for one in first_hour_pictures()} == set(STARTS)
    walls = {(one.lang, one.theme) for one in first_hour_pictures() if one.path == "/wall/main"}
    assert walls == set(product(LANGUAGES, THEMES))


def test_the_readme_and_the_docs_show_some_of_them_and_they_are_small() -> None:
    texts = [path.read_text("utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))]
    shown = re.findall(r"pictures/([\w-]+)\.png", "".join(texts))
    assert sorted(set(shown)) == sorted(SHOWN)
    assert set(SHOWN) <= {one.name for one in pictures()}
    assert sum((FOLDER / f"{name}.png").stat().st_size for name in SHOWN) < MOST_BYTES


@pytest.mark.services
@pytest.mark.browser
def test_a_picture_of_the_moment_is_not_blank(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    with before_today(tmp_path / "redis", 0) as moment, serving(moment) as url:
        moment.go(at("09:30"))
        with moment.board.publishing():
            path = Camera(browser, url, tmp_path).take(
                Picture("wall", "/wall/main", "zh", "dark", WALL), moment.clock()
            )
    with Image.open(path) as picture:
        colours = picture.convert("RGB").getcolors(2**24)
        assert picture.size == WALL
        assert colours and len(colours) > 50
