"""Streams of a simulated floor: its events of any stretch of time in order of sending, the same for a seed.

Each working day is simulated from its start, minute by minute, and nothing of a day reaches into the next; so a stretch
is the days it touches, and ``events(a, c)`` is ``events(a, b)`` and then ``events(b, c)``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from streams.simulator.floor import Agent, SimulatedFloor
from streams.simulator.inbound import SimulatedQueue
from streams.simulator.outbound import Caller, CampaignProgress
from streams.simulator.outbox import Outbox, Reporter, SimulatedEvent
from streams.simulator.outline import outline
from streams.simulator.seat import Seat
from streams.simulator.shift import CLOSING_H, HORIZON_MS, OPENING_MS, Duty, form_of_day, plan_day
from streams.site_time import HOUR_MS, MINUTE_MS, SiteTime

_SATURDAY = 5


Source = Caller | SimulatedQueue | CampaignProgress
"""A part of the floor that pushes events: ``advance(until_ms)`` pushes all that it sends before ``until_ms``, and more."""


class Simulator:
    """``shift_start_ms`` is when the shift of one day begins; other working days begin at the same local time in ``zone``.

    It has no state between calls.
    """

    def __init__(self, floor: SimulatedFloor, seed: int, shift_start_ms: int, zone: str = "Asia/Shanghai") -> None:
        self._floor = floor
        self._seed = seed
        self._time = SiteTime(zone)
        self._zone = ZoneInfo(zone)
        self._first = datetime.fromtimestamp(shift_start_ms / 1000, self._zone).replace(tzinfo=None)

    def events(self, from_ms: int, to_ms: int) -> Iterator[SimulatedEvent]:
        """Events sent in [from_ms, to_ms), lazily, ordered by ``sent_ms``. ``to_ms`` may lie far ahead."""
        for day in self._days(from_ms, to_ms):
            for event in self._day(day, from_ms, to_ms):
                if from_ms <= event.sent_ms < to_ms:
                    yield event

    def day(self, day: date) -> Iterator[SimulatedEvent]:
        """All that is sent of the shift of a day, lazily."""
        start_ms = self.shift_start_ms(day)
        return self.events(start_ms - OPENING_MS, start_ms + HORIZON_MS)

    def outline(self, whole_day: Iterable[SimulatedEvent]) -> list[SimulatedEvent]:
        """The events of a day that is over -> a third of them, with the same sums of every hour."""
        return outline(whole_day, lambda at_ms: self._time.block(at_ms) * MINUTE_MS)

    def shift_start_ms(self, day: date) -> int:
        """When the shift of a day begins."""
        return self._time.instant(datetime.combine(day, self._first.time()))

    def working_days_before(self, count: int) -> list[date]:
        """The ``count`` simulated days before the first, oldest first."""
        days: list[date] = []
        day = self._first.date()
        while len(days) < count:
            day -= timedelta(days=1)
            if self._is_working(day):
                days.append(day)
        return days[::-1]

    def working_days(self, first: date, last: date) -> list[date]:
        """The simulated days of first..last, both counted."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self._is_working(day)]

    def duties(self, day: date) -> dict[str, Duty]:
        """Agent -> the plan of a day, which the events of the day follow."""
        start_ms, label = self.shift_start_ms(day), f"{day:%Y%m%d}"
        return {agent.id: plan_day(agent, start_ms, self._rng(label, agent.id)) for agent in self._floor.agents}

    def _is_working(self, day: date) -> bool:
        return day.weekday() < _SATURDAY or day == self._first.date()

    def _days(self, from_ms: int, to_ms: int) -> Iterator[date]:
        """The working days whose shift may send an event in the stretch."""
        day = datetime.fromtimestamp(from_ms / 1000, self._zone).date() - timedelta(days=1)
        while (start_ms := self.shift_start_ms(day)) - OPENING_MS - MINUTE_MS < to_ms:
            if self._is_working(day) and start_ms + HORIZON_MS > from_ms:
                yield day
            day += timedelta(days=1)

    def _day(self, day: date, from_ms: int, to_ms: int) -> Iterator[SimulatedEvent]:
        start_ms = self.shift_start_ms(day)
        outbox = Outbox(start_ms + HORIZON_MS)
        sources = self._sources(day, start_ms, outbox)
        last_ms = min(to_ms, start_ms + HORIZON_MS)
        for minute in range((start_ms - OPENING_MS) // MINUTE_MS, last_ms // MINUTE_MS + 1):
            for source in sources:
                source.advance((minute + 1) * MINUTE_MS)
            batch = outbox.pop_minute(minute)
            if (minute + 1) * MINUTE_MS > from_ms:
                yield from batch

    def _sources(self, day: date, start_ms: int, outbox: Outbox) -> list[Source]:
        """All that sends events on a day: callers and queues first, then the campaigns that add up what they did."""
        label = f"{day:%Y%m%d}"
        closed: dict[str, Counter[int]] = {drive.id: Counter() for drive in self._floor.drives}
        lines: dict[str, list[Seat]] = {}
        for agent in self._floor.agents:
            lines.setdefault(agent.line, []).append(self._seat(agent, day, label, outbox))
        return [
            *(Caller(seat, start_ms, closed[line]) for line in closed for seat in lines[line]),
            *(
                SimulatedQueue(id, lines[id], start_ms, label, self._post(label, id, outbox))
                for id in lines
                if id not in closed
            ),
            *self._progress(day, start_ms, closed, outbox),
        ]

    def _seat(self, agent: Agent, day: date, label: str, outbox: Outbox) -> Seat:
        start_ms, rng = self.shift_start_ms(day), self._rng(label, agent.id)
        form = form_of_day(agent, start_ms, (day - self._first.date()).days, self._rng(label, f"{agent.id}/form"))
        return Seat(form, plan_day(agent, start_ms, rng), label, outbox, rng)

    def _progress(self, day: date, start_ms: int, closed: dict[str, Counter[int]], outbox: Outbox) -> Iterator[Source]:
        from_ms, to_ms = start_ms - OPENING_MS, start_ms + int((CLOSING_H + 0.5) * HOUR_MS)
        passed = self._working_days_since_first(day)
        for drive in self._floor.drives:
            post = self._post(f"{day:%Y%m%d}", drive.id, outbox)
            yield CampaignProgress(drive, passed, from_ms, to_ms, closed[drive.id], post)

    def _working_days_since_first(self, day: date) -> int:
        early, later = sorted((day, self._first.date()))
        between = sum(self._is_working(early + timedelta(days=n)) for n in range((later - early).days))
        return between if day == later else -between

    def _post(self, label: str, id: str, outbox: Outbox) -> Reporter:
        return Reporter(outbox, self._rng(label, id))

    def _rng(self, label: str, id: str) -> Random:
        return Random(f"{self._seed}/{label}/{id}")
