"""Explanations: what the records of a term add is its value, whatever happened and whatever is no longer kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.actions.explain import Explanation, explain, net_of
from dashboard.actions.explain_terms import Term, counted
from dashboard.actions.explain_text import write_text
from dashboard.floor.periods import BadPeriod, day_period, month_period, parse_month, period_of
from dashboard.rules import deduction
from streams.metrics import INDEX, NAMES
from streams.site_time import HOUR_MS, SiteTime, day_key
from streams.store.ledger_reader import Entry, Ledger, LedgerReader
from tests.dashboard import partitions
from tests.dashboard.partitions import NOON_MS, SITE, TOPIC, Partition, call, complaint, decided, event

TIME = SiteTime("Asia/Shanghai")
TODAY = date(2026, 11, 23)


def adds_up(term: Term) -> bool:
    return sum(record.effect for record in term.records) == pytest.approx(term.value or 0.0)


def explained(client: Any, agent: str = "a1", **kind: Any) -> Explanation:
    ledgers = LedgerReader(client, TOPIC, partitions.PARTITIONS, TIME)
    period = kind.get("period") or day_period(TODAY)
    found = explain(ledgers, SITE, agent, period, TODAY)
    assert all(adds_up(term) for term in found.terms)
    assert net_of(ledgers, SITE, agent, period, TODAY) == found.term("net").value
    return found


def a_morning() -> Sequence[tuple[str, bytes]]:
    scored = {"evaluation_id": "e1", "version": 1, "agent": "a1", "score": 88.5}
    late = {"record_id": "r1", "version": 1, "agent": "a1", "kind": "late", "points": -2.5}
    return [
        *(call("a1", f"c{n}", NOON_MS - n * HOUR_MS) for n in range(4)),
        call("a2", "c9", NOON_MS),
        call("a1", "missed", NOON_MS, outcome="no_answer"),
        complaint("a1", "k1", NOON_MS - HOUR_MS),
        complaint("a1", "k2", NOON_MS - HOUR_MS, "repeat_enquiry"),
        complaint("a1", "k3", NOON_MS - HOUR_MS),
        decided("a1", "k3", NOON_MS, "withdrawn"),
        ("a1", event("evaluation.scored", NOON_MS, scored)),
        ("a1", event("evaluation.scored", NOON_MS, scored | {"evaluation_id": "e2", "score": 70})),
        ("a1", event("conduct.recorded", NOON_MS, late)),
    ]


def test_a_net_is_calls_less_cases_and_each_is_listed(store_client: Any) -> None:
    Partition(store_client, 0).write(*a_morning())
    found = explained(store_client)
    assert (found.name, found.team, found.policy) == ("安一", "dawn", SITE.policy(TODAY).version)
    assert found.formula == "net 2 = calls 4 - deducted 2 + floored 0"
    assert [record.id for record in found.term("calls").records] == ["c3", "c2", "c1", "c0"]
    cases = {record.id: (record.kind, record.status, record.effect) for record in found.term("deducted").records}
    assert cases == {
        "k1": ("complaint", "pending", 1.0),
        "k2": ("repeat_enquiry", "pending", 1.0),
        "k3": ("complaint", "reversed", 0.0),
    }
    assert found.term("evaluation_mean").value == pytest.approx(79.25)
    assert found.term("conduct_points").value == pytest.approx(-2.5)
    assert found.term("satisfied_share").value is None
    assert (found.net_low, found.net_high) == (2.0, 4.0)


def test_the_policy_comes_with_the_day_on_which_it_was_published(store_client: Any) -> None:
    Partition(store_client, 0).write(*a_morning())
    ledgers = LedgerReader(store_client, TOPIC, partitions.PARTITIONS, TIME)
    published = replace(SITE.policy(TODAY), version="2026-11", published_on=date(2026, 10, 20))
    found = explain(ledgers, replace(SITE, policies=(published,)), "a1", day_period(TODAY), TODAY)
    text = StringIO()
    write_text(found, TIME, text)
    assert msgspec.to_builtins(found)["policy_published"] == "2026-10-20"
    assert "policy 2026-11 (published 2026-10-20)" in text.getvalue()
    assert msgspec.to_builtins(explained(store_client))["policy_published"] is None


def test_the_newest_line_of_an_id_stands(store_client: Any) -> None:
    partition = Partition(store_client, 1)
    partition.write(complaint("a1", "k1", NOON_MS))
    partition.write(decided("a1", "k1", NOON_MS + HOUR_MS, "confirmed"), call("a1", "c1", NOON_MS))
    partition.write(decided("a1", "k1", NOON_MS + 2 * HOUR_MS, "overturned"))
    partition.write(call("a1", "c1", NOON_MS, version=2, outcome="failed"))
    (case,) = explained(store_client).term("deducted").records
    assert (case.status, [made.decision for made in case.decisions]) == ("reversed", ["confirmed", "overturned"])
    assert explained(store_client).term("calls").records == ()


def test_calls_that_are_no_longer_kept_stand_as_one_record_a_day(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(call("a1", "old1", NOON_MS - 80 * HOUR_MS), call("a1", "old2", NOON_MS - 81 * HOUR_MS))
    partition.write(call("a1", "between", NOON_MS - 79 * HOUR_MS))
    partition.write(call("a1", "new", NOON_MS))
    found = explained(store_client, period=month_period(TODAY)).term("calls").records
    assert [(record.kind, record.date, record.count, record.effect) for record in found] == [
        ("day", "2026-11-20", 3, 3.0),
        ("call", None, None, 1.0),
    ]


def test_an_agent_who_moved_a_record_away_has_none(store_client: Any) -> None:
    key, value = complaint("a1", "k1", NOON_MS)
    _, moved = decided("a2", "k1", NOON_MS + HOUR_MS, "confirmed")
    Partition(store_client, 0).write((key, value), ("a1", moved), call("a1", "c1", NOON_MS))
    found = explained(store_client)
    assert (found.term("deducted").records, found.term("net").value) == ((), 1.0)


def test_who_is_unknown_has_no_numbers(store_client: Any) -> None:
    found = explained(store_client, "nobody")
    assert (found.name, found.team, found.as_of, found.term("net").value) == ("nobody", None, None, 0.0)


def test_json_has_what_was_promised(store_client: Any) -> None:
    Partition(store_client, 0).write(*a_morning())
    found = msgspec.to_builtins(explained(store_client))
    assert found["date"] == "2026-11-23"
    for term in found["terms"]:
        assert {"name", "value", "unit", "records"} <= term.keys()
        assert all({"id", "kind", "time", "status", "effect"} <= record.keys() for record in term["records"])


COUNTS = [name for name in NAMES if not name.startswith("state_")]
DAYS = [date(2026, 11, 22), TODAY]


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Cells of any size, and lines of some of the facts behind them, or of more."""
    cells = {day_key(day): _row(draw) for day in draw(st.lists(st.sampled_from(DAYS), unique=True))}
    kinds = st.sampled_from(["call", "evaluation", "survey", "conduct"])
    entries = [
        Entry(str(n), kind, TIME.day_of(draw(st.sampled_from(DAYS))).start_ms, _row(draw), _line(kind))
        for n, kind in enumerate(draw(st.lists(kinds, max_size=6)))
    ]
    return Ledger(tuple(entries), cells, NOON_MS)


