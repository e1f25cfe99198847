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
        await self.put_under(purpose, token, record, life_ms)
        return token

    async def put_under(self, purpose: str, token: str, record: bytes, life_ms: int = LIFE_MS) -> None:
        """As ``put``, under a token that has another use as well: the state of a sign-in, the token of a session."""
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
