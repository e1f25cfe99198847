"""Pages that run for long: a wall through 120,960 frames, a team's page through 20,000, each sent and each counted as applied.

Frames come from the product's own line over the demo's floor by way of Redis, hub and stream; only the clocks are sooner:
the publisher's is moved by a tick per frame, and so is the page's (page_clock.js), so that its timers, clocks, half hours,
pages and drift go as they would. Heap, DOM nodes and listeners are read after a forced collection of garbage.

The promise: the heap grows by at most 1 MB per 10,000 frames, DOM nodes stay within 1 %.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from streams.store.client import open_redis
from tests import signing
from tests.benchmarks.working_floor import WorkingFloor
from tests.browser.conftest import SIZES, watched
from tests.moment.when import at
from tests.waiting import wait_until

pytestmark = [pytest.mark.benchmark, pytest.mark.browser, pytest.mark.services]
WALL_FRAMES, TEAM_FRAMES = 120_960, 20_000
SAMPLES = 24
ROOM = 4
"""So many frames may be on their way: the hub gives a viewer that is more than eight behind a snapshot instead."""
WARM = 0.15
"""Of the frames: what a page keeps once it has shown everything, and drawn its rows anew for the first time, is no growth."""
_CLOCK = Path(__file__).with_name("page_clock.js").read_text(encoding="utf-8")


class Kept(NamedTuple):
    """What a page holds after so many frames."""

    frames: int
    heap_mb: float
    nodes: int
    listeners: int


def test_wall(redis_url: str, browser: Browser, tmp_path: Path) -> None:
    """Eight hours and 24 minutes of a floor: the pages of the board turn every 30 s, it drifts every ten minutes."""
    run(redis_url, browser, tmp_path, Walk("wall", "/wall/main", "09:30", ("wall:main/people",), WALL_FRAMES))


def test_team_page(redis_url: str, browser: Browser, tmp_path: Path) -> None:
    """An hour and a half around noon, with the drawer of an agent open."""
    run(redis_url, browser, tmp_path, Walk("team", "/team/dawn", "11:10", ("team:dawn", "evidence:dawn"), TEAM_FRAMES))


class Walk(NamedTuple):
    """A page, and what it is shown: from when on, of which topics, how many frames."""

    kind: str
    path: str
    start: str
    topics: tuple[str, ...]
    frames: int


def run(redis_url: str, browser: Browser, tmp_path: Path, walk: Walk) -> None:
    """One page through all its frames."""
    with open_redis(redis_url) as client:
        floor = WorkingFloor(client, redis_url, tmp_path, at(walk.start))
        topics = frozenset(walk.topics)
        floor.publish(topics)
        with (
            floor.serving() as address,
            opened(browser, address + walk.path, walk.kind, floor) as page,
        ):
            print(f"\n{walk.kind}\n    after  heap MB   nodes  listeners")
            began_s = time.monotonic()
            kept = list(shown(page, lambda: floor.step(topics), walk.frames))
            report(walk, page, kept, time.monotonic() - began_s)


@contextmanager
def opened(browser: Browser, url: str, kind: str, floor: WorkingFloor) -> Iterator[Page]:
    """The page with its first figures, its clock held; it may complain of nothing."""
    page = browser.new_page(viewport=SIZES[kind])
    complaints = watched(page)
    page.add_init_script(f"const START = {floor.now_ms};\n{_CLOCK}")
    signing.enter(page, url)
    wait_until(lambda: page.evaluate("Boolean(window.callfloor && callfloor.seq !== null)"), 60, "the first snapshot")
    if kind == "team":
        page.locator(".ag-center-cols-container .ag-row").first.click()
        page.mouse.move(0, 0)
    page.evaluate("pageClock.hold()")
    yield page
    page.close()
    assert complaints == []


def shown(page: Page, step: Callable[[], None], frames: int) -> Iterator[Kept]:
    """Sends the frames as fast as the page takes them, and looks at what it holds now and then."""
    look = page.context.new_cdp_session(page)
    look.send("Performance.enable")
    before = int(page.evaluate("callfloor.applied"))
    for sent in range(1, frames + 1):
        step()
        if sent % ROOM == 0:
            wait_until(lambda least=before + sent - ROOM: applied(page) >= least, 60, "the page to catch up", 0.001)
        if sent % (frames // SAMPLES) == 0:
            wait_until(lambda all=before + sent: applied(page) == all, 60, f"{sent} frames to be applied", 0.001)
            yield told(kept_by(look, sent))
    assert (applied(page) - before, page.evaluate("callfloor.gaps"), page.evaluate("callfloor.reopened")) == (
        frames,
        0,
        0,
    )


def applied(page: Page) -> int:
    """Frames and snapshots that the page has taken; it takes none twice and none after a gap."""
    return int(page.evaluate("callfloor.applied"))


def kept_by(look: Any, frames: int) -> Kept:
    """After a collection of garbage; twice, for what the first lets go."""
    for _ in range(2):
        look.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in look.send("Performance.getMetrics")["metrics"]}
    return Kept(frames, found["JSHeapUsedSize"] / 2**20, int(found["Nodes"]), int(found["JSEventListeners"]))


def told(one: Kept) -> Kept:
    """Says it at once: a walk takes a while."""
    print(f"  {one.frames:7} {one.heap_mb:8.2f} {one.nodes:7} {one.listeners:10}", flush=True)
    return one


def slope(kept: list[Kept]) -> float:
    """Least squares: MB per 10,000 frames."""
    return float(np.polyfit([one.frames for one in kept], [one.heap_mb for one in kept], 1)[0]) * 10_000


def report(walk: Walk, page: Page, kept: list[Kept], took_s: float) -> None:
    """Prints what was held, and how it grew."""
    clock = page.evaluate("({...pageClock.told, waiting: pageClock.waiting()})")
    print(
        f"\n{walk.kind}: {walk.frames} frames sent and applied in {took_s:.0f} s ({walk.frames / took_s:.0f} a second),"
    )
    print(f"  {clock['drawn']} drawn, {clock['waiting']} timers waiting at the end")
    steady = [one for one in kept if one.frames > WARM * walk.frames]
    nodes = [one.nodes for one in steady]
    middle = float(np.median(nodes))
    print(f"  heap {slope(steady):+.3f} MB per 10,000 frames (promise 1),", end=" ")
    print(f"nodes {min(nodes) / middle - 1:+.2%} to {max(nodes) / middle - 1:+.2%} (promise 1 %),", end=" ")
    print(f"listeners {steady[0].listeners} to {steady[-1].listeners}")
