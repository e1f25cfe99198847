"""Duplicates that would give something else are counted in conflicts and named; repetitions of the same are not."""

from typing import Any

import pytest
from msgspec.structs import replace

from streams.counting_policy import Counting
from streams.decode import Record
from streams.ledger.partition_state import PartitionState
from streams.source_days import CONFLICT, Finding
from tests.field import field_records
from tests.streams.making import at, call_record, cells_of, event, fold_all, new_fold, record


def conflicts(*records: Record, counting: Counting | None = None) -> tuple[int, int, list[str]]:
    """-> (conflicts, duplicates, in what each source's first one differs)."""
    fold = new_fold(known := PartitionState(), counting=counting)
    fold_all(fold, list(records))
    found = [
        day.findings[CONFLICT].example["differs"] for day in known.source_days.values() if CONFLICT in day.findings
    ]
    return known.totals["conflicts"], known.totals["duplicates"], found


def fact(offset: int, name: str, /, *, at_ms: int = at(), key: str | None = None, **data: Any) -> Record:
    return record(offset, name, {"agent": "1042", **data}, at_ms=at_ms, key=key)


def from_source(one: Record, source: str) -> Record:
    return replace(one, value=(one.value or b"").replace(b'"/acd"', f'"{source}"'.encode()))


def test_two_systems_that_number_alike_are_named_with_both_sources() -> None:
    changes = fold_all(new_fold(known := PartitionState()), list(field_records("15-two-systems-one-id", "1042")))
    assert (known.totals["applied"], known.totals["duplicates"], known.totals["conflicts"]) == (1, 1, 1)
    assert cells_of(changes)["mo", 202611, "1042", "talk_s"] == 40
    example = {"id": "100", "fact": "call", "differs": "queue, minute, talk_s", "stands": "/acd/one"}
    assert known.source_days[20261130, "/acd/two"].findings == {CONFLICT: Finding(1, example)}


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"talk_s": 132}, "talk_s"),
        ({"wrap_s": None}, "wrap_s"),
        ({"campaign": "other"}, "campaign"),
        ({"queue": "q"}, "queue"),
        ({"disposition": "no"}, "converted"),
        ({"at_ms": at(60)}, "minute"),
        ({"agent": "1043", "key": "1042"}, "agent, campaign"),
        ({"direction": "inbound"}, "handled_inbound, handled_outbound"),
        ({"outcome": "busy"}, "handled, handled_outbound, converted, talk_s, wrap_s"),
    ],
)
def test_a_call_that_would_give_something_else(changed: dict[str, Any], differs: str) -> None:
    count, duplicates, found = conflicts(call_record(0, campaign="c"), call_record(1, **{"campaign": "c", **changed}))
    assert (count, duplicates) == (1, 1)
    assert set(differs.split(", ")) <= set(found[0].split(", "))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"at_ms": at(59)},
        {"started_at": "2026-11-23T05:59:00Z"},
        {"key": '"1042"'},
        {"hold_s": 0},
        {"recording_id": "r"},
    ],
)
def test_a_call_that_would_give_the_same_is_none(changed: dict[str, Any]) -> None:
    assert conflicts(call_record(0), call_record(1, **changed))[:2] == (0, 1)
    assert conflicts(call_record(0), from_source(call_record(1, **changed), "/bridge"))[:2] == (0, 1)


def test_an_older_version_is_superseded_whatever_it_would_give() -> None:
    assert conflicts(call_record(0, version=2), call_record(1, version=1, talk_s=7))[:2] == (0, 0)


def test_a_repetition_after_a_limit_of_the_site_changed_is_none() -> None:
    fold = new_fold(known := PartitionState())
    fold_all(fold, [call_record(0, talk_s=12, direction="inbound", wait_s=15)])
    later = new_fold(known, counting=Counting(short_call_s=20, effective_call_s=11, answer_in_s=10))
    fold_all(later, [call_record(1, talk_s=12, direction="inbound", wait_s=15)])
    assert (known.totals["duplicates"], known.totals["conflicts"]) == (1, 0)


def test_a_call_that_was_moved_away_gives_nothing_and_conflicts_with_one_that_would() -> None:
    moved = call_record(1, agent="1043", version=2, key="1042")
    assert conflicts(call_record(0), moved, replace(moved, offset=2))[:2] == (0, 1)
    assert conflicts(call_record(0), moved, call_record(2, version=2))[:2] == (1, 1)


COMPLAINT = {"complaint_id": "k", "kind": "complaint"}
EVALUATION = {"evaluation_id": "e", "version": 1, "score": 80}
SURVEY = {"survey_id": "s", "score": 4, "scale": [1, 5]}
CONDUCT = {"record_id": "r", "version": 1, "kind": "late", "points": -1}


