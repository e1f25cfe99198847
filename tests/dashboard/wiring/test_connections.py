"""One client of Redis for all threads of a process, opened when it is first used, and no thread waits for another's answer."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from dashboard.settings import load
from dashboard.wiring.commands import require_redis
from dashboard.wiring.connections import Connections, RedisAway
from streams.store.errors import StoreAway
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, TOPIC, Partition, call
from tests.waiting import PATIENCE_S, wait_until

THREADS, BLOCKED_S = 8, 2.0


def test_nothing_is_opened_before_it_is_used() -> None:
    with closing(Connections(load({"redis": "redis://127.0.0.1:1/0"}, {}))) as connections:
        for _ in range(2):  # and it is tried again
            with pytest.raises(StoreAway):
                connections.redis()


def test_a_setting_that_is_no_url_is_named() -> None:
    connections = Connections(load({"redis": "http://127.0.0.1:6379"}, {}))
    with pytest.raises(RedisAway, match="the setting `redis` is wrong"):
        connections.redis()


@pytest.mark.services
def test_threads_share_one_client_and_none_waits_for_the_answer_to_another(redis_url: str) -> None:
    connections = Connections(load({"redis": redis_url}, {}))
    with closing(connections), ThreadPoolExecutor(THREADS) as threads:
        clients = list(threads.map(lambda _: connections.redis(), range(THREADS)))
        assert all(client is connections.redis() for client in clients)
        blocked = threads.submit(connections.redis().blpop, "nothing", BLOCKED_S)
        wait_until(
            lambda: connections.redis().info("clients")["blocked_clients"], PATIENCE_S, "a thread that waits for Redis"
        )
        asked_s = time.monotonic()
        connections.redis().ping()
        assert not blocked.done() and time.monotonic() - asked_s < BLOCKED_S


@pytest.mark.services
def test_the_log_of_actions_is_one_and_stays_once_both_topics_are_counted(redis_url: str) -> None:
    with closing(
        Connections(load({"kafka": "127.0.0.1:1", "redis": redis_url, "topic": TOPIC, "actions": "acts"}, {}))
    ) as connections:
        assert connections.partitions(TOPIC) == 0
        Partition(connections.redis(), 0).write(call("a1", "c1", NOON_MS))
        assert connections.partitions(TOPIC) == PARTITIONS
        assert connections.sources(SITE).actions is not connections.sources(SITE).actions
        connections.settle_partitions()  # no Kafka says it: as many as the events have
        log = connections.sources(SITE).actions
        assert len(connections.action_counters().partitions) == PARTITIONS
        assert connections.sources(SITE).actions is log


@pytest.mark.parametrize(
    "url",
    [
        "redis://:hush@127.0.0.1:1/0",
        "redis://kim:a@hush@127.0.0.1:1/0",
        "redis://kim:a/hush@127.0.0.1:1",
        "redis://kim:a?hush@127.0.0.1:1",
        "redis://kim:a#hush@127.0.0.1:1",
        "redis://127.0.0.1:1/0?password=hush",
        "redis://127.0.0.1:1/0?password=hush&socket_timeout=x",
        "unix:///no.sock?password=hush",
        "unix://kim:hush@/no.sock",
        "rediss://kim:hush@127.0.0.1:1/0",
        "redis+sentinel://kim:hush@127.0.0.1:1/main/0",
        "redis+sentinel://127.0.0.1:hush/main",
        "redis://kim:hush",
        "redis://127.0.0.1:1/0#hush",
        "redis://127.0.0.1:1]hush",
        "http://kim:hush@127.0.0.1",
        "kim:hush@127.0.0.1",
    ],
)
def test_no_message_about_a_redis_holds_its_password(url: str) -> None:
    with closing(Connections(load({}, {"CALLFLOOR_REDIS": url}))) as connections, pytest.raises(RedisAway) as away:
        require_redis(connections)
    assert "Redis at" in str(away.value) or "the setting `redis` is wrong" in str(away.value)
    assert "hush" not in str(away.value)
