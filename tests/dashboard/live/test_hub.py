"""The hub on a real Redis: it serves viewers who come while it connects, stops at any moment, and leaves no connection."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from itertools import count
from typing import Any

import pytest
from redis import Redis

from dashboard.board.bus import FrameReader, FrameWriter, Message
from dashboard.board.frames import Frames
from dashboard.live.hub import Hub
from dashboard.live.viewers import Stream
from tests.dashboard.board.test_frames import World
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
LISTENING = 10
MOST_STEPS = 5_000


class Observed(FrameReader):
    """Tells whether it has come to listen."""

    listens = False

    async def receive(self, timeout_s: float) -> Message | None:
        self.listens = True
        return await super().receive(timeout_s)


async def served_after(url: str, steps: int) -> bool:
    """Waits for the snapshot of a viewer who comes so many steps of the event loop after the start of a hub -> whether the
    hub was listening when the viewer came."""
    bus = Observed(url)
    hub = Hub(bus, lambda: ["floor"])
    async with asyncio.timeout(PATIENCE_S), hub.running():
        for _ in range(steps):
            await asyncio.sleep(0)
        listened = bus.listens
        async with aclosing(hub.stream(Stream(("floor",)))) as events:
            async for event in events:
                if b"event: snapshot" in event:
                    return listened
    raise AssertionError("the stream ended")


async def stopped_after(url: str, steps: int) -> bool:
    """Ends a hub so many steps of the event loop after its start -> whether it was listening by then."""
    bus = Observed(url)
    async with asyncio.timeout(10), Hub(bus, lambda: ["floor"]).running():
        for _ in range(steps):
            await asyncio.sleep(0)
        listened = bus.listens
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return listened


def at_every_step(happens_after: Callable[[int], Coroutine[Any, Any, bool]]) -> None:
    """Tries 0, 1, 2 ... steps, until the hub was listening LISTENING times."""
    listening = 0
    for steps in count():
        listening += asyncio.run(happens_after(steps))
        if listening == LISTENING:
            break
        assert steps < MOST_STEPS, "it never listens"


def test_a_viewer_who_comes_at_any_step_of_its_connecting_is_served(redis_url: str, store_client: Any) -> None:
    FrameWriter(store_client).publish(Frames("e").write_tick(World().view()))
    at_every_step(lambda steps: served_after(redis_url, steps))


def test_it_ends_at_whatever_step_of_its_connecting_it_is_told_to(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        others = client.info("clients")["connected_clients"]
        at_every_step(lambda steps: stopped_after(redis_url, steps))
        wait_until(
            lambda: client.info("clients")["connected_clients"] <= others, PATIENCE_S, "nobody more is connected"
        )
