"""What people do here, as records: the topic of actions, and the facts that their decisions add to the topic of events.

Their text is personal: it is never on a wall, in a log or in a notification, and goes with its retention.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from streams.decode import encode
from streams.events import Action
from streams.site_time import DAY_MS

__all__ = ["RETENTION_MS", "SOURCE", "TOPIC", "Action", "Sent", "action", "fact"]

TOPIC = "callfloor.actions"
RETENTION_MS = 400 * DAY_MS
SOURCE = "/callfloor"


class Sent(NamedTuple):
    """A record for a topic; its key, an agent, says to whom it belongs.

    ``partition``: where the line that it is about lies in the log; None: about nothing that lies there, Kafka's hash decides.
    """

    topic: str
    key: bytes
    value: bytes
    partition: int | None = None


def action(topic: str, new: Action, time_ms: int) -> Sent:
    """An action that happened at ``time_ms`` -> its record."""
    data = {name: value for name, value in msgspec.structs.asdict(new).items() if value is not None}
    return Sent(topic, new.agent.encode(), encode(new.kind, new.action_id, SOURCE, time_ms, data))


def fact(topic: str, kind: str, agent: str, time_ms: int, data: Mapping[str, Any], partition: int) -> Sent:
    """What is said of a record (a decision, a correction) by a type of docs/events.md 3 -> what to send.

    ``agent`` is the key of the record's ledger line and ``partition`` the line's: the producer that sent the record may
    have spread its keys by another hash than Kafka's own.
    """
    id = "-".join([kind, str(next(iter(data.values()))), str(time_ms)])
    return Sent(topic, agent.encode(), encode(kind, id, SOURCE, time_ms, {**data, "agent": agent}), partition)
