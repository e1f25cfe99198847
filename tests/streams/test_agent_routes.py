"""Which sources send an agent into which partition: out of the log alone, kept a while, and a split agent is found."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.agent_routes import MOST_SOURCES, AgentRoutes, Route, SplitAgent, note_routes, split_agents
from streams.counting_policy import Counting, Retention
from streams.decode import Record, encode
from streams.ledger.fold import Fold
from streams.ledger.partition_state import PartitionState
from streams.site_time import DAY_MS, SiteTime, rfc3339

START_MS = 1_795_363_200_000
"""2026-11-23 00:00 in Shanghai."""
LINE_DAYS = 10
"""So long the lines of these tests live."""
Sending = tuple[str, str, str, int]
"""(source, key, agent, hours after the start)"""


def records(sent: list[Sending]) -> list[Record]:
    found = []
    for offset, (source, key, agent, hour) in enumerate(sent):
        at_ms = START_MS + hour * 3_600_000
        data = {"call_id": f"c{offset}", "version": 1, "agent": agent or None, "direction": "outbound",
                "ended_at": rfc3339(at_ms), "outcome": "handled"}  # fmt: skip
        found.append(Record(offset, at_ms, key.encode(), encode("call.ended", f"e{offset}", source, at_ms, data)))
    return found


def folded(sent: list[Sending], cuts: frozenset[int] = frozenset()) -> tuple[AgentRoutes, AgentRoutes]:
    """-> what the partition knows, and what a store that took every change holds."""
    known, stored = PartitionState(), AgentRoutes()
    fold = Fold(known, SiteTime("Asia/Shanghai"), Counting(), Retention(ledger_ms=LINE_DAYS * DAY_MS))
    for record in records(sent):
        fold.fold_record(record)
        if record.offset in cuts or record.offset == len(sent) - 1:
            changes = fold.take_changes()
            assert changes is not None
            for agent in changes.sources.old_routes:
                stored.pop(agent, None)
            stored |= changes.sources.routes
    return known.routes, stored


def test_a_source_and_its_newest_day_are_kept_per_agent() -> None:
    known, stored = folded([("/a", "1", "1", 1), ("/b", "1", "1", 2), ("/a", "2", "2", 3), ("/a", "1", "1", 30)])
    assert known == stored == {"1": {"/a": 20261124, "/b": 20261123}, "2": {"/a": 20261123}}


def test_only_facts_under_the_agents_own_key_count() -> None:
    """A correction that moves a call lies under another key rightly; nobody's calls have no agent."""
    known, _ = folded([("/a", "old", "new", 1), ("/a", "", "", 1), ("/a", '"7"', "7", 1)])
    assert known == {"7": {"/a": 20261123}}


def test_an_agent_is_forgotten_with_the_last_line_of_the_ledger_also_in_the_store() -> None:
    days = [("/a", "1", "1", 0), ("/a", "2", "2", 24), ("/a", "3", "3", 24 * (LINE_DAYS + 2))]
    known, stored = folded(days)
    assert set(known) == set(stored) == {"2", "3"}


def test_an_agent_has_few_sources_however_many_send() -> None:
    known, _ = folded([(f"/pbx/{n}", "1", "1", 1) for n in range(20)])
    assert len(known["1"]) == MOST_SOURCES


TODAY, WEEK_AGO, LONG_AGO = 20261208, 20261201, 20261130


def test_a_source_that_is_silent_for_a_week_makes_room_for_a_new_one() -> None:
    names = [f"/pbx/{n}" for n in range(MOST_SOURCES)]
    known: AgentRoutes = {"1": dict.fromkeys(names, LONG_AGO)}
    assert note_routes(known, "/new", ["1"], TODAY) == {"1"}
    assert known == {"1": {**dict.fromkeys(names[1:], LONG_AGO), "/new": TODAY}}
    known = {"1": dict.fromkeys(names, WEEK_AGO)}
    assert note_routes(known, "/new", ["1"], TODAY) == set()


sendings = st.lists(
    st.tuples(
        st.sampled_from(["/a", "/b"]),
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from(["1", "2"]),
        st.integers(0, 30 * 24),
    ),
    min_size=1,
    max_size=12,
).map(lambda sent: sorted(sent, key=lambda each: each[3]))


@given(sendings, st.frozensets(st.integers(0, 11)))
def test_it_is_the_same_in_whatever_batches(sent: list[Sending], cuts: frozenset[int]) -> None:
    whole, _ = folded(sent)
    known, stored = folded(sent, cuts)
    assert known == stored == whole


def routes(**agents: dict[str, int]) -> AgentRoutes:
    return dict(agents)


@pytest.mark.parametrize(
    ("partitions", "expected"),
    [
        ([], []),
        ([routes(a={"/x": TODAY}), routes(b={"/x": TODAY})], []),
        ([routes(a={"/x": TODAY}), routes(a={"/y": WEEK_AGO})], [("a", (0, "/x"), (1, "/y"))]),
        ([routes(a={"/x": TODAY}), routes(a={"/x": TODAY})], [("a", (0, "/x"), (1, "/x"))]),
        ([routes(a={"/x": TODAY}), routes(a={"/x": LONG_AGO})], []),
        ([routes(a={"/x": TODAY}), routes(a={"/callfloor": TODAY})], []),
    ],
)
def test_who_comes_in_on_more_than_one_partition(partitions: list[AgentRoutes], expected: list[Any]) -> None:
    found = [SplitAgent(agent, tuple(Route(*each) for each in some)) for agent, *some in expected]
    assert split_agents(partitions, "/callfloor") == found
