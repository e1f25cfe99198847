"""Corrections that people make: a complaint reclassified or moved counts once, in the right place, in every cell."""

import json
from typing import Any

import msgspec
import pytest

from streams.counting_policy import Counting, Retention
from streams.decode import Record
from streams.events import StateNow
from streams.ledger.calls import CallLine
from streams.ledger.partition_state import Changes, PartitionState
from streams.site_time import DAY_MS, HOUR_MS
from tests.field import field_records
from tests.streams.making import at, call_record, cells_of, fold_all, new_fold, record

CASE = "14-complaint-moved-or-reclassified"
KINDS_OF_BUCKET = 4


def versioned(one: Record, version: int | None) -> Record:
    """The record with a version in its data."""
    value = json.loads(one.value or b"")
    value["data"] |= {} if version is None else {"version": version}
    return msgspec.structs.replace(one, value=json.dumps(value).encode())


def months(changes: Changes) -> dict[str, dict[str, int]]:
    """Line -> metric -> amount of all months together."""
    found: dict[str, dict[str, int]] = {}
    for (kind, _, line, metric), amount in cells_of(changes).items():
        if kind == "mo":
            found.setdefault(line, {})[metric] = found.get(line, {}).get(metric, 0) + amount
    return found


def recorded(offset: int, agent: str, *, key: str = "A", at_ms: int = at(), **more: Any) -> Record:
    data = {"complaint_id": "q", "agent": agent, "kind": "complaint", **more}
    return record(offset, "complaint.recorded", data, key=key, at_ms=at_ms, append_ms=at(3_600))


def decided(offset: int, decision: str, agent: str = "A", seconds: float = 60) -> Record:
    data = {"complaint_id": "q", "agent": agent, "decision": decision}
    return record(offset, "complaint.decided", data, at_ms=at(seconds), append_ms=at(3_600))


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ((None, 1, 1, None, 1), {"A": {"repeat_enquiries_pending": 1}, "B": {"complaints_pending": 1}}),
        ((0, 3, 2, None, 7), {"A": {"repeat_enquiries_pending": 1}, "B": {"complaints_pending": 1}}),
    ],
)
def test_the_field_case(versions: tuple[int | None, ...], expected: dict[str, Any]) -> None:
    log = [versioned(one, version) for one, version in zip(field_records(CASE), versions, strict=True)]
    assert months(fold_all(new_fold(), log)) == expected


def test_a_moved_complaint_is_pending_until_its_decisions_come_under_the_new_key() -> None:
    log = [
        recorded(0, "A"),
        decided(1, "confirmed"),
        recorded(2, "B", version=1),
        recorded(3, "B", key="B", version=1),
    ]
    assert months(fold_all(new_fold(), log)) == {"B": {"complaints_pending": 1}}
    again = decided(4, "confirmed", "B")
    assert months(fold_all(new_fold(), [*log, again])) == {"B": {"complaints_confirmed": 1}}
    first = decided(0, "confirmed", "B")
    assert months(fold_all(new_fold(), [first, log[3]])) == {"B": {"complaints_confirmed": 1}}


def test_what_a_correction_changes_leaves_nothing_behind_in_any_cell() -> None:
    first = recorded(0, "A", campaign="c", queue="q")
    then = recorded(1, "A", kind="repeat_enquiry", version=1, at_ms=at(-40 * 86_400), campaign="d")
    found = cells_of(
        fold_all(new_fold(retention=Retention(minutes_ms=60 * DAY_MS, hours_ms=60 * DAY_MS)), [first, then])
    )
    assert {(line, metric, amount) for (_, _, line, metric), amount in found.items()} == {
        ("A", "repeat_enquiries_pending", 1),
        ("~campaign:d", "repeat_enquiries_pending", 1),
    }
    assert len(found) == 2 * KINDS_OF_BUCKET


def late(kind: str, days: float, offset: int) -> Record:
    """A fact of ``kind``, so many days old."""
    data: dict[str, dict[str, Any]] = {
        "complaint.recorded": {"complaint_id": "q", "kind": "complaint"},
        "complaint.decided": {"complaint_id": "q", "decision": "confirmed"},
        "evaluation.scored": {"evaluation_id": "e", "version": 1, "score": 80},
        "evaluation.decided": {"evaluation_id": "e", "decision": "upheld"},
        "survey.answered": {"survey_id": "s", "score": 4, "scale": [1, 5]},
        "conduct.recorded": {"record_id": "r", "version": 1, "kind": "late", "points": -2},
        "agent.state": {"state": "talk"},
        "queue.snapshot": {"queue": "q", "waiting": 1},
        "campaign.snapshot": {"campaign": "c", "list_size": 1, "done": 1},
    }
    return record(offset, kind, {"agent": "A"} | data[kind], at_ms=at() - round(days * DAY_MS), append_ms=at())


