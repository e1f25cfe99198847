"""The roll-up -> bytes: a topic ``rollup`` with a tick of its own, and per team a snapshot of its agents' month by id.

The agents have no frame: a page that opens a team asks for the snapshot. A share of the teams is written per tick. A row has
no name, flag or evidence. The volumes of a team's rows add up to the team's, and what they owe, in whole calls, to what the
team owes. The rows are in the order of the ids.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import orjson

from dashboard.board.json_numbers import DECIMALS, known, plain_all, score
from dashboard.board.rollup_now import RollupNow
from dashboard.board.rollup_view import NO_TEAM_ID, whole_due
from dashboard.floor.day_ring import UNATTRIBUTED
from dashboard.floor.judged_now import MonthNow
from dashboard.floor.lines import NO_TEAM
from dashboard.floor.reported import ALL_REPORTED, Reported
from dashboard.rules.figures import ratio

ROLLUP = "rollup"
_SHARE_OF_TEAMS = 8
COLUMNS = ("id", "net", "due", "pace", "attainment", "volume", "deducted", "points", "scored", "score", "target")
_OF_A_SOURCE = {
    "calls": ("pace", "attainment"),
    "complaints": ("deducted",),
    "evaluations": ("points", "scored", "score"),
}
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


def team_agents(month: MonthNow, team: int, reported: Reported = ALL_REPORTED) -> list[list[Any]]:
    """The rows of one team, in the order of COLUMNS; points: hundredths, as they are summed.

    ``team`` NO_TEAM: of the agents in no team, and last the calls of nobody, if there are any. What nobody reports is None.
    """
    people, judged = month.lines.people, month.judged
    members = month.lines.teamless if team == NO_TEAM else month.lines.members[team]
    nobody = month.lines.find_row(UNATTRIBUTED) if team == NO_TEAM else None
    last = [] if nobody is None else [nobody]
    judged_rows = len(judged.volume)  # who came since the month was judged stands in no row yet
    ordered = [*sorted(members, key=lambda row: people[row].id), *last]
    rows = np.array([row for row in ordered if row < judged_rows], np.intp)
    shown, paced, column = judged.deduction.current, judged.pace, judged.counted.column
    points, scored = column("evaluation_points")[rows], column("evaluations")[rows]
    columns = [
        [people[row].id for row in rows.tolist()],
        plain_all(shown.net[rows]),
        whole_due(np.where(judged.assessed[rows], paced.by_now[rows], np.nan)),
        known(ratio(shown.net[rows], np.where(judged.assessed[rows], paced.by_now[rows], np.nan)), DECIMALS),
        known(np.where(judged.assessed[rows], paced.attainment.value[rows], np.nan), DECIMALS),
        judged.volume[rows].tolist(),
        plain_all(shown.deducted[rows]),
        points.tolist(),
        scored.tolist(),
        [score(*each) for each in zip(points.tolist(), scored.tolist(), strict=True)],
        known(np.where(judged.assessed[rows], paced.target[rows], np.nan), 1),
    ]
    unknown = {name for kind, names in _OF_A_SOURCE.items() if not getattr(reported, kind) for name in names}
    return [
        [None if name in unknown else cell for name, cell in zip(COLUMNS, each, strict=True)]
        for each in zip(*columns, strict=True)
    ]
