"""Episodes of flags in Redis: each is created once, and claimed by one sender before a message about it goes out.

All keys carry the same hash tag, so that a script may touch several of them on a Redis Cluster too. An episode,
with whether it was sent, is a hash that lives for 400 days; ``order`` and ``unsent`` are its number by id.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec

from dashboard.actions.flag_episodes import Episode, parse_id
from dashboard.actions.flag_store import (
    CLAIM_MS,
    KEPT_DAYS,
    MOST_UNSENT,
    EpisodePage,
    FlagsAway,
    FlagStore,
    ShiftCount,
    StoredEpisode,
)
from dashboard.board.bus import AWAY
from streams.site_time import DAY_MS
from streams.store.errors import error_text
from streams.tombstones import tombstone_id

KEPT_MS = KEPT_DAYS * DAY_MS
_PREFIX = "callfloor:{flags}:"
_ORDER, _UNSENT, _NUMBER, _TURN, _ERASED = (
    f"{_PREFIX}{name}" for name in ("order", "unsent", "number", "turn", "erased")
)
_PAGE = 500
_EPISODE = msgspec.json.Decoder(Episode)
_SHIFTS = msgspec.json.Decoder(dict[date, ShiftCount])
Answer = TypeVar("Answer")

# The oldest whose hash has run out leave the order as new ones come: in small steps, since they were as few when they came.
_CREATE = """
if redis.call('sismember', KEYS[5], ARGV[5]) == 1 then return 0 end
if redis.call('hsetnx', KEYS[1], 'episode', ARGV[1]) == 0 then return 0 end
redis.call('pexpire', KEYS[1], ARGV[2])
local number = redis.call('incr', KEYS[2])
redis.call('zadd', KEYS[3], number, ARGV[3])
redis.call('zadd', KEYS[4], number, ARGV[3])
redis.call('zremrangebyrank', KEYS[4], 0, -ARGV[4] - 1)
return number
"""
# An owner may claim twice and has the claim again. An episode that was sent is never claimed again.
_CLAIM = """
if redis.call('zscore', KEYS[2], ARGV[2]) == false then return 0 end
if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[3]) then return 1 end
return redis.call('get', KEYS[1]) == ARGV[1] and 1 or 0
"""


def _episode_key(id: str) -> str:
    return f"{_PREFIX}episode:{id}"


def _shifts_key(agent: str) -> str:
    return f"{_PREFIX}shifts:{agent}"


class RedisFlags(FlagStore):
    """Episodes over a client of Redis or of a Redis Cluster, which may be shared by threads."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def create(self, episode: Episode) -> bool:
        keys = (_episode_key(episode.id), _NUMBER, _ORDER, _UNSENT, _ERASED)
        given = (msgspec.json.encode(episode), KEPT_MS, episode.id, MOST_UNSENT, tombstone_id(episode.agent))
        return bool(_ask(lambda: self._client.eval(_CREATE, len(keys), *keys, *given)))

    def after(self, number: int) -> EpisodePage:
        """See FlagStore; what has run out is left out, and out of the order too."""
        newest = int(_ask(lambda: self._client.get(_NUMBER)) or 0)
        erasures = int(_ask(lambda: self._client.scard(_ERASED)))
        if newest <= number:
            return EpisodePage(newest, [], erasures)
        ids = [id.decode() for id in _ask(lambda: self._client.zrangebyscore(_ORDER, f"({number}", newest))]
        rows = [row for at in range(0, len(ids), _PAGE) for row in self._rows(ids[at : at + _PAGE])]
        if gone := [id for id, row in zip(ids, rows, strict=True) if row[0] is None]:
            _ask(lambda: self._client.zrem(_ORDER, *gone))
        return EpisodePage(
            newest,
            [StoredEpisode(_EPISODE.decode(raw), rearmed is not None) for raw, rearmed in rows if raw is not None],
            erasures,
        )

    def rearm(self, id: str) -> None:
        """See FlagStore; nothing is stored about an episode that has run out."""
        if _ask(lambda: self._client.hexists(_episode_key(id), "episode")):
            _ask(lambda: self._client.hset(_episode_key(id), "rearmed", 1))

    def unsent(self, most: int) -> list[Episode]:
        ids = [id.decode() for id in _ask(lambda: self._client.zrange(_UNSENT, 0, most - 1))]
        rows = self._rows(ids)
        for id, (raw, _) in zip(ids, rows, strict=True):
            if raw is None:
                self.sent(id)
        return [_EPISODE.decode(raw) for raw, _ in rows if raw is not None]

    def claim(self, id: str, owner: str) -> bool:
        keys = (f"{_PREFIX}claim:{id}", _UNSENT)
        return bool(_ask(lambda: self._client.eval(_CLAIM, 2, *keys, owner, id, CLAIM_MS)))

    def sent(self, id: str) -> None:
        _ask(lambda: self._client.zrem(_UNSENT, id))

    def turn(self, every_ms: int) -> bool:
        return every_ms <= 0 or bool(_ask(lambda: self._client.set(_TURN, 1, nx=True, px=every_ms)))

    def erase(self, agent: str) -> int:
        """See FlagStore; the set of erased people holds the names of their tombstones."""
        _ask(lambda: self._client.sadd(_ERASED, tombstone_id(agent)))
        held = {id.decode() for key in (_ORDER, _UNSENT) for id in _ask(lambda: self._client.zrange(key, 0, -1))}  # noqa: B023
        ids = sorted(id for id in held if (ref := parse_id(id)) is not None and ref.agent == agent)
        for id in ids:
            _ask(lambda: self._client.unlink(_episode_key(id), f"{_PREFIX}claim:{id}"))  # noqa: B023
            _ask(lambda: self._client.zrem(_ORDER, id))  # noqa: B023
            _ask(lambda: self._client.zrem(_UNSENT, id))  # noqa: B023
        _ask(lambda: self._client.unlink(_shifts_key(agent)))
        return len(ids)

    def keep_shifts(self, agent: str, shifts: Mapping[date, ShiftCount]) -> None:
        if _ask(lambda: self._client.sismember(_ERASED, tombstone_id(agent))):
            return
        kept = msgspec.json.encode({day.isoformat(): tuple(shift) for day, shift in shifts.items()})
        _ask(lambda: self._client.set(_shifts_key(agent), kept, px=KEPT_MS))

    def shifts(self, agents: Sequence[str]) -> dict[str, dict[date, ShiftCount]]:
        if not agents:
            return {}
        found = _ask(lambda: self._client.mget([_shifts_key(agent) for agent in agents]))
        return {agent: _SHIFTS.decode(raw) for agent, raw in zip(agents, found, strict=True) if raw is not None}

    def _rows(self, ids: Sequence[str]) -> list[tuple[bytes | None, bytes | None]]:
        def ask() -> Any:
            with self._client.pipeline(transaction=False) as pipe:
                for id in ids:
                    pipe.hmget(_episode_key(id), "episode", "rearmed")
                return pipe.execute()

        return [(raw, rearmed) for raw, rearmed in _ask(ask)] if ids else []


def _ask(question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except AWAY as error:
        raise FlagsAway(error_text(error)) from error