SLOW = (
    *("complaint.recorded", "complaint.decided", "evaluation.scored", "evaluation.decided"),
    *("survey.answered", "conduct.recorded"),
)
FAST = ("agent.state", "queue.snapshot", "campaign.snapshot")


@pytest.mark.parametrize("kind", SLOW)
def test_weekly_lists_are_taken_as_long_as_their_ledger_lines_live(kind: str) -> None:
    fold = new_fold(known := PartitionState())
    for offset, one in enumerate([call_record(0, at_ms=at()), late(kind, 100, 1), late(kind, 100 + 1e-7, 2)]):
        fold.fold_record(msgspec.structs.replace(one, offset=offset))
    assert (known.totals["applied"], known.totals["dead:too_late"], known.newest_ms) == (2, 1, at())
    changes = fold.take_changes()
    assert changes is not None
    assert [letter.field for letter in changes.dead] == ["fact_lateness"]


@pytest.mark.parametrize("kind", FAST)
def test_states_and_snapshots_are_judged_by_lateness(kind: str) -> None:
    fold = new_fold(known := PartitionState())
    changes = fold_all(fold, [call_record(0, at_ms=at()), late(kind, 3, 1), late(kind, 3 + 1e-7, 2)])
    assert (known.totals["dead:too_late"], [letter.field for letter in changes.dead]) == (1, ["lateness"])


@pytest.mark.parametrize(
    ("counting", "retention", "limit_ms"),
    [
        (Counting(lateness_ms=72 * HOUR_MS, fact_lateness_ms=HOUR_MS), Retention(), HOUR_MS),
        (Counting(lateness_ms=30 * DAY_MS), Retention(ledger_ms=2 * DAY_MS), 2 * DAY_MS),
    ],
)
def test_facts_are_judged_by_fact_lateness_alone(counting: Counting, retention: Retention, limit_ms: int) -> None:
    fold = new_fold(known := PartitionState(), counting=counting, retention=retention)
    days = limit_ms / DAY_MS
    fold_all(fold, [call_record(0, at_ms=at()), late(SLOW[0], days, 1), late(SLOW[0], days + 1e-7, 2)])
    assert (known.totals["applied"], known.totals["dead:too_late"]) == (2, 1)


def test_an_old_fact_counts_in_the_cells_that_are_still_kept() -> None:
    found = cells_of(fold_all(new_fold(), [call_record(0, at_ms=at()), late("complaint.recorded", 60, 1)]))
    assert {kind for kind, _, line, _ in found if line == "A"} == {"d", "mo"}


def test_an_old_fact_that_comes_again_is_known() -> None:
    fold = new_fold(known := PartitionState())
    fold_all(fold, [late("complaint.recorded", 0, 0), late("survey.answered", 99, 1)])
    assert cells_of(fold_all(fold, [late("survey.answered", 99, 2)])) == {}
    assert known.totals["duplicates"] == 1


def test_the_reason_of_a_state_and_a_recording_are_kept() -> None:
    states = [
        record(n, "agent.state", {"agent": "A", "state": state, "reason": reason}, at_ms=at(n), append_ms=at(60))
        for n, (state, reason) in enumerate([("talk", None), ("break", "lunch"), ("break", "doctor")])
    ]
    assert fold_all(new_fold(), states).states == {"A": StateNow("break", at(1), "doctor")}
    own, other = call_record(0, "c1", recording_id="c1"), call_record(1, "c2", recording_id="rec-2")
    lines: list[CallLine] = list(fold_all(new_fold(), [own, other]).calls.values())
    assert [line.recording for line in lines] == [None, "rec-2"]


def test_the_figures_of_a_snapshot_are_kept() -> None:
    data = {"campaign": "c", "list_size": 9, "done": 4, "fresh": 2, "redial": 3, "used_up": None}
    (snapshot,) = fold_all(new_fold(), [record(0, "campaign.snapshot", data, key="~campaign:c")]).snapshots.values()
    assert snapshot.figures == {"list_size": 9, "done": 4, "fresh": 2, "redial": 3, "used_up": None}
