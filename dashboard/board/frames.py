"""A view -> bytes, once per topic: the snapshot (everything) and the frame (what changed, absolute values).

Everybody who looks at a topic gets these same bytes. ``epoch`` names this run of the publisher, ``seq`` counts its ticks: a
frame may be applied to the snapshot or frame of ``seq - 1`` of the same epoch, and to no other. While there is
``rebuilding`` in it, whatever is counted is known to be wrong.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from dashboard.board.evidence_bytes import ALL_TEAMS, EvidenceBytes, curve_bytes
from dashboard.board.rollup_frames import ROLLUP, RollupFrames, rollup_topic
from dashboard.board.rollup_view import NO_TEAM_ID
from dashboard.board.row_bytes import COLUMNS, RowBytes
from dashboard.board.seats_view import SeatBytes
from dashboard.board.views import View
from dashboard.floor.visible_groups import EVERYONE

FLOOR = "floor"
_TABLE = b'],"agents":{"columns":' + orjson.dumps(COLUMNS) + b',"rows":['


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
    """What is sent for one topic at one tick: JSON bytes. ``frame`` None: the snapshot is only laid down."""

    topic: str
    snapshot: bytes
    frame: bytes | None


def team_topic(team_id: str) -> str:
    """The topic of one team's page."""
    return f"team:{team_id}"


def evidence_topic(team_id: str) -> str:
    """The topic of the evidence about a team's agents; of it there are snapshots, and no frames."""
    return f"evidence:{team_id}"


def curve_topic(team_id: str) -> str:
    """The topic of what the curves of a team's agents are drawn from; of it there are snapshots, and no frames."""
    return f"curves:{team_id}"


def topics_of(team_ids: Sequence[str], evidence: bool = True) -> list[str]:
    """All topics of a site; ``evidence`` False: of a site that computes none about persons."""
    found = [FLOOR, ROLLUP, *(team_topic(team_id) for team_id in (*team_ids, EVERYONE))]
    if not evidence:
        return found
    of_persons = (evidence_topic, curve_topic, rollup_topic)
    of_teams = [topic(team_id) for topic in of_persons for team_id in team_ids]
    return [*found, *of_teams, evidence_topic(EVERYONE), rollup_topic(NO_TEAM_ID)]


