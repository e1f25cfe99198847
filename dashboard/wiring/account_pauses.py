"""Ends the pause of a local account after wrong tries, in the Redis of the sessions."""

import asyncio
from dataclasses import replace

from dashboard.access.attempts import AttemptStore
from dashboard.settings import Settings
from dashboard.wiring.commands import away
from streams.store.async_client import AsyncRedis
from streams.store.errors import StoreAway


def end_pause(settings: Settings, account: str, address: str | None) -> None:
    """``address``: of the browser whose tries are forgotten; None: the tries over all networks alone. Raises RedisAway."""
    try:
        asyncio.run(_end_pause(settings, account, address))
    except StoreAway as error:
        raise away(replace(settings, redis=settings.sessions), error) from error


async def _end_pause(settings: Settings, account: str, address: str | None) -> None:
    redis = AsyncRedis(settings.sessions)
    try:
        await AttemptStore(redis, settings.key.secret).forget_tries(account, address)
    finally:
        await redis.close()
