"""What cannot be true is counted as it is, and named per source with an example."""

from typing import Any

import pytest
from msgspec.structs import replace

from streams.decode import Record
from streams.ledger.fold import Fold
from streams.ledger.partition_state import PartitionState
from streams.ledger.states import STATES
from streams.source_days import Finding
from tests.streams.making import at, call_record, cells_of, fold_all, new_fold, record, state_record

HOUR_S = 3_600


def found(*records: Record) -> dict[str, Finding]:
    fold_all(new_fold(known := PartitionState()), list(records))
    return {kind: each for day in known.source_days.values() for kind, each in day.findings.items()}


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        ({"talk_s": 60}, None),
        ({"talk_s": 61}, None),
        ({"talk_s": 62}, {"talk_over_call": {"talk_s": "62", "lasted_s": "60"}}),
        ({"talk_s": 40, "hold_s": 21}, None),
        ({"talk_s": 40, "hold_s": 22}, {"talk_over_call": {"talk_s": "62", "lasted_s": "60"}}),
        ({"talk_s": 60, "wrap_s": 900}, None),
        ({"talk_s": None}, None),
        ({"talk_s": 9_000, "started_at": None}, None),
        ({"talk_s": 0, "started_at": "2026-11-23T06:00:01Z"}, {"ends_before_start": {"lasted_s": "-1"}}),
        ({"talk_s": 30, "started_at": "2026-11-23T14:00:00Z"}, {"ends_before_start": {"lasted_s": "-28800"}}),
        ({"talk_s": 9, "wait_s": 4 * HOUR_S}, None),
        ({"talk_s": 9, "wait_s": 4 * HOUR_S + 1}, {"long_wait": {"wait_s": "14401"}}),
        ({"talk_s": None, "outcome": "abandoned", "wait_s": 86_400}, {"long_wait": {"wait_s": "86400"}}),
    ],
)
def test_times_of_a_call(data: dict[str, Any], finding: dict[str, dict[str, str]] | None) -> None:
    one = call_record(0, **{"started_at": "2026-11-23T05:59:00Z", **data})
    named = {kind: Finding(1, {"id": "c1", **figures}) for kind, figures in (finding or {}).items()}
    assert found(one) == named


def test_it_is_counted_as_it_is_once_and_the_first_of_the_day_is_the_example() -> None:
    odd = {"started_at": "2026-11-23T05:59:59Z", "talk_s": 500}
    records = [call_record(0, "a", **odd), call_record(1, "a", **odd), call_record(2, "b", **odd)]
    assert found(*records)["talk_over_call"].count == 2
    assert found(*records)["talk_over_call"].example["id"] == "a"
    changes = fold_all(new_fold(), records)
    assert cells_of(changes)["mo", 202611, "1042", "talk_s"] == 1000


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("hours", "is_long"), [(16, False), (16.001, True)])
def test_a_state_that_ends_after_sixteen_hours(state: str, hours: float, is_long: bool) -> None:
    last = "wrap" if state != "wrap" else "talk"
    named = found(state_record(0, state, at(0)), state_record(1, last, at(hours * HOUR_S)))
    is_named = is_long and state != "offline"
    assert named == (
        {"long_state": Finding(1, {"id": "1042", "state": state, "lasted_s": "57603"})} if is_named else {}
    )


@pytest.mark.parametrize(("hours", "is_long"), [(8, False), (9, True)])
def test_a_state_that_is_sent_again_while_it_lasts_is_as_long(hours: int, is_long: bool) -> None:
    again = [state_record(n, "break", at(n * 8 * HOUR_S)) for n in range(2)]
    assert not found(*again, state_record(2, "break", at(20 * HOUR_S))), "it has not ended"
    named = found(*again, state_record(2, "talk", at((8 + hours) * HOUR_S)))
    assert named == (
        {"long_state": Finding(1, {"id": "1042", "state": "break", "lasted_s": "61200"})} if is_long else {}
    )


@pytest.mark.parametrize(("ahead_s", "is_ahead"), [(30, False), (31, True), (400, True)])
def test_a_fact_from_the_future_comes_from_a_clock_that_is_ahead(ahead_s: int, is_ahead: bool) -> None:
    """Also where it is refused: then nothing of that source is counted, which is the worst of wrong clocks."""
    one = replace(call_record(0), append_ms=at(-ahead_s))
    assert found(one) == ({"clock_ahead": Finding(1, {"id": "c1", "ahead_s": str(ahead_s)})} if is_ahead else {})


def lags(fold: Fold, known: PartitionState) -> dict[int, tuple[int, int, str]]:
    fold.take_changes()
    return {slot: tuple(lag) for day in known.source_days.values() for slot, lag in day.lags.items()}


def test_the_least_lag_of_live_facts_by_ten_minutes_of_append() -> None:
    fold, offset = new_fold(known := PartitionState()), 0
    slot = at() // 600_000
    for minute, lag_s in ((0, 95), (5, 92), (11, 94), (12, 400)):
        fold.fold_record(
            replace(
                call_record(offset, f"c{minute}", at_ms=at(minute * 60), wrap_s=0), append_ms=at(minute * 60 + lag_s)
            )
        )
        offset += 1
    complaint = {"complaint_id": "k", "agent": "1042", "kind": "complaint"}
    fold.fold_record(record(offset, "complaint.recorded", complaint, at_ms=at(13 * 60)))
    wrapped = call_record(offset + 1, "w", at_ms=at(20 * 60), wrap_s=90)
    fold.fold_record(replace(wrapped, append_ms=at(20 * 60 + 93)))
    assert lags(fold, known) == {slot: (92_000, 2, "c5"), slot + 1: (94_000, 2, "c11"), slot + 2: (3_000, 1, "w")}
