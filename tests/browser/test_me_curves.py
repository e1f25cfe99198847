"""The curves of an agent's own page: at a desk as the lead sees them, on a phone none."""

import pytest

from tests.browser.conftest import Show
from tests.browser.drawn import curve
from tests.browser.own_page import PHONE, Opener
from tests.browser.own_page import show as show
from tests.browser.told import AGENT
from tests.layouts.example import example_site
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
BOTH = """['pace', 'quality'].every((name) => document.querySelector(`#${name}-chart .scatterlayer .trace`))"""
WORDS = (
    "[...document.querySelectorAll('#pace-chart .textpoint text')].map((one) => one.textContent.trim()).filter(Boolean)"
)
WIDTHS = """() => [...document.querySelectorAll('.own-curve')].map((section) =>
    [section.clientWidth, section.querySelector('.main-svg').clientWidth])"""
ANSWERS = {"GET /curve": (200, curve(AGENT))}


def _asked(seen: Show) -> list[str]:
    return [query for name, query, _ in seen.stage.asked if name == "GET /curve"]


def _drawn(seen: Show) -> Show:
    wait_until(lambda: seen.page.evaluate(BOTH), 60, f"both charts; the page said {seen.complaints}")
    return seen


def test_they_are_of_himself_and_as_wide_as_their_columns(show: Opener) -> None:
    seen = _drawn(show(answers=ANSWERS))
    assert _asked(seen) == [f"agent={AGENT}"]
    assert seen.page.evaluate(WORDS) == ["预期 153", "应完成 148", "话务量 110"]
    assert seen.page.locator("[data-slot=exposure]").inner_text() == "有效工时 4 小时 32 分，浅带：偶然 95%"
    assert str(seen.page.locator("#pace-chart").get_attribute("aria-label")).startswith("08:45 至 14:32：话务量 110")
    seen.until("document.querySelector('[data-me=exact]').innerText.startsWith('今日 110，同组预期 153')")
    assert [chart - column for column, chart in seen.page.evaluate(WIDTHS)] == [0, 0]
    seen.page.set_viewport_size({"width": 1200, "height": 900})
    wait_until(
        lambda: all(chart == column for column, chart in seen.page.evaluate(WIDTHS)), 20, "they follow their columns"
    )


def test_nothing_moves_when_they_come(show: Opener) -> None:
    seen = show()
    top = "document.querySelector('.ro').getBoundingClientRect().top"
    before = seen.page.evaluate(top)
    seen.page.close()
    assert _drawn(show(answers=ANSWERS)).page.evaluate(top) == before


def test_a_phone_asks_for_none(show: Opener) -> None:
    seen = show(answers=ANSWERS, size=PHONE)
    seen.until("document.querySelectorAll('.ro').length > 0 && callfloor.applied > 0")
    assert _asked(seen) == [] and not seen.page.locator(".own-curve").first.is_visible()


def test_a_works_council_has_none(show: Opener) -> None:
    seen = show(answers=ANSWERS, site=example_site(works_council="count"))
    assert _asked(seen) == [] and seen.page.locator(".own-curve").count() == 0
