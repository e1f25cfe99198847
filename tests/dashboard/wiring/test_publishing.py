"""The threads beside the ticks: started for a site, ended with it, and under a works council not started for persons."""

import threading
from contextlib import closing
from dataclasses import replace

import pytest

from dashboard.settings import Settings, load
from dashboard.wiring.connections import Connections
from dashboard.wiring.publishing import SideJobRunner
from dashboard.wiring.serving import appeal_service
from streams.site_time import DAY_MS
from streams.store.client import open_redis
from tests.dashboard.partitions import NOON_MS, SITE, TOPIC, Partition, call, complaint, decided
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
THREADS = {"history", "quality-trends", "flags", "overdue-appeals"}


def settings_of(url: str) -> Settings:
    return load({"kafka": "127.0.0.1:1", "redis": url, "topic": TOPIC, "actions": "acts"}, {})


def running() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & THREADS


def test_the_side_jobs_of_a_site_run_until_the_next_one_comes(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        Partition(client, 0).write(call("a1", "c1", NOON_MS))
    with closing(Connections(settings_of(redis_url))) as connections, SideJobRunner(connections) as jobs:
        connections.settle_partitions()
        first = jobs.start(SITE)
        assert running() == THREADS
        wait_until(lambda: first.overdue() == 0, PATIENCE_S, "the overdue appeals")
        second = jobs.start(replace(SITE, works_council="count"))
        assert (second.history, second.flags) == (None, None)
        assert running() == {"quality-trends", "overdue-appeals"}
        third = jobs.start(SITE)
        assert third.history is not None and third.history is not first.history
    assert not running()


def test_appeals_that_nobody_decided_in_time_are_counted(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        Partition(client, 0).write(
            *(complaint("a1", id, NOON_MS - 20 * DAY_MS) for id in ("x", "y", "z")),
            *(decided("a1", id, NOON_MS - 19 * DAY_MS, "appealed") for id in ("x", "y")),
            decided("a1", "y", NOON_MS - 18 * DAY_MS, "upheld"),
        )
    with closing(Connections(settings_of(redis_url))) as connections:
        now = appeal_service(connections, lambda: SITE, lambda: NOON_MS)
        assert now.count_overdue() == 1
        assert replace(now, now=lambda: NOON_MS - 18 * DAY_MS).count_overdue() == 0
