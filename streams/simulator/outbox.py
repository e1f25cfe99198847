"""Events of a simulated floor on their way out: sources push them ahead of time, the simulator pops whole minutes."""

from collections import defaultdict
from collections.abc import Mapping
from operator import attrgetter
from random import Random
from typing import Any, NamedTuple

from streams.decode import encode
from streams.site_time import MINUTE_MS

_SITE = "hangzhou-1"
_ACD = f"/acd/{_SITE}"


class SimulatedEvent(NamedTuple):
    """One event: ``time_ms`` is when it happened, ``sent_ms`` (never before) when its source sends it: the order of a stream."""

    time_ms: int
    key: str
    type: str
    id: str
    source: str
    data: Mapping[str, Any]
    sent_ms: int

    def encode(self) -> bytes:
        """The Kafka value: a CloudEvent."""
        return encode(self.type, self.id, self.source, self.time_ms, self.data)


class Outbox:
    """Events by the minute in which they are sent. Nothing may be pushed into a minute that was popped."""

    def __init__(self, horizon_ms: int) -> None:
        self._minutes: defaultdict[int, list[SimulatedEvent]] = defaultdict(list)
        self._horizon_ms = horizon_ms
        self._popped_ms = 0

    def push(self, event: SimulatedEvent) -> None:
        """Drops an event of the horizon or later. Raises ValueError for a minute that was popped."""
        if event.sent_ms < self._popped_ms:
            raise ValueError(f"{event.id} at {event.sent_ms} comes after its minute was popped")
        if event.sent_ms < self._horizon_ms:
            self._minutes[event.sent_ms // MINUTE_MS].append(event)

    def pop_minute(self, minute: int) -> list[SimulatedEvent]:
        """The events of a minute in the order of sending; in the order of pushing within a millisecond."""
        self._popped_ms = (minute + 1) * MINUTE_MS
        return sorted(self._minutes.pop(minute, ()), key=attrgetter("sent_ms"))


class Reporter:
    """The sources that report one agent or queue: mostly at once, a few late, a few twice."""

    def __init__(self, outbox: Outbox, rng: Random) -> None:
        self.rng = rng
        self._push = outbox.push

    def state(self, agent: str, at_ms: int, state: str, reason: str | None = None) -> None:
        """One in 300 comes up to 20 s late."""
        late = self.rng.randrange(1, 20_000) if self.rng.random() < 0.003 else 0
        data = {"agent": agent, "state": state}
        if reason is not None:
            data["reason"] = reason
        self._push(SimulatedEvent(at_ms, agent, "agent.state", f"s-{agent}-{at_ms}", _ACD, data, at_ms + late))

    def call(self, at_ms: int, data: Mapping[str, Any]) -> None:
        """A version of a call, known at ``at_ms``: one in 80 late within a minute, one in 250 sent again, unchanged."""
        key = data["agent"] or ""
        id = f"{data['call_id']}-v{data['version']}"
        dice = self.rng.random()
        late = self.rng.randrange(1, 45_000) if dice < 0.0125 else 0
        event = SimulatedEvent(at_ms, key, "call.ended", id, _ACD, data, at_ms + late)
        self._push(event)
        if dice > 0.996:
            self._push(event._replace(sent_ms=at_ms + self.rng.randrange(500, 55_000)))

    def fact(self, at_ms: int, key: str, type: str, id: str, system: str, data: Mapping[str, Any]) -> None:
        """Anything else, from the system named (qa, crm, survey, hr, dialler)."""
        self._push(SimulatedEvent(at_ms, key, type, id, f"/{system}/{_SITE}", data, at_ms))
