"""Walls: screens without a seat, each bound to one board by a token that it renews by itself, and dark a second after its end.

A wall is one key in Redis, ``cfs:w:<id>``; ``cfs:walls`` lists them, and
``cfs:walls:revoked`` those of the last 30 days that are no more. The token in the cookie names the display and has 256 random
bits, of which Redis holds only a keyed hash. It is valid for 90 days after the wall was last in use, and a new one replaces it
each day. The old one stays valid until the new one has been in use for ten minutes: a browser writes its cookies to disk within
seconds, so whenever the power goes, the token on the disk still opens the board. Everything raises what redis-py raises, and
OSError, while Redis is away.
"""

import hmac
import re
from collections.abc import Callable
from typing import Annotated, NamedTuple

import msgspec

from dashboard.access.brief_cache import BriefCache, monotonic_ms
from dashboard.access.record_store import Lasting, RecordStore
from dashboard.access.tokens import hash_of, new_token
from streams.store.async_client import AsyncRedis

DAY_MS = 86_400_000
LIFE_MS = 90 * DAY_MS
"""So long after its last use a wall is still paired."""
ROTATE_MS = DAY_MS
SETTLE_MS = 600_000
"""A token that has been in use for so long is on the disk of its screen: older ones are no longer valid."""
NOTE_EVERY_MS = 60_000
AWAY_MS = 180_000
"""A wall that was not in use for so long counts as off."""
_FORMER_MS = 30 * DAY_MS
"""So long a revoked wall can say since when it is revoked."""
_LIST, _REVOKED = "cfs:walls", "cfs:walls:revoked"
_MOST_TOKENS = 3
_TOKEN = re.compile(r"([0-9A-F]{4})\.([A-Za-z0-9_-]{43})", re.ASCII)


Pixels = Annotated[int, msgspec.Meta(ge=1, le=20_000)]


class Screen(NamedTuple):
    """The size of a browser that shows a wall, and the address it comes from."""

    width: Pixels
    height: Pixels
    address: str


class Approval(NamedTuple):
    """What an administrator decided: where the wall hangs, its board, whether people are shown there, and who decided."""

    location: str
    board: str
    people: str
    """"alias" or "none"."""
    account: str
    name: str


class Display(msgspec.Struct, frozen=True):
    """A paired wall."""

    id: str
    approval: Approval
    paired_ms: int
    screen: Screen
    used_ms: int
    """When it was last in use, to the minute."""
    expires_ms: int
    revoked_ms: int | None = None
    revoked_by: str = ""
    """The name of who revoked it."""

    def is_on(self, now_ms: int) -> bool:
        """Whether it was in use within the last minutes."""
        return now_ms - self.used_ms < AWAY_MS

    def is_in_force(self, now_ms: int) -> bool:
        """Whether it may show its board."""
        return self.revoked_ms is None and now_ms < self.expires_ms


class _Token(msgspec.Struct, frozen=True):
    hashed: str
    issued_ms: int
    first_used_ms: int | None = None


class _Wall(msgspec.Struct, frozen=True):
    """``tokens``: those that are valid, the newest last."""

    display: Display
    tokens: tuple[_Token, ...]


