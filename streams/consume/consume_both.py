"""The two topics of one consume process: what happens on the floor, and what people do here. Each has its own thread.

Both are folded by the same code into keys of their own: the topic stands in the keys.
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from streams import actions
from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.decode import ACTIONS
from streams.halts import PartitionHalted
from streams.kafka_log import topics
from streams.kafka_log.kafka_endpoint import Kafka


def rules_of_actions(rules: Rules) -> Rules:
    """The rules of a site as they hold for actions: other types, and kept as long as their topic keeps them."""
    lasting = type(rules.retention)(
        minutes_ms=rules.retention.minutes_ms,
        hours_ms=rules.retention.hours_ms,
        months=rules.retention.months,
        ledger_ms=actions.RETENTION_MS,
    )
    return rules._replace(retention=lasting, types=ACTIONS)


def ensure_actions(kafka: Kafka, topic: str, like: str) -> bool:
    """Makes the topic of actions with as many partitions as ``like`` has; True if it was made now."""
    partitions = topics.describe(kafka, like).partitions
    return topics.ensure_topic(kafka, topic, partitions, actions.RETENTION_MS)


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
    """``consume`` of events and of actions until ``stop``. Raises what it raises; whichever ends first ends the other."""
    ensure_actions(kafka, actions_topic, topic)
    own = partial(consume, kafka, client=client, stop=stop, until_end=until_end, **more)
    of_actions = partial(
        own, actions_topic, rules=rules_of_actions(rules), group=group and f"{group}-actions", beats=False
    )
    of_events = partial(own, topic, rules=rules, group=group)
    if until_end:
        _one_after_the_other(of_actions, of_events)
        return
    _side_by_side(of_events, of_actions, stop)


def _one_after_the_other(*topics: Callable[[], None]) -> None:
    """A partition that cannot be read holds up no other topic: it is raised at the end."""
    halts: list[PartitionHalted] = []
    for count in topics:
        try:
            count()
        except PartitionHalted as halted:
            halts.append(halted)
    if halts:
        raise halts[0]


def _side_by_side(here: Callable[[], None], beside: Callable[[], None], stop: threading.Event) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            beside()
        except BaseException as fault:  # noqa: BLE001 - it is raised again, by the thread that can be heard
            faults.append(fault)
        finally:
            stop.set()

    thread = threading.Thread(target=run, name="actions")
    thread.start()
    try:
        here()
    finally:
        stop.set()
        thread.join()
    if faults:
        raise faults[0]
