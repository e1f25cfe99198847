"""Records that are good once and for some minutes: what a sign-in at the provider began with, and the link of a first sign-in.

A record is a key in Redis, ``cfs:o:<hash of purpose and token>``. Reading it removes it in the same command, so two who come
with the same token at the same moment never both get it.
"""

from dashboard.access.tokens import hash_of, is_token, new_token
from streams.store.async_client import AsyncRedis

LIFE_MS = 600_000


class OneUseStore:
    """Puts a record away under a new token. Raises what redis-py raises, and OSError, while Redis is away."""

    def __init__(self, redis: AsyncRedis, key: bytes) -> None:
        self._redis = redis
        self._key = key

    async def put(self, purpose: str, record: bytes, life_ms: int = LIFE_MS) -> str:
        """Keeps ``record`` for ``life_ms`` -> the token that gets it, for this purpose alone."""
        token = new_token()
        await (await self._redis.client()).set(self._name(purpose, token), record, px=life_ms)
        return token

    async def redeem(self, purpose: str, token: str) -> bytes | None:
        """The record, this once; None where there is none, it was taken before, or its time is over."""
        if not is_token(token):
            return None
        record: bytes | None = await (await self._redis.client()).getdel(self._name(purpose, token))
        return record

    def _name(self, purpose: str, token: str) -> str:
        return f"cfs:o:{hash_of(self._key, token, purpose)}"
