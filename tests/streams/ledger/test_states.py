"""The timeline of an agent: each state ends the one before, whatever the order in which they arrive."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import StateNow
from streams.ledger.outcome import Difference, Outcome
from streams.ledger.states import STATES, Timeline, fold_state, state_entry
from streams.metrics import ONE
from streams.site_time import minute_of
from tests.streams.ledger.adding import Sums, added
from tests.streams.making import amounts_by_name, at

Entry = tuple[int, str]
"""(ms, state)."""


def folded(entries: list[Entry], timeline: Timeline | None = None) -> tuple[Timeline, Sums]:
    line = Timeline() if timeline is None else timeline
    differences: list[Difference] = []
    for ms, state in entries:
        differences += fold_state(line, state_entry(ms, state), "1042")[1]
    return line, added(differences)


def seconds_of(entries: list[Entry]) -> Sums:
    """The same, slowly: second by second between neighbours of the sorted timeline."""
    sums: Counter[tuple[str, int]] = Counter()
    for (from_ms, state), (to_ms, _) in pairwise(entries):
        counted = {"ringing": "available"}.get(state, state)
        for second in range(from_ms // 1000, to_ms // 1000):
            if counted != "offline":
                sums["1042", second // 60] += ONE[f"state_{counted}_s"]
    return {place: amounts for place, amounts in sums.items() if amounts}


def test_a_state_counts_when_its_successor_is_known() -> None:
    line, sums = folded([(at(), "talk")])
    assert (sums, line.now()) == ({}, StateNow("talk", at()))
    line, sums = folded([(at(0.9), "talk"), (at(61.2), "wrap")])
    assert {minute - minute_of(at()): amounts_by_name(amounts) for (_, minute), amounts in sums.items()} == {
        0: {"state_talk_s": 60},
        1: {"state_talk_s": 1},
    }


@pytest.mark.parametrize("state", STATES)
def test_ringing_counts_as_available_and_offline_nowhere(state: str) -> None:
    _, sums = folded([(at(), state), (at(10), "other")])
    name = {"ringing": "available"}.get(state, state)
    assert amounts_by_name(sum(sums.values())) == ({} if state == "offline" else {f"state_{name}_s": 10})


def test_at_one_instant_the_later_in_the_log_stands() -> None:
    line, sums = folded([(at(), "talk"), (at(), "wrap"), (at(5), "break")])
    assert amounts_by_name(sum(sums.values())) == {"state_wrap_s": 5}
    assert line.now() == StateNow("break", at(5))


def test_the_same_time_and_state_is_a_duplicate_even_behind_another() -> None:
    timeline = Timeline()
    for state, outcome in (("talk", "APPLIED"), ("wrap", "APPLIED"), ("talk", "DUPLICATE"), ("wrap", "DUPLICATE")):
        assert fold_state(timeline, state_entry(at(), state), "1042")[0] is Outcome[outcome]
    assert timeline.now().state == "wrap"


def test_a_run_begins_where_the_state_first_was() -> None:
    line, _ = folded([(at(), "talk"), (at(10), "break"), (at(20), "break"), (at(30), "break")])
    assert line.now() == StateNow("break", at(10))
    line, _ = folded([(at(15), "talk")], line)
    assert line.now() == StateNow("break", at(20))


def test_under_another_key_a_timeline_counts_nothing() -> None:
    timeline = Timeline()
    for seconds, state in ((0, "talk"), (60, "wrap")):
        assert fold_state(timeline, state_entry(at(seconds), state), None) == (Outcome.APPLIED, [])


def test_a_year_away_is_a_handful_of_differences_of_the_same_sum() -> None:
    timeline = Timeline()
    fold_state(timeline, state_entry(at(30), "break"), "1042")
    _, differences = fold_state(timeline, state_entry(at(365 * 86_400), "available"), "1042")
    assert len(differences) <= 3
    assert sum(d.amounts * d.minutes for d in differences) == (365 * 86_400 - 30) * ONE["state_break_s"]


@given(st.integers(0, 10**7), st.integers(86_300_000, 2 * 86_400_000))
def test_long_and_short_stretches_give_the_same_seconds(start_ms: int, length_ms: int) -> None:
    entries = [(at() + start_ms, "hold"), (at() + start_ms + length_ms, "talk")]
    assert folded(entries)[1] == seconds_of(entries)


entry_lists = st.lists(
    st.tuples(st.integers(at(), at(400)), st.sampled_from(STATES)),
    min_size=1,
    max_size=12,
    unique_by=lambda made: made[0],
)


@given(entry_lists, st.randoms())
def test_any_order_gives_the_same_seconds_and_the_same_state(entries: list[Entry], dice: random.Random) -> None:
    shuffled = entries + dice.choices(entries, k=3)
    dice.shuffle(shuffled)
    line, sums = folded(shuffled)
    in_order, _ = folded(sorted(entries))
    assert sums == seconds_of(sorted(entries))
    assert line.entries == in_order.entries
    assert line.now() == in_order.now()


@given(entry_lists, st.lists(st.integers(at(), at(400)), max_size=3), st.data())
def test_a_cut_never_changes_what_later_entries_give(
    entries: list[Entry], cuts: list[int], data: st.DataObject
) -> None:
    whole, _ = folded(entries)
    cut, _ = folded(entries)
    for before_ms in sorted(cuts):
        cut.cut(before_ms)
        assert cut.now() == whole.now()
        later = data.draw(st.lists(st.tuples(st.integers(before_ms, at(500)), st.sampled_from(STATES)), max_size=4))
        for entry in (state_entry(*one) for one in later):
            assert fold_state(cut, entry, "1042") == fold_state(whole, entry, "1042")
            assert cut.now() == whole.now()


@given(entry_lists, st.integers(at(), at(401)))
def test_a_cut_keeps_one_entry_from_before_and_says_when_it_is_new(entries: list[Entry], before_ms: int) -> None:
    line, _ = folded(entries)
    older = sum(ms < before_ms for ms, _ in entries)
    assert line.cut(before_ms) == (older > 0)
    assert len(line.entries) == len(entries) - max(older - 1, 0)
    assert line.cut(before_ms) is False


@given(entry_lists, st.integers(at(), at(401)))
def test_base_and_rest_make_the_same_timeline_again(entries: list[Entry], before_ms: int) -> None:
    line, _ = folded(entries)
    line.cut(before_ms)
    entry, since_ms, reason = line.start()
    again = Timeline(line.entries[:1], since_ms)
    again.note_reason(entry, reason)
    for rest in line.entries[1:]:
        again.add(rest)
        again.note_reason(rest, line.reasons.get(rest))
    assert (again.entries[0], again.entries, again.now()) == (entry, line.entries, line.now())
