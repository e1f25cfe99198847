"""The store on a real Redis: all or nothing, only after what is stored, never into what it cannot trust."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from streams.metrics import SCHEMA, UnknownSchema
from streams.store.client import EvictionPolicy, open_redis, refuse_eviction
from streams.store.errors import StoreAway
from streams.store.identity import LogIdentity, TopicChanged
from streams.store.ledger_rows import Names
from streams.store.loader import load
from streams.store.reader import Reader
from streams.store.store import PositionMoved, Store
from tests.streams.making import at, call_record
from tests.streams.storing import FACTS, IDENTITY, TOPIC, cells, changes_of, commit, everything, take_over

pytestmark = pytest.mark.services


def test_a_second_writer_is_refused_and_writes_nothing(client: Any) -> None:
    commit(client, FACTS[0])
    (slow, slow_fold, _), (fast, fast_fold, _) = take_over(client), take_over(client)
    fast.commit(changes_of(fast_fold, FACTS[2]))
    before = everything(client)
    with pytest.raises(PositionMoved):
        slow.commit(changes_of(slow_fold, FACTS[2]))
    assert everything(client) == before


def test_a_writer_that_comes_between_is_noticed_by_exec(client: Any) -> None:
    (slow, slow_fold, _), (fast, fast_fold, _) = take_over(client), take_over(client)
    fast_changes = changes_of(fast_fold, FACTS[0])
    slow.remember(
        Meddled(lambda: fast.commit(fast_changes)), {kind: set() for kind in ("m", "h", "d", "mo", "lc", "lf", "ls")}
    )
    with pytest.raises(PositionMoved, match="first"):
        slow.commit(changes_of(slow_fold, FACTS[0]))
    assert cells(client, "d")[20261123, "1042"]["handled"] == 1


def test_who_cannot_write_is_told_before_anything_is_read(client: Any) -> None:
    commit(client, FACTS[0])
    before = everything(client)
    take_over(client)
    take_over(client, 1)
    assert everything(client) == before
    client.config_set("maxmemory", "1mb")
    try:
        with pytest.raises(redis.OutOfMemoryError):
            take_over(client)
    finally:
        client.config_set("maxmemory", "0")


class Meddled(Names):
    """Lets somebody else commit at the moment at which this writer has asked for its position and not written yet."""

    def __init__(self, meddle: Callable[[], None]) -> None:
        super().__init__()
        self._meddle: Callable[[], None] | None = meddle

    def number(self, name: str | None) -> int:
        meddle, self._meddle = self._meddle, None
        if meddle:
            meddle()
        return super().number(name)


class Overtaken(redis.Redis):
    """Lets somebody else commit in the middle of a load."""

    meddle: Callable[[], None] | None = None

    def lrange(self, *args: Any, **kwargs: Any) -> Any:
        meddle, self.meddle = self.meddle, None
        if meddle:
            meddle()
        return super().lrange(*args, **kwargs)


def test_a_commit_in_the_middle_of_a_load_is_noticed(client: Any, redis_url: str) -> None:
    commit(client, FACTS[0])
    store, fold, _ = take_over(client)
    zombie = changes_of(fold, call_record(1, "c2", campaign="new", queue="new", at_ms=at(2 * 3_600)))
    with Overtaken.from_url(redis_url) as slow:
        slow.meddle = lambda: store.commit(zombie)
        with pytest.raises(PositionMoved, match="loaded"):
            load(slow, TOPIC, 0, IDENTITY)
        _, known = load(slow, TOPIC, 0, IDENTITY)
    assert sorted(known.calls["1042"]) == ["c1", "c2"]


@pytest.mark.parametrize("lost", ["all", "meta"])
def test_a_redis_that_was_emptied_is_not_counted_on(client: Any, lost: str) -> None:
    store, fold, _ = take_over(client)
    store.commit(changes_of(fold, FACTS[0]))
    client.flushall() if lost == "all" else client.delete(store.keys.meta)
    before = everything(client)
    with pytest.raises(PositionMoved):
        store.commit(changes_of(fold, FACTS[2]))
    assert everything(client) == before


def test_nothing_is_written_when_redis_refuses_the_transaction(client: Any) -> None:
    commit(client, FACTS[0])
    store, fold, _ = take_over(client)
    before = everything(client)
    client.config_set("maxmemory", "1")
    try:
        with pytest.raises(StoreAway):
            store.commit(changes_of(fold, *FACTS[1:]))
    finally:
        client.config_set("maxmemory", "0")
    assert everything(client) == before
    commit(client, *FACTS[1:])
    assert cells(client, "mo")[202611, "1042"]["handled"] == 1


def test_a_redis_that_is_down_is_said_and_after_its_return_nothing_is_counted_twice(
    redis_server: Any, redis_url: str
) -> None:
    with open_redis(redis_url) as client:
        commit(client, FACTS[0])
        store, fold, _ = take_over(client)
        redis_server.stop()
        with pytest.raises(StoreAway):
            store.commit(changes_of(fold, FACTS[2]))
        redis_server.start()
        commit(client, FACTS[2])
        month = cells(client, "mo")[202611, "1042"]
        assert (month["handled"], month["complaints_pending"]) == (1, 1)


@pytest.mark.parametrize(
    "now",
    [
        LogIdentity("cluster-2", "topic-1", 4),
        LogIdentity("cluster-1", "topic-2", 4),
        LogIdentity("cluster-1", "topic-1", 8),
    ],
)
def test_another_log_is_refused_at_load_and_at_commit(client: Any, now: LogIdentity) -> None:
    commit(client, FACTS[0])
    with pytest.raises(TopicChanged):
        load(client, TOPIC, 0, now)
    _, fold, _ = take_over(client)
    with pytest.raises(TopicChanged):
        Store(client, TOPIC, 0, now).commit(changes_of(fold, FACTS[2]))


def test_an_id_that_a_broker_does_not_give_is_not_compared(client: Any) -> None:
    commit(client, FACTS[0])
    assert load(client, TOPIC, 0, LogIdentity("", "", 4))[1].position == 1


def test_cells_of_another_schema_are_refused(client: Any) -> None:
    commit(client, FACTS[0])
    client.hset(Store(client, TOPIC, 0, IDENTITY).keys.meta, "schema", SCHEMA + 1)
    with pytest.raises(UnknownSchema):
        load(client, TOPIC, 0, IDENTITY)


def test_a_redis_that_may_drop_counters_is_refused(client: Any) -> None:
    refuse_eviction(client)
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(EvictionPolicy, match="noeviction"):
            refuse_eviction(client)
    finally:
        client.config_set("maxmemory-policy", "noeviction")


def test_on_a_cluster_every_commit_stays_in_one_slot(cluster: Any) -> None:
    assert isinstance(cluster, redis.RedisCluster)
    refuse_eviction(cluster)
    for partition in range(4):
        commit(cluster, *FACTS[:6], partition=partition)
        commit(cluster, *FACTS[6:], partition=partition)
        slots = {cluster.keyslot(key) for key in cluster.keys(f"{{{TOPIC}/{partition}}}*")}
        assert len(slots) == 1
        assert cells(cluster, "mo", partition)[202611, "1042"]["handled"] == 1
        assert take_over(cluster, partition)[2].position == 12
        assert [change.entry.position for change in Reader(cluster, TOPIC, 4).feed(partition, "0-0")] == [6, 12]


def test_on_a_cluster_a_second_writer_is_refused(cluster: Any) -> None:
    commit(cluster, FACTS[0])
    (slow, slow_fold, _), (fast, fast_fold, _) = take_over(cluster), take_over(cluster)
    fast.commit(changes_of(fast_fold, FACTS[2]))
    with pytest.raises(PositionMoved):
        slow.commit(changes_of(slow_fold, FACTS[2]))
    assert cells(cluster, "mo")[202611, "1042"]["complaints_pending"] == 1
