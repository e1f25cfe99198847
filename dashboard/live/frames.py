"""A view -> bytes, once per topic: the snapshot (everything) and the frame (what changed, absolute values).

Everybody who looks at a topic gets these same bytes. ``epoch`` names this run of the publisher, ``seq`` counts its ticks: a
frame may be applied to the snapshot or frame of ``seq - 1`` of the same epoch, and to no other.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from dashboard.counts.facts import NO_STATE, STATE_CODES
from dashboard.counts.lines import NO_TEAM, Lines
from dashboard.judging.agent_table import WHY, AgentTable
from dashboard.live.shown import DECIMALS
from dashboard.live.views import View

FLOOR = "floor"
COLUMNS = (
    "id", "name", "name_en", "state", "since", "handled", "deducted", "pending", "net", "converted", "aht_s", "spark",
    "score", "scored", "satisfied", "answered", "short", "due", "pace", "assessed", "why", "trend", "trend_state",
)  # fmt: skip
SPARK_QUARTERS = 40
_COLUMNS_JSON = orjson.dumps(COLUMNS)


_STAMP = re.compile(rb'\{"epoch":"([^"]+)","seq":(\d+),"now":(\d+)')

_AGE = re.compile(rb'(^\{"epoch":"[^"]+","seq":\d+,"now":\d+,"age_s":)([0-9.]+)')


class Stamp(NamedTuple):
    """Which tick of which run some bytes are of, and its instant."""

    epoch: str
    seq: int
    now_ms: int


def stamp_of(raw: bytes) -> Stamp:
    """Snapshot or frame -> its stamp; the mirror of the head that every one begins with. Raises ValueError."""
    found = _STAMP.match(raw)
    if found is None:
        raise ValueError(f"no frame of this program: {raw[:60]!r}")
    return Stamp(found[1].decode(), int(found[2]), int(found[3]))


def older_by(raw: bytes, seconds: float) -> bytes:
    """The same snapshot with an age that is so much greater; one whose age is not known stays as it is."""
    return _AGE.sub(lambda found: found[1] + b"%.1f" % (float(found[2]) + seconds), raw, count=1)


class TopicFrame(NamedTuple):
    """What is sent for one topic at one tick: JSON bytes."""

    topic: str
    snapshot: bytes
    frame: bytes


def team_topic(team_id: str) -> str:
    """The topic of one team's page."""
    return f"team:{team_id}"


def topics_of(team_ids: Sequence[str]) -> list[str]:
    """All topics of a site."""
    return [FLOOR, *(team_topic(team_id) for team_id in team_ids)]


class Frames:
    """Makes the frames of one run; remembers the bytes of the tick before, which is how it knows what changed."""

    def __init__(self, epoch: str) -> None:
        self._epoch = epoch
        self._seq = 0
        self._floor = b""
        self._teams: list[bytes] = []
        self._rows = RowBytes()

    def next(self, view: View) -> Iterator[TopicFrame]:
        """One view -> the snapshot and frame of every topic."""
        self._seq += 1
        head = self._head(view)
        floor, floor_before = orjson.dumps(view.floor), self._floor
        teams, teams_before = [orjson.dumps(team) for team in view.teams], self._teams
        changed = self._rows.update(view.lines, view.agents)
        self._floor, self._teams = floor, teams
        fresh = [at for at, team in enumerate(teams) if at >= len(teams_before) or team != teams_before[at]]
        floor_part = b"" if floor == floor_before else b',"floor":' + floor
        yield TopicFrame(
            FLOOR,
            _snapshot(head, floor, teams, []),
            head + floor_part + _list(b',"teams":', [teams[at] for at in fresh]) + b"}",
        )
        for at, team in enumerate(view.teams):
            members = view.lines.members[at]
            own = _list(b',"teams":', [teams[at]] if at in fresh else [])
            rows = self._rows.of([row for row in members if row in changed])
            yield TopicFrame(
                team_topic(team["id"]),
                _snapshot(head, floor, [teams[at]], self._rows.of(members)),
                head + floor_part + own + _agents(rows) + b"}",
            )

    def _head(self, view: View) -> bytes:
        head = {
            "epoch": self._epoch,
            "seq": self._seq,
            "now": view.now_ms,
            "age_s": None if view.age_s is None else round(view.age_s, 1),
            "tz_offset_min": view.tz_offset_min,
        }
        return orjson.dumps(head)[:-1]


