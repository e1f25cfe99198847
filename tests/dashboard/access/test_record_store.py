"""Records that are asked for at the same moment travel together, each to whoever asked; an error reaches all of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from dashboard.access.record_store import Lasting, RecordStore
from streams.store.async_client import AsyncRedis
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.services
MANY = 300
LIFE_MS = 60_000


class Note(msgspec.Struct, frozen=True):
    text: str


def on_store(url: str, story: Callable[[RecordStore[Note]], Awaitable[None]]) -> None:
    async def run() -> None:
        redis = AsyncRedis(url)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await story(RecordStore(redis, "cfs:test:", Note))
        finally:
            await redis.close()

    asyncio.run(run())


def test_who_asks_at_the_same_moment_is_answered_over_one_connection(redis_url: str, store_client: Any) -> None:
    async def story(store: RecordStore[Note]) -> None:
        for number in range(0, MANY, 2):
            await store.write(str(number), Lasting(Note(f"note {number}"), LIFE_MS))
        before = _connections(store_client)
        found = await asyncio.gather(*[store.read(str(number)) for number in range(MANY)])
        assert found == [None if number % 2 else Note(f"note {number}") for number in range(MANY)]
        assert await asyncio.gather(*[store.read("2") for _ in range(MANY)]) == [Note("note 2")] * MANY
        assert _connections(store_client) == before

    on_store(redis_url, story)


def test_who_leaves_takes_the_answer_from_nobody(redis_url: str) -> None:
    async def story(store: RecordStore[Note]) -> None:
        await store.write("a", Lasting(Note("a"), LIFE_MS))
        leaving, staying = (asyncio.create_task(store.read("a")) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await staying == Note("a")
        assert await store.read("a") == Note("a")

    on_store(redis_url, story)


def test_an_error_reaches_all_who_asked_and_nobody_later(redis_url: str) -> None:
    class OnceAway(AsyncRedis):
        away = True

        async def client(self) -> Any:
            if self.away:
                self.away = False
                raise RedisAway("away")
            return await super().client()

    async def story() -> None:
        redis = OnceAway(redis_url)
        store = RecordStore(redis, "cfs:test:", Note)
        failed = await asyncio.gather(*[store.read(name) for name in "abc"], return_exceptions=True)
        assert [str(each) for each in failed] == ["away"] * 3
        assert await store.read("a") is None
        await redis.close()

    asyncio.run(story())


def _connections(client: Redis) -> int:
    return int(client.info("stats")["total_connections_received"])
