"""The fold of one partition: the same counters whatever the batches and take-overs, and nothing that stops it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.counting_policy import Counting
from streams.decode import Record
from streams.events import StateNow
from streams.ledger.fold import Fold
from streams.ledger.partition_state import PartitionState
from tests.streams.ledger.ledger_shelf import Shelf
from tests.streams.making import (
    amounts_by_name,
    at,
    call_record,
    cells_of,
    event,
    fold_all,
    new_fold,
    record,
    state_record,
)


def test_a_withdrawn_complaint_leaves_every_other_cell_as_if_it_had_never_been() -> None:
    rest = [
        call_record(0),
        state_record(1, "talk", at(10)),
        state_record(5, "wrap", at(40)),
        record(6, "survey.answered", {"survey_id": "s", "agent": "1042", "score": 5, "scale": [1, 5]}),
    ]
    complaint = [
        record(2, "complaint.recorded", {"complaint_id": "k", "agent": "1042", "kind": "complaint", "call_id": "c1"}),
        record(3, "complaint.decided", {"complaint_id": "k", "agent": "1042", "decision": "confirmed"}, at_ms=at(20)),
        record(4, "complaint.decided", {"complaint_id": "k", "agent": "1042", "decision": "withdrawn"}, at_ms=at(30)),
    ]
    without = cells_of(fold_all(new_fold(), rest))
    with_it = cells_of(fold_all(new_fold(), sorted(rest + complaint, key=lambda one: one.offset)))
    left = {place: amount for place, amount in with_it.items() if place not in without}
    assert {place: with_it[place] for place in without} == without
    assert {place[3] for place in left} == {"complaints_reversed"}


def test_complaints_and_calls_of_one_id_are_different_facts() -> None:
    changes = fold_all(
        new_fold(known := PartitionState()),
        [
            call_record(0, "x"),
            record(1, "complaint.recorded", {"complaint_id": "x", "agent": "1042", "kind": "complaint"}),
            record(2, "evaluation.scored", {"evaluation_id": "x", "version": 1, "agent": "1042", "score": 80}),
            record(3, "survey.answered", {"survey_id": "x", "agent": "1042", "score": 5, "scale": [1, 5]}),
            record(
                4, "conduct.recorded", {"record_id": "x", "version": 1, "agent": "1042", "kind": "late", "points": -1}
            ),
            call_record(5, "x", agent="1043"),
        ],
    )
    assert known.totals["applied"] == 6
    assert (
        sum(amount for (kind, _, _, name), amount in cells_of(changes).items() if (kind, name) == ("mo", "attempts"))
        == 2
    )


def test_limits_in_time_are_strict_and_in_milliseconds() -> None:
    fold = new_fold(known := PartitionState())
    fold.fold_record(call_record(0, "a", at_ms=at(0)))
    lateness_ms, future_ms = Counting().lateness_ms, Counting().future_ms
    fold.fold_record(call_record(1, "b", at_ms=at() - lateness_ms))
    fold.fold_record(call_record(2, "c", at_ms=at() - lateness_ms - 1))
    fold.fold_record(replace(call_record(3, "d", at_ms=at() + future_ms), append_ms=at()))
    fold.fold_record(replace(call_record(4, "e", at_ms=at() + future_ms + 1), append_ms=at()))
    assert (known.totals["applied"], known.totals["dead:too_late"], known.totals["dead:future"]) == (3, 1, 1)


def test_only_accepted_facts_move_the_newest_time() -> None:
    fold = new_fold(known := PartitionState())
    fold.fold_record(call_record(0))
    later = at(3_600)
    fold.fold_record(record(1, "unknown", {}, at_ms=later))
    fold.fold_record(record(2, "pipeline.heartbeat", {"sent_at": "2026-11-23T07:00:00Z"}, at_ms=later))
    fold.fold_record(record(3, "agent.state", {"agent": "1042", "state": "lunch"}, at_ms=later))
    fold.fold_record(replace(call_record(4, "d", at_ms=later), append_ms=at()))
    assert known.newest_ms == at()
    fold.fold_record(record(5, "queue.snapshot", {"queue": "q", "waiting": 1}, at_ms=later))
    assert known.newest_ms == later


def test_an_offset_that_was_folded_is_refused_and_a_hole_is_none() -> None:
    fold = new_fold()
    fold.fold_record(call_record(7))
    fold.fold_record(call_record(9, "c2"))
    with pytest.raises(ValueError, match="offset 9 again"):
        fold.fold_record(call_record(9, "c2"))
    changes = fold.take_changes()
    assert changes is not None
    assert (changes.after, changes.start, changes.position) == (None, 7, 10)
    assert fold.take_changes() is None


def test_records_without_a_fact_still_move_the_position() -> None:
    changes = fold_all(new_fold(), [Record(0, at(), None, b"\xff"), Record(1, at(), b"", None)])
    assert (changes.position, changes.cells, changes.limits) == (2, {}, None)
    assert [(letter.offset, letter.reason) for letter in changes.dead] == [(0, "not_json"), (1, "not_json")]


def test_a_late_state_corrects_the_seconds_and_the_run() -> None:
    fold = new_fold()
    first = fold_all(fold, [state_record(0, "talk", at(0)), state_record(1, "wrap", at(100))])
    second = fold_all(fold, [state_record(2, "wrap", at(40))])
    assert amounts_by_name(sum(first.cells["mo", 202611].values())) == {"state_talk_s": 100}  # type: ignore[index]
    assert amounts_by_name(sum(second.cells["mo", 202611].values())) == {"state_talk_s": -60, "state_wrap_s": 60}  # type: ignore[index]
    assert second.states == {"1042": StateNow("wrap", at(40))}


def test_snapshots_keep_the_newest_word() -> None:
    fold = new_fold(known := PartitionState())
    for offset, (seconds, waiting) in enumerate([(60, 5), (0, 9), (60, 7), (120, 2)]):
        fold.fold_record(
            record(offset, "queue.snapshot", {"queue": "q", "waiting": waiting}, at_ms=at(seconds), key="~queue:q")
        )
    assert known.snapshots["queue:q"].figures["waiting"] == 2
    assert [known.totals[name] for name in ("applied", "superseded", "duplicates")] == [2, 1, 1]


def test_a_heartbeat_from_a_clock_that_is_ahead_does_not_look_fresh_for_years() -> None:
    fold = new_fold(known := PartitionState())
    for offset, sent in enumerate(["2026-11-23T06:00:00Z", "2036-01-01T00:00:00Z", "2026-11-23T05:59:00Z"]):
        fold.fold_record(record(offset, "pipeline.heartbeat", {"sent_at": sent}))
    assert known.heartbeat_ms == at()
    assert known.totals["heartbeats"] == 3


def _put(shelf: Shelf, fold: Fold) -> None:
    changes = fold.take_changes()
    if changes is not None:
        shelf.put(changes)


def test_memory_follows_the_log_and_not_the_number_of_its_records() -> None:
    fold = new_fold(known := PartitionState())
    for day in range(200):
        at_ms = at(day * 86_400)
        fold.fold_record(call_record(4 * day, f"c{day}", at_ms=at_ms))
        made = {"complaint_id": f"k{day}", "agent": "1042", "kind": "complaint"}
        fold.fold_record(record(4 * day + 1, "complaint.recorded", made, at_ms=at_ms))
        fold.fold_record(state_record(4 * day + 2, "talk", at_ms))
        fold.fold_record(state_record(4 * day + 3, "wrap", at_ms + 1_000))
        fold.take_changes()
    assert len(known.calls["1042"]) <= 6
    assert len(known.facts["complaint", "1042"]) <= 103
    assert len(known.timelines["1042", "1042"].entries) <= 12


def test_a_consumer_that_starts_anew_every_day_still_forgets() -> None:
    shelf = Shelf()
    for day in range(20):
        fold = new_fold(known := shelf.take_over())
        fold.fold_record(state_record(day, "talk", at(day * 82_800)))
        _put(shelf, fold)
    assert len(known.timelines["1042", "1042"].entries) <= 6


NASTY_IDS = ("{a/0}:meta", "é" * 35_000, "x" * 70_000, "😀", " ", "1042:1")


@pytest.mark.parametrize("text", NASTY_IDS, ids=lambda text: repr(text)[:16])
def test_ids_and_names_of_any_kind_are_counted_and_stored(text: str) -> None:
    shelf = Shelf()
    fold = new_fold(shelf.take_over())
    fold.fold_record(call_record(0, text, agent=text, campaign=text, queue=text))
    fold.fold_record(state_record(1, "talk", at(), agent=text))
    fold.fold_record(record(2, "complaint.recorded", {"complaint_id": text, "agent": text, "kind": "complaint"}))
    _put(shelf, fold)
    known = shelf.take_over()
    assert known.totals["applied"] == 3
    assert list(known.calls[text]) == list(known.facts["complaint", text]) == [text]
    assert shelf.states == {text: StateNow("talk", at())}


@pytest.mark.parametrize("key", [None, b"", b"\xff\xfe", b"\xed\xa0\x80", b"x" * 70_000, b"\0", b"~queue:q"])
def test_keys_of_any_kind_stop_nobody(key: bytes | None) -> None:
    shelf = Shelf()
    fold = new_fold(shelf.take_over())
    facts = [call_record(0), call_record(1, agent=None), state_record(2, "talk", at())]
    facts.append(record(3, "evaluation.scored", {"evaluation_id": "e", "version": 1, "agent": "1042", "score": 80}))
    for one in facts:
        fold.fold_record(replace(one, key=key))
    _put(shelf, fold)
    shelf.take_over()
    assert shelf.known.totals["consumed"] == 4
    assert shelf.known.totals["applied"] + shelf.known.totals["duplicates"] == 4


@settings(max_examples=300)
@given(
    st.lists(
        st.binary(max_size=40)
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=3)
        ).map(lambda data: event("call.ended", at(), {"call_id": data})),
        max_size=5,
    )
)
@example(
    [
        b'{"type":"evaluation.scored","specversion":"1.0","id":"i","source":"s","time":"2026-11-23T06:00:00Z","data":{"score":1e9999999999999999999}}'
    ]
)
def test_no_content_stops_the_fold(values: list[bytes]) -> None:
    fold = new_fold(known := PartitionState())
    for offset, value in enumerate(values):
        fold.fold_record(Record(offset, at(), value[:3], value))
    changes = fold.take_changes()
    reasons = {letter.reason for letter in changes.dead} if changes else set()
    assert known.totals["records"] == len(values)
    assert reasons <= {"not_json", "not_cloudevent", "bad_field"}


def test_a_first_fact_of_1970_does_not_hold_the_line_up() -> None:
    fold = new_fold(known := PartitionState())
    fold.fold_record(state_record(0, "talk", 1_000))
    fold.fold_record(state_record(1, "wrap", at()))
    changes = fold.take_changes()
    assert known.totals["applied"] == 2
    assert changes is not None
    assert len(changes.cells) < 5_000
