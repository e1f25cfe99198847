"""Redis, then Kafka, gone for 40 s under a running board: the wall says so, shows no wrong number, and comes back.

Every process is real: ``callfloor run`` and ``callfloor simulate`` on a real broker and a real Redis, and a wall in Chromium.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser

from dashboard.site.load import load_site
from streams.metrics import INDEX
from streams.simulator.embedded import free_port
from streams.site_time import SiteTime
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests import signing
from tests.browser.conftest import SIZES, Seen, watched
from tests.browser.opened import opened
from tests.dashboard.cli.program import started
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.crash]
OUTAGE_S = 40
STALE_AT_S = 15
BACK_WITHIN_S = 10
PARTITIONS = 4
_LOOK = """() => ({state: callfloor.state, age: callfloor.ageS, source: callfloor.source,
  net: document.querySelector('[data-path="floor.net"]').innerText,
  banner: document.querySelector('.notice')?.innerText ?? ''})"""


class Look(NamedTuple):
    """The wall at one moment."""

    at_s: float
    state: str
    age: float
    source: str
    net: str


class Board:
    """The line at work, and a wall that looks at it."""

    def __init__(self, wall: Seen, reader: Reader, floor: subprocess.Popen[bytes], site_time: SiteTime) -> None:
        self.wall = wall
        self._reader = reader
        self._floor = floor
        self._site_time = site_time

    def look(self) -> Look:
        seen = self.wall.page.evaluate(_LOOK)
        return Look(time.monotonic(), seen["state"], seen["age"], seen["source"], seen["net"])

    def watch(self, seconds: float) -> list[Look]:
        """Looks all the time for so long."""
        looks = [self.look()]
        wait_until(
            lambda: looks.append(self.look()) or looks[-1].at_s > looks[0].at_s + seconds,
            seconds + PATIENCE_S,
            "the time is over",
            0.2,
        )
        return looks

    def until_live(self) -> float:
        """Seconds until the wall is live again."""
        began = time.monotonic()
        wait_until(lambda: self.look().state == "live", BACK_WITHIN_S, "the wall is live again")
        return time.monotonic() - began

    def stop_floor(self) -> None:
        """No event comes in any more."""
        self._floor.terminate()
        assert self._floor.wait(timeout=PATIENCE_S) == 0

    def handled(self) -> int:
        """Handled calls of today in Redis, added up from the cells."""
        key = int(self._site_time.day(time.time_ns() // 1_000_000).label.strftime("%Y%m%d"))
        found = [cells for p in self._reader.partitions for cells in self._reader.cells(p, "d", [key])]
        column = INDEX["handled"]
        return sum(
            int(row[column]) for _, lines, rows in found for line, row in zip(lines, rows, strict=True)
            if not line.startswith(("~campaign:", "~queue:"))
        )  # fmt: skip


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """``start(*words)`` runs a command of callfloor; what still runs at the end is stopped."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*words: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-m", "dashboard.cli.main", *words]))
        return started[-1]

    yield run
    for process in reversed(started):
        process.terminate()
        assert process.wait(timeout=PATIENCE_S) is not None


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is entered is left at the end."""
    with ExitStack() as entered:
        yield entered


@pytest.fixture
def board(
    kafka: KafkaServer, redis_url: str, topic: str, browser: Browser, start: Any, stack: ExitStack, tmp_path: Path
) -> Iterator[Board]:
    floor = ["--agents", "36", "--hours-in", "5.5"]
    (tmp_path / "zone.toml").write_text('[site]\nzone = "Asia/Shanghai"\n')
    assert (
        start("simulate", *floor, "--site", str(tmp_path / "zone.toml"), "--write-site", str(tmp_path)).wait(PATIENCE_S)
        == 0
    )
    listen, site = f"127.0.0.1:{free_port()}", tmp_path / "site.toml"
    services = ["--kafka", kafka.bootstrap, "--redis", redis_url, "--topic", topic, "--site", str(site)]
    run = stack.enter_context(started(tmp_path, "run", *services, "--listen", listen))
    signing.use_link(lambda: run.said)
    simulate = start("simulate", *floor, *services)
    read = load_site(site)
    client = open_redis(redis_url)
    page = browser.new_page(viewport=SIZES["wall"])
    wall = Seen(page, watched(page))
    page.context.add_cookies(signing.browser_cookies(f"http://{listen}"))
    opened(page, f"http://{listen}/wall/main")
    made = Board(wall, Reader(client, topic, PARTITIONS), simulate, read.time)
    wait_until(lambda: made.handled() > 2000 and made.look().state == "live", PATIENCE_S, "a floor at work")
    yield made
    page.close()
    client.close()


def number(text: str) -> int:
    return int(text.replace(",", ""))


def outage(board: Board, stop: Callable[[], None], start: Callable[[], None]) -> None:
    """Forty seconds without a service: stale in time, never a wrong number, back in time, and then right."""
    wait_until(lambda: board.look().age < 4, PATIENCE_S, "fresh before it begins")
    before = number(board.look().net)
    stop()
    looks = board.watch(OUTAGE_S)
    stale = [look for look in looks if look.state == "stale"]
    assert stale, looks[-1]
    assert STALE_AT_S <= stale[0].age <= STALE_AT_S + 1, stale[0]
    assert all(look.age <= STALE_AT_S for look in looks if look.state == "live")
    shown = [number(look.net) for look in looks]
    assert min(shown) >= before > 0
    assert shown == sorted(shown)
    start()
    board.until_live()


def test_the_wall_lives_through_both_outages(board: Board, kafka: KafkaServer, redis_server: RedisServer) -> None:
    outage(board, redis_server.stop, redis_server.start)
    outage(board, kafka.stop, kafka.start)
    board.stop_floor()
    wait_until(
        lambda: number(board.wall.text("floor.handled")) == board.handled(),
        PATIENCE_S,
        "the wall shows what was counted",
    )
    assert board.wall.complaints == []
