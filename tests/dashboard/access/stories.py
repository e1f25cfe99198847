"""Runs what a test does with stores in one event loop, on a client of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from streams.store.async_client import AsyncRedis

Answer = TypeVar("Answer")
KEY = b"a key of the site, 32 bytes long"
START_MS = 1_795_997_000_000


class HandClock:
    """A clock in milliseconds that a test sets."""

    def __init__(self) -> None:
        self.now_ms = 0

    def __call__(self) -> int:
        return self.now_ms


def run_story(url: str, story: Callable[[AsyncRedis], Awaitable[Answer]]) -> Answer:
    """The answer of ``story``, whose client is closed at the end."""

    async def run() -> Answer:
        redis = AsyncRedis(url)
        try:
            return await story(redis)
        finally:
            await redis.close()

    return asyncio.run(run())
