"""Tables that must be complete: metrics and types as the rules name them, written out here once more."""

import ast
from pathlib import Path

import pytest

from streams.events import TYPES
from streams.metrics import METRICS, NAMES
from tests.golden import ROOT
from tests.house.walls import TOP

COUNTED = (
    "attempts handled handled_inbound handled_outbound short effective converted talk_s hold_s wrap_s in_time wait_s "
    "abandoned complaints_pending complaints_confirmed complaints_reversed repeat_enquiries_pending "
    "repeat_enquiries_confirmed repeat_enquiries_reversed evaluations evaluation_points critical_fails conduct_records "
    "conduct_points surveys_offered surveys_answered survey_points surveys_satisfied state_available_s state_talk_s "
    "state_hold_s state_wrap_s state_break_s state_training_s state_meeting_s state_other_s offered abandoned_short "
    "waits_known talks_known"
)

REQUIRED = {
    "call.ended": "call_id version agent direction ended_at outcome",
    "complaint.recorded": "complaint_id agent kind",
    "complaint.decided": "complaint_id agent decision",
    "evaluation.scored": "evaluation_id version agent score",
    "evaluation.decided": "evaluation_id agent decision",
    "survey.answered": "survey_id agent score scale",
    "conduct.recorded": "record_id version agent kind points",
    "queue.snapshot": "queue waiting",
    "campaign.snapshot": "campaign list_size done",
    "agent.state": "agent state",
    "person.erased": "agent",
    "pipeline.heartbeat": "sent_at",
}
OPTIONAL = {
    "call.ended": "campaign queue started_at disposition wait_s talk_s hold_s wrap_s recording_id",
    "complaint.recorded": "version call_id topic handled_by origin_call_id recorded_by campaign queue",
    "complaint.decided": "decided_by reason cause",
    "evaluation.scored": "form critical_fail call_id campaign queue items method",
    "evaluation.decided": "score",
    "survey.answered": "version call_id campaign queue",
    "conduct.recorded": "reason",
    "queue.snapshot": "longest_wait_s agents_ready",
    "campaign.snapshot": "fresh redial used_up",
    "agent.state": "reason",
}


def test_every_metric_of_the_rules_has_a_column_and_none_has_two() -> None:
    assert " ".join(NAMES) == COUNTED
    assert len(set(NAMES)) == len(NAMES) <= 64, "the mask of a packed cell has eight bytes"


def test_every_metric_says_its_unit_and_what_it_counts() -> None:
    assert all(metric.unit and metric.meaning for metric in METRICS)
    assert all((metric.unit == "s") == metric.name.endswith("_s") for metric in METRICS)


def test_the_types_are_those_of_the_events() -> None:
    assert TYPES.keys() == REQUIRED.keys()


@pytest.mark.parametrize("kind", REQUIRED)
def test_each_type_has_its_fields(kind: str) -> None:
    struct = TYPES[kind]
    optional = OPTIONAL.get(kind, "").split()
    assert sorted(struct.__struct_fields__) == sorted([*REQUIRED[kind].split(), *optional])
    assert len(struct.__struct_defaults__) == len(optional)


def folders() -> list[Path]:
    """Every folder with Python files in the rooms and in the tests; what lies in the field's cases is material."""
    found = {path.parent for room in (*TOP, "tests") for path in (ROOT / room).rglob("*.py")}
    return sorted(folder for folder in found if not folder.is_relative_to(ROOT / "tests" / "cases" / "field"))


def test_every_folder_is_a_package() -> None:
    assert [str(folder) for folder in folders() if not (folder / "__init__.py").exists()] == []


def _sleeps(node: ast.AST) -> list[int]:
    """Lines that sleep outside of a loop that asks for a condition."""
    if isinstance(node, ast.While) and not isinstance(node.test, ast.Constant):
        return []
    here = [node.lineno] if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep") else []
    return here + [line for child in ast.iter_child_nodes(node) for line in _sleeps(child)]


def test_nobody_sleeps_in_a_test() -> None:
    """Tests wait for a condition (``tests.waiting``)."""
    found = {path: _sleeps(ast.parse(path.read_text("utf-8"))) for path in (ROOT / "tests").rglob("*.py")}
    assert {str(path.relative_to(ROOT)): lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def test():\n    time.sleep(1)", [2]),
        ("while True:\n    sleep(1)", [2]),
        ("while not done():\n    time.sleep(0.01)", []),
        ("for _ in range(3):\n    sleep(1)", [2]),
    ],
)
def test_a_sleep_is_found(text: str, lines: list[int]) -> None:
    assert _sleeps(ast.parse(text)) == lines


def test_nothing_is_mocked() -> None:
    mocks = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node)
    ]
    assert mocks == []
