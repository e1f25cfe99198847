"""Records whose key is not their agent: the agent's key in other clothes counts, everything else is named."""

from collections.abc import Callable
from typing import Any

import pytest

from streams.decode import Record
from streams.ledger.partition_state import PartitionState
from streams.source_days import MISROUTED, Finding
from tests.field import field_records
from tests.streams.making import at, call_record, cells_of, fold_all, new_fold, record, state_record

CLOTHES = ('"1042"', " 1042 ", '" 1042 "', "\ufeff1042\r\n", '"\\u0031042"')
FACTS: dict[str, Callable[[int, str], Record]] = {
    "call": lambda offset, key: call_record(offset, key=key, campaign="c", queue="q"),
    "state": lambda offset, key: state_record(offset, "talk", at(), key=key),
    "complaint": lambda offset, key: _fact(offset, key, "complaint.recorded", complaint_id="k", kind="complaint"),
    "decision": lambda offset, key: _fact(offset, key, "complaint.decided", complaint_id="k", decision="confirmed"),
    "evaluation": lambda offset, key: _fact(offset, key, "evaluation.scored", evaluation_id="e", version=1, score=80),
    "revision": lambda offset, key: _fact(
        offset, key, "evaluation.decided", evaluation_id="e", decision="revised", score=70
    ),
    "survey": lambda offset, key: _fact(offset, key, "survey.answered", survey_id="s", score=5, scale=[1, 5]),
    "conduct": lambda offset, key: _fact(
        offset, key, "conduct.recorded", record_id="r", version=1, kind="late", points=-1
    ),
}


def _fact(offset: int, key: str, name: str, /, **data: Any) -> Record:
    return record(offset, name, {"agent": "1042", **data}, key=key)


def test_the_key_of_a_json_serializer_is_the_agents() -> None:
    changes = fold_all(new_fold(known := PartitionState()), list(field_records("03-key-is-not-the-agent")))
    assert cells_of(changes)["mo", 202611, "1042", "handled"] == 1
    assert (known.totals["applied"], known.totals["misrouted"]) == (1, 0)


@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("clothes", CLOTHES)
def test_a_fact_under_a_key_in_clothes_is_the_fact_under_the_plain_key(kind: str, clothes: str) -> None:
    plain, dressed = (new_fold(known := PartitionState()), known), (new_fold(also := PartitionState()), also)
    later = state_record(3, "wrap", at(60))
    bare = fold_all(plain[0], [FACTS[kind](0, "1042"), FACTS[kind](1, clothes), later])
    worn = fold_all(dressed[0], [FACTS[kind](0, clothes), FACTS[kind](1, "1042"), later])
    assert cells_of(bare) == cells_of(worn)
    assert plain[1].totals == dressed[1].totals
    assert (plain[1].totals["duplicates"], plain[1].totals["misrouted"]) == (1, 0)
    assert plain[1].calls == dressed[1].calls
    assert plain[1].facts == dressed[1].facts
    assert plain[1].timelines.keys() == dressed[1].timelines.keys()


@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("key", ["", "7f3c-a1", '"1043"', "Anna Schmidt"])
def test_a_fact_under_a_key_that_is_something_else_counts_for_nobody_and_is_named(kind: str, key: str) -> None:
    changes = fold_all(new_fold(known := PartitionState()), [FACTS[kind](0, key), FACTS[kind](1, key)])
    assert cells_of(changes) == {}
    assert (known.totals["applied"], known.totals["duplicates"], known.totals["misrouted"]) == (1, 1, 1)
    noticed = known.source_days[20261123, "/acd"]
    ids = {"state": "1042", "complaint": "k", "decision": "k", "evaluation": "e", "revision": "e", "survey": "s"}
    named = {"id": {"call": "c1", "conduct": "r"}.get(kind) or ids[kind], "key": key, "agent": "1042"}
    assert (noticed.records, noticed.astray, noticed.findings) == (2, 2, {MISROUTED: Finding(1, named)})


