"""What a producer took back is no fact: transactions on a real Kafka, read as batches lie and by stock poll."""

import logging
import random
import runpy
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams import halts
from streams.consume import notices
from streams.decode import Record
from streams.kafka_log import fetch_batches, topics
from streams.kafka_log.fetch import Fetcher
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests.golden import ROOT
from tests.services import stored
from tests.services.consuming import PARTITIONS, Member, call, handled, run_until_end
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
FIELD = ROOT / "tests/cases/field/02-aborted-transaction"


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    with open_redis(redis_url) as opened:
        yield opened


@pytest.fixture(params=["batches", "stock poll"])
def reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of reading; by stock poll as in a kafka-python that we do not know."""
    if request.param == "stock poll":
        monkeypatch.setattr(fetch_batches, "install_batch_reader", lambda kafka: False)
    return str(request.param)


@pytest.fixture
def producers(kafka: KafkaServer) -> Iterator["Producers"]:
    opened = Producers(kafka)
    yield opened
    opened.close()


class Producers:
    """Producers by name: ``plain``, or transactional ones with a transaction begun when it is first needed."""

    def __init__(self, kafka: KafkaServer) -> None:
        self._kafka = kafka
        self._opened: dict[str, KafkaProducer] = {}
        self._begun: set[str] = set()

    def send(self, name: str, topic: str, values: list[bytes], partition: int = 0) -> list[int]:
        """-> the offsets. They are in the log when this returns."""
        producer = self._of(name)
        if name != "plain" and name not in self._begun:
            producer.begin_transaction()
            self._begun.add(name)
        sent = [producer.send(topic, value, b"a1", partition=partition) for value in values]
        producer.flush(30)
        return [future.get(30).offset for future in sent]

    def end(self, name: str, commit: bool) -> None:
        if name in self._begun:
            self._begun.discard(name)
            (self._opened[name].commit_transaction if commit else self._opened[name].abort_transaction)()

    def _of(self, name: str) -> KafkaProducer:
        if name not in self._opened:
            how = {} if name == "plain" else {"transactional_id": name, "transaction_timeout_ms": 600_000}
            opened = KafkaProducer(bootstrap_servers=self._kafka.bootstrap, acks="all", **how)
            if how:
                opened.init_transactions()
            self._opened[name] = opened
        return self._opened[name]

    def close(self) -> None:
        for name, producer in self._opened.items():
            self.end(name, commit=False)
            producer.close()


def position(client: Any, topic: str, partition: int = 0) -> int | None:
    meta = Reader(client, topic, PARTITIONS).meta(partition)
    return meta.position if meta else None


def lag(kafka: KafkaServer, client: Any, topic: str) -> int:
    ends = topics.ends(kafka.bootstrap, topic)
    return sum(end - (position(client, topic, number) or begin) for number, (begin, end) in ends.items())


def test_the_field_case(kafka: KafkaServer, topic: str, client: Any, reading: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["send.py", kafka.bootstrap, topic])
    runpy.run_path(str(FIELD / "send.py"), run_name="__main__")
    run_until_end(kafka, topic, client)
    months = stored.cells(client, topic, "mo", PARTITIONS)
    counted = {name: n for (line, _, name), n in months.items() if line == "1042"}
    assert (counted["attempts"], counted["handled"]) == (1, 1)
    assert lag(kafka, client, topic) == 0


def test_many_producers_in_one_partition(kafka: KafkaServer, producers: Producers, reading: str) -> None:
    """Against what each producer was told of its own records, from every offset on, whatever a poll cuts."""
    topic, choose = kafka.fresh_topic(1), random.Random(7)
    facts: dict[int, bytes] = {}
    open_now: dict[str, dict[int, bytes]] = {}
    for step in range(120):
        name = choose.choice(["plain", f"{topic}-1", f"{topic}-2", f"{topic}-3"])
        values = [b"%d-%d" % (step, n) for n in range(choose.randint(1, 4))]
        sent = dict(zip(producers.send(name, topic, values), values, strict=True))
        (facts if name == "plain" else open_now.setdefault(name, {})).update(sent)
        if name != "plain" and choose.random() < 0.5:
            commit = choose.random() < 0.4
            producers.end(name, commit)
            facts |= open_now.pop(name) if commit else {}
            open_now.pop(name, None)
    for name, sent in open_now.items():
        producers.end(name, commit=True)
        facts |= sent
    end = topics.ends(kafka.bootstrap, topic)[0][1]
    for start in (0, 1, end // 3, end // 2, end - 20):
        wanted = [(offset, value) for offset, value in sorted(facts.items()) if offset >= start]
        assert read(kafka, topic, start, end) == wanted
        assert read_by_stock(kafka, topic, start, end) == wanted, "the model is Kafka's"


def read(kafka: KafkaServer, topic: str, start: int, end: int) -> list[tuple[int, bytes]]:
    fetcher = Fetcher(kafka.bootstrap, topic, 1, group=None, instance="", batch=7)
    fetcher.seek(0, start)
    found: list[Record] = []
    try:
        wait_until(
            lambda: [found.extend(each.records) for each in fetcher.poll(0.2).values()] and fetcher.positions[0] >= end,
            PATIENCE_S,
            "the end is read",
        )
    finally:
        fetcher.close()
    return [(one.offset, one.value or b"") for one in found]


def read_by_stock(kafka: KafkaServer, topic: str, start: int, end: int) -> list[tuple[int, bytes]]:
    place, found = TopicPartition(topic, 0), []
    with topics.connect(KafkaConsumer, kafka.bootstrap, isolation_level="read_committed", group_id=None) as consumer:
        consumer.assign([place])
        consumer.seek(place, start)
        while consumer.position(place) < end:
            found += [(one.offset, one.value) for one in consumer.poll(timeout_ms=200).get(place, [])]
    return found


def test_a_partition_of_nothing_but_what_was_taken_back_has_no_lag(
    kafka: KafkaServer, topic: str, client: Any, producers: Producers
) -> None:
    name = f"t-{topic}"
    for _ in range(3):
        producers.send(name, topic, [call(1), call(2)])
        producers.end(name, commit=False)
    run_until_end(kafka, topic, client)
    assert (handled(client, topic), position(client, topic), lag(kafka, client, topic)) == (0, 9, 0)
    assert position(client, topic, 1) is None, "of an empty partition there is nothing to store"
    meta = Reader(client, topic, PARTITIONS).meta(0)
    assert meta
    assert meta.totals["records"] == 0


def test_a_running_consumer_moves_over_what_is_no_record(
    kafka: KafkaServer, topic: str, client: Any, producers: Producers
) -> None:
    name, member = f"t-{topic}", Member(kafka, topic, client, "one", group=None, beat_s=None)
    try:
        producers.send(name, topic, [call(1)])
        producers.end(name, commit=True)
        wait_until(lambda: position(client, topic) == 2, PATIENCE_S, "the marker is passed")
        producers.send(name, topic, [call(2)])
        producers.end(name, commit=False)
        wait_until(lambda: position(client, topic) == 4, PATIENCE_S, "what was taken back is passed")
        producers.send("plain", topic, [call(3)])
        wait_until(lambda: handled(client, topic) == 2, PATIENCE_S, "counted on")
    finally:
        member.stop()
    feed = Reader(client, topic, PARTITIONS).feed(0, "0-0")
    assert [change.entry.start for change in feed[1:]] == [change.entry.position for change in feed[:-1]], (
        "the feed has no gap"
    )


def test_an_open_transaction_holds_back_and_is_named(
    kafka: KafkaServer,
    topic: str,
    client: Any,
    redis_url: str,
    producers: Producers,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(notices, "STILL_S", 0.5)
    monkeypatch.setattr(halts, "LONG_MS", 500)
    name = f"clerk-{topic}"
    producers.send("plain", topic, [call(1)])
    producers.send(name, topic, [call(2)])
    producers.send("plain", topic, [call(3), call(4)])
    run_until_end(kafka, topic, client)
    assert (handled(client, topic), lag(kafka, client, topic)) == (1, 0), "a run to the end ends before it"
    member = Member(kafka, topic, client, "one", group=None, beat_s=None)
    try:
        with caplog.at_level(logging.WARNING):
            wait_until(lambda: "open transaction" in caplog.text, PATIENCE_S, "it is named")
        said = [record.getMessage() for record in caplog.records if "open transaction" in record.getMessage()]
        assert f"partition 0: an open transaction of '{name}' holds it back at offset 1 since" in said[0]
        assert "3 records wait behind it" in said[0]
        found = topics.open_transactions(kafka.bootstrap, topic, time.time_ns() // 1_000_000)
        assert {number: (each.offset, each.waiting, each.producer) for number, each in found.items()} == {
            0: (1, 3, name)
        }
        producers.end(name, commit=True)
        wait_until(lambda: handled(client, topic) == 4, PATIENCE_S, "counted once it is committed")
    finally:
        member.stop()
    assert caplog.text.count("open transaction") == 1
    now_ms = time.time_ns() // 1_000_000
    assert topics.open_transactions(kafka.bootstrap, topic, now_ms) == {}
