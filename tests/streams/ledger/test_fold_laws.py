"""Laws of the fold, over made-up logs of weeks: batches, take-overs and repetition change nothing, the sums always agree."""

import json
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.decode import Record
from streams.ledger.fold import Fold
from streams.ledger.partition_state import DEAD, PartitionState
from streams.ledger.states import STATES
from streams.site_time import DAY_MS, HOUR_MS
from tests.streams.ledger.ledger_shelf import Shelf
from tests.streams.making import (
    SHANGHAI,
    at,
    call,
    new_fold,
    record,
)

SHORT = Retention(minutes_ms=30 * HOUR_MS, hours_ms=6 * DAY_MS, months=1, ledger_ms=5 * DAY_MS)
LATE = Counting(lateness_ms=24 * HOUR_MS, fact_lateness_ms=3 * DAY_MS)
KEEPING = Rules(SHANGHAI, Counting(lateness_ms=90 * DAY_MS), Retention())
FORGETTING = Rules(SHANGHAI, LATE, SHORT)
AGENTS = ("1042", "1043")

# Records over weeks, so that lines are forgotten, timelines cut and buckets dropped in between.


def _fact(
    kind: str, agent: str, key: str, at_ms: int, number: int, choice: int
) -> tuple[str, dict[str, Any], str, int]:
    fact_id = f"{kind}-{number % 3}"
    match kind:
        case "call.ended":
            lines = {"campaign": ["c", None][choice % 2], "recording_id": [None, fact_id, "r", "r2"][number % 4]}
            data = call(fact_id, agent=agent, version=choice, at_ms=at_ms, talk_s=number, **lines)
        case "agent.state":
            data = {"agent": agent, "state": STATES[number % len(STATES)], "reason": [None, "lunch", "tea"][choice % 3]}
        case "complaint.recorded":
            data = {"complaint_id": fact_id, "agent": agent, "kind": ["complaint", "repeat_enquiry"][choice % 2]}
            data |= {"version": [None, 0, 1, 2][number % 4], "campaign": ["c", "d", None][number % 3]}
        case "complaint.decided":
            names = ("confirmed", "withdrawn", "appealed", "upheld", "overturned")
            data = {"complaint_id": fact_id.replace("decided", "recorded"), "agent": agent, "decision": names[choice]}
        case "evaluation.scored":
            data = {"evaluation_id": "e", "version": choice, "agent": agent, "score": number}
            data |= {"queue": ["q", None][number % 2], "items": [{"code": "a", "points": choice, "fatal": None}]}
        case "evaluation.decided":
            data = {"evaluation_id": "e", "agent": agent, "decision": "revised", "score": number}
        case "survey.answered":
            data = {"survey_id": fact_id, "agent": agent, "score": [None, 4][choice % 2], "scale": [1, 5]}
            data |= {"version": [None, 0, 1, 2][number % 4], "campaign": ["c", None][number % 2]}
        case "queue.snapshot":
            data = {"queue": "q", "waiting": number}
        case "pipeline.heartbeat":
            return kind, {"sent_at": call(at_ms=at_ms)["ended_at"]}, "", at_ms
        case _:
            data = {"agent": 7}
    return kind, data, key, at_ms


KINDS = (
    "call.ended",
    "call.ended",
    "agent.state",
    "agent.state",
    "complaint.recorded",
    "complaint.decided",
    "evaluation.scored",
    "evaluation.decided",
    "survey.answered",
    "queue.snapshot",
    "pipeline.heartbeat",
    "conduct.recorded",
    "unknown",
)
steps = st.lists(
    st.tuples(
        st.builds(
            lambda kind, agent, other, hours, minutes, number, choice: (
                kind,
                agent,
                other,
                hours,
                minutes,
                number,
                choice,
            ),
            st.sampled_from(KINDS),
            st.sampled_from(AGENTS),
            st.sampled_from([False, False, False, True]),
            st.sampled_from([0, 0, 0, 0, 1, 5, 26, 80]),
            st.integers(-30 * 60, 5) | st.integers(-80 * 60, 0),
            st.integers(0, 100),
            st.integers(0, 4),
        ),
        st.sampled_from(["on", "on", "commit", "take over"]),
    ),
    max_size=40,
)


