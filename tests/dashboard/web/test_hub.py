"""The hub on a real Redis: it ends whenever it is told to, and leaves no connection."""

import asyncio

import pytest
from redis import Redis

from dashboard.live.bus import FrameReader
from dashboard.web.hub import Hub
from tests.waiting import wait_until

pytestmark = pytest.mark.services
STEPS = 150
"""Of the event loop: more than it takes to be connected and subscribed."""


async def stopped_after(url: str, steps: int) -> None:
    hub = Hub(FrameReader(url), lambda: ["floor"])
    async with asyncio.timeout(10), hub.at_work():
        for _ in range(steps):
            await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_it_ends_at_whatever_step_of_its_connecting_it_is_told_to(redis_url: str) -> None:
    for steps in range(STEPS):
        asyncio.run(stopped_after(redis_url, steps))
    with Redis.from_url(redis_url) as client:
        wait_until(lambda: client.info("clients")["connected_clients"] == 1, 10, "nobody but this test is connected")
