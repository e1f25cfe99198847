"""A board that really runs (Redis, publisher, web server) with a heartbeat, and the tabs of one browser that look at it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from dashboard.health.health_service import HealthService
from dashboard.site.watch import SiteWatch
from streams.site_time import MINUTE_MS
from streams.store.client import open_redis
from tests import signing
from tests.browser.conftest import SIZES, Seen, watched
from tests.browser.opened import DRAWN
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, Partition, call, heartbeat, reader, state
from tests.dashboard.running import BoardServer, Clock, answering, board_server, publishing
from tests.waiting import PATIENCE_S, wait_until

HANDLED = "(callfloorApp.page.store.floor || {}).handled"
"""The calls of the floor that a page has."""


class Board:
    """A board at work, what its server says of its viewers, and how its figures change."""

    def __init__(self, url: str, server: BoardServer, partitions: list[Partition], clock: Clock) -> None:
        self.url, self._server, self._partitions, self._clock = url, server, partitions, clock
        self._calls = 0
        self._turn = threading.Lock()

    def viewers(self) -> dict[str, Any]:
        found: dict[str, Any] = self._server.server.services.hub.viewers.report()
        return found

    def until_streams(self, count: int) -> None:
        wait_until(lambda: self.viewers()["streams"] == count, PATIENCE_S, f"{count} streams; {self.viewers()}")

    def count_call(self) -> None:
        """One more call of a1, who is of the team dawn."""
        self._calls += 1
        with self._turn:
            self._partitions[0].write(call("a1", f"more{self._calls}", NOON_MS - 1000 + self._calls))

    def beat(self, stop: threading.Event) -> None:
        """Says twice a second that the line is at work, until ``stop``."""
        while not stop.wait(0.5):
            with self._turn:
                for one in self._partitions:
                    one.write(heartbeat(self._clock()))


@pytest.fixture
def board(redis_url: str) -> Iterator[Board]:
    client: Any = open_redis(redis_url)
    partitions = [Partition(client, at) for at in range(PARTITIONS)]
    partitions[0].write(*[call("a1", f"c{i}", NOON_MS - (40 - i) * MINUTE_MS) for i in range(3)])
    partitions[0].write(state("a1", NOON_MS - 61_000, "talk"))
    for one in partitions:
        one.write(heartbeat(NOON_MS - 200))
    clock = Clock()
    health = HealthService(SiteWatch.fixed(SITE), lambda: reader(client), clock)
    server = board_server(redis_url, SiteWatch.fixed(SITE), health=health, clock_ms=clock)
    with publishing(redis_url, clock), answering(server) as address:
        made, stop = Board(address, server, partitions, clock), threading.Event()
        beating = threading.Thread(target=made.beat, args=(stop,))
        beating.start()
        yield made
        stop.set()
        beating.join()
    client.close()


@contextmanager
def tabs(browser: Browser, script: str = "", noise: tuple[str, ...] = ()) -> Iterator[Callable[..., Seen]]:
    """Opens tabs of one browser; none of them may have complained of anything but ``noise``."""
    context: BrowserContext = browser.new_context(viewport=SIZES["wall"])  # type: ignore[arg-type]
    if script:
        context.add_init_script(script)
    opened: list[Seen] = []

    def tab(url: str, who: signing.Identity = signing.OPERATOR) -> Seen:
        page = context.new_page()
        opened.append(Seen(page, watched(page)))
        signing.enter(page, url, who)
        opened[-1].until(DRAWN)
        return opened[-1]

    yield tab
    context.close()
    complaints = [text for one in opened for text in one.complaints]
    loud = [text for text in complaints if not any(sign in text for sign in noise)]
    assert loud == [], loud
