"""Every state of a page is designed: what it says while it has nothing, too little, nothing any more, or what is wrong."""

import zlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from layouts.team import team
from tests.browser.conftest import Show
from tests.browser.hanging import hung, turn_to
from tests.browser.opened import DRAWN
from tests.browser.stage import Stage
from tests.layouts.example import NOW_MS, example_site, floor_snapshot, team_snapshot
from tests.layouts.rolled import rollup_snapshot
from tests.layouts.seated import BOARD, seats_snapshot
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
REBUILDING = {"share": 0.58, "left_s": 118.0, "plan_at_ms": NOW_MS}
OF_A_REBUILD = {"rebuilding": REBUILDING, "age_s": 90_000.0}
SAID = {
    "zh": "计数重建中，已完成约六成，约 2 分钟后恢复",
    "en": "Rebuilding, about 60% done, back in about 2 min",
}
COUNTED = """() => [...document.querySelectorAll('#callfloor [data-live=text]:not([data-plan])')]
    .map((node) => node.textContent).filter((text) => text !== '—')"""
WIDE = """() => [...document.querySelectorAll('#callfloor *')]
    .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1)
    .filter((node) => getComputedStyle(node).textOverflow !== 'ellipsis')
    .filter((node) => !node.closest('.ag-root-wrapper, .ag-aria-description-container, .unseen, .skip'))
    .map((node) => `${node.className}: ${node.textContent}`)"""


def _notice(seen: Show) -> str:
    return seen.page.locator(".notice [data-live]").inner_text()


def test_at_first_there_is_nothing_and_then_the_layout_without_a_figure(show: Opener) -> None:
    seen = show("wall", snapshot=None)
    shown = """(at) => { const root = document.getElementById('callfloor'); const [appears] = root.getAnimations();
        appears.pause(); appears.currentTime = at; return getComputedStyle(root).visibility; }"""
    assert [seen.page.evaluate(shown, at) for at in (0, 290, 310)] == ["hidden", "hidden", "visible"]
    assert seen.page.evaluate(COUNTED) == []
    assert seen.page.locator(".fresh").inner_text() == "连接中"


def _before_the_first_call() -> dict[str, Any]:
    snapshot = floor_snapshot()
    nothing = dict.fromkeys(("handled", "deducted", "net", "net_if_withdrawn", "complaints", "repeat_enquiries"), 0)
    half_hours = snapshot["floor"]["half_hours"] | {"net": [0], "handled": [0], "running": 0, "due_by_now": 12}
    snapshot["floor"] |= nothing | {"empty": True, "due": 12, "pace": 0.0, "gap": -12, "half_hours": half_hours}
    snapshot["teams"] = [team | nothing | {"pace": 0.0, "due": 1.3, "gap": -1.3} for team in snapshot["teams"]]
    return snapshot


@pytest.mark.parametrize(("lang", "said"), [("zh", "今天还没有话务"), ("en", "No calls yet today")])
def test_before_the_first_call_the_page_says_so_and_what_is_due_is_drawn(show: Opener, lang: str, said: str) -> None:
    seen = show("wall", lang=lang, snapshot=_before_the_first_call())
    seen.until("document.querySelector('.big').innerText === '0'")
    assert said in seen.page.locator(".hero .c1.r1").inner_text()
    assert seen.page.locator(".teams .due-tick:not(.off)").count() == 9
    assert seen.page.locator(".trend rect.due").count() == 18


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_while_counters_come_again_a_wall_shows_the_plan_and_no_figure(
    stage: Stage, browser: Browser, lang: str
) -> None:
    with hung(stage, browser, lang=lang, snapshot=seats_snapshot() | OF_A_REBUILD) as seen:
        seen.until_drawn("rebuilding")
        for page in BOARD.pages:
            turn_to(seen, page)
            assert _notice(seen) == SAID[lang]
            assert seen.page.locator(".notice .duty").is_visible()
            # The words of a page find their size in the frame after it turned.
            seen.until(f"({COUNTED})().length + ({WIDE})().length === 0")
        assert set(seen.page.locator(".seat .nt").all_inner_texts()) == {"—"}
        turn_to(seen, "queues")
        assert {text for row in seen.page.locator(".qr:not(.qh) .r").all_inner_texts() for text in row.split()} == {"—"}
        turn_to(seen, "floor")
        assert seen.text("floor.due") == "15,437"
        assert seen.page.locator(".trend rect:not(.due)").count() == 0
        assert not seen.page.locator(".age").first.is_visible(), "of a log that is counted again the age says nothing"


DESKS: dict[str, Callable[[], dict[str, Any]]] = {
    "team": team_snapshot,
    "rollup": rollup_snapshot,
    "campaigns": rollup_snapshot,
    "me": floor_snapshot,
    "health": floor_snapshot,
}


@pytest.mark.parametrize("kind", DESKS)
def test_a_desk_says_it_too(show: Opener, kind: str) -> None:
    seen = show(kind, lang="en", theme="light", snapshot=DESKS[kind]() | OF_A_REBUILD)
    seen.until_drawn("rebuilding")
    assert _notice(seen) == SAID["en"]
    assert seen.page.evaluate(COUNTED) == [] and seen.page.evaluate(WIDE) == []


