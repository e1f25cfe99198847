"""A record is good once, for its purpose and its time."""

import asyncio

import pytest
import redis

from dashboard.access.one_use import LIFE_MS, OneUseStore
from dashboard.access.tokens import new_token
from streams.simulator.embedded import free_port
from streams.store.async_client import AsyncRedis
from tests.dashboard.access.stories import KEY, run_story

pytestmark = pytest.mark.services


def test_of_many_who_come_with_a_token_one_gets_the_record(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = OneUseStore(client, KEY)
        token = new_token()
        await store.put("oidc", token, b"nonce")
        taken = await asyncio.gather(*(store.redeem("oidc", token) for _ in range(20)))
        assert (taken.count(b"nonce"), taken.count(None)) == (1, 19)

    run_story(url, story)


def test_a_token_of_another_purpose_or_key_gets_nothing_and_uses_nothing_up(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = OneUseStore(client, KEY)
        token = new_token()
        await store.put("link", token, b"supervisor")
        assert await store.redeem("oidc", token) is None
        assert await OneUseStore(client, b"another").redeem("link", token) is None
        assert await store.redeem("link", token) == b"supervisor"

    run_story(url, story)


def test_redis_drops_what_nobody_takes_and_does_not_hold_the_token(redis_url: str) -> None:
    token = new_token()
    run_story(redis_url, lambda client: OneUseStore(client, KEY).put("oidc", token, b"nonce"))
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        (key,) = client.keys("*")
        assert key.startswith("cfs:o:") and token not in key
        assert 0 < client.pttl(key) <= LIFE_MS
        client.pexpire(key, 1)
    assert run_story(redis_url, lambda client: _after_expiry(client, token)) is None


async def _after_expiry(client: AsyncRedis, token: str) -> bytes | None:
    connection = await client.client()
    while await connection.dbsize():
        await asyncio.sleep(0.001)
    return await OneUseStore(client, KEY).redeem("oidc", token)


def test_a_text_that_is_no_token_is_not_looked_for() -> None:
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    assert run_story(nobody, lambda client: OneUseStore(client, KEY).redeem("oidc", "x" * 42)) is None
