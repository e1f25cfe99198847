"""Records that are good once and for some minutes: what a sign-in at the provider began with, and its ID token.

A record is a key in Redis, ``cfs:o:<hash of purpose and token>``. Reading it removes it in the same command, so two who come
with the same token at the same moment never both get it.
"""

from dashboard.access.tokens import hash_of, is_token
from streams.store.async_client import AsyncRedis

LIFE_MS = 600_000


class OneUseStore:
    """Puts records away under tokens. Raises what redis-py raises, and OSError, while Redis is away."""

    def __init__(self, redis: AsyncRedis, key: bytes) -> None:
        self._redis = redis
        self._key = key

    async def put(self, purpose: str, token: str, record: bytes, life_ms: int = LIFE_MS) -> None:
        """Keeps ``record`` for ``life_ms``. Its token, of our own, gets it for this purpose alone."""
        await (await self._redis.client()).set(self._name(purpose, token), record, px=life_ms)

    async def redeem(self, purpose: str, token: str) -> bytes | None:
        """The record, this once; None where there is none, it was taken before, or its time is over."""
        if not is_token(token):
            return None
        record: bytes | None = await (await self._redis.client()).getdel(self._name(purpose, token))
        return record

    async def note_use(self, purpose: str, text: str, life_ms: int) -> None:
        """For ``life_ms`` the text, made elsewhere, counts as used."""
        await (await self._redis.client()).set(self._name(purpose, text), b"", px=life_ms)

    async def is_used(self, purpose: str, text: str) -> bool:
        """Whether the text counts as used."""
        return await (await self._redis.client()).get(self._name(purpose, text)) is not None

    def _name(self, purpose: str, token: str) -> str:
        return f"cfs:o:{hash_of(self._key, token, purpose)}"
