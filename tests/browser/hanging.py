"""A wall that hangs in Chromium, on the stage."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Error

from layouts.parts.page_site import PageBoard
from layouts.wall import wall
from tests.browser.conftest import SIZES, Show, hold_clock, watched
from tests.browser.opened import DRAWN
from tests.browser.stage import Stage
from tests.layouts.example import example_site
from tests.layouts.seated import BOARD, seats_snapshot
from tests.waiting import PATIENCE_S, wait_until

STEP_S = 5
BEHIND_MS = 5_000
"""As far as figures are live."""


@contextmanager
def hung(
    stage: Stage, browser: Browser, *, lang: str = "zh", theme: str = "dark", clock: bool = False,
    board: PageBoard = BOARD, snapshot: dict[str, Any] | None = None, build: str = "b1", script: str = "",
    size: dict[str, int] | None = None, site: Any = None,
) -> Iterator[Show]:  # fmt: skip
    """Open until the block ends; it may have complained of nothing. ``script`` runs before those of the page."""
    stage.reset(wall(lang, theme, site or example_site(), board), snapshot or seats_snapshot())
    stage.deploy(build)
    page = browser.new_page(viewport=size or SIZES["wall"])  # type: ignore[arg-type]
    seen = Show(page, watched(page), stage)
    try:
        if clock:
            hold_clock(page)
        if script:
            page.add_init_script(script)
        page.goto(stage.url)
        seen.until(DRAWN)
        seen.until("Boolean(document.querySelector('.wpage.on'))")
        seen.until("document.fonts.check('600 48px Inter') && document.fonts.status === 'loaded'")
        yield seen
    finally:
        stage.deploy("", "desk")
        page.close()
    assert seen.complaints == []


def goes_on(seen: Show, seconds: int, **frame: Any) -> None:
    """Time goes by with a frame every few seconds; needs the clock of the browser."""
    for _ in range(seconds // STEP_S):
        seen.page.clock.run_for(STEP_S * 1000)
        beat(seen, STEP_S, **frame)


def beat(seen: Show, later_s: int = 0, **frame: Any) -> None:
    """One frame, painted."""
    send(seen, later_s, **frame)
    seen.until_painted()


def send(seen: Show, later_s: int, **frame: Any) -> None:
    """One frame.

    The clock of the page goes on by itself while a slow machine is at work, so the publisher's follows it: figures of a
    publisher that falls behind are stale.
    """
    assert seen.stage.snapshot is not None
    now = max(seen.stage.snapshot["now"] + later_s * 1000, page_now(seen) - BEHIND_MS)
    seen.stage.push(now=now, age_s=0.4, **frame)


def page_now(seen: Show) -> int:
    """What the page takes for the publisher's clock."""
    return int(seen.page.evaluate("callfloorApp.page.fresh.nowMs()"))


def standing(seen: Show) -> str | None:
    """The page of the board that is seen."""
    return seen.page.locator(".wpage.on").get_attribute("data-page")


def turn_to(seen: Show, page: str) -> None:
    """Turns as the clock does, at once."""
    at = BOARD.pages.index(page)
    seen.page.evaluate(f"callfloorApp.page.kiosk.turnTo({at})")


def mark(seen: Show) -> None:
    """So that a page that was loaded anew is told from this one."""
    seen.page.evaluate("window.kept = true")


def is_kept(seen: Show) -> bool:
    """Whether it is still the page that was marked."""
    return bool(seen.page.evaluate("window.kept === true"))


def until_loaded_anew(seen: Show, **frame: Any) -> None:
    """Time goes by until the marked page is gone and another one is drawn."""

    def fresh() -> bool:
        try:
            seen.page.clock.run_for(1000)
            beat(seen, 1, **frame)
            return bool(seen.page.evaluate(f"!window.kept && {DRAWN}"))
        except Error:  # between two pages there is none to ask
            return False

    wait_until(fresh, PATIENCE_S, "the page is loaded anew")
