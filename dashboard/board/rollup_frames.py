"""The roll-up -> bytes: a topic ``rollup`` with a tick of its own, and per team a snapshot of its agents' month by id.

Of the agents there is no frame: a page that opens a team asks for the snapshot. A share of the teams is written per tick.
"""

from collections.abc import Iterator
from typing import NamedTuple

import orjson

from dashboard.board.rollup_agents import COLUMNS, team_agents
from dashboard.board.rollup_view import NO_TEAM_ID
from dashboard.board.rollup_watch import RollupNow
from dashboard.floor.lines import NO_TEAM

ROLLUP = "rollup"
_SHARE_OF_TEAMS = 8
_COLUMNS_JSON = orjson.dumps(COLUMNS)


def rollup_topic(team_id: str) -> str:
    """The topic of the agents of one team, as a roll-up shows them."""
    return f"{ROLLUP}:{team_id}"


class RollupBytes(NamedTuple):
    """One topic: its snapshot, and its frame or None."""

    topic: str
    snapshot: bytes
    frame: bytes | None


class RollupFrames:
    """Remembers the bytes before; ``seq`` counts what it has published, for most ticks say nothing of the roll-up."""

    def __init__(self) -> None:
        self._seq = 0
        self._now: RollupNow | None = None
        self._fields: dict[bytes, bytes] = {}
        self._left: list[int] = []

    def next(self, head: bytes, now: RollupNow | None) -> Iterator[RollupBytes]:
        """The head of a tick's frames, whose ``seq`` is another, and the roll-up of the tick."""
        if now is not None and now is not self._now:
            self._now = now
            self._seq += 1
            self._left = [*range(len(now.month.lines.teams)), NO_TEAM] if now.month is not None else []
            yield self._whole(_renumbered(head, self._seq), now)
        elif now is not None and now.month is not None:
            share = -(-(len(now.month.lines.teams) + 1) // _SHARE_OF_TEAMS)
            teams, self._left = self._left[:share], self._left[share:]
            for at in teams:
                agents = orjson.dumps(team_agents(now.month, at, now.reported))
                rows = b',"columns":' + _COLUMNS_JSON + b',"rows":' + agents + b"}"
                id = NO_TEAM_ID if at == NO_TEAM else now.month.lines.teams[at].id
                yield RollupBytes(rollup_topic(id), head + rows, None)

    def _whole(self, head: bytes, now: RollupNow) -> RollupBytes:
        told = {b"rollup": now.shown, b"campaigns": now.campaigns, b"course": now.course}
        fields = {name: orjson.dumps(value) for name, value in told.items()}
        fresh = {name: value for name, value in fields.items() if self._fields.get(name) != value}
        self._fields = fields
        return RollupBytes(ROLLUP, head + _joined(fields), head + _joined(fresh))


def _joined(fields: dict[bytes, bytes]) -> bytes:
    return b"".join(b',"%b":%b' % each for each in fields.items()) + b"}"


def _renumbered(head: bytes, seq: int) -> bytes:
    """The same head with this topic's own number."""
    before, _, rest = head.partition(b',"seq":')
    return before + b',"seq":%d,' % seq + rest.partition(b",")[2]
