"""Records of what people do on the board: actions for their topic, and facts that decisions add to the topic of events.

Their text is personal: it is never on a wall, in a log or in a notification, and ends with the retention of the topic.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from streams.decode import encode
from streams.events import Action
from streams.site_time import DAY_MS

TOPIC = "callfloor.actions"
RETENTION_MS = 400 * DAY_MS
SOURCE = "/callfloor"


class OutgoingRecord(NamedTuple):
    """A record for a topic; its key is the agent that it belongs to.

    ``partition``: that of the ledger line that it is about; None: there is no such line, and Kafka's hash decides.
    """

    topic: str
    key: bytes
    value: bytes
    partition: int | None = None
    headers: Sequence[tuple[str, bytes]] = ()


class ProduceFailed(RuntimeError):
    """Kafka did not accept records; the message says how many, why, and what to do."""


class ProduceBusy(ProduceFailed):
    """Other records wait for Kafka; nothing of these was sent."""


def action(topic: str, new: Action, time_ms: int) -> OutgoingRecord:
    """An action at ``time_ms`` -> its record."""
    data = {name: value for name, value in msgspec.structs.asdict(new).items() if value is not None}
    return OutgoingRecord(topic, new.agent.encode(), encode(new.kind, new.action_id, SOURCE, time_ms, data))


def fact(topic: str, kind: str, agent: str, time_ms: int, data: Mapping[str, Any], partition: int) -> OutgoingRecord:
    """A decision on a record, or a correction of it -> its record. ``kind``: a type of docs/events.md 3.

    ``agent`` is the key of the record's ledger line and ``partition`` that of the line: the producer that sent the record
    may have spread its keys by another hash than Kafka's.
    """
    id = "-".join([kind, str(next(iter(data.values()))), str(time_ms)])
    return OutgoingRecord(topic, agent.encode(), encode(kind, id, SOURCE, time_ms, {**data, "agent": agent}), partition)


def erasure(topic: str, agent: str, time_ms: int, partition: int) -> OutgoingRecord:
    """The erasure of a person in one partition -> its record."""
    value = encode("person.erased", f"person.erased-{time_ms}", SOURCE, time_ms, {"agent": agent})
    return OutgoingRecord(topic, agent.encode(), value, partition)
