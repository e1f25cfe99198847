"""The walk of a lead: who is behind, why, the deducted calls, the other language, and back by a link that somebody shared."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from layouts.team import team
from tests.browser.conftest import Show, watched
from tests.browser.drawn import curve, nothing_yet
from tests.browser.flagged import flags
from tests.layouts.example import example_site
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
BEHIND = "8101"
READY = "document.querySelectorAll('#look-first [data-agent]').length > 3"
CASES = "document.querySelectorAll('#drawer .case').length === 7"
DRAWN = "document.querySelector('#pace-chart .scatterlayer .trace') !== null"
MARKED = f"""document.querySelector('.ag-row.sel[row-id="{BEHIND}"]') !== null"""
IN_SIGHT = """() => { const box = document.querySelector('#drawer .db').getBoundingClientRect();
    return [...document.querySelectorAll('#drawer .case')].every((one) => { const { top, bottom } = one.getBoundingClientRect();
      return top >= box.top && bottom <= Math.min(box.bottom, innerHeight); }); }"""


def _until(page: Page, condition: str) -> None:
    wait_until(lambda: page.evaluate(condition), 15, condition)


def _lead(show: Opener, lang: str = "zh", query: str = "team/dawn?as=8888", drawn: Any = None) -> Show:
    answers = {"GET /flags": (200, flags()), "GET /curve": (200, drawn or nothing_yet(BEHIND))}
    seen = show("team", lang=lang, theme="light", query=query, answers=answers)
    seen.until(READY)
    return seen


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_click_leads_to_the_deducted_calls_of_whoever_is_most_behind(show: Opener, lang: str) -> None:
    seen = _lead(show, lang)
    seen.page.locator("#look-first [data-agent]").first.click()
    seen.until(CASES)
    seen.until("document.querySelectorAll('#drawer .episode').length > 0")
    assert seen.page.evaluate(IN_SIGHT), "all of them are seen without another click"
    effects = [int(text.replace("−", "-")) for text in seen.page.locator(".case .effect").all_inner_texts()]
    assert sum(effects) == -int(seen.page.locator("[data-slot=deducted]").inner_text())
    columns = [len(text.split()) for text in seen.page.locator(".case").all_inner_texts()]
    assert min(columns) >= 5, "time, id, kind, status, effect"


def test_the_walk(show: Opener) -> None:
    seen = _lead(show, drawn=curve(BEHIND))
    seen.page.locator("#look-first [data-agent]").first.click()
    seen.until(CASES)
    assert seen.page.locator("#drawer h2").inner_text() == "马腾飞"
    assert seen.page.locator("[data-slot=said]").inner_text().startswith("近 20 班持续低于同组")
    wait_until(lambda: seen.page.evaluate(DRAWN), PATIENCE_S, "the curve of the shift")
    seen.stage.answers["GET /curve"] = (200, nothing_yet(BEHIND))
    seen.stage.page = team("dawn", "en", "light", example_site())
    seen.page.locator("header.top a", has_text="EN").click()
    _until(seen.page, "document.documentElement.lang === 'en' && Boolean(window.callfloor)")
    _until(seen.page, CASES)
    assert seen.page.locator("#drawer h2").inner_text() == "Ma Tengfei"
    link = seen.page.url
    assert link.endswith(f"/team/dawn?lang=en&theme=light&agent={BEHIND}")
    with seen.page.context.expect_page() as opened:
        seen.page.evaluate("void window.open('about:blank', '_blank', 'noopener')")
    other = opened.value
    complaints = watched(other)
    other.goto(link)
    _until(other, CASES)
    assert other.locator("#drawer h2").inner_text() == "Ma Tengfei"
    _until(other, MARKED)
    other.keyboard.press("Escape")
    _until(other, "!location.search.includes('agent')")
    assert complaints == []
    other.close()


def test_a_link_to_somebody_who_is_not_here_opens_nothing(show: Opener) -> None:
    seen = _lead(show, query="team/dawn?as=8888&agent=nobody")
    assert seen.page.locator("#drawer").is_hidden()
    assert seen.page.locator("header.top a", has_text="EN").get_attribute("href") == (
        "/team/dawn?lang=en&theme=light&agent=nobody"
    )


def test_the_arrows_take_the_address_along(show: Opener) -> None:
    seen = _lead(show, query=f"team/dawn?as=8888&agent={BEHIND}")
    seen.until(CASES)
    seen.until(MARKED)  # the link opens the drawer before the table has come
    seen.page.keyboard.press("ArrowDown")
    seen.until(f"!location.search.includes('agent={BEHIND}') && location.search.includes('agent=')")
    seen.page.keyboard.press("ArrowUp")
    seen.until(f"location.search.endsWith('agent={BEHIND}')")
