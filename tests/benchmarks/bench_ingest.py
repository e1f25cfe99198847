"""Ingest: call.ended events per CPU-second of the consumer: ours, ours by stock poll(), the plain way; one run, one topic.

The plain way is what most would write: poll, json.loads, one pipelined HINCRBY per metric into minute, day and month. It
keeps no ledger, so it counts duplicates and corrections twice.
"""

import json
import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.decode import encode
from streams.kafka_log import fetch_batches, topics
from streams.kafka_log.produce import Producer
from streams.site_time import SiteTime, rfc3339
from streams.store.client import open_redis
from tests.services.kafka import KafkaServer

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
EVENTS, PLAIN_EVENTS, AGENTS, PARTITIONS = 400_000, 40_000, 5_000, 4
START_MS = 1_795_395_600_000


def calls(count: int) -> Iterator[tuple[bytes, bytes]]:
    """(key, value) of calls over an hour by 5,000 agents; 5 % sent twice, 2 % again as a newer version."""
    choose = random.Random(1)
    agents = [str(10_000 + choose.randrange(AGENTS)) for _ in range(count)]
    for i, ended_ms in enumerate(range(START_MS, START_MS + count * 9, 9)):
        version = 2 if i % 50 == 49 else 1
        number = i - 1 if version == 2 or i % 20 == 19 else i
        agent = agents[number]
        data = {
            "call_id": f"c-{number:09d}", "version": version, "agent": agent, "direction": "outbound",
            "campaign": "renewal-11", "queue": None, "started_at": rfc3339(ended_ms - 149_000),
            "ended_at": rfc3339(ended_ms), "outcome": "handled", "disposition": "sale",
            "talk_s": 131, "hold_s": 0, "wrap_s": 18,
        }  # fmt: skip
        yield agent.encode(), encode("call.ended", f"e-{i:09d}", "/acd/shanghai", ended_ms, data)


@pytest.fixture(scope="module")
def loaded(kafka: KafkaServer) -> str:
    topic = kafka.fresh_topic(PARTITIONS)
    with Producer(kafka.bootstrap, topic) as producer:
        for key, value in calls(EVENTS):
            producer.send(key, value)
    return topic


def plain(kafka: KafkaServer, topic: str, client: Any, count: int) -> float:
    """The plain way over ``count`` events -> CPU seconds."""
    places = [TopicPartition(topic, p) for p in range(PARTITIONS)]
    consumer = KafkaConsumer(
        bootstrap_servers=kafka.bootstrap, enable_auto_commit=False, group_id=None, max_poll_records=5000
    )
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    started, seen = time.process_time(), 0
    while seen < count:
        with client.pipeline(transaction=True) as pipe:
            for records in consumer.poll(timeout_ms=500).values():
                for record in records:
                    add_plainly(pipe, json.loads(record.value)["data"])
                seen += len(records)
            pipe.execute()
    spent = time.process_time() - started
    consumer.close()
    return spent / seen * count


def add_plainly(pipe: Any, call: dict[str, Any]) -> None:
    minute, day, month = call["ended_at"][:16], call["ended_at"][:10], call["ended_at"][:7]
    for bucket in (minute, day, month):
        key = f"plain:{bucket}"
        for metric, amount in (
            ("handled", 1),
            ("talk_s", call["talk_s"]),
            ("hold_s", call["hold_s"]),
            ("wrap_s", call["wrap_s"]),
        ):
            pipe.hincrby(key, f"{call['agent']}|{metric}", amount)


def ours(kafka: KafkaServer, topic: str, client: Any) -> tuple[float, float]:
    """All events, counted into an empty Redis -> (CPU seconds, seconds of wall)."""
    client.flushall()
    rules = Rules(SiteTime("Asia/Shanghai"), Counting(), Retention())
    wall, cpu = time.monotonic(), time.process_time()
    consume(kafka.bootstrap, topic, client, rules, until_end=True, stop=threading.Event())
    return time.process_time() - cpu, time.monotonic() - wall


def test_ingest(kafka: KafkaServer, loaded: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_redis(redis_url) as client:
        cpu, wall = ours(kafka, loaded, client)
        monkeypatch.setattr(fetch_batches, "install_batch_reader", lambda kafka: False)
        by_stock = EVENTS / ours(kafka, loaded, client)[0]
        theirs = PLAIN_EVENTS / plain(kafka, loaded, client, PLAIN_EVENTS)
    fast = EVENTS / cpu
    records = sum(end for _, end in topics.ends(kafka.bootstrap, loaded).values())
    print(f"\ningest: {fast:,.0f} events per CPU-s ({EVENTS / wall:,.0f} per s of wall) of {records:,} events")
    print(f"ingest: with stock poll() {by_stock:,.0f}; batches read as they lie are {fast / by_stock:.2f} times that")
    print(f"ingest: the plain way {theirs:,.0f} events per CPU-s; ours is {fast / theirs:.1f} times that")
    assert fast > by_stock > theirs
