"""A record that is sent again goes into the partition of its ledger line, whatever hash its producer uses."""

from collections.abc import Callable
from typing import Any

import pytest

from streams.decode import Record
from streams.site_time import rfc3339
from streams.store.record_routes import RecordRoutes, read_routes
from tests.streams.making import at, call_record, record, state_record
from tests.streams.storing import TOPIC, commit

FACTS: tuple[Callable[[int, str], Record], ...] = (
    lambda offset, agent: call_record(offset, "c", agent=agent),
    lambda offset, agent: state_record(offset, "talk", at(), agent),
    lambda offset, agent: record(
        offset, "complaint.recorded", {"complaint_id": "k", "agent": agent, "kind": "complaint"}
    ),
    lambda offset, agent: record(
        offset, "complaint.decided", {"complaint_id": "d", "agent": agent, "decision": "confirmed"}
    ),
    lambda offset, agent: record(
        offset, "evaluation.scored", {"evaluation_id": "e", "version": 1, "agent": agent, "score": 80}
    ),
    lambda offset, agent: record(
        offset, "survey.answered", {"survey_id": "s", "agent": agent, "score": 5, "scale": [1, 5]}
    ),
    lambda offset, agent: record(
        offset, "conduct.recorded", {"record_id": "r", "version": 1, "agent": agent, "kind": "late", "points": -1}
    ),
)


def place(routes: RecordRoutes, sent: Record) -> int | None:
    assert sent.key is not None and sent.value is not None
    return routes.partition_of(sent.key, sent.value)


def test_a_new_fact_of_a_known_agent_follows_the_agent_and_of_a_new_one_the_hash(client: Any) -> None:
    commit(client, call_record(0, agent="1042"), partition=3)
    routes = read_routes(client, TOPIC, 4)
    assert {place(routes, fact(0, "1042")) for fact in FACTS} == {3}
    assert {place(routes, fact(0, "new")) for fact in FACTS} == {None}


def test_every_fact_of_an_agent_in_two_partitions_goes_to_its_own_line(client: Any) -> None:
    """Also what the newest route does not tell: the producer hashed otherwise until yesterday."""
    commit(client, *(fact(offset, "1042") for offset, fact in enumerate(FACTS)), partition=2)
    commit(client, call_record(0, "today", agent="1042", at_ms=at(86_400)), partition=1)
    routes = read_routes(client, TOPIC, 4)
    assert [place(routes, fact(0, "1042")) for fact in FACTS] == [2] * len(FACTS)
    assert place(routes, call_record(0, "tomorrow", agent="1042")) == 1
    assert routes.partition_of(b"1042", b"no event") is None


def test_calls_without_an_agent_lie_wherever_their_producer_spread_them(client: Any) -> None:
    for partition in range(3):
        commit(client, call_record(0, f"lost-{partition}", agent=None, outcome="abandoned"), partition=partition)
    routes = read_routes(client, TOPIC, 4)
    sent = [place(routes, call_record(0, f"lost-{n}", agent=None, outcome="abandoned")) for n in range(4)]
    assert sent == [0, 1, 2, None]


def test_what_has_no_line_goes_by_its_key(client: Any) -> None:
    commit(client, call_record(0, agent="1042"), partition=3)
    routes = read_routes(client, TOPIC, 4)
    waiting = record(0, "queue.snapshot", {"queue": "1042", "waiting": 3}, key="~queue:1042")
    beat = record(0, "pipeline.heartbeat", {"sent_at": rfc3339(at())}, key="")
    assert [place(routes, each) for each in (waiting, beat)] == [None, None]


@pytest.mark.parametrize("agent", ["1042", None])
def test_nothing_is_known_where_nothing_was_counted(agent: str | None) -> None:
    assert place(RecordRoutes(), call_record(0, agent=agent)) is None


def test_lines_are_looked_up_once_and_only_where_the_agent_does_not_tell() -> None:
    asked = []

    def line_names(partition: int, keys: Any) -> Any:
        asked.append((partition, set(keys)))
        return [("call", "2", "c")] if partition == 1 else []

    routes = RecordRoutes([{"1": {"/acd": 20261123}, "2": {"/acd": 20261123}}, {"2": {"/acd": 20261122}}], line_names)
    assert place(routes, call_record(0, agent="1")) == 0
    assert not asked
    assert [place(routes, call_record(0, id, agent="2")) for id in ("c", "other")] == [1, 0]
    assert asked == [(0, {"", "2"}), (1, {"", "2"})]
