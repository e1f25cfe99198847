"""A log without facts: what is kept ages by its heartbeats, and no number that can still come is another for it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.decode import Record
from streams.ledger.fold import Fold
from streams.ledger.silence import limits_in_silence
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS, Bucket, rfc3339
from tests.streams.ledger.ledger_shelf import Shelf
from tests.streams.making import SHANGHAI, at, call_record, record, state_record

RULES = Rules(SHANGHAI, Counting(), Retention())
SHORT = Rules(
    SHANGHAI,
    Counting(lateness_ms=24 * HOUR_MS, fact_lateness_ms=3 * DAY_MS),
    Retention(minutes_ms=30 * HOUR_MS, hours_ms=6 * DAY_MS, months=1, ledger_ms=5 * DAY_MS),
)


def beat(offset: int, at_ms: int) -> Record:
    return record(offset, "pipeline.heartbeat", {"sent_at": rfc3339(at_ms)}, at_ms=at_ms, key="")


def count(records: list[Record], rules: Rules = RULES, restart: bool = False) -> Shelf:
    """Every record is a commit of its own, and with ``restart`` the work of another owner."""
    shelf = Shelf()
    fold = Fold(shelf.take_over(), *rules)
    for one in records:
        fold.fold_record(one)
        changes = fold.take_changes()
        assert changes is not None
        shelf.put(changes)
        if restart:
            fold = Fold(shelf.take_over(), *rules)
    return shelf


def kinds(shelf: Shelf) -> set[str]:
    return {kind for kind, *_ in shelf.cells}


def after(days: float, *facts: Record) -> Shelf:
    """Facts, and then heartbeats alone for so many days, six an hour."""
    offset, made = len(facts), [*facts]
    for n in range(round(days * 144) + 1):
        made.append(beat(offset + n, at() + n * HOUR_MS // 6))
    return count(made)


FACTS = (call_record(0), state_record(1, "talk", at(-3600)), state_record(2, "wrap", at(-60)))


@pytest.mark.parametrize(
    ("days", "left"),
    [(0, "m h d mo"), (4.9, "m h d mo"), (5.1, "h d mo"), (42.9, "h d mo"), (43.1, "d mo")],
)
def test_a_centre_that_stops_keeps_minutes_and_hours_as_long_as_one_that_goes_on(days: float, left: str) -> None:
    assert kinds(after(days, *FACTS)) == {*left.split()}


def test_days_and_months_go_too() -> None:
    limits = limits_in_silence(at(), 900 * DAY_MS, *RULES[1:3], SHANGHAI)
    assert not limits.keeps(Bucket("d", 20261123)) and limits.keeps(Bucket("d", 20261124))
    assert not limits.keeps(Bucket("mo", 202611)) and limits.keeps(Bucket("mo", 202612))


def test_a_history_does_not_age_by_its_date_but_by_the_silence_after_it() -> None:
    old = call_record(0, at_ms=at(-20 * 365 * 86_400))
    assert kinds(after(1, old)) == {"m", "h", "d", "mo"}
    assert kinds(after(6, old)) == {"h", "d", "mo"}


def test_a_history_that_is_read_in_parts_keeps_its_buckets() -> None:
    first, second = call_record(0), call_record(2, "c2", at_ms=at(86_400))
    gap = [first, beat(1, at()), *(beat(2 + n, at(n * 86_400)) for n in range(40))]
    later = count([*gap, call_record(50, "c2", at_ms=at(86_400), agent="1042")])
    control = count([first, second])
    minute = at(86_400) // MINUTE_MS
    assert {place for place in later.cells if place[:2] == ("m", minute)}
    assert {p: n for p, n in later.cells.items() if p[0] in ("d", "mo")} == {
        p: n for p, n in control.cells.items() if p[0] in ("d", "mo")
    }


def test_a_source_that_was_away_for_weeks_counts_whole_where_buckets_live_on() -> None:
    """The ledger still knows every call, so that a repeat is none; nothing is too late."""
    quiet = [FACTS[0], beat(1, at()), *(beat(2 + n, at(n * 86_400)) for n in range(20))]
    back = [call_record(30, "c-late", at_ms=at(-3600)), call_record(31), call_record(32, version=2, talk_s=7)]
    shelf = count([*quiet, *back])
    assert (shelf.known.totals["applied"], shelf.known.totals["duplicates"], shelf.dead) == (3, 1, [])
    assert shelf.cells["d", 20261123, "1042", "handled"] == 2
    assert shelf.cells["d", 20261123, "1042", "talk_s"] == 138
    assert not [place for place in shelf.cells if place[0] == "m"]


def test_what_the_ledger_may_have_forgotten_is_too_late() -> None:
    quiet = [FACTS[0], beat(1, at()), *(beat(2 + n, at(n * 86_400)) for n in range(110))]
    shelf = count([*quiet, call_record(200), call_record(201, "new", at_ms=at(110 * 86_400))])
    assert shelf.dead == [(200, "too_late")]
    assert shelf.cells["mo", 202611, "1042", "handled"] == 1
    assert shelf.cells["mo", 202703, "1042", "handled"] == 1


def test_a_fact_ends_the_silence() -> None:
    made = [FACTS[0], *(beat(1 + n, at(n * 86_400)) for n in range(3))]
    made.append(call_record(10, "c2", at_ms=at(2 * 86_400 + 60)))
    made += [beat(20 + n, at(2 * 86_400 + 60 + n * 3600)) for n in range(24)]
    shelf = count(made)
    assert shelf.known.floor is None
    assert shelf.known.quiet_ms == at(2 * 86_400 + 60)


Made = list[tuple[str, int, int, int]]
steps: st.SearchStrategy[Made] = st.lists(
    st.tuples(
        st.sampled_from(["call", "call", "complaint", "survey", "beat", "beat", "beat"]),
        st.sampled_from([0, 0, 1, 30, 60, 140]),
        st.integers(-60, 0),
        st.integers(0, 5),
    ),
    max_size=30,
)


def log_of(made: Made) -> list[Record]:
    """Facts and heartbeats over weeks. The time of all versions of a record is when it happened, as docs/events.md asks."""
    records: list[Record] = []
    hours, happened = 0, dict[tuple[str, int], int]()
    for offset, (kind, ahead, back, number) in enumerate(made):
        hours += ahead
        now_ms = at(hours * 3600)
        at_ms = happened.setdefault((kind, number), now_ms + back * HOUR_MS)
        fact: dict[str, Any]
        match kind:
            case "call":
                fact = {"campaign": "c", "version": offset, "talk_s": 20 + offset}
                one = call_record(offset, f"c{number}", at_ms=at_ms, **fact)
                one = Record(offset, now_ms, one.key, one.value)
            case "complaint":
                fact = {"complaint_id": f"k{number}", "agent": "1042", "kind": "complaint", "version": offset}
                one = record(offset, "complaint.recorded", fact, at_ms=at_ms, append_ms=now_ms)
            case "survey":
                fact = {
                    "survey_id": f"s{number}",
                    "agent": "1042",
                    "score": 1 + offset % 5,
                    "scale": [1, 5],
                    "version": offset,
                }
                one = record(offset, "survey.answered", fact, at_ms=at_ms, append_ms=now_ms)
            case _:
                one = beat(offset, now_ms)
        records.append(one)
    return records


@settings(max_examples=400, deadline=None)
@given(steps)
def test_a_fact_after_a_silence_gives_the_same_cells_as_without_it_or_is_too_late(made: Made) -> None:
    """Law: of the buckets that silence left, every cell is that of a log without heartbeats; dropped ones never come back."""
    records = log_of(made)
    silent = count(records, SHORT)
    refused = {offset for offset, _ in silent.dead}
    facts = [one for one in records if b"pipeline.heartbeat" not in (one.value or b"")]
    plain = count([one for one in facts if one.offset not in refused], SHORT)
    floor = silent.known.floor
    kept = {place: n for place, n in plain.cells.items() if floor is None or floor.keeps(Bucket(place[0], place[1]))}
    assert silent.cells == kept


@settings(max_examples=200, deadline=None)
@given(steps)
def test_the_owner_of_a_silent_partition_may_change_at_any_record(made: Made) -> None:
    records = log_of(made)
    one, many = count(records, SHORT), count(records, SHORT, restart=True)
    assert many.cells == one.cells
    assert many.dead == one.dead
    for name in ("totals", "quiet_ms", "floor", "newest_ms"):
        assert getattr(many.known, name) == getattr(one.known, name)
