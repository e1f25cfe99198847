"""The consume process: builds the parts of the line's first half and runs them until it is told to stop."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

from streams.consume.consumer import Consumer, Opening, Rules
from streams.consume.heartbeat import Heartbeat
from streams.dead_letters.letters import TOPIC as LETTERS
from streams.dead_letters.writer import DeadLetterWriter
from streams.kafka_log import topics
from streams.kafka_log.fetch import Fetcher
from streams.kafka_log.kafka_endpoint import Kafka
from streams.kafka_log.open_transactions import open_transactions
from streams.kafka_log.produce import Producer
from streams.store.client import refuse_eviction
from streams.store.errors import StoreAway, require_passing
from streams.store.identity import Identity, TopicChanged, stored_identity
from streams.store.loader import load
from streams.store.outage import Outage

_log = logging.getLogger(__name__)


def consume(
    kafka: Kafka,
    topic: str,
    client: Any,
    rules: Rules,
    *,
    group: str | None = "callfloor",
    instance: str = "callfloor",
    until_end: bool = False,
    batch: int = 20_000,
    beats: bool = True,
    stop: threading.Event,
) -> None:
    """Counts the topic into Redis until ``stop``; with ``until_end`` up to the end offsets seen now, without heartbeats.
    Without ``beats`` it never sends any.

    ``group`` None takes all partitions without a consumer group. Raises store.EvictionPolicy, metrics.UnknownSchema,
    topics.Unreachable (KafkaRefuses where a right is missing) and topics.NoSuchTopic at the start; later it waits for what
    is away. Raises store.TopicChanged whenever the topic was made anew or has other partitions, and with ``until_end``
    halts.PartitionHalted.
    """
    if not _is_ready(client, topic, stop):
        return
    info = _checked(kafka, topic)
    topics.ensure_topic(kafka, LETTERS, 1)
    topics.require_rights(kafka, topic, *(("Read", "Write") if beats and not until_end else ("Read",)))
    topics.require_rights(kafka, LETTERS, "Write")
    ends = {number: end for number, (_, end) in topics.ends(kafka, topic).items()} if until_end else None
    identity = _identity(info)
    opening = Opening(
        partial(_verify, kafka, topic, identity),
        partial(load, client, topic, identity=identity),
        partial(_held_back, kafka, topic),
    )
    letters = DeadLetterWriter(lambda: Producer(kafka, topic), topic)
    fetcher = Fetcher(kafka, topic, info.partitions, group=None if until_end else group, instance=instance, batch=batch)
    with closing(fetcher), closing(letters), _beating(kafka, topic, fetcher, until_end or not beats):
        Consumer(fetcher, opening, letters, rules).run(stop, ends)


def _is_ready(client: Any, topic: str, stop: threading.Event) -> bool:
    """Asks Redis until it can answer; False when told to stop meanwhile. Raises EvictionPolicy, UnknownSchema, StoreUnusable."""
    outage = Outage("nothing is counted", _log)
    while True:
        try:
            warning = refuse_eviction(client)
            stored_identity(client, topic)
        except StoreAway as error:
            require_passing(error)
            if stop.wait(outage.note(error)):
                return False
        else:
            outage.over()
            if warning:
                _log.warning("%s", warning)
            return True


def _checked(kafka: Kafka, topic: str) -> topics.TopicInfo:
    info = topics.describe(kafka, topic)
    if info.log_append_time is None:
        _log.warning(
            "topic %s: Kafka does not show its settings, so whether it has message.timestamp.type=LogAppendTime is not known; "
            "the right DescribeConfigs on it shows them",
            topic,
        )
    elif not info.log_append_time:
        _log.warning(
            "topic %s does not say LogAppendTime: records are judged by the time their producers wrote, which a wrong "
            "clock can shift (kafka-configs --alter --add-config message.timestamp.type=LogAppendTime)",
            topic,
        )
    return info


def _identity(info: topics.TopicInfo) -> Identity:
    return Identity(info.cluster_id, info.topic_id, info.partitions)


def _verify(kafka: Kafka, topic: str, began: Identity) -> None:
    now = _identity(topics.describe(kafka, topic))
    if now != began:
        raise TopicChanged(
            f"topic {topic} changed while it was counted (it was made anew, or has other partitions): {began} became {now}. "
            "Nothing more is counted. Use another Redis database or empty this one, then consume again."
        )


def _held_back(kafka: Kafka, topic: str) -> dict[int, str]:
    now_ms = time.time_ns() // 1_000_000
    found = open_transactions(kafka, topic, now_ms)
    return {number: each.sentence(number, now_ms) for number, each in found.items()}


@contextmanager
def _beating(kafka: Kafka, topic: str, fetcher: Fetcher, quiet: bool) -> Iterator[None]:
    if quiet:
        yield
        return
    heartbeat = Heartbeat(lambda: Producer(kafka, topic, give_up_s=10), lambda: fetcher.owned)
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()