@pytest.mark.parametrize(
    ("name", "data", "words", "others"),
    [
        ("complaint.recorded", COMPLAINT, {"topic": "other", "handled_by": "x"}, {"kind": "repeat_enquiry"}),
        ("evaluation.scored", EVALUATION, {"form": "other", "call_id": "c"}, {"score": 81}),
        ("evaluation.scored", EVALUATION, {"critical_fail": False}, {"critical_fail": True}),
        ("survey.answered", SURVEY, {"call_id": "c"}, {"score": 5}),
        ("survey.answered", SURVEY, {"score": 7, "scale": [1, 9]}, {"scale": [0, 5]}),
        ("conduct.recorded", CONDUCT, {"reason": "other", "kind": "absent"}, {"points": -2}),
    ],
)
@pytest.mark.parametrize("other_way", ["amounts", "minute", "agent"])
def test_other_facts_by_what_they_give(
    name: str, data: dict[str, Any], words: dict[str, Any], others: dict[str, Any], other_way: str
) -> None:
    assert conflicts(fact(0, name, **data), fact(1, name, **data | words))[:2] == (0, 1)
    again = {
        "amounts": fact(1, name, **data | others),
        "minute": fact(1, name, **data, at_ms=at(60)),
        "agent": fact(1, name, **data | {"agent": "1043"}, key="1042"),
    }[other_way]
    count, duplicates, found = conflicts(fact(0, name, **data), again)
    assert (count, duplicates) == (1, 1)
    assert other_way == "amounts" or other_way in found[0]


def test_a_decision_of_one_instant_conflicts_where_it_names_another_agent() -> None:
    recorded = fact(0, "complaint.recorded", **COMPLAINT)
    decided = {"complaint_id": "k", "decision": "confirmed"}
    first = fact(1, "complaint.decided", **decided, at_ms=at(9))
    again = fact(2, "complaint.decided", **decided, reason="other", decided_by="x", at_ms=at(9))
    moved = fact(2, "complaint.decided", **decided | {"agent": "1043"}, key="1042", at_ms=at(9))
    assert conflicts(recorded, first, again)[:2] == (0, 1)
    assert conflicts(recorded, first, moved) == (1, 1, ["agent"])


def test_a_revision_of_one_instant_conflicts_where_its_score_is_another() -> None:
    scored = fact(0, "evaluation.scored", **EVALUATION)
    revised = {"evaluation_id": "e", "decision": "revised"}
    first = fact(1, "evaluation.decided", **revised, score=70, at_ms=at(9))
    same, other = (fact(2, "evaluation.decided", **revised, score=score, at_ms=at(9)) for score in (70, 60))
    assert conflicts(scored, first, same)[:2] == (0, 1)
    assert conflicts(scored, first, other) == (1, 1, ["evaluation_points"])
    appealed = fact(1, "evaluation.decided", evaluation_id="e", decision="appealed", at_ms=at(9))
    assert conflicts(scored, appealed, replace(appealed, offset=2))[:2] == (0, 1)


def test_a_score_under_a_revision_gives_the_same_whatever_it_is() -> None:
    scored = fact(0, "evaluation.scored", **EVALUATION)
    revised = fact(1, "evaluation.decided", evaluation_id="e", decision="revised", score=70, at_ms=at(9))
    assert conflicts(scored, revised, fact(2, "evaluation.scored", **EVALUATION | {"score": 10}))[:2] == (0, 1)


def test_states_snapshots_and_actions_never_conflict() -> None:
    queue = [record(n, "queue.snapshot", {"queue": "q", "waiting": n}, key="~queue:q") for n in range(2)]
    assert conflicts(*queue)[:2] == (0, 1)
    states = [replace(fact(n, "agent.state", state="talk", reason=f"r{n}"), offset=n) for n in range(2)]
    assert conflicts(*states)[:2] == (0, 1)


def test_who_stands_is_known_after_a_take_over_too() -> None:
    """The source is kept in the line; what was decided comes from somebody else."""
    fold = new_fold(known := PartitionState())
    decision = {"complaint_id": "k", "agent": "1042", "decision": "confirmed"}
    fold_all(
        fold,
        [
            fact(0, "complaint.recorded", **COMPLAINT),
            Record(1, at(), b"1042", event("complaint.decided", at(1), decision).replace(b'"/acd"', b'"/callfloor"')),
            from_source(fact(2, "complaint.recorded", **COMPLAINT | {"kind": "repeat_enquiry"}), "/crm"),
        ],
    )
    assert known.source_days[20261123, "/crm"].findings[CONFLICT].example["stands"] == "/acd"
