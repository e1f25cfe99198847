"""Sessions: begun at sign-in, found at every request by the token of the cookie, and ended within a second in every process.

A session is one key in Redis, ``cfs:s:<hash of the token>``, that Redis drops at the session's end. ``cfs:a:<hash of the
account>`` and ``cfs:p:<hash of the provider's sid>`` list the sessions of an account and of a sign-in at the provider, so that
all of them end at once. Every command touches one key, so a Redis Cluster takes them all. Everything raises what redis-py
raises, and OSError, while Redis is away: nobody is signed in then.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from dashboard.access.brief_cache import BriefCache, monotonic_ms
from dashboard.access.identity import Identity
from dashboard.access.record_store import Lasting, RecordStore
from dashboard.access.tokens import hash_of, is_token, new_token
from streams.store.async_client import AsyncRedis

LONGEST_MS = 24 * 3_600_000
"""No session lasts longer, and so no list of sessions has to."""
MOST_SESSIONS = 20
"""The most sessions of an account: with one more, the oldest ends."""
ACT_EVERY_MS = 60_000
"""Acts within a minute of the last noted one are not noted."""


class SessionLimits(NamedTuple):
    """How long a session lasts without an act (None: as long as it lasts), and at most."""

    idle_ms: int | None
    absolute_ms: int


class Session(msgspec.Struct, frozen=True):
    """One sign-in. ``confirmed_ms``: when the person last proved again who they are."""

    identity: Identity
    begun_ms: int
    acted_ms: int
    limits: SessionLimits
    confirmed_ms: int | None = None

    @property
    def ends_ms(self) -> int:
        """The moment from which it is no longer in force, if nobody acts until then."""
        absolute = self.begun_ms + self.limits.absolute_ms
        return absolute if self.limits.idle_ms is None else min(absolute, self.acted_ms + self.limits.idle_ms)


class SessionStore:
    """The sessions of all web workers, for one event loop. ``key``: the secret of the key file."""

    def __init__(self, redis: AsyncRedis, key: bytes, clock_ms: Callable[[], int] = monotonic_ms) -> None:
        self._redis = redis
        self._key = key
        self._records = RecordStore(redis, "cfs:s:", Session)
        self._cache = BriefCache(self._records.read, clock_ms)

    async def begin(self, identity: Identity, limits: SessionLimits, now_ms: int, *, is_confirmed: bool = False) -> str:
        """A session that begins now -> its token, never one that was in use before.

        ``is_confirmed``: the person proved just now who they are.
        """
        if not 0 < limits.absolute_ms <= LONGEST_MS or (limits.idle_ms is not None and limits.idle_ms <= 0):
            raise ValueError(f"a session lasts up to {LONGEST_MS} ms: {limits}")
        token = new_token()
        hashed = self.name_of(token)
        session = Session(identity, now_ms, now_ms, limits, now_ms if is_confirmed else None)
        client = await self._redis.client()
        lists = self._lists(identity)
        for each in lists:
            await self._list(each, hashed, session.begun_ms + limits.absolute_ms, now_ms)
        await self._records.write(hashed, Lasting(session, session.ends_ms - now_ms))
        await self._end_oldest(self._account_list(identity.account))
        # Whoever ends all sessions drops the list first, then the sessions in it: one that began meanwhile ends here.
        for each in lists:
            if await client.zscore(each, hashed) is None:
                await self._records.delete(hashed)
        return token

    async def find(self, token: str, now_ms: int) -> Session | None:
        """The session of a token, at most a second old; None where there is none in force. Looking extends nothing."""
        if not is_token(token):
            return None
        session = await self._cache.get(self.name_of(token))
        return session if session is not None and now_ms < session.ends_ms else None

    def name_of(self, token: str) -> str:
        """The name of a session, under which Redis has it."""
        return hash_of(self._key, token)

    async def find_gone(self, names: Sequence[str]) -> set[str]:
        """Those of the sessions that Redis has no more. While it has all, the question costs one short answer, however many."""
        if not names or await self._records.count(names) == len(names):
            return set()
        if len(names) == 1:
            return set(names)
        half = len(names) // 2
        return await self.find_gone(names[:half]) | await self.find_gone(names[half:])

    async def note_act(self, token: str, now_ms: int) -> None:
        """The person did something: the idle time begins anew. Nothing where there is no session in force."""
        session = await self.find(token, now_ms)
        if session is not None and now_ms - session.acted_ms >= ACT_EVERY_MS:
            await self._change(token, now_ms, lambda found: msgspec.structs.replace(found, acted_ms=now_ms))

    async def confirm(self, token: str, now_ms: int) -> None:
        """The person proved again who they are. Nothing where there is no session in force."""
        await self._change(
            token, now_ms, lambda found: msgspec.structs.replace(found, acted_ms=now_ms, confirmed_ms=now_ms)
        )

    async def end(self, token: str) -> None:
        """Ends a session, in other processes within a second."""
        if is_token(token):
            hashed = self.name_of(token)
            await self._records.delete(hashed)
            self._cache.forget(hashed)

    async def end_account(self, account: str) -> None:
        """Ends every session of an account."""
        await self._end_list(self._account_list(account))

    async def end_provider_session(self, sid: str) -> bool:
        """Ends every session that the provider's session began: what its back-channel logout asks for -> whether there is any."""
        return await self._end_list(self._provider_list(sid))

    async def _list(self, name: str, hashed: str, ends_ms: int, now_ms: int) -> None:
        pipe = (await self._redis.client()).pipeline(transaction=True)
        pipe.zadd(name, {hashed: ends_ms})
        pipe.zremrangebyscore(name, "-inf", now_ms)
        pipe.pexpire(name, LONGEST_MS)
        await pipe.execute()

    async def _end_oldest(self, name: str) -> None:
        """Ends what is beyond the most sessions of an account. Those that ended before do not count, and leave the list."""
        client = await self._redis.client()
        listed = [member.decode() for member in await client.zrange(name, 0, -1)]
        if len(listed) <= MOST_SESSIONS:
            return
        gone = await self.find_gone(listed)
        ending = [hashed for hashed in listed if hashed not in gone][:-MOST_SESSIONS]
        for hashed in ending:
            await self._records.delete(hashed)
            self._cache.forget(hashed)
        if gone or ending:
            await client.zrem(name, *gone, *ending)

    async def _end_list(self, name: str) -> bool:
        client = await self._redis.client()
        listed = [member.decode() for member in await client.zrange(name, 0, -1)]
        await client.delete(name)
        for hashed in listed:
            await self._records.delete(hashed)
            self._cache.forget(hashed)
        return bool(listed)

    async def _change(self, token: str, now_ms: int, changed: Callable[[Session], Session]) -> None:
        def change(session: Session) -> Lasting[Session] | None:
            after = changed(session)
            return Lasting(after, after.ends_ms - now_ms) if now_ms < session.ends_ms else None

        if is_token(token):
            hashed = self.name_of(token)
            await self._records.change(hashed, change)
            self._cache.forget(hashed)

    def _lists(self, identity: Identity) -> list[str]:
        sid = identity.provider_session
        return [self._account_list(identity.account), *([self._provider_list(sid)] if sid else [])]

    def _account_list(self, account: str) -> str:
        return f"cfs:a:{hash_of(self._key, account, 'account')}"

    def _provider_list(self, sid: str) -> str:
        return f"cfs:p:{hash_of(self._key, sid, 'provider session')}"
