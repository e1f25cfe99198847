"""What will be heard, minute by minute: things push events ahead of time, the simulator takes whole minutes."""

from collections import defaultdict
from collections.abc import Mapping
from operator import attrgetter
from random import Random
from typing import Any, NamedTuple

MINUTE_MS = 60_000


class Simulated(NamedTuple):
    """One event: ``time_ms`` is when it happened, ``sent_ms`` (never before) when its source says so: the order of a stream."""

    time_ms: int
    key: str
    type: str
    id: str
    source: str
    data: Mapping[str, Any]
    sent_ms: int


class Outbox:
    """Events by the minute in which they are sent. Nothing may be pushed into a minute that was taken."""

    def __init__(self, horizon_ms: int) -> None:
        self._minutes: defaultdict[int, list[Simulated]] = defaultdict(list)
        self._horizon_ms = horizon_ms
        self._taken_ms = 0

    def push(self, event: Simulated) -> None:
        """What would be sent at or after the horizon is never sent. Raises ValueError for a minute that was taken."""
        if event.sent_ms < self._taken_ms:
            raise ValueError(f"{event.id} at {event.sent_ms} comes after its minute was taken")
        if event.sent_ms < self._horizon_ms:
            self._minutes[event.sent_ms // MINUTE_MS].append(event)

    def take(self, minute: int) -> list[Simulated]:
        """The events of one minute in the order of sending; in the order of pushing within a millisecond."""
        self._taken_ms = (minute + 1) * MINUTE_MS
        return sorted(self._minutes.pop(minute, ()), key=attrgetter("sent_ms"))


class Reporter:
    """How one agent's (or queue's) sources report: mostly at once, a few late, a few twice."""

    def __init__(self, outbox: Outbox, site: str, rng: Random) -> None:
        self.rng = rng
        self._push = outbox.push
        self._acd = f"/acd/{site}"
        self._site = site

    def state(self, agent: str, at_ms: int, state: str, reason: str | None = None) -> None:
        """One in 300 comes up to 20 s late."""
        late = self.rng.randrange(1, 20_000) if self.rng.random() < 0.003 else 0
        data = {"agent": agent, "state": state}
        if reason is not None:
            data["reason"] = reason
        self._push(Simulated(at_ms, agent, "agent.state", f"s-{agent}-{at_ms}", self._acd, data, at_ms + late))

    def call(self, at_ms: int, data: Mapping[str, Any]) -> None:
        """A version of a call, known at ``at_ms``: one in 80 late within a minute, one in 250 sent again, unchanged."""
        key = data["agent"] or ""
        id = f"{data['call_id']}-v{data['version']}"
        dice = self.rng.random()
        late = self.rng.randrange(1, 45_000) if dice < 0.0125 else 0
        event = Simulated(at_ms, key, "call.ended", id, self._acd, data, at_ms + late)
        self._push(event)
        if dice > 0.996:
            self._push(event._replace(sent_ms=at_ms + self.rng.randrange(500, 55_000)))

    def fact(self, at_ms: int, key: str, type: str, id: str, system: str, data: Mapping[str, Any]) -> None:
        """Anything else, from the system named (qa, crm, survey, hr, dialler)."""
        self._push(Simulated(at_ms, key, type, id, f"/{system}/{self._site}", data, at_ms))
