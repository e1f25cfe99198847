"""The course of the month on the stage: what is known is drawn, what is not is said, and an old number has no cone."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Show
from tests.layouts.rolled import rollup_snapshot, unasked_snapshot

pytestmark = pytest.mark.browser
LINE = ".month-line"


def test_days_now_and_the_cone(show: Callable[..., Show]) -> None:
    seen = show("rollup", lang="en", theme="light")
    page = seen.page
    seen.until(f"document.querySelector('{LINE} .now') !== null")
    assert page.locator(f"{LINE} svg").get_attribute("aria-label") == (
        "Pace of the month 99.6%, at its end between 98.4% and 100.8%"
    )
    assert page.locator(f"{LINE} .name").text_content() == "99.6%"
    ticks = page.locator(f"{LINE} .tick").all_text_contents()
    assert ticks[:3] == ["95%", "100%", "105%"]
    assert {"11-02", "11-30"} <= set(ticks)
    assert page.locator(f"{LINE} .said").inner_text() == ""
    for name in ("usual", "wide"):
        assert page.locator(f"{LINE} .{name}").count() == 1


def test_the_axis_takes_a_wider_step_for_a_month_far_off(show: Callable[..., Show]) -> None:
    snapshot = rollup_snapshot()
    snapshot["course"]["past"][0]["pace"] = 0.81
    seen = show("rollup", snapshot=snapshot)
    seen.until(f"[...document.querySelectorAll('{LINE} .tick')].some((tick) => tick.textContent === '80%')")


def test_unknown_days_are_said_and_a_hidden_page_has_no_cone(show: Callable[..., Show]) -> None:
    seen = show("rollup", lang="en", snapshot=rollup_snapshot() | {"course": None})
    seen.until(f"document.querySelector('{LINE} .said').textContent.startsWith('The finished days')")
    seen.stage.push(course=rollup_snapshot()["course"], age_s=400)
    seen.until_drawn("hidden")
    seen.until(
        f"document.querySelector('{LINE} .so-far') !== null && !document.querySelector('{LINE} .now, {LINE} .usual')"
    )


def test_without_a_target_nothing_is_drawn(show: Callable[..., Show]) -> None:
    seen = show("rollup", lang="en", snapshot=unasked_snapshot() | {"course": {"past": [], "ahead": []}})
    seen.until(f"document.querySelector('{LINE} .said').textContent !== ''")
    assert seen.page.locator(f"{LINE} .so-far, {LINE} .now").count() == 0
