"""The example frames of the page tests have the shape of real ones: each is decoded through the structs of its topic."""

import json
from typing import Any

import pytest
from msgspec import json as typed_json

from dashboard.board.evidence_bytes import EvidenceFrame
from dashboard.board.frame_types import AgentRow, BoardFrame, FrameHead, SeatRow
from dashboard.board.rollup_types import ProjectFrame, RollupAgentRow, RollupAgentsFrame, RollupFrame
from tests.layouts.example import COLUMNS, example_agents, floor_snapshot, team_snapshot, unjudged, without_plan
from tests.layouts.extreme import extreme_board, extreme_rollup, extreme_team
from tests.layouts.judged import example_evidence
from tests.layouts.projected import project_snapshot
from tests.layouts.rolled import AGENT_COLUMNS, council_snapshot, rollup_agents, rollup_snapshot, unasked_snapshot
from tests.layouts.seated import COLUMNS as SEAT_COLUMNS
from tests.layouts.seated import seats_snapshot

EXAMPLES: dict[str, tuple[type[FrameHead], dict[str, Any]]] = {
    "floor": (BoardFrame, floor_snapshot()),
    "team": (BoardFrame, team_snapshot()),
    "team under a works council": (BoardFrame, unjudged(team_snapshot())),
    "without a plan": (BoardFrame, without_plan(team_snapshot())),
    "seats": (BoardFrame, seats_snapshot()),
    "extreme board": (BoardFrame, extreme_board()),
    "extreme team": (BoardFrame, extreme_team()),
    "evidence": (EvidenceFrame, example_evidence([str(row[0]) for row in example_agents()])),
    "roll-up": (RollupFrame, rollup_snapshot()),
    "roll-up under a works council": (RollupFrame, council_snapshot()),
    "roll-up without targets": (RollupFrame, unasked_snapshot()),
    "extreme roll-up": (RollupFrame, extreme_rollup()),
    "project": (ProjectFrame, project_snapshot()),
    "project of few": (ProjectFrame, project_snapshot("small_team")),
    "opened team": (RollupAgentsFrame, rollup_agents()),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_frame(name: str) -> None:
    frame, example = EXAMPLES[name]
    typed_json.decode(json.dumps(example), type=frame)


def test_the_columns_are_the_fields_of_the_rows() -> None:
    assert tuple(COLUMNS) == AgentRow.__struct_fields__
    assert tuple(SEAT_COLUMNS) == SeatRow.__struct_fields__
    assert tuple(AGENT_COLUMNS) == RollupAgentRow.__struct_fields__
