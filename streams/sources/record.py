"""The result of an adapter for one vendor record: facts of ours, or the reason why there are none."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from streams.decode import encode


class Fact(NamedTuple):
    """One event before it is encoded. ``data``: the fields of its type (docs/events.md 3); ``time_ms``: ms since 1970."""

    type: str
    id: str
    source: str
    time_ms: int
    data: Mapping[str, Any]

    @property
    def key(self) -> bytes:
        """The Kafka key: the agent, empty for an unattributed call."""
        return (self.data.get("agent") or "").encode()

    def encode(self) -> bytes:
        """The Kafka value: a CloudEvent."""
        return encode(self.type, self.id, self.source, self.time_ms, self.data)


class SkippedRecord(NamedTuple):
    """A record that is no fact, as its vendor says: counted, never sent."""

    reason: str


class RefusedRecord(NamedTuple):
    """A record that cannot be counted, and the name of the reason. ``line``: its line, from 1; 0: not known."""

    reason: str
    line: int = 0


Adapted = list[Fact] | SkippedRecord | RefusedRecord