def _row(draw: st.DrawFn) -> Any:
    row = np.zeros(len(NAMES), np.int64)
    for name in draw(st.lists(st.sampled_from(COUNTS), max_size=12)):
        row[INDEX[name]] = draw(st.integers(0, 500))
    return row


def _line(kind: str) -> Any:
    from streams.ledger.calls import CallLine
    from streams.store.ledger_reader import ConductLine, EvaluationLine, SurveyLine

    made = {"evaluation": EvaluationLine, "survey": SurveyLine, "conduct": ConductLine}
    return CallLine(1, 0, None, None, 0, 0, 0, 0, 3, 0) if kind == "call" else made[kind](stamp=0)


@given(
    ledgers(),
    st.sampled_from(list(deduction.Mode)),
    st.floats(0, 3),
    st.floats(0, 3),
    st.sampled_from(["handled", "attempts", "effective", "converted"]),
)
def test_effects_add_up(ledger: Ledger, mode: deduction.Mode, one: float, other: float, volume: str) -> None:
    found = counted(ledger, deduction.DeductionPolicy(mode, one, other), volume, TIME)
    assert all(adds_up(term) for term in found.terms.values())
    assert found.amount("net") == pytest.approx(
        found.amount("calls") - found.amount("deducted") + found.amount("floored")
    )


def test_periods() -> None:
    assert period_of("day", None, TODAY).label == "2026-11-23"
    assert period_of("month", "2026-10", TODAY).keys[-1] == 20261031
    assert parse_month("2026-02").last == date(2026, 2, 28)
    for kind, text in (("day", "2026-11"), ("day", "2026-11-31"), ("month", "2026-13"), ("week", None)):
        with pytest.raises(BadPeriod):
            period_of(kind, text, TODAY)
