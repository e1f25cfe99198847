"""Sending a simulated floor to Kafka: days that are over as fast as possible, then in real time."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from streams.actions import ProduceFailed
from streams.kafka_log.produce import Producer
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.simulator import Simulator
from streams.site_time import HOUR_MS

log = logging.getLogger(__name__)

ZONE = "Asia/Shanghai"
_YEAR_MS = 365 * 24 * HOUR_MS
_CHUNK = 2000


def fill(
    events: Iterable[SimulatedEvent],
    producer: Producer,
    stop: threading.Event,
    between: Callable[[SimulatedEvent, int], None],
) -> int:
    """Sends events as fast as possible -> how many. ``between`` is called after each chunk: its last event, the count so far."""
    sent, rest = 0, iter(events)
    while not stop.is_set() and (chunk := list(islice(rest, _CHUNK))):
        for event in chunk:
            producer.send(event.key.encode(), event.encode())
        producer.flush()
        sent += len(chunk)
        between(chunk[-1], sent)
    return sent


def day_backwards(
    simulator: Simulator, day: date, whole: bool = True, meanwhile: Callable[[], object] = lambda: None
) -> list[SimulatedEvent]:
    """A day, newest event first; ``whole`` False: in outline, a third of the events, whose hours add up to the same.

    Making up a day takes seconds: ``meanwhile`` is called every now and then. A state lasts until the next known one. Sent
    from the end, each state finds the one that ended it; sent from the start, the morning's first would seem to last until
    the day that was filled before.
    """
    events = _with_pauses(simulator.day(day), meanwhile)
    return (list(events) if whole else simulator.outline(events))[::-1]


def _with_pauses(events: Iterable[SimulatedEvent], meanwhile: Callable[[], object]) -> Iterator[SimulatedEvent]:
    for number, event in enumerate(events):
        yield event
        if number % _CHUNK == 0:
            meanwhile()


class LiveSimulation:
    """A floor in real time: ``send_due`` sends the events whose time has come."""

    def __init__(self, simulator: Simulator, from_ms: int, producer: Producer) -> None:
        self._events = simulator.events(from_ms, from_ms + _YEAR_MS)
        self._next = next(self._events)
        self._producer = producer

    def send_due(self) -> float:
        """Sends every event whose time has come; seconds until the next one."""
        while (wait_s := self._next.sent_ms / 1000 - time.time()) <= 0:
            self._producer.send(self._next.key.encode(), self._next.encode())
            self._next = next(self._events)
        self._producer.flush()
        return wait_s

    def run(self, stop: threading.Event) -> None:
        """Sends until ``stop``, also while Kafka is away: what the producer still holds arrives when Kafka is back."""
        wait_s = 0.0
        while not stop.wait(wait_s):
            try:
                wait_s = self.send_due()
            except ProduceFailed as failed:
                log.warning("%s Going on.", failed)
                wait_s = 1.0


def wall_clock(ms: int, zone: str) -> str:
    """An instant as the floor's clock shows it."""
    return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)):%H:%M}"
