"""The store on a real Redis: all or nothing, only after what is stored, and the next owner knows what the last one knew."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from streams.counting import DAY_MS, HOUR_MS
from streams.fold import Fold, Record
from streams.known import Changes, Known
from streams.ledger.states import StateNow
from streams.ledger_rows import Names
from streams.metrics import NAMES, SCHEMA, UnknownSchema
from streams.site_time import minute_of, parse_rfc3339
from streams.store import (
    EvictionPolicy,
    Identity,
    PositionMoved,
    Store,
    StoreAway,
    TopicChanged,
    open_redis,
    refuse_eviction,
)
from streams.store_loader import load
from streams.store_reader import Reader
from tests.streams.making import at, call_record, new_fold, record, state_record

pytestmark = pytest.mark.services
TOPIC = "callfloor.events"
IDENTITY = Identity("cluster-1", "topic-1", 4)


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    with open_redis(redis_url) as opened:
        yield opened


@pytest.fixture
def cluster(redis_cluster: str) -> Iterator[Any]:
    opened = open_redis(redis_cluster)
    yield opened
    opened.disconnect_connection_pools()  # close() leaves their sockets to the garbage collector
    opened.close()


def take_over(client: Any, partition: int = 0, identity: Identity = IDENTITY) -> tuple[Store, Fold, Known]:
    store, known = load(client, TOPIC, partition, identity)
    return store, new_fold(known), known


def changes_of(fold: Fold, *records: Record) -> Changes:
    for one in records:
        fold.take(one)
    changes = fold.take_changes()
    assert changes is not None
    return changes


def commit(client: Any, *records: Record, partition: int = 0) -> None:
    """One batch by an owner who has just taken the partition over."""
    store, fold, _ = take_over(client, partition)
    store.commit(changes_of(fold, *records))


def cells(client: Any, kind: str, partition: int = 0) -> dict[tuple[int, str], dict[str, int]]:
    """(bucket, line) -> metric -> amount, zeros left out."""
    reader = Reader(client, TOPIC, 4)
    return {
        (bucket.key, line): {name: n for name, n in zip(NAMES, row, strict=True) if n}
        for bucket, lines, rows in reader.cells(partition, kind, reader.buckets(partition, kind))
        for line, row in zip(lines, rows.tolist(), strict=True)
    }


def everything(client: Any) -> dict[bytes, Any]:
    """All of a Redis, byte for byte."""
    return {key: client.dump(key) for key in client.keys("*")}


FACTS = (
    call_record(0, campaign="renewal-11", queue="sales"),
    call_record(1, "c2", agent=None, outcome="abandoned"),
    record(2, "complaint.recorded", {"complaint_id": "k", "agent": "1042", "kind": "complaint"}, at_ms=at(5)),
    record(3, "evaluation.scored", {"evaluation_id": "e", "version": 1, "agent": "1042", "score": 88.5}, at_ms=at(6)),
    record(4, "survey.answered", {"survey_id": "s", "agent": "1042", "score": 5, "scale": [1, 5]}, at_ms=at(7)),
    record(
        5,
        "conduct.recorded",
        {"record_id": "r", "version": 1, "agent": "1042", "kind": "late", "points": -2},
        at_ms=at(8),
    ),
    state_record(6, "talk", at(0)),
    state_record(7, "wrap", at(90)),
    record(8, "queue.snapshot", {"queue": "sales", "waiting": 3}, at_ms=at(9), key="~queue:sales"),
    record(9, "pipeline.heartbeat", {"sent_at": "2026-11-23T06:00:10Z"}, at_ms=at(10)),
    record(10, "unknown.type", {}),
    Record(11, at(11), b"1042", b"{"),
)


def test_what_was_known_is_known_after_a_take_over(client: Any) -> None:
    store, fold, known = take_over(client)
    store.commit(changes_of(fold, *FACTS[:6]))
    store.commit(changes_of(fold, *FACTS[6:]))
    _, _, again = take_over(client)
    for name in ("position", "newest_ms", "heartbeat_ms", "totals", "calls", "facts", "snapshots", "sources"):
        assert getattr(again, name) == getattr(known, name), name
    assert {name: line.entries for name, line in again.timelines.items()} == {
        name: line.entries for name, line in known.timelines.items()
    }


def test_what_is_read_is_what_was_counted(client: Any) -> None:
    commit(client, *FACTS)
    month = cells(client, "mo")
    assert month[202611, "1042"] == {
        "attempts": 1,
        "handled": 1,
        "handled_outbound": 1,
        "effective": 1,
        "converted": 1,
        "talk_s": 131,
        "wrap_s": 18,
        "complaints_pending": 1,
        "evaluations": 1,
        "evaluation_points": 8850,
        "surveys_offered": 1,
        "surveys_answered": 1,
        "survey_points": 10_000,
        "surveys_satisfied": 1,
        "conduct_records": 1,
        "conduct_points": -200,
        "state_talk_s": 90,
    }
    assert month[202611, "~unattributed"] == {"attempts": 1, "abandoned": 1}
    assert month[202611, "~campaign:renewal-11"] == month[202611, "~queue:sales"]
    reader = Reader(client, TOPIC, 4)
    meta = reader.meta(0)
    assert meta is not None
    assert (meta.position, meta.newest_ms, meta.heartbeat_ms) == (12, at(90), at(10))
    assert meta.totals["dead:not_json"] == meta.totals["dead_lettered"] == meta.totals["ignored"] == 1
    assert reader.states(0) == {"1042": StateNow("wrap", at(90))}
    assert reader.snapshots(0)["queue:sales"].figures == {"waiting": 3, "longest_wait_s": None, "agents_ready": None}
    assert reader.sources(0) == {"/acd": at(90)}
    assert (reader.meta(1), reader.feed_end(1), reader.feed(1, "0-0"), reader.buckets(1, "m")) == (None, "0-0", [], [])


def test_a_fact_is_taken_back_by_the_next_owner(client: Any) -> None:
    commit(client, *FACTS)
    withdrawn = {"complaint_id": "k", "agent": "1042", "decision": "withdrawn"}
    commit(client, record(12, "complaint.decided", withdrawn, at_ms=at(60)))
    commit(client, call_record(13, agent="1043", version=2, key="1042"), call_record(14, agent="1043", version=2))
    month = cells(client, "mo")
    assert "complaints_pending" not in month[202611, "1042"]
    assert (month[202611, "1042"]["complaints_reversed"], month[202611, "1042"].get("handled", 0)) == (1, 0)
    assert month[202611, "1043"]["handled"] == 1
    assert month[202611, "~campaign:renewal-11"] == {}
    assert cells(client, "m")[minute_of(at()), "1042"]["complaints_reversed"] == 1


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


def test_an_old_log_keeps_its_buckets(client: Any) -> None:
    commit(client, call_record(0, at_ms=parse_rfc3339("2020-02-29T12:00:00Z")))
    assert list(cells(client, "d")) == [(20200229, "1042")]
    assert len(cells(client, "m")) == 1


def test_what_is_past_its_retention_vanishes_and_the_rest_stays(client: Any) -> None:
    days = (0, 1, 2, 3, 45, 46, 800)
    for offset, day in enumerate(days):
        commit(client, call_record(offset, f"c{day}", at_ms=at(day * 86_400)))
    last = days[-1] * DAY_MS + at()
    assert list(cells(client, "m")) == [(minute_of(last), "1042")]
    assert list(cells(client, "h")) == [(minute_of(last), "1042")]
    assert [day for day, _ in cells(client, "d")] == [20270107, 20270108, 20290131]
    assert [month for month, _ in cells(client, "mo")] == [202701, 202901]
    kept = {
        key.decode().split(":", 1)[1] for key in client.keys("*:m:*") + client.keys("*:lc:*") + client.keys("*:mo:*")
    }
    assert kept == {f"m:{minute_of(last)}", f"lc:{last // HOUR_MS}", "mo:202701", "mo:202901"}
    dropped = [bucket.key for change in Reader(client, TOPIC, 1).feed(0, "0-0") for bucket in change.dropped]
    assert 202611 in dropped


def test_a_state_of_five_days_ago_survives_sweeps_and_take_overs(client: Any) -> None:
    commit(client, state_record(0, "break", at(0), agent="1007"))
    for offset, day in enumerate((1, 2, 3, 4, 5), 1):
        commit(client, state_record(offset, ("talk", "wrap")[day % 2], at(day * 86_400)))
    assert [key for key in client.keys("*:ls:*") if int(key.rpartition(b":")[2]) < at() // HOUR_MS + 24] == []
    assert Reader(client, TOPIC, 1).states(0)["1007"] == StateNow("break", at(0))
    commit(client, state_record(6, "break", at(5 * 86_400 + 10), agent="1007"))
    assert Reader(client, TOPIC, 1).states(0)["1007"] == StateNow("break", at(0))
    commit(client, state_record(7, "available", at(5 * 86_400 + 30), agent="1007"))
    assert cells(client, "mo")[202611, "1007"] == {"state_break_s": 5 * 86_400 + 30}
    assert cells(client, "mo")[202611, "1042"] == {"state_wrap_s": 2 * 86_400, "state_talk_s": 2 * 86_400}


@pytest.mark.parametrize(
    "text",
    ["\0", "~unattributed", "{x}:m:1", "é" * 35_000, "😀", " ", "\r\n*1\r\n", "a:b|c"],
    ids=lambda text: repr(text)[:16],
)
def test_names_of_any_kind(client: Any, text: str) -> None:
    commit(
        client, call_record(0, text, agent=text, campaign=text, queue=text), state_record(1, "talk", at(), agent=text)
    )
    commit(client, call_record(2, text, agent=text, campaign=text, queue=text, version=2, talk_s=7))
    _, _, known = take_over(client)
    assert known.calls[text][text].talk_s == 7
    month = cells(client, "mo")
    assert month[202611, text]["talk_s"] == month[202611, f"~campaign:{text}"]["talk_s"] == 7
    assert Reader(client, TOPIC, 1).states(0) == {text: StateNow("talk", at())}


def test_the_change_feed_has_no_gap_and_absolute_values(client: Any) -> None:
    for first in range(0, 12, 3):
        commit(client, *FACTS[first : first + 3])
    reader = Reader(client, TOPIC, 1)
    changes = reader.feed(0, "0-0")
    assert [(change.start, change.position) for change in changes] == [(0, 3), (3, 6), (6, 9), (9, 12)]
    assert changes[-1].id == reader.feed_end(0)
    assert reader.feed(0, changes[1].id, count=1)[0].start == 6
    seen: dict[tuple[str, int, str], list[int]] = {}
    for change in [*changes, *changes[2:]]:
        for bucket, lines, rows in change.cells:
            seen |= {(*bucket, line): row for line, row in zip(lines, rows.tolist(), strict=True)}
    stored = {
        (*bucket, line): row
        for kind in ("m", "h", "d", "mo")
        for bucket, lines, rows in reader.cells(0, kind, reader.buckets(0, kind))
        for line, row in zip(lines, rows.tolist(), strict=True)
    }
    assert seen == stored
    assert changes[-1].meta == reader.meta(0)
    assert {agent: state for change in changes for agent, state in change.states.items()} == reader.states(0)


def test_the_change_feed_is_bounded_in_bytes(client: Any) -> None:
    store, fold, _ = take_over(client)
    for number in range(12):
        heavy = call_record(number)
        value = (heavy.value or b"").replace(b'"/acd"', b'"' + b"s" * 9_000_000 + b'"')
        store.commit(changes_of(fold, heavy._replace(value=value)))
    assert client.xlen(store.keys.feed) <= 9
    assert Reader(client, TOPIC, 1).feed(0, "0-0")[-1].position == 12


@pytest.mark.parametrize(
    "now",
    [Identity("cluster-2", "topic-1", 4), Identity("cluster-1", "topic-2", 4), Identity("cluster-1", "topic-1", 8)],
)
def test_another_log_is_refused_at_load_and_at_commit(client: Any, now: Identity) -> None:
    commit(client, FACTS[0])
    with pytest.raises(TopicChanged):
        load(client, TOPIC, 0, now)
    _, fold, _ = take_over(client)
    with pytest.raises(TopicChanged):
        Store(client, TOPIC, 0, now).commit(changes_of(fold, FACTS[2]))


def test_an_id_that_a_broker_does_not_give_is_not_compared(client: Any) -> None:
    commit(client, FACTS[0])
    assert load(client, TOPIC, 0, Identity("", "", 4))[1].position == 1


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
        assert [change.position for change in Reader(cluster, TOPIC, 4).feed(partition, "0-0")] == [6, 12]


def test_on_a_cluster_a_second_writer_is_refused(cluster: Any) -> None:
    commit(cluster, FACTS[0])
    (slow, slow_fold, _), (fast, fast_fold, _) = take_over(cluster), take_over(cluster)
    fast.commit(changes_of(fast_fold, FACTS[2]))
    with pytest.raises(PositionMoved):
        slow.commit(changes_of(slow_fold, FACTS[2]))
    assert cells(cluster, "mo")[202611, "1042"]["complaints_pending"] == 1
