"""The report of the line's health over a real Redis, and over none."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from dashboard.floor.tick_facts import FORGOTTEN_MS
from dashboard.health.health_service import HealthService
from dashboard.site.load import Site
from dashboard.site.types import Alerts
from dashboard.site.watch import SiteWatch
from streams.halts import CORRUPT, Halt
from streams.metrics import SCHEMA
from streams.site_time import MINUTE_MS, rfc3339
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests.dashboard.partitions import NOON_MS, SITE, Partition, call, heartbeat, reader, state
from tests.services.redis_server import RedisServer

pytestmark = pytest.mark.services


def health(client: Any, site: Site = SITE) -> HealthService:
    return HealthService(SiteWatch.fixed(site), lambda: reader(client), lambda: NOON_MS)


def test_what_is_counted_is_told_per_partition_and_in_sum(store_client: Any) -> None:
    one, two = Partition(store_client, 0), Partition(store_client, 1)
    one.write(call("a1", "c1", NOON_MS - MINUTE_MS), ("a1", b"{"), heartbeat(NOON_MS - 2000))
    two.write(call("a2", "c2", NOON_MS - 2 * MINUTE_MS), heartbeat(NOON_MS - 1000))
    told = health(store_client).report()
    assert told.redis == {"reachable": True}
    assert told.age_s == 2.0
    assert [(each["position"], each["dead_lettered"]) for each in told.partitions] == [(3, 1), (2, 0)]
    assert told.partitions[0]["newest"] == rfc3339(NOON_MS - MINUTE_MS)
    assert (told.totals["records"], told.totals["applied"], told.totals["heartbeats"]) == (5, 2, 2)
    assert [each["source"] for each in told.sources] == ["test"]
    assert (told.site["name"], told.site["problems"]) == ("测试", [])


def test_another_clock_of_the_site_waits_and_says_what_to_do(store_client: Any) -> None:
    Partition(store_client, 0).write(call("a1", "c1", NOON_MS - MINUTE_MS), heartbeat(NOON_MS))
    berlin = replace(SITE, zone="Europe/Berlin", business_day_start="04:00")
    sites = SiteWatch.fixed(berlin, reader(store_client).clock)
    assert (sites.site.zone, sites.site.business_day_start) == ("Asia/Shanghai", "00:00")
    told = HealthService(sites, lambda: reader(store_client), lambda: NOON_MS).report()
    clocks = {"zone": "Europe/Berlin", "day_start": "04:00"}
    counted = {"counted_zone": "Asia/Shanghai", "counted_day_start": "00:00"}
    assert told.site["waiting"] == {**clocks, **counted}
    assert {"code": "clock", **clocks, **counted} in told.to_do
    assert health(store_client).report().site["waiting"] is None


def test_actions_that_cannot_be_read_are_named_with_their_topic(store_client: Any) -> None:
    """What people decide is counted from a topic of its own: there too a partition may stand still."""
    Partition(store_client, 0).write(call("a1", "c1", NOON_MS - MINUTE_MS))
    store_client.hset("{deeds/1}:meta", mapping={"position": 7, "schema": SCHEMA})
    store_client.hset("{deeds/1}:meta", "halt", msgspec.msgpack.encode(Halt(CORRUPT, 7, "another checksum")))
    told = replace(health(store_client), action_counters=lambda: Reader(store_client, "deeds", 2)).report()
    assert {"code": "halted_corrupt", "partition": "deeds/1", "offset": 7, "detail": "another checksum"} in told.to_do
    assert health(store_client).report().actions_halted == []


def test_a_forgotten_sign_out_is_named_and_who_went_home_is_not(store_client: Any) -> None:
    long_ago = NOON_MS - FORGOTTEN_MS - MINUTE_MS
    at = [("a1", long_ago, "available"), ("a2", long_ago, "offline"), ("b1", NOON_MS - FORGOTTEN_MS, "talk")]
    Partition(store_client, 0).write(*(state(*each) for each in at))
    told = health(store_client).report()
    assert told.forgotten == [{"agent": "a1", "state": "available", "since": rfc3339(long_ago), "source": "test"}]
    (listed,) = told.noticed
    assert (listed["source"], listed["kind"], listed["n"], listed["example"]["id"]) == ("test", "open_state", 1, "a1")
    assert told.age_s is None


def test_under_a_works_council_no_time_in_state_is_told(store_client: Any) -> None:
    Partition(store_client, 0).write(state("a1", NOON_MS - FORGOTTEN_MS - MINUTE_MS, "available"))
    told = health(store_client, replace(SITE, works_council="count")).report()
    assert told.forgotten == []


def silent(client: Any, **limits: Any) -> list[str]:
    told = health(client, replace(SITE, alerts=Alerts(**limits))).report()
    return [each["source"] for each in told.silent]


def test_a_source_that_must_be_heard_from_and_is_not_is_named_while_somebody_is_signed_in(store_client: Any) -> None:
    """Something of it came six minutes ago."""
    partition = Partition(store_client, 0, append_ms=NOON_MS - 6 * MINUTE_MS)
    partition.write(state("a1", NOON_MS - 10 * MINUTE_MS, "offline"))
    assert silent(store_client) == []
    partition.write(state("a1", NOON_MS - 9 * MINUTE_MS, "available"))
    assert silent(store_client) == ["test"]
    assert silent(store_client, source_silent_ms=6 * MINUTE_MS) == []
    assert silent(store_client, sources=frozenset({"/acd/other"})) == []
    assert silent(store_client, sources=frozenset({"test"})) == ["test"]


def test_a_state_left_behind_in_another_partition_is_not_forgotten(store_client: Any) -> None:
    """A source that was put right sends the agent elsewhere now: the newest run stands, as on the board."""
    Partition(store_client, 0).write(state("a1", NOON_MS - 40 * 60 * MINUTE_MS, "talk"))
    Partition(store_client, 1).write(state("a1", NOON_MS - MINUTE_MS, "available"))
    report = health(store_client).report()
    assert report.forgotten == []
    assert [each["code"] for each in report.to_do if each["code"] == "split_agents"] == ["split_agents"]


def test_while_the_line_stands_still_no_source_is_called_silent(store_client: Any) -> None:
    for number in range(2):
        partition = Partition(store_client, number, append_ms=NOON_MS - 6 * MINUTE_MS)
        partition.write(state(f"a{number}", NOON_MS - 9 * MINUTE_MS, "talk"), heartbeat(NOON_MS - 6 * MINUTE_MS))
    assert silent(store_client) == []


def test_overdue_appeals_are_told_where_somebody_counts_them(store_client: Any) -> None:
    told = HealthService(SiteWatch.fixed(SITE), lambda: reader(store_client), lambda: NOON_MS, lambda: 3)
    assert told.report().appeals_overdue == 3
    assert health(store_client).report().appeals_overdue is None


def test_without_redis_it_says_so_and_knows_the_site_all_the_same(redis_server: RedisServer) -> None:
    client = open_redis(redis_server.url)
    told = HealthService(SiteWatch.fixed(SITE), lambda: Reader(client, "t", 2), lambda: NOON_MS)
    redis_server.stop()
    report = told.report()
    assert report.redis["reachable"] is False
    assert (report.partitions, report.totals) == (None, None)
    assert report.site["name"] == "测试"
    client.close()
