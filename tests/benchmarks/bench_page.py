"""Pages as they are opened: from the first paint to the first live numbers, and what is sent for it.

Every page is opened by a browser that has nothing of it yet, on the demo's floor and on one of 5,000 agents in 250 teams, by
loopback. The promise: 1.5 s from first paint to live numbers on the wall and on a team's page; a layout of 150 KB at most.
"""

import statistics
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from dashboard.board.bus import FrameWriter, Lease
from dashboard.board.publish import TICK_S, Beat, Publisher
from dashboard.board.read_model import ReadModel
from dashboard.settings import load
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests.benchmarks.bench_tick import NOW_MS, PARTITIONS, TOPIC, Floor, site
from tests.benchmarks.working_floor import WorkingFloor
from tests.browser.conftest import DESK, SIZES, watched
from tests.dashboard.running import Clock, serving
from tests.moment.when import at
from tests.waiting import wait_until

pytestmark = [pytest.mark.benchmark, pytest.mark.browser, pytest.mark.services]
TIMES, WITHIN_S = 5, 60.0
_DRAWN = "window.callfloor && callfloor.painted"
_ROW = "document.querySelector('.ag-center-cols-container [col-id=net]')?.textContent.trim()"
_MINE = "Number.parseInt(document.querySelector('[data-me=net]')?.textContent) >= 0"
LIVE = {"wall": _DRAWN, "team": f"{_DRAWN} && {_ROW}", "rollup": _DRAWN, "me": _MINE}
"""When numbers are live: a frame is painted; the table has a row; the agent's own number stands there."""
_WATCH = """(() => {
  const look = () => (%s ? (window.liveAt = performance.now()) : requestAnimationFrame(look));
  addEventListener('DOMContentLoaded', look);
})()"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_LAYOUT = ("/_dash-layout", "/_dash-update-component")


class Opened(NamedTuple):
    """One opening of a page: ms from the first paint, and from the start, to live numbers; bytes by kind."""

    from_paint_ms: float
    from_start_ms: float
    sent: Counter[str]
    layout: int


def test_demo(redis_url: str, browser: Browser, tmp_path: Path) -> None:
    """180 agents in 9 teams of 20, five hours into their shift."""
    with open_redis(redis_url) as client:
        floor, stop = WorkingFloor(client, redis_url, tmp_path, at("14:00")), threading.Event()
        floor.step()
        with floor.serving() as address, running(lambda: four_times_a_second(floor.step, stop), stop.set):
            every_page(browser, address, "180 agents", "/team/dawn", floor.site.roster[0].agent)


def test_large(redis_url: str, browser: Browser) -> None:
    """5,000 agents in 250 teams of 20."""
    where, clock, stop = site(), Clock(NOW_MS), threading.Event()
    settings = load({"redis": redis_url, "topic": TOPIC, "actions": f"{TOPIC}-actions"}, {})
    with open_redis(redis_url) as client, closing(Connections(settings)) as connections:
        desk = appeal_service(connections, lambda: where)
        Floor(client).fill()
        model = ReadModel(Reader(client, TOPIC, PARTITIONS), where)
        publisher = Publisher(model, FrameWriter(client), Lease(client), clock)
        with (
            running(lambda: publisher.run(stop), stop.set),
            serving(redis_url, where, appeals=desk, clock_ms=clock) as address,
        ):
            every_page(browser, address, "5,000 agents", "/team/t0", where.roster[0].agent)


@contextmanager
def running(work: Callable[[], None], end: Callable[[], None]) -> Iterator[None]:
    """Works beside the block, and ends with it."""
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        end()
        thread.join(WITHIN_S)


def four_times_a_second(step: Callable[[], None], stop: threading.Event) -> None:
    """Steps until it is to stop."""
    beat = Beat(TICK_S)
    while not stop.wait(beat.until_next()):
        step()


def every_page(browser: Browser, address: str, floor: str, team: str, agent: str) -> None:
    """Prints what it takes to open each page of a floor."""
    print()
    for kind, path in {"wall": "/wall/main", "team": team, "rollup": "/rollup", "me": f"/me?as={agent}"}.items():
        report(f"{floor}, {kind}", [opened(browser, address + path, kind) for _ in range(TIMES)])


def opened(browser: Browser, url: str, kind: str) -> Opened:
    """Opens a page in a context of its own."""
    context = browser.new_context(viewport=SIZES.get(kind, DESK))
    page = context.new_page()
    complaints, sent, layout = watched(page), Counter[str](), []
    count(page, sent)
    page.on("response", lambda answer: layout.append(answer) if is_layout(answer.url) else None)
    page.add_init_script(_WATCH % LIVE[kind])
    page.goto(url)
    wait_until(lambda: page.evaluate("window.liveAt"), WITHIN_S, f"live numbers on {url}; it said {complaints}", 0.05)
    paint_ms = wait_until(lambda: page.evaluate(_PAINT), WITHIN_S, "the first paint", 0.05)
    live_ms = page.evaluate("window.liveAt")
    found = Opened(live_ms - paint_ms, live_ms, sent, sum(len(answer.body()) for answer in layout))
    context.close()
    assert complaints == []
    return found


def count(page: Page, sent: Counter[str]) -> None:
    """Adds up what comes by the network, as sent, by kind."""
    look, kinds = page.context.new_cdp_session(page), dict[str, str]()
    look.send("Network.enable")
    look.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: kind_of(told)}))
    look.on("Network.dataReceived", lambda told: add(told, kinds, sent, "dataLength"))
    look.on("Network.loadingFinished", lambda told: add(told, kinds, sent, "encodedDataLength"))


def is_layout(url: str) -> bool:
    return any(path in url for path in _LAYOUT)


def kind_of(told: dict[str, Any]) -> str:
    return "Layout" if is_layout(told["response"]["url"]) else str(told["type"])


def add(told: dict[str, Any], kinds: dict[str, str], sent: Counter[str], field: str) -> None:
    """A stream does not end, so its pieces are added up; of all else what it was in the end."""
    kind = kinds.get(told["requestId"], "")
    if kind and (kind == "EventSource") == (field == "dataLength"):
        sent[kind] += told[field]


def report(name: str, found: list[Opened]) -> None:
    """Prints the medians, and the bytes of the last opening."""
    paint, start = (
        statistics.median(getattr(one, field) for one in found) for field in ("from_paint_ms", "from_start_ms")
    )
    worst = max(one.from_paint_ms for one in found)
    print(f"{name}: live {paint:.0f} ms after the first paint (worst of {TIMES}: {worst:.0f}; promise 1,500),", end=" ")
    print(f"{start:.0f} after the start; layout {found[-1].layout / 1000:.0f} KB (promise 150);", end=" ")
    sent = found[-1].sent
    kinds = ", ".join(f"{kind.lower()} {sent[kind] / 1000:.0f}" for kind in sorted(sent, key=lambda each: -sent[each]))
    print(f"sent {sum(sent.values()) / 1000:.0f} KB: {kinds}")
