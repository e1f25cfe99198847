"""A tick -> bytes, once per topic: the snapshot (everything) and the frame (what changed, absolute values).

Every viewer of a topic gets the same bytes. ``epoch`` names this run of the publisher, ``seq`` counts its ticks: a frame may be
applied to the snapshot or frame of ``seq - 1`` of the same epoch, and to no other. While a frame has ``rebuilding``, its counts
are known to be wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET, Raw, UnsetType, json
from msgspec.structs import asdict

from dashboard.board.evidence_bytes import ALL_TEAMS, EvidenceBytes, published_curves
from dashboard.board.frame_types import AgentRows, BoardFrame, FrameHead, LeadPanel
from dashboard.board.rollup_frames import RollupFrames
from dashboard.board.row_bytes import COLUMNS, RowBytes
from dashboard.board.seats_view import SeatBytes
from dashboard.board.tick import Tick
from dashboard.board.topics import FLOOR, LINE, TopicFrame, board_topic, curve_topic, evidence_topic, team_topic
from dashboard.floor.visible_groups import EVERYONE

Fields = tuple[dict[str, Any], dict[str, Any]]
"""Fields of a BoardFrame: of the snapshot, and of the frame."""
Panel = tuple[Raw, Raw | UnsetType]
_COLUMNS = Raw(json.encode(COLUMNS))
_NO_AGENTS = AgentRows(columns=_COLUMNS, rows=Raw(b"[]"))
NO_ROWS = (b"", b"")


class Frames:
    """Makes the frames of one run; remembers the bytes of the tick before, which is how it knows what changed."""

    def __init__(
        self,
        epoch: str,
        build: str = "",
        boards: Mapping[str, str] | None = None,
        project_boards: Mapping[str, str] | None = None,
    ) -> None:
        """``build``: which build publishes; ``boards`` and ``project_boards``: as seats_view has them of the site."""
        self._epoch = epoch
        self._build: str | UnsetType = build or UNSET
        self._boards = boards or {}
        self._seats = {names: SeatBytes(names) for names in {*self._boards.values()} - {"none"}}
        self._seq = 0
        self._floor = b""
        self._teams: list[bytes] = []
        self._rows = RowBytes()
        self._panels: Sequence[LeadPanel] = ()
        self._panel_bytes: list[bytes] = []
        self._everyone = b""
        self._listed: tuple[int, ...] = ()
        self._evidence = EvidenceBytes()
        self._rollup = RollupFrames(project_boards)

    def write_tick(self, tick: Tick) -> Iterator[TopicFrame]:
        """One tick -> the snapshot and frame of every topic."""
        self._seq += 1
        stamped = self._head(tick)
        head, line = asdict(stamped), json.encode(stamped)
        floor_before, teams_before = self._floor, self._teams
        self._floor = json.encode(tick.floor)
        # A team that is not shown by itself is written nowhere; those shown together come last and have no topic.
        teams = [b"" if at in tick.hidden else json.encode(team) for at, team in enumerate(tick.teams)]
        self._teams = teams = [*teams, *map(json.encode, tick.others)]
        # The rows that changed per team and last of those in no team; None: the site shows no row of a person.
        changed = None if tick.agents is None else self._rows.write_rows(tick.lines, tick.agents)
        fresh = [at for at, team in enumerate(teams) if team and (at >= len(teams_before) or team != teams_before[at])]
        panels = self._write_panels(tick.people.leads)
        floor = Raw(self._floor)
        new_floor: Raw | UnsetType = floor if self._floor != floor_before else UNSET
        whole = {**head, "floor": floor, "teams": [Raw(team) for team in teams if team], "agents": _NO_AGENTS}
        news = {**head, "floor": new_floor, "teams": [Raw(teams[at]) for at in fresh] or UNSET}
        yield from self._of_boards(tick, (whole, news))
        whole, news = {**head, "floor": floor}, {**head, "floor": new_floor}
        is_fresh = {*fresh}
        for at, team in enumerate(tick.teams):
            if at in tick.hidden:
                continue
            rows = NO_ROWS if changed is None else (self._rows.team_rows(at), self._rows.join_rows(changed[at]))
            yield _team_frame(team.id, (whole, news), Raw(teams[at]), at in is_fresh, rows, panels[at])
        yield self._of_everyone(tick, (whole, news), changed, panels[-1])
        yield from self._of_persons(tick, head)
        yield from self._rollup.write_tick(head, tick.rollup)
        yield TopicFrame(LINE, line, line)

    def _of_boards(self, tick: Tick, shared: Fields) -> Iterator[TopicFrame]:
        """The topics of the floor and of each board: the same bytes for all without people, and for all that name them alike."""
        floor = _encoded(shared[0]), _encoded(shared[1])
        yield TopicFrame(FLOOR, *floor)
        for board in self._boards:
            yield TopicFrame(board_topic(board), *floor)
        if tick.agents is None:
            return
        for names, seats in self._seats.items():
            all_seats, moved = seats.write_seats(tick.lines, tick.agents)
            seated = _encoded(shared[0], seats=all_seats), _encoded(shared[1], seats=moved)
            for board in (board for board, naming in self._boards.items() if naming == names):
                yield TopicFrame(board_topic(board, people=True), *seated)

    def _of_everyone(self, tick: Tick, shared: Fields, changed: list[list[int]] | None, panel: Panel) -> TopicFrame:
        """The topic of all agents. The rows of a team that was not listed at the tick before all come with the frame."""
        before, listed_before = self._everyone, self._listed
        self._everyone, self._listed = json.encode(tick.everyone), tick.listed
        rows = NO_ROWS
        if changed is not None:
            fresh = [self._rows.team_rows(team) for team in tick.listed if team not in listed_before]
            moved = [self._rows.join_rows(changed[team]) for team in tick.listed if team in listed_before]
            rows = (self._rows.join_teams(tick.listed), b",".join(filter(None, (*fresh, *moved))))
        return _team_frame(EVERYONE, shared, Raw(self._everyone), self._everyone != before, rows, panel)

    def _of_persons(self, tick: Tick, head: dict[str, Any]) -> Iterator[TopicFrame]:
        evidence, trend = tick.people.evidence, tick.people.trend
        for at, snapshot in self._evidence.write_share(tick.lines, evidence, trend, head):
            yield TopicFrame(evidence_topic(EVERYONE if at == ALL_TEAMS else tick.teams[at].id), snapshot, None)
            if at != ALL_TEAMS:
                assert evidence is not None  # it is what these teams' turn came for
                curves = published_curves(tick.lines, evidence, trend, at, head)
                yield TopicFrame(curve_topic(tick.teams[at].id), curves, None)

    def _write_panels(self, panels: Sequence[LeadPanel]) -> list[Panel]:
        """Per team the panel of its lead, and the same if it is another than before; the same list is not written again."""
        before = self._panel_bytes
        if panels is not self._panels:
            self._panels, self._panel_bytes = panels, [json.encode(panel) for panel in panels]
        return [
            (Raw(each), Raw(each) if at >= len(before) or each != before[at] else UNSET)
            for at, each in enumerate(self._panel_bytes)
        ]

    def _head(self, tick: Tick) -> FrameHead:
        return FrameHead(
            epoch=self._epoch,
            seq=self._seq,
            now=tick.now_ms,
            age_s=None if tick.age_s is None else round(tick.age_s, 1),
            tz_offset_min=tick.judged.facts.tz_offset_min,
            build=self._build,
            rebuilding=UNSET if tick.rebuilding is None else tick.rebuilding,
        )


def _encoded(shared: dict[str, Any], **fields: Any) -> bytes:
    return json.encode(BoardFrame(**shared, **fields))


def _team_frame(
    id: str, shared: Fields, team: Raw, is_new: bool, rows: tuple[bytes, bytes], panel: Panel
) -> TopicFrame:
    """The topic of one team or of everyone. Pairs: of the snapshot, and of the frame."""
    table = AgentRows(columns=_COLUMNS, rows=Raw(b"[" + rows[0] + b"]"))
    changed = AgentRows(rows=Raw(b"[" + rows[1] + b"]")) if rows[1] else UNSET
    snapshot = _encoded(shared[0], teams=[team], agents=table, lead=panel[0])
    frame = _encoded(shared[1], teams=[team] if is_new else UNSET, agents=changed, lead=panel[1])
    return TopicFrame(team_topic(id), snapshot, frame)