def records_of(made: list[Any]) -> list[Record]:
    records = []
    hours = 0
    for offset, ((kind, agent, other, ahead, minutes, number, choice), _) in enumerate(made):
        hours += ahead
        now_ms = at(3_600 * hours)
        key = AGENTS[1 - AGENTS.index(agent)] if other else agent
        name, data, key, at_ms = _fact(kind, agent, key, now_ms + 60_000 * minutes, number, choice)
        records.append(record(offset * 2, name, data, at_ms=at_ms, key=key, append_ms=now_ms))
    return records


def folded(records: list[Record], cuts: list[str], rules: Rules = FORGETTING) -> Shelf:
    shelf = Shelf()
    fold = Fold(shelf.take_over(), *rules)
    for one, cut in zip(records, cuts, strict=True):
        fold.fold_record(one)
        if cut != "on":
            _put(shelf, fold)
        if cut == "take over":
            fold = Fold(shelf.take_over(), *rules)
    _put(shelf, fold)
    return shelf


def _put(shelf: Shelf, fold: Fold) -> None:
    changes = fold.take_changes()
    if changes is not None:
        shelf.put(changes)


@settings(max_examples=300)
@given(steps)
def test_batches_and_take_overs_change_nothing(made: list[Any]) -> None:
    records, cuts = records_of(made), [cut for _, cut in made]
    one, many = folded(records, ["on"] * len(records)), folded(records, cuts)
    every = folded(records, ["take over"] * len(records))
    for other in (many, every):
        assert other.cells == one.cells
        assert other.states == one.states
        assert other.dead == one.dead
        whole = ("position", "newest_ms", "heartbeat_ms", "totals", "snapshots")
        for name in (*whole, "sources", "types", "state_sources", "source_days"):
            assert getattr(other.known, name) == getattr(one.known, name)


@given(steps)
def test_the_sums_always_agree(made: list[Any]) -> None:
    fold = new_fold(known := PartitionState(), counting=LATE, retention=SHORT)
    for number, one in enumerate(records_of(made), 1):
        fold.fold_record(one)
        t = known.totals
        assert t["records"] == number == t["consumed"] + t["ignored"] + t["heartbeats"]
        assert t["consumed"] == t["applied"] + t["duplicates"] + t["superseded"] + t["dead_lettered"]
        assert t["dead_lettered"] == sum(count for name, count in t.items() if name.startswith(DEAD))


@given(steps)
def test_types_taken_are_the_valid_facts_of_each_type(made: list[Any]) -> None:
    fold, types = new_fold(known := PartitionState(), counting=LATE, retention=SHORT), Counter[str]()
    for one, (_, cut) in zip(records_of(made), made, strict=True):
        before = known.totals["consumed"] - known.totals["dead_lettered"]
        fold.fold_record(one)
        types[json.loads(one.value or b"")["type"]] += known.totals["consumed"] - known.totals["dead_lettered"] - before
        if cut != "on":
            fold.take_changes()
    fold.take_changes()
    assert known.types == +types


@given(steps)
def test_the_same_records_again_are_no_more(made: list[Any]) -> None:
    """Sent twice, as vendors do: every fact of a line whose newest stands is a duplicate, superseded or too late."""
    calls = [one for one in records_of(made) if b"call.ended" in (one.value or b"")]
    twice = [replace(one, offset=i) for i, one in enumerate([*calls, *calls])]
    once = folded(calls, ["on"] * len(calls))
    again = folded(twice, ["commit"] * len(twice))
    if again.known.newest_ms is not None and again.known.newest_ms < at(24 * 3_600):
        assert again.cells == once.cells
