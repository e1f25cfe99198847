"""Ledger lines to bytes and back, whatever their ids and names look like."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import LONGEST
from streams.ledger.calls import CallLine
from streams.ledger.facts import ComplaintLine, ConductLine, Criterion, Decision, EvaluationLine, FactLine, SurveyLine
from streams.ledger.states import StateEntry
from streams.store.ledger_rows import (
    CALL_ROW,
    Names,
    pack_calls,
    pack_entries,
    pack_facts,
    unpack_calls,
    unpack_entries,
    unpack_facts,
)

texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
keys = st.just("") | texts
seconds = st.integers(0, 86_400)
instants = st.integers(0, 253_402_000_000_000)
stamps = st.integers(0, 70_389_444)
call_lines = st.builds(
    CallLine,
    st.integers(0, 2**63 - 1),
    instants.map(lambda ms: ms // 60_000),
    st.none() | texts,
    st.none() | texts,
    seconds,
    seconds,
    seconds,
    seconds,
    st.integers(0, 2**11 - 1),
    stamps,
    *(st.none() | texts, st.none() | texts, st.none() | st.sampled_from(["acme", "bell"])),
)
names_or_none = st.none() | texts
decisions = st.lists(st.builds(Decision, instants, texts, names_or_none, names_or_none, names_or_none), max_size=3).map(
    tuple
)
items = st.lists(
    st.builds(Criterion, texts, st.none() | st.integers(-10_000, 10_000), st.none() | st.booleans()), max_size=3
).map(tuple)
lines = {"campaign": names_or_none, "queue": names_or_none, "project": names_or_none}
versions = st.integers(0, 2**63 - 1)
fact_lines: st.SearchStrategy[FactLine] = st.one_of(
    st.builds(
        ComplaintLine,
        stamp=stamps,
        kind=st.sampled_from(["complaint", None]),
        at_ms=instants,
        decisions=decisions,
        version=versions,
        recorded_by=names_or_none,
        **lines,
    ),
    st.builds(
        EvaluationLine,
        stamp=stamps,
        version=st.integers(-1, 2**63 - 1),
        at_ms=instants,
        decisions=decisions,
        items=items,
        method=names_or_none,
        **lines,
    ),
    st.builds(SurveyLine, stamp=stamps, at_ms=instants, version=versions, **lines),
    st.builds(ConductLine, stamp=stamps, at_ms=instants, points=st.integers(-10_000, 10_000)),
)


entries = st.tuples(keys, texts, st.integers(0, 253_402_000_000_000 * 16 + 15), st.none() | texts)


def through_redis(names: Names) -> Names:
    """The names as the next owner of the partition finds them."""
    return Names([name.encode().decode() for name in names.fresh])


@given(st.dictionaries(st.tuples(keys, texts), call_lines, max_size=6))
def test_calls(calls: Mapping[tuple[str, str], CallLine]) -> None:
    names = Names()
    blob = pack_calls(calls, names)
    assert list(unpack_calls([blob], through_redis(names))) == [(*place, line) for place, line in calls.items()]


@given(st.lists(st.dictionaries(st.tuples(keys, texts), call_lines, max_size=4), max_size=4), keys)
def test_calls_of_one_key_in_many_blobs(commits: list[dict[tuple[str, str], CallLine]], key: str) -> None:
    names = Names()
    blobs = [pack_calls(calls, names) for calls in commits]
    expected = [(*place, line) for calls in commits for place, line in calls.items() if place[0] == key]
    assert list(unpack_calls(blobs, through_redis(names), [key])) == expected


def test_calls_without_a_project_are_the_bytes_of_a_site_without_projects() -> None:
    line = CallLine(1, 29_923_560, "c", "q", 1, 0, 0, 0, 3, 498_726)
    assert len(pack_calls({("1042", "c1"): line}, Names())) == 8 + CALL_ROW.itemsize + len("c1")


@given(st.dictionaries(st.tuples(texts, keys, texts), fact_lines, max_size=6))
def test_other_facts(facts: Mapping[tuple[str, str, str], FactLine]) -> None:
    assert unpack_facts(pack_facts(facts)) == [(*place, line) for place, line in facts.items()]


@given(st.lists(entries, max_size=6))
def test_state_entries(written: list[StateEntry]) -> None:
    names = Names()
    blob = pack_entries(written, names)
    assert list(unpack_entries(blob, through_redis(names))) == written


def test_a_reason_may_be_as_long_as_the_contract_allows() -> None:
    names, long = Names(), [("1042", "1042", 17, "\U0001f44b" * LONGEST), ("1042", "1042", 33, None)]
    assert list(unpack_entries(pack_entries(long, names), through_redis(names))) == long


@pytest.mark.parametrize("length", [1, 65_535, 65_536, 70_000, 900_000])
def test_an_id_may_be_as_long_as_a_record(length: int) -> None:
    line = CallLine(1, 29_923_560, None, "q", 1, 0, 0, 0, 3, 498_726)
    calls = {("1042", "é" * (length // 2)): line, ("1042", "c"): line} if length > 1 else {("1042", "c"): line}
    names = Names()
    blob = pack_calls(calls, names)
    assert list(unpack_calls([blob], through_redis(names))) == [(*place, line) for place, line in calls.items()]


def test_a_name_has_one_number_and_is_fresh_until_it_is_stored() -> None:
    names = Names(["1042"])
    assert [names.number(name) for name in ("1042", "", "sales", "", "1042")] == [0, 1, 2, 1, 0]
    assert names.fresh == ["", "sales"]
    assert names.name(names.number(None)) is None
    assert [names.text(number) for number in range(3)] == ["1042", "", "sales"]
