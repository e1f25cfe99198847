"""The threads beside the ticks: started for a site, ended with it, and under a works council not started for persons."""

import threading
from dataclasses import replace

import pytest

from dashboard.actions.appeal_messages import Topics
from dashboard.actions.appeal_register import count_overdue
from dashboard.actions.appeal_rules import AppealRules
from dashboard.settings import Settings
from dashboard.wiring.appeals import Opening
from dashboard.wiring.board_parts import BoardParts
from streams.site_time import DAY_MS, SiteTime
from streams.store.client import open_redis
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, TOPIC, Partition, call, complaint, decided
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
THREADS = {"history", "quality-trends", "flags", "overdue-appeals"}


def settings_of(url: str) -> Settings:
    return Settings(kafka="127.0.0.1:1", redis=url, site=None, topic=TOPIC, actions="acts", listen="127.0.0.1:0")


def running() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & THREADS


def test_the_parts_of_a_site_run_until_the_next_one_comes(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        Partition(client, 0).write(call("a1", "c1", NOON_MS))
    with BoardParts(settings_of(redis_url), PARTITIONS) as parts:
        first = parts(SITE)
        assert running() == THREADS
        wait_until(lambda: first.overdue() == 0, PATIENCE_S, "the overdue appeals")
        second = parts(replace(SITE, works_council=True))
        assert (second.history, second.flags) == (None, None)
        assert running() == {"quality-trends", "overdue-appeals"}
        third = parts(SITE)
        assert third.history is not None and third.history is not first.history
    assert not running()


def test_appeals_that_nobody_decided_in_time_are_counted(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        Partition(client, 0).write(
            *(complaint("a1", id, NOON_MS - 20 * DAY_MS) for id in ("x", "y", "z")),
            *(decided("a1", id, NOON_MS - 19 * DAY_MS, "appealed") for id in ("x", "y")),
            decided("a1", "y", NOON_MS - 18 * DAY_MS, "upheld"),
        )
    opening = Opening(settings_of(redis_url), lambda: SITE)
    rules = AppealRules(SITE, SiteTime(SITE.zone), Topics(TOPIC, "acts"))
    try:
        assert count_overdue(rules, opening(), NOON_MS) == 1
        assert count_overdue(rules, opening(), NOON_MS - 18 * DAY_MS) == 0
    finally:
        opening.close()