class Frames:
    """Makes the frames of one run; remembers the bytes of the tick before, which is how it knows what changed."""

    def __init__(self, epoch: str, build: str = "", seats: Iterable[str] = ()) -> None:
        """``build``: which build publishes; ``seats``: how people are named on the agents walls."""
        self._epoch = epoch
        self._build = {"build": build} if build else {}
        self._seats = [SeatBytes(names) for names in seats]
        self._seq = 0
        self._floor = b""
        self._teams: list[bytes] = []
        self._rows = RowBytes()
        self._desks = DeskBytes()
        self._everyone = b""
        self._listed: tuple[int, ...] = ()
        self._evidence = EvidenceBytes()
        self._rollup = RollupFrames()

    def next(self, view: View) -> Iterator[TopicFrame]:
        """One view -> the snapshot and frame of every topic."""
        self._seq += 1
        head = self._head(view)
        floor, floor_before = orjson.dumps(view.floor), self._floor
        # A team that is not shown by itself is written nowhere; those shown together come last and have no topic.
        teams = [b"" if at in view.hidden else orjson.dumps(team) for at, team in enumerate(view.teams)]
        teams += [orjson.dumps(other) for other in view.others]
        teams_before = self._teams
        changed = self._rows.update(view.lines, view.agents)
        self._floor, self._teams = floor, teams
        fresh = [at for at, team in enumerate(teams) if team and (at >= len(teams_before) or team != teams_before[at])]
        desks = self._desks.update(view.desks)
        floor_part = b"" if floor == floor_before else b',"floor":' + floor
        whole, news = (
            _snapshot(head, floor, [team for team in teams if team], b""),
            head + floor_part + _list(b',"teams":', [teams[at] for at in fresh]),
        )
        yield TopicFrame(FLOOR, whole, news + b"}")
        for seats in self._seats:
            all_seats, moved = seats.update(view.lines, view.agents)
            yield TopicFrame(seats.topic, whole[:-1] + all_seats + b"}", news + moved + b"}")
        for at, team in enumerate(view.teams):
            if at in view.hidden:
                continue
            own = _list(b',"teams":', [teams[at]] if at in fresh else [])
            desk, is_new = desks[at]
            rows = _agents(self._rows.of(changed[at]))
            frame = b"".join((head, floor_part, own, rows, desk if is_new else b"", b"}"))
            yield TopicFrame(
                team_topic(team["id"]), _snapshot(head, floor, [teams[at]], self._rows.of_team(at), desk), frame
            )
        if view.everyone is not None:
            yield self._of_everyone(view, (head, floor, floor_part), changed, desks[-1])
        for at, found in self._evidence.update(view.lines, view.evidence, view.trended):
            if at == ALL_TEAMS:
                yield TopicFrame(evidence_topic(EVERYONE), head + found, None)
                continue
            yield TopicFrame(evidence_topic(view.teams[at]["id"]), head + found, None)
            assert view.evidence is not None  # of it these teams' turn came
            curves = curve_bytes(view.lines, view.evidence, view.trended, view.charted, at)
            yield TopicFrame(curve_topic(view.teams[at]["id"]), head + curves, None)
        yield from (TopicFrame(*one) for one in self._rollup.next(head, view.rollup))

    def _of_everyone(
        self, view: View, parts: tuple[bytes, bytes, bytes], changed: list[list[int]], desk: tuple[bytes, bool]
    ) -> TopicFrame:
        """The topic of all agents. The rows of a team that was not listed at the tick before all come with the frame."""
        head, floor, floor_part = parts
        sums, before, listed_before = orjson.dumps(view.everyone), self._everyone, self._listed
        self._everyone, self._listed = sums, view.listed
        own = _list(b',"teams":', [sums] if sums != before else [])
        fresh = [self._rows.of_team(team) for team in view.listed if team not in listed_before]
        moved = [self._rows.of(changed[team]) for team in view.listed if team in listed_before]
        rows = _agents(b",".join(filter(None, (*fresh, *moved))))
        frame = b"".join((head, floor_part, own, rows, desk[0] if desk[1] else b"", b"}"))
        return TopicFrame(
            team_topic(EVERYONE), _snapshot(head, floor, [sums], self._rows.of_teams(view.listed), desk[0]), frame
        )

    def _head(self, view: View) -> bytes:
        head = {
            "epoch": self._epoch,
            "seq": self._seq,
            "now": view.now_ms,
            "age_s": None if view.age_s is None else round(view.age_s, 1),
            "tz_offset_min": view.tz_offset_min,
            **self._build,
            **({} if view.rebuilding is None else {"rebuilding": view.rebuilding._asdict()}),
        }
        return orjson.dumps(head)[:-1]


class DeskBytes:
    """The JSON of every team's desk, written again only where there are other desks than at the tick before."""

    def __init__(self) -> None:
        self._desks: list[dict[str, Any]] = []
        self._bytes: list[bytes] = []

    def update(self, desks: list[dict[str, Any]]) -> list[tuple[bytes, bool]]:
        """Per team the field, and whether it is another than before."""
        before, is_new = self._bytes, desks is not self._desks
        if is_new:
            self._desks, self._bytes = desks, [b',"desk":' + orjson.dumps(desk) for desk in desks]
        fresh = [is_new and (at >= len(before) or one != before[at]) for at, one in enumerate(self._bytes)]
        return list(zip(self._bytes, fresh, strict=True))


def _snapshot(head: bytes, floor: bytes, teams: list[bytes], rows: bytes, desk: bytes = b"") -> bytes:
    parts = (head, b',"floor":', floor, b',"teams":[', b",".join(teams), _TABLE, rows, b"]}", desk, b"}")
    return b"".join(parts)


def _list(name: bytes, items: list[bytes]) -> bytes:
    return name + b"[" + b",".join(items) + b"]" if items else b""


def _agents(rows: bytes) -> bytes:
    return b',"agents":{"rows":[' + rows + b"]}" if rows else b""
