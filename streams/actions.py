"""What people do here, as records: the topic of actions, and the facts that their decisions add to the topic of events.

Their text is personal: it is never on a wall, in a log or in a notification, and goes with its retention.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from streams.counting import DAY_MS
from streams.decode import encode
from streams.events import Action
from streams.produce import Producer

__all__ = ["RETENTION_MS", "SOURCE", "TOPIC", "Action", "Sent", "action", "fact", "send"]

TOPIC = "callfloor.actions"
RETENTION_MS = 400 * DAY_MS
SOURCE = "/callfloor"


class Sent(NamedTuple):
    """A record for a topic; its key, an agent, says to whom it belongs."""

    topic: str
    key: bytes
    value: bytes


def action(topic: str, new: Action, time_ms: int) -> Sent:
    """An action that happened at ``time_ms`` -> its record."""
    data = {name: value for name, value in msgspec.structs.asdict(new).items() if value is not None}
    return Sent(topic, new.agent.encode(), encode(new.kind, new.action_id, SOURCE, time_ms, data))


def fact(topic: str, kind: str, agent: str, time_ms: int, data: Mapping[str, Any]) -> Sent:
    """A fact of an agent (a decision, a corrected record) of a type of events.md -> its record."""
    id = "-".join([kind, str(next(iter(data.values()))), str(time_ms)])
    return Sent(topic, agent.encode(), encode(kind, id, SOURCE, time_ms, {**data, "agent": agent}))


def send(producer: Producer, records: list[Sent]) -> None:
    """Hands all over in their order and waits for the receipts. Raises produce.ProduceFailed: some may have arrived."""
    for record in records:
        producer.send(record.key, record.value, topic=record.topic)
    producer.flush()