def test_a_table_shows_nobody_a_figure_while_counters_come_again(show: Opener) -> None:
    seen = show("team", theme="light", snapshot=team_snapshot() | OF_A_REBUILD)
    seen.page.locator('.ag-row[row-id="8100"] .net').wait_for()
    assert set(seen.page.locator(".ag-row .net").all_inner_texts()) == {"—"}


FAR = (
    (0.0, None, "计数重建中，刚刚开始"),
    (0.52, 3.0, "计数重建中，已完成约一半，不到 1 分钟后恢复"),
    (0.86, 50.0, "计数重建中，已完成约九成，约 1 分钟后恢复"),
    (0.99, 9000.0, "计数重建中，即将完成，约 3 小时后恢复"),
)


def test_how_far_it_is_is_said_in_words_until_figures_are_right(show: Opener) -> None:
    seen = show("wall")
    for share, left_s, said in FAR:
        seen.stage.push(rebuilding=REBUILDING | {"share": share, "left_s": left_s})
        seen.until(f"document.querySelector('.notice [data-live]').innerText === '{said}'")
    seen.stage.push(floor=floor_snapshot()["floor"] | {"net": 15_400})
    seen.until("document.querySelector('.big').innerText === '15,400'")
    assert (seen.told("state"), seen.told("rebuilding")) == ("live", None)


def test_who_rebuilds_and_dies_is_not_believed_any_longer(show: Opener) -> None:
    seen = show("wall", clock=True, snapshot=floor_snapshot() | OF_A_REBUILD)
    seen.until_drawn("rebuilding")
    seen.stage.cut()
    seen.until("callfloor.source === 'network'")
    seen.page.clock.run_for(20_000)
    seen.until("document.querySelector('.notice').innerText.startsWith('本屏网络中断 2')")
    assert (seen.told("state"), seen.told("rebuilding")) == ("hidden", None)
    assert seen.page.evaluate(COUNTED) == []


def test_a_plan_that_was_not_reckoned_anew_ages_as_everything_does(show: Opener) -> None:
    seen = show("wall", snapshot=floor_snapshot())
    seen.stage.push(rebuilding=REBUILDING | {"plan_at_ms": NOW_MS - 40_000})
    seen.until_drawn("plan-stale")
    assert seen.text("floor.due") == "15,437"
    seen.stage.push(rebuilding=REBUILDING | {"plan_at_ms": NOW_MS - 400_000})
    seen.until("document.querySelector('[data-path=\"floor.due\"]').innerText === '—'")


def test_without_a_band_nobody_below_what_is_due_is_called_on_pace(show: Opener) -> None:
    seen = show("wall")
    seen.until("document.querySelector('.big').innerText === '15,319'")
    last = '[data-live=status][data-path="floor.last30.pace"]'
    assert seen.page.locator(last).is_visible(), "inside its band"
    last30 = floor_snapshot()["floor"]["last30"]
    seen.stage.push(floor=floor_snapshot()["floor"] | {"last30": last30 | {"band": None}})
    seen.until(f"document.querySelector('{last}').classList.contains('off')")
    seen.stage.push(floor=floor_snapshot()["floor"] | {"last30": last30 | {"pace": 0.9}})
    seen.until(f"document.querySelector('{last} .g-behind') !== null")
    assert not seen.page.locator('[data-team=swan] [data-live=status][data-path="team.pace"]').is_visible()


def test_content_that_does_not_come_is_told_and_can_be_asked_for_again(stage: Stage, browser: Browser) -> None:
    stage.reset(team("dawn", "zh", "light", example_site()), team_snapshot())
    page = browser.new_page()
    try:
        page.clock.install()
        hangs = [True]
        page.route("**/_dash-layout", lambda route: None if hangs[0] else route.continue_())  # asked, never answered
        page.goto(stage.url)
        page.clock.run_for(16_000)
        said = page.locator("main.said")
        said.wait_for()
        assert said.inner_text().split() == ["页面没有取到", "重试"]
        hangs[0] = False
        said.get_by_role("link").click()
        wait_until(lambda: page.evaluate(DRAWN), PATIENCE_S, "figures")
        assert said.count() == 0
    finally:
        page.close()


@pytest.mark.parametrize("sheets", [True, False], ids=["styled", "before any style"])
def test_a_wall_is_dark_before_a_script_has_run(stage: Stage, browser: Browser, sheets: bool) -> None:
    """What is painted while a page is loaded anew: no flash."""
    stage.deploy("b1")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 64, "height": 64})
    try:
        page = context.new_page()
        if not sheets:
            page.route("**/*.css*", lambda route: route.abort())
        page.goto(stage.url)
        assert max(_pixel(page.screenshot(clip={"x": 60, "y": 60, "width": 1, "height": 1}))) < 32
    finally:
        context.close()
        stage.deploy("", "desk")


def _pixel(png: bytes) -> tuple[int, ...]:
    """The colour of a picture of one pixel."""
    at, data = 8, b""
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return tuple(zlib.decompress(data)[1:4])