def _snapshot(head: bytes, floor: bytes, teams: list[bytes], rows: list[bytes]) -> bytes:
    table = b',"agents":{"columns":' + _COLUMNS_JSON + b',"rows":[' + b",".join(rows) + b"]}}"
    return head + b',"floor":' + floor + b',"teams":[' + b",".join(teams) + b"]" + table


def _list(name: bytes, items: list[bytes]) -> bytes:
    return name + b"[" + b",".join(items) + b"]" if items else b""


def _agents(rows: list[bytes]) -> bytes:
    return b',"agents":{"rows":[' + b",".join(rows) + b"]}" if rows else b""


class RowBytes:
    """The JSON of every agent's row; only rows whose numbers changed are written again."""

    def __init__(self) -> None:
        self._before: AgentTable | None = None
        self._lines: Lines | None = None
        self._bytes: dict[int, bytes] = {}

    def update(self, lines: Lines, table: AgentTable) -> set[int]:
        """Takes a tick's table; gives the rows that changed, of agents who have a team."""
        changed = set(np.nonzero(self._changed(lines, table) & (lines.team != NO_TEAM))[0].tolist())
        # A new day has new rows: forget those of yesterday.
        if lines is not self._lines:
            self._bytes.clear()
        self._bytes.update(_rows(lines, table, sorted(changed)))
        self._before, self._lines = table, lines
        return changed

    def of(self, rows: list[int]) -> list[bytes]:
        """The JSON of these rows."""
        return [self._bytes[row] for row in rows]

    def _changed(self, lines: Lines, table: AgentTable) -> NDArray[np.bool_]:
        before, count = self._before, len(table.whole)
        if before is None or lines is not self._lines or before.quarters.shape[1] != table.quarters.shape[1]:
            return np.ones(count, np.bool_)
        known = len(before.whole)
        changed = np.ones(count, np.bool_)
        changed[:known] = (before.whole != table.whole[:known]).any(axis=1)
        changed[:known] |= (before.real != table.real[:known]).any(axis=1)
        changed[:known] |= (before.quarters != table.quarters[:known]).any(axis=1)
        moved = [at for at, first in enumerate(table.spark_from) if first != before.spark_from[at]]
        return changed | np.isin(lines.team, moved)


def _rows(lines: Lines, table: AgentTable, rows: list[int]) -> Iterator[tuple[int, bytes]]:
    """Rows -> the JSON of each, in the order of COLUMNS; what is not known is null."""
    # All of a floor's rows are written at one tick when what is owed moves on: so no lookups by name in here.
    people, first = lines.people, [table.spark_from[team] for team in lines.team[rows].tolist()]
    real_rows = np.round(table.real[rows], DECIMALS).tolist()
    numbers = zip(rows, first, table.whole[rows].tolist(), real_rows, table.quarters[rows].tolist(), strict=True)
    for row, spark, whole, real, quarters in numbers:
        state, since, handled, pending, converted, score, scored, satisfied, answered, short, assessed, why = whole
        deducted, net, aht_s, due, pace = real
        shown = [
            *people[row],
            None if state == NO_STATE else STATE_CODES[state],
            None if state == NO_STATE else since,
            *(handled, _plain(deducted), pending, _plain(net), converted),
            None if aht_s < 0 else _plain(aht_s),
            quarters[spark:][-SPARK_QUARTERS:],
            score / 100 if scored else None,
            *(scored, satisfied, answered, short),
            None if due < 0 else due,
            None if pace < 0 else pace,
            *(bool(assessed), None if WHY[why] == "none" else WHY[why]),
            *([], None),
        ]
        yield row, orjson.dumps(shown)


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value
