"""Split agents in words and JSON, and on a real store."""

from typing import Any

import pytest

from dashboard.health.agent_problems import CURE, read_split_agents, split_report, split_warnings
from dashboard.health.report import split_tasks
from streams.agent_routes import Route, SplitAgent
from tests.dashboard.partitions import NOON_MS, Partition, call, reader

SPLIT = SplitAgent("1042", (Route(0, "/dialler"), Route(1, "/crm")))


def test_the_warning_names_who_both_sources_and_the_cure() -> None:
    (line,) = split_warnings([SPLIT])
    assert "1042: /dialler -> 0, /crm -> 1" in line
    assert CURE in line
    assert "and 4 more" in split_warnings([SPLIT] * 7)[0]
    assert split_warnings([]) == []


def test_the_health_page_is_told_the_number_and_an_example() -> None:
    assert split_tasks(split_report([SPLIT] * 30)) == [
        {"code": "split_agents", "n": 30, "agent": "1042", "routes": "/dialler -> 0, /crm -> 1", "cure": CURE}
    ]
    assert len(split_report([SPLIT] * 30)["agents"]) == 20
    assert split_tasks(split_report([])) == split_tasks(None) == []


@pytest.mark.services
def test_two_partitions_that_both_have_an_agent_are_found(store_client: Any) -> None:
    here, there = Partition(store_client, 0), Partition(store_client, 1)
    here.write(call("a1", "c1", NOON_MS), call("a2", "c2", NOON_MS))
    there.write(call("b1", "c3", NOON_MS))
    assert read_split_agents(reader(store_client)) == []
    there.write(call("a1", "c4", NOON_MS))
    assert read_split_agents(reader(store_client)) == [SplitAgent("a1", (Route(0, "test"), Route(1, "test")))]
    assert Partition(store_client, 1)._fold._partition.routes == reader(store_client).routes(1)  # noqa: SLF001
