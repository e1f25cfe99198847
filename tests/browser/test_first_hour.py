"""A board in its first hour on the real server: what is not reported is — with its reason, everybody has a page, all fits."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
from playwright.sync_api import Browser

from tests import signing
from tests.browser.conftest import DESK, WALL, Seen, Show, watched
from tests.browser.fitting import misfits
from tests.browser.opened import DRAWN
from tests.moment.first_hour import COMPLAINTS, STATES, first_hour
from tests.moment.serving import serving
from tests.screenshots.first_hour import STARTS
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services]
PAGES = {"wall floor": "/wall/main", "everyone": "/team/~everyone", "rollup": "/rollup#~no-team", "health": "/health"}
NOBODY = ("nothing", "keyless")
"""Starts after which no agent is known."""
NETS = {"nothing": "0", "keyless": "0", "complaints": "3,330", "astray": "2,864"}
NO_COMPLAINTS = {"zh": "尚无投诉数据源", "en": "no complaint source yet"}


class Opened(NamedTuple):
    start: str
    url: str
    browser: Browser

    @property
    def has_complaints(self) -> bool:
        return set(COMPLAINTS) <= set(STARTS[self.start].types)

    @property
    def has_states(self) -> bool:
        return set(STATES) <= set(STARTS[self.start].types)

    def page(self, path: str, lang: str, size: Any = DESK, who: signing.Identity = signing.OPERATOR) -> Seen:
        page = self.browser.new_page(viewport=size)
        seen = Seen(page, watched(page))
        path, _, fragment = path.partition("#")
        sign = "&" if "?" in path else "?"
        signing.enter(page, f"{self.url}{path}{sign}lang={lang}" + (f"#{fragment}" if fragment else ""), who)
        seen.until(DRAWN)
        return seen


@pytest.fixture(scope="module", params=STARTS)
def opened(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    start = STARTS[request.param]
    folder: Path = tmp_path_factory.mktemp(f"first-{request.param}")
    with ExitStack() as stack:
        moment = stack.enter_context(first_hour(folder, start.types, start.site, start.astray))
        url = stack.enter_context(serving(moment))
        stack.enter_context(moment.board.publishing())
        yield Opened(request.param, url, browser)


def _misfits(seen: Seen, view: str) -> list[str]:
    return misfits(cast(Show, seen), {"everyone": "team"}.get(view, view))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_fits_and_complains_of_nothing(opened: Opened, lang: str) -> None:
    for view, path in PAGES.items():
        seen = opened.page(path, lang, WALL if view == "wall floor" else DESK)
        if view == "rollup" and opened.start not in (*NOBODY, "council"):
            seen.until("document.querySelectorAll('.ru .t3').length > 3")
        if view == "health":
            seen.until("document.querySelector('#health[data-state=sound]')")
        # A table's columns find their places in some frames: only what stays so does not fit.
        wait_until(lambda seen=seen, view=view: not _misfits(seen, view), PATIENCE_S, f"{opened.start}: {view} to fit")
        assert seen.complaints == []
        seen.page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_wall_says_what_is_not_reported(opened: Opened, lang: str) -> None:
    seen = opened.page(PAGES["wall floor"], lang, WALL)
    text = seen.page.locator(".wall").inner_text()
    assert (NO_COMPLAINTS[lang] in text) == (not opened.has_complaints)
    assert seen.text("floor.deducted") == {"complaints": "153", "astray": "134"}.get(opened.start, "—")
    assert seen.text("floor.net") == NETS.get(opened.start, "3,483")
    assert (seen.text("floor.quality.score"), seen.text("floor.campaigns.share")) == ("—", "—")
    assert (seen.text("floor.states.wrap") != "—") == opened.has_states
    tiles = seen.page.locator('[data-wall="half"] .seat')
    assert tiles.count() == (0 if opened.start in (*NOBODY, "council") else 25)
    if tiles.count():
        ids = [tile.inner_text() for tile in seen.page.locator('[data-wall="half"] .who').all()]
        assert ids == sorted(ids) and ids[0] == "8100"
        assert seen.page.locator('[data-wall="half"] .seat.off').count() == 0 or opened.has_states
    assert seen.page.locator('.half [data-figure="handled"] svg').count() == (opened.start == "council")
    seen.page.close()


@pytest.mark.parametrize("opened", [start for start in STARTS if start not in NOBODY], indirect=True)
def test_everyone_has_a_row_that_opens(opened: Opened) -> None:
    seen = opened.page(f"{PAGES['everyone']}?agent=8111", "en")
    seen.until("document.querySelector('.ag-row[row-id=\"8100\"]')")
    seen.until("document.querySelector('#drawer [data-slot=net]').innerText === document.querySelector"
               "('.ag-row[row-id=\"8111\"] [col-id=net]').innerText")  # fmt: skip
    row = seen.page.locator('.ag-row[row-id="8100"]')
    assert row.locator('[col-id="deducted"]').inner_text() == ("0" if opened.has_complaints else "—")
    assert (row.locator('[col-id="state"]').inner_text() == "—") == (not opened.has_states)
    counts = {chip.get_attribute("data-count"): chip.inner_text() for chip in seen.page.locator(".chip .n").all()}
    assert list(counts) == ["all", "here", "away"], "nobody can be assessed, so nobody is set apart as not assessed"
    assert int(counts["all"]) >= 168
    assert (counts["away"] == "—") == (not opened.has_states)
    assert ("no complaint source yet" in seen.page.locator("#drawer").inner_text()) != opened.has_complaints
    seen.page.close()


@pytest.mark.parametrize("opened", [start for start in STARTS if start not in (*NOBODY, "council")], indirect=True)
def test_an_agents_own_page_says_it_in_the_formula(opened: Opened) -> None:
    seen = opened.page("/me", "zh", who=signing.agent("8111"))
    seen.until("document.querySelector('[data-me=eq] .term')")
    formula = seen.page.locator("[data-me=eq]").inner_text()
    assert ("尚无投诉数据源" in formula) != opened.has_complaints
    seen.page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_rollup_says_why_nothing_is_due(opened: Opened, lang: str) -> None:
    seen = opened.page(PAGES["rollup"], lang)
    no_target, due = {"zh": ("未设目标", "应完成 —，第 — / — 个工作日"), "en": ("No target", "Due —, day — of —")}[lang]
    assert due in seen.page.locator(".sum").inner_text()
    assert {said.inner_text() for said in seen.page.locator(".drawn .said").all()} == {no_target}
    seen.page.close()


def test_health_names_who_is_missing_and_what(opened: Opened) -> None:
    seen = opened.page("/health", "en")
    seen.until("document.querySelector('#health[data-state=sound]')")
    to_do = seen.page.locator("#health-todo").inner_text()
    assert "There are no teams" in to_do
    assert ("not in the roster: 8100, 8101, 8102" in to_do) == (opened.start not in NOBODY)
    assert ("count for nobody" in to_do) == (opened.start in ("keyless", "astray"))
    around = seen.page.locator('[data-health="unreported.kinds"]').inner_text()
    assert "no QA source yet" in around
    assert ("no call source yet" in around) == (opened.start == "nothing")
    seen.page.close()