class WallStore:
    """The walls of all web workers, for one event loop. ``key``: the secret of the key file."""

    def __init__(self, redis: AsyncRedis, key: bytes, clock_ms: Callable[[], int] = monotonic_ms) -> None:
        self._redis = redis
        self._key = key
        self._walls = RecordStore(redis, "cfs:w:", _Wall)
        self._cache = BriefCache(self._walls.read, clock_ms)

    async def add(self, display_id: str, approval: Approval, screen: Screen, now_ms: int) -> str:
        """A wall that is paired now -> its token. A wall with this id that was there before is this one from now on."""
        display = Display(display_id, approval, now_ms, screen, now_ms, now_ms + LIFE_MS)
        token, hashed = self._new_token(display_id)
        await self._list(display)
        await self._walls.write(display_id, Lasting(_Wall(display, (_Token(hashed, now_ms),)), LIFE_MS))
        self._cache.forget(display_id)
        return token

    async def find(self, token: str, now_ms: int) -> Display | None:
        """The wall of a token, at most a second old; None where there is none in force."""
        wall = await self._holder(token)
        return wall.display if wall is not None and wall.display.is_in_force(now_ms) else None

    async def find_former(self, token: str, now_ms: int) -> Display | None:
        """The wall of a token that was revoked or has expired; None where there is none, or it is in force."""
        wall = await self._holder(token)
        return None if wall is None or wall.display.is_in_force(now_ms) else wall.display

    async def has(self, display_id: str) -> bool:
        """Whether an id is that of a wall, in force or not."""
        return await self._walls.read(display_id) is not None

    async def note_use(self, token: str, screen: Screen, now_ms: int) -> None:
        """The wall shows its board: it is valid for 90 days from now. Written once a minute, and at the first use of a token."""
        wall = await self._holder(token)
        hashed = self._hash(token)
        if wall is not None and not _is_noted(wall, hashed, now_ms):
            await self._change(wall.display.id, now_ms, lambda found: _used(found, hashed, screen, now_ms))

    async def rotate(self, token: str, now_ms: int) -> str | None:
        """A new token for the cookie, where the newest is a day old; the presented one stays valid for now."""
        wall = await self._holder(token)
        if wall is None or now_ms - wall.tokens[-1].issued_ms < ROTATE_MS:
            return None
        renewed, hashed = self._new_token(wall.display.id)
        presented = self._hash(token)
        after = await self._change(wall.display.id, now_ms, lambda found: _rotated(found, presented, hashed, now_ms))
        return None if after is None else renewed

    async def revoke(self, display_id: str, now_ms: int, name: str = "") -> Display | None:
        """Ends a wall, in other processes within a second -> it; None where there is none in force. ``name``: who does."""

        def change(wall: _Wall) -> Lasting[_Wall] | None:
            if not wall.display.is_in_force(now_ms):
                return None
            display = msgspec.structs.replace(wall.display, revoked_ms=now_ms, revoked_by=name)
            return Lasting(msgspec.structs.replace(wall, display=display), _FORMER_MS)

        after = await self._walls.change(display_id, change)
        self._cache.forget(display_id)
        if after is None:
            return None
        client = await self._redis.client()
        await client.zrem(_LIST, display_id)
        await client.zadd(_REVOKED, {display_id: now_ms + _FORMER_MS})
        return after.display

    async def displays(self, now_ms: int) -> list[Display]:
        """All walls in force, by where they hang."""
        found = [display for display in await self._listed(_LIST, now_ms) if display.is_in_force(now_ms)]
        return sorted(found, key=lambda display: (display.approval.location, display.id))

    async def revoked(self, now_ms: int) -> list[Display]:
        """The walls that were revoked within the last 30 days and not paired again since, the newest first."""
        found = [display for display in await self._listed(_REVOKED, now_ms) if display.revoked_ms is not None]
        return sorted(found, key=lambda display: (-(display.revoked_ms or 0), display.id))

    async def _listed(self, name: str, now_ms: int) -> list[Display]:
        client = await self._redis.client()
        await client.zremrangebyscore(name, "-inf", now_ms)
        walls = [await self._walls.read(each.decode()) for each in await client.zrange(name, 0, -1)]
        return [wall.display for wall in walls if wall is not None]

    async def _holder(self, token: str) -> _Wall | None:
        """The wall that has the token. What is in memory may be older than the token, so then Redis is asked once more."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            return None
        display_id, hashed = f"D-{match[1]}", self._hash(token)
        wall = await self._cache.get(display_id)
        if wall is not None and _index_of(wall, hashed) is None:
            self._cache.forget(display_id)
            wall = await self._cache.get(display_id)
        return wall if wall is not None and _index_of(wall, hashed) is not None else None

    async def _change(self, display_id: str, now_ms: int, changed: Callable[[_Wall], _Wall | None]) -> _Wall | None:
        def change(wall: _Wall) -> Lasting[_Wall] | None:
            after = changed(wall) if wall.display.is_in_force(now_ms) else None
            return None if after is None else Lasting(after, max(1, after.display.expires_ms - now_ms))

        after = await self._walls.change(display_id, change)
        self._cache.forget(display_id)
        if after is not None:
            await self._list(after.display)
        return after

    async def _list(self, display: Display) -> None:
        await (await self._redis.client()).zadd(_LIST, {display.id: display.expires_ms})

    def _new_token(self, display_id: str) -> tuple[str, str]:
        token = f"{display_id.removeprefix('D-')}.{new_token()}"
        return token, self._hash(token)

    def _hash(self, token: str) -> str:
        return hash_of(self._key, token, "wall")


def _index_of(wall: _Wall, hashed: str) -> int | None:
    """The index of a token among those that are valid."""
    found = [index for index, each in enumerate(wall.tokens) if hmac.compare_digest(each.hashed, hashed)]
    return found[0] if found else None


def _is_noted(wall: _Wall, hashed: str, now_ms: int) -> bool:
    index = _index_of(wall, hashed)
    is_first = index is not None and wall.tokens[index].first_used_ms is None
    return not is_first and now_ms - wall.display.used_ms < NOTE_EVERY_MS


def _used(wall: _Wall, hashed: str, screen: Screen, now_ms: int) -> _Wall | None:
    index = _index_of(wall, hashed)
    if index is None:
        return None
    token = wall.tokens[index]
    first_ms = now_ms if token.first_used_ms is None else token.first_used_ms
    older = () if now_ms - first_ms >= SETTLE_MS else wall.tokens[:index]
    tokens = (*older, msgspec.structs.replace(token, first_used_ms=first_ms), *wall.tokens[index + 1 :])
    display = msgspec.structs.replace(wall.display, screen=screen, used_ms=now_ms, expires_ms=now_ms + LIFE_MS)
    return _Wall(display, tokens)


def _rotated(wall: _Wall, presented: str, hashed: str, now_ms: int) -> _Wall | None:
    """With a new token; of the others the presented one and the newest stay."""
    index = _index_of(wall, presented)
    if index is None or now_ms - wall.tokens[-1].issued_ms < ROTATE_MS:
        return None
    stay = (
        wall.tokens if len(wall.tokens) < _MOST_TOKENS else tuple(dict.fromkeys((wall.tokens[index], wall.tokens[-1])))
    )
    return msgspec.structs.replace(wall, tokens=(*stay, _Token(hashed, now_ms)))
