"""From Redis to the pixel: facts committed by the real fold, a real publisher and web server, and a page that shows them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from streams.site_time import MINUTE_MS
from streams.store.client import open_redis
from tests import signing
from tests.browser.conftest import SIZES, Seen, hold_clock, watched
from tests.browser.opened import DRAWN
from tests.dashboard.partitions import NOON_MS, PARTITIONS, Partition, call, complaint, heartbeat, state
from tests.dashboard.running import Clock, publishing, serving
from tests.services.redis_server import RedisServer

pytestmark = [pytest.mark.browser, pytest.mark.services]


@pytest.fixture
def partitions(redis_url: str) -> Iterator[list[Partition]]:
    client: Any = open_redis(redis_url)
    made = [Partition(client, at) for at in range(PARTITIONS)]
    yield made
    client.close()


@pytest.fixture
def address(redis_url: str, partitions: list[Partition]) -> Iterator[str]:
    """A board at work on three calls, one complaint and a heartbeat of a moment ago."""
    calls = [call("a1", f"c{i}", NOON_MS - (40 - i) * MINUTE_MS) for i in range(3)]
    partitions[0].write(*calls, complaint("a1", "x1", NOON_MS - MINUTE_MS), state("a1", NOON_MS - 61_000, "talk"))
    for one in partitions:
        one.write(heartbeat(NOON_MS - 200))
    with publishing(redis_url, Clock()), serving(redis_url) as served:
        yield served


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Any]:
    opened: list[Seen] = []

    def make(path: str, kind: str, *, clock: bool = False) -> Seen:
        page = browser.new_page(viewport=SIZES[kind])
        opened.append(Seen(page, watched(page)))
        if clock:
            hold_clock(page)
        signing.enter(page, address + path)
        opened[-1].until(DRAWN)
        return opened[-1]

    yield make
    for one in opened:
        one.page.close()
    assert [text for one in opened for text in one.complaints] == []


def test_the_wall_counts_as_facts_are_committed(open_page: Any, partitions: list[Partition]) -> None:
    wall = open_page("/wall/main", "wall")
    wall.until_drawn("live")
    wall.until("document.querySelector('.big').innerText === '2'")
    assert (wall.text("floor.handled"), wall.text("floor.deducted")) == ("3", "1")
    assert wall.text("floor.net_if_withdrawn") == "3"
    assert wall.text("floor.quality.score") == "—"
    partitions[1].write(call("b1", "d1", NOON_MS - 1000))
    wall.until("document.querySelector('.big').innerText === '3'")
    assert wall.text("team.net", "lake") == "1"
    assert wall.told("gaps") == 0


def test_the_type_is_asked_for_at_once_and_once(open_page: Any) -> None:
    wall = open_page("/wall/main", "wall")
    assert wall.page.evaluate(
        "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.woff2')).map((one) => one.initiatorType)"
    ) == ["link"]


def test_the_team_page_shows_its_agents(open_page: Any, partitions: list[Partition]) -> None:
    desk = open_page("/team/dawn?lang=en", "team")
    desk.until("document.querySelector('.ag-row[row-id=\"a1\"] .net')?.innerText === '2'")
    cells = desk.page.locator('.ag-row[row-id="a1"] .ag-cell').all_inner_texts()
    assert (cells[0], cells[1].split()[0], cells[2:5]) == ("An", "Talking", ["3", "1", "2"])
    assert desk.page.locator(".ag-row").count() == 2
    partitions[0].write(call("a2", "e1", NOON_MS - 1000))
    desk.until("document.querySelector('.ag-row[row-id=\"a2\"] .net')?.innerText === '1'")


def test_a_redis_that_is_away_is_told_and_no_figure_is_shown_as_current(
    open_page: Any, redis_server: RedisServer
) -> None:
    wall = open_page("/wall/main", "wall", clock=True)
    wall.until("document.querySelector('.big').innerText === '2'")
    redis_server.stop()
    wall.until("callfloor.source === 'redis'")
    wall.page.clock.fast_forward(16_000)
    wall.until_drawn("stale")
    wall.until("document.querySelector('.notice').innerText.startsWith('计数库 Redis 中断')")
    assert wall.page.locator(".big").inner_text() == "2"
