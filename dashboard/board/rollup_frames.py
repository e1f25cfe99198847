"""The roll-up -> bytes: a topic ``rollup`` with a tick of its own, its campaigns as a topic for all who see the floor, and per
team a snapshot of its agents' month by id.

The agents have no frame: a page that opens a team asks for the snapshot. A share of the teams is written per tick. A row has
no name, flag or evidence. The volumes of a team's rows add up to the team's, and what they owe, in whole calls, to what the
team owes. The rows are in the order of the ids.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Raw, json

from dashboard.board.json_numbers import DECIMALS, TENTH, plain_all, rounded, score, structs
from dashboard.board.rollup_now import RollupNow
from dashboard.board.rollup_types import ProjectFrame, RollupAgentRow, RollupAgentsFrame, RollupFrame
from dashboard.board.rollup_view import NO_TEAM_ID, whole_due
from dashboard.board.tier_view import without_unreported
from dashboard.board.topics import CAMPAIGNS, ROLLUP, TopicFrame, board_topic, project_topic, rollup_topic
from dashboard.floor.day_ring import NOBODY
from dashboard.floor.judged_now import MonthNow
from dashboard.floor.lines import NO_TEAM
from dashboard.floor.reported import ALL_REPORTED, Reported
from dashboard.rules.figures import ratio

COLUMNS = RollupAgentRow.__struct_fields__
_SHARE_OF_TEAMS = 8


class RollupFrames:
    """Remembers the bytes before; ``seq`` counts its own frames, for most ticks do not change the roll-up."""

    def __init__(self, boards: Mapping[str, str] | None = None) -> None:
        """``boards``: those that show a project, each with its id."""
        self._boards = boards or {}
        self._projects: dict[str, dict[str, bytes]] = {}
        self._seq = 0
        self._now: RollupNow | None = None
        self._before: dict[str, bytes] = {}
        self._left: list[int] = []

    def write_tick(self, head: dict[str, Any], now: RollupNow | None) -> Iterator[TopicFrame]:
        """The head of a tick's frames, whose ``seq`` is another, and the roll-up of the tick."""
        if now is not None and now is not self._now:
            self._now = now
            self._seq += 1
            self._left = [*range(len(now.month.lines.teams)), NO_TEAM] if now.month is not None else []
            fields = {name: json.encode(getattr(now, name)) for name in ("rollup", "campaigns", "course")}
            head = {**head, "seq": self._seq}
            yield TopicFrame(ROLLUP, *_encoded(RollupFrame, head, fields, self._before))
            listed = {CAMPAIGNS: fields[CAMPAIGNS]}
            yield TopicFrame(CAMPAIGNS, *_encoded(RollupFrame, head, listed, self._before))
            self._before = fields
            for id, view in now.projects.items():
                fields = {name: json.encode(value) for name, value in view._asdict().items()}
                written = _encoded(ProjectFrame, head, fields, self._projects.get(id, {}))
                self._projects[id] = fields
                shown = [board_topic(board) for board, project in self._boards.items() if project == id]
                yield from (TopicFrame(topic, *written) for topic in (project_topic(id), *shown))
        elif now is not None and now.month is not None:
            share = -(-(len(now.month.lines.teams) + 1) // _SHARE_OF_TEAMS)
            teams, self._left = self._left[:share], self._left[share:]
            for at in teams:
                rows = team_agents(now.month, at, now.reported)
                id = NO_TEAM_ID if at == NO_TEAM else now.month.lines.teams[at].id
                snapshot = json.encode(RollupAgentsFrame(**head, columns=COLUMNS, rows=rows))
                yield TopicFrame(rollup_topic(id), snapshot, None)


def _encoded(
    kind: Callable[..., RollupFrame | ProjectFrame],
    head: Mapping[str, Any],
    fields: Mapping[str, bytes],
    before: Mapping[str, bytes],
) -> Sequence[bytes]:
    """The snapshot, and the frame with the fields that are others than before."""
    whole = {name: Raw(value) for name, value in fields.items()}
    fresh = {name: raw for name, raw in whole.items() if before.get(name) != fields[name]}
    return [json.encode(kind(**head, **each)) for each in (whole, fresh)]


def team_agents(month: MonthNow, team: int, reported: Reported = ALL_REPORTED) -> list[RollupAgentRow]:
    """The rows of one team; points: hundredths, as they are summed.

    ``team`` NO_TEAM: the agents in no team, and last the calls of nobody and what erased people had, if there are any. A figure
    that no source reports is None.
    """
    people, judged = month.lines.people, month.judged
    members = month.lines.teamless if team == NO_TEAM else month.lines.members[team]
    nobody = [row for line in NOBODY if team == NO_TEAM and (row := month.lines.find_row(line)) is not None]
    ordered = [*sorted(members, key=lambda row: people[row].id), *nobody]
    # An agent who came since the month was judged has no row yet.
    rows = np.array([row for row in ordered if row < len(judged.volume)], np.intp)
    current, paced, column = judged.deduction.current, judged.pace, judged.counted.column
    assessed = judged.assessed[rows]
    points, scored = column("evaluation_points")[rows], column("evaluations")[rows]
    due = np.where(assessed, paced.by_now[rows], np.nan)
    columns: dict[str, list[Any]] = {
        "id": [people[row].id for row in rows.tolist()],
        "net": plain_all(current.net[rows]),
        "due": whole_due(due),
        "pace": rounded(ratio(current.net[rows], due), DECIMALS),
        "attainment": rounded(np.where(assessed, paced.attainment.value[rows], np.nan), DECIMALS),
        "volume": judged.volume[rows].tolist(),
        "deducted": plain_all(current.deducted[rows]),
        "points": points.tolist(),
        "scored": scored.tolist(),
        "score": [score(*each) for each in zip(points.tolist(), scored.tolist(), strict=True)],
        "target": rounded(np.where(assessed, paced.target[rows], np.nan), TENTH),
    }
    return structs(RollupAgentRow, **without_unreported(columns, reported))