def test_a_snapshot_and_an_action_are_no_fact_of_an_agent() -> None:
    fold = new_fold(known := PartitionState())
    fold_all(fold, [record(0, "queue.snapshot", {"queue": "q", "waiting": 1}, key="anything")])
    assert (known.totals["applied"], known.totals["misrouted"], known.source_days[20261123, "/acd"].records) == (
        1,
        0,
        0,
    )


def test_an_unattributed_call_under_a_key_counts_for_nobody_and_is_named() -> None:
    changes = fold_all(
        new_fold(known := PartitionState()), [call_record(0, agent=None, key="c1"), call_record(1, "c2", agent=None)]
    )
    assert {
        line: amount
        for (kind, _, line, name), amount in cells_of(changes).items()
        if (kind, name) == ("mo", "attempts")
    } == {"~unattributed": 1}
    assert known.totals["misrouted"] == 1
    fold_all(
        new_fold(known := PartitionState()),
        [call_record(0, agent=None, key='""'), call_record(1, "c2", agent=None, key=" ")],
    )
    assert known.totals["misrouted"] == 0


@pytest.mark.parametrize("old_key", ["1042", '"1042"', " 1042 "])
def test_a_correction_in_clothes_takes_back_and_a_second_one_is_not_misrouted(old_key: str) -> None:
    fold = new_fold(known := PartitionState())
    changes = fold_all(
        fold,
        [
            call_record(0, key="1042"),
            call_record(1, agent="1043", version=2, key=old_key),
            call_record(2, agent="1043", version=2, key='"1043"'),
            call_record(3, agent="1043", version=3, key=old_key, talk_s=9),
            call_record(4, agent="1043", version=3, talk_s=9),
        ],
    )
    month = {(line, name): amount for (kind, _, line, name), amount in cells_of(changes).items() if kind == "mo"}
    assert (month.get(("1042", "handled"), 0), month["1043", "handled"], month["1043", "talk_s"]) == (0, 1, 9)
    assert (known.totals["applied"], known.totals["misrouted"]) == (5, 0)


@pytest.mark.parametrize("old_key", ["1042", '"1042"', "\u30001042"])
def test_a_correction_that_comes_before_its_call_is_held_and_the_call_gives_nothing(old_key: str) -> None:
    changes = fold_all(
        new_fold(known := PartitionState()), [call_record(0, agent="1043", version=2, key=old_key), call_record(1)]
    )
    assert cells_of(changes) == {}
    assert (known.totals["superseded"], known.totals["misrouted"]) == (1, 1)


def test_a_line_under_the_key_as_it_is_comes_first() -> None:
    """An agent whose id is a JSON text, and another who is its content."""
    fold = new_fold(known := PartitionState())
    changes = fold_all(fold, [call_record(0, agent='"1042"'), call_record(1, agent="1042", version=2, key='"1042"')])
    assert cells_of(changes) == {}
    assert (known.totals["misrouted"], list(known.calls)) == (0, ['"1042"'])


@pytest.mark.parametrize("agent", [" 1042 ", '"1042"', "\ufeff7", 'a"b'])
def test_an_agent_whose_id_looks_like_clothes_is_found_under_it(agent: str) -> None:
    changes = fold_all(new_fold(known := PartitionState()), [call_record(0, agent=agent)])
    assert cells_of(changes)["mo", 202611, agent, "handled"] == 1
    assert known.totals["misrouted"] == 0


def test_misrouted_records_fill_the_day_of_the_log_and_old_days_are_forgotten() -> None:
    fold = new_fold(known := PartitionState())
    for offset, day in enumerate((0, 0, 1, 6, 7)):
        fold_all(fold, [call_record(offset, f"c{offset}", at_ms=at(day * 86_400), key="x")])
    days = {
        day: (noticed.records, noticed.findings[MISROUTED].count) for (day, _), noticed in known.source_days.items()
    }
    assert days == {20261124: (1, 1), 20261129: (1, 1), 20261130: (1, 1)}
    changes = fold_all(fold, [call_record(9, "late", at_ms=at(6 * 86_400), key="x")])
    assert list(changes.sources.days) == [(20261130, "/acd")]
    assert known.source_days[20261130, "/acd"].records == 2
