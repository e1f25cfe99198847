"""A client for asyncio opens once for all who ask, and leaves a server that is no longer the primary."""

import asyncio

import pytest
import redis

from streams.store.async_client import AsyncRedis

pytestmark = pytest.mark.services


def test_all_who_ask_share_one_client_and_it_opens_again_after_closing(redis_url: str) -> None:
    async def story() -> None:
        server = AsyncRedis(redis_url)
        first, *others = await asyncio.gather(*(server.client() for _ in range(20)))
        assert all(each is first for each in others)
        await server.close()
        again = await server.client()
        assert again is not first
        assert await again.ping()
        await server.close()
        await server.close()

    asyncio.run(story())


def test_a_connection_to_a_server_that_is_no_longer_the_primary_ends(redis_url: str) -> None:
    """The address of a managed Redis leads to the new primary; the open connection stays with the old one."""

    async def story() -> None:
        server = AsyncRedis(redis_url)
        client = await server.client()
        before = await client.client_id()
        assert await client.client_id() == before  # the control: without a refusal it is the same connection
        await client.replicaof("127.0.0.1", "1")
        try:
            with pytest.raises(redis.exceptions.ReadOnlyError):
                await client.set("a", "b")
            assert await client.client_id() != before
        finally:
            await client.replicaof("NO", "ONE")
            await server.close()

    asyncio.run(story())
