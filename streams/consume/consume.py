"""The consume process: counts the topic of events and the topic of actions into Redis until it is stopped.

Each topic has a thread, and is folded by the same code into keys of its own: the topic stands in the keys.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing, nullcontext
from functools import partial
from typing import Any

import msgspec

from streams import actions
from streams.consume.consumer import Consumer, PartitionLoader, Rules
from streams.consume.heartbeat import HOURLY_S, INTERVAL_S, sending_heartbeats
from streams.dead_letters.letters import TOPIC as LETTERS
from streams.dead_letters.letters import DeadLetterWriter
from streams.decode import ACTIONS
from streams.halts import PartitionHalted
from streams.kafka_log import topics
from streams.kafka_log.fetch import Fetcher
from streams.kafka_log.kafka_endpoint import Kafka
from streams.kafka_log.produce import Producer
from streams.store.client import refuse_eviction
from streams.store.errors import StoreAway, require_passing
from streams.store.identity import LogIdentity, TopicChanged, stored_identity
from streams.store.loader import load
from streams.store.outage import Outage

_log = logging.getLogger(__name__)


def consume_both(
    kafka: Kafka,
    topic: str,
    actions_topic: str,
    client: Any,
    rules: Rules,
    *,
    group: str | None = "callfloor",
    stop: threading.Event,
    until_end: bool = False,
    **more: Any,
) -> None:
    """``consume`` of events and of actions until ``stop``, with the same errors; the first to end also ends the other.

    The topic of actions is made with as many partitions as the topic of events has.
    """
    partitions = topics.describe(kafka, topic).partitions
    topics.ensure_topic(kafka, actions_topic, partitions, actions.RETENTION_MS)
    count = partial(consume, kafka, client=client, stop=stop, until_end=until_end, **more)
    count_events = partial(count, topic, rules=rules, group=group)
    count_actions = partial(
        count, actions_topic, rules=rules_of_actions(rules), group=group and f"{group}-actions", beat_s=HOURLY_S
    )
    if until_end:
        _run_in_turn(count_actions, count_events)
    else:
        _run_together(count_events, count_actions, stop)


def rules_of_actions(rules: Rules) -> Rules:
    """A site's rules for actions: other types, and ledger lines that live as long as the records of their topic."""
    lasting = msgspec.structs.replace(rules.retention, ledger_ms=actions.RETENTION_MS)
    return rules._replace(retention=lasting, types=ACTIONS)


def _run_in_turn(*counts: Callable[[], None]) -> None:
    """A partition that cannot be read holds up no other topic: it is raised at the end."""
    halts: list[PartitionHalted] = []
    for count in counts:
        try:
            count()
        except PartitionHalted as halted:
            halts.append(halted)
    if halts:
        raise halts[0]


def _run_together(count: Callable[[], None], count_in_thread: Callable[[], None], stop: threading.Event) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            count_in_thread()
        except BaseException as fault:  # noqa: BLE001 - it is raised again, by the main thread
            faults.append(fault)
        finally:
            stop.set()

    thread = threading.Thread(target=run, name="actions")
    thread.start()
    try:
        count()
    finally:
        stop.set()
        thread.join()
    if faults:
        raise faults[0]


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
    beat_s: float | None = INTERVAL_S,
    stop: threading.Event,
) -> None:
    """Counts the topic into Redis until ``stop``; with ``until_end`` up to the end offsets of now, without heartbeats.
    ``beat_s``: the seconds between two of them; None: it never sends any.

    ``group`` None takes all partitions without a consumer group. Raises store.EvictionPolicy, metrics.UnknownSchema,
    topics.Unreachable (KafkaRefuses where a right is missing) and topics.NoSuchTopic at the start; later it waits until
    Kafka and Redis are back. Raises store.TopicChanged whenever the topic was recreated or has other partitions, and with
    ``until_end`` halts.PartitionHalted.
    """
    if not _is_ready(client, topic, stop):
        return
    info = topics.describe(kafka, topic)
    _warn_of_times(topic, info)
    beat_s = None if until_end else beat_s
    topics.ensure_topic(kafka, LETTERS, 1)
    topics.require_rights(kafka, topic, *(("Read",) if beat_s is None else ("Read", "Write")))
    topics.require_rights(kafka, LETTERS, "Write")
    ends = {number: end for number, (_, end) in topics.ends(kafka, topic).items()} if until_end else None
    identity = _identity(info)
    loader = PartitionLoader(
        partial(_verify, kafka, topic, identity),
        partial(load, client, topic, identity=identity),
        partial(_held_back, kafka, topic),
    )
    letters = DeadLetterWriter(lambda: Producer(kafka, topic), topic)
    group = None if until_end else group
    fetcher = Fetcher(kafka, topic, info.partitions, info.topic_id, group=group, instance=instance, batch=batch)
    beats = nullcontext() if beat_s is None else sending_heartbeats(kafka, topic, lambda: fetcher.owned, beat_s)
    with closing(fetcher), closing(letters), beats:
        Consumer(fetcher, loader, letters, rules).run(stop, ends)


def _is_ready(client: Any, topic: str, stop: threading.Event) -> bool:
    """Asks Redis until it can answer; False once ``stop`` is set. Raises EvictionPolicy, UnknownSchema, StoreUnusable."""
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


def _warn_of_times(topic: str, info: topics.TopicInfo) -> None:
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


def _identity(info: topics.TopicInfo) -> LogIdentity:
    return LogIdentity(info.cluster_id, info.topic_id, info.partitions)


def _verify(kafka: Kafka, topic: str, began: LogIdentity) -> None:
    now = _identity(topics.describe(kafka, topic))
    if now != began:
        raise TopicChanged(
            f"topic {topic} changed while it was counted (it was recreated, or has other partitions): {began} became {now}. "
            "Nothing more is counted. Use another Redis database or empty this one, then consume again."
        )


def _held_back(kafka: Kafka, topic: str) -> dict[int, str]:
    now_ms = time.time_ns() // 1_000_000
    transactions = topics.open_transactions(kafka, topic, now_ms)
    return {number: each.sentence(number, now_ms) for number, each in transactions.items()}
