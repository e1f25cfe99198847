"""Shifts, schedule and leave of a month -> timetables: the planned time on each of its business days.

Many agents share a timetable, and making one costs half a millisecond. So agents are first reduced to ``Hours``, which decide
their planned time, and each different one is planned once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar

from dashboard.floor import schedule
from dashboard.floor.schedule import Piece, PlannedShift, Span, Wall
from dashboard.rules.months import days_of_month
from dashboard.site.load import Site
from dashboard.site.types import EVERYBODY, Interval, LeaveDay, ShiftTimes, Whose
from streams.site_time import Day, SiteTime

ATTENDED = frozenset({"training", "meeting"})
"""Scheduled time that is no work: adherence counts it, a target is not owed in it."""
_WHOLE_DAY = 1.0
_WORK = "work"
_K = TypeVar("_K")
_V = TypeVar("_V")


class Hours(NamedTuple):
    """All that decides the planned time of an agent in a month; agents with equal ones share a timetable."""

    shifts: tuple[tuple[date, str], ...] = ()
    off: tuple[Interval, ...] = ()
    leave: tuple[tuple[date, float], ...] = ()
    outside: tuple[date, ...] = ()
    """Days that owe nothing though a shift may be planned: before the agent or the counting began, after the agent left."""
    arrival: tuple[float, ...] = ()


@dataclass(frozen=True)
class Timetable:
    """Planned time of one month, one element per business day."""

    before: list[list[Span]]
    """Work as the shifts have it, without holidays, breaks and what the schedule takes out."""
    work: list[list[Span]]
    """The same without leave and without the days that are outside."""
    attended: list[list[Span]]
    """What adherence is measured against: work, training and meetings."""
    pieces: list[list[Piece]]
    """``work`` cut at clock hours, with their arrival weights."""


class Month:
    """The business days of one month of a site, and the shifts of the calendar in it."""

    def __init__(self, site: Site, clock: SiteTime, month: date) -> None:
        self.site = site
        self.clock = clock
        self.first = month.replace(day=1)
        self.days: list[Day] = [clock.day_of(label) for label in days_of_month(month)]
        self._kinds = {shift.id: shift for shift in site.shifts}
        calendar = site.calendar
        self.holidays = frozenset(calendar.holidays - calendar.workdays)

    def labels(self) -> list[date]:
        """The days by their dates."""
        return [day.label for day in self.days]

    @cached_property
    def clock_hours(self) -> list[list[tuple[Span, int]]]:
        """Each day cut at its local clock hours."""
        return [schedule.clock_hours(self.clock.zone, day) for day in self.days]

    @cached_property
    def workdays(self) -> set[date]:
        """The workdays of the calendar, and the day before the month if it is one."""
        days = [self.first - timedelta(days=1), *self.labels()]
        return {day for day in days if self.site.calendar.is_workday(day)}

    @cached_property
    def usual(self) -> tuple[tuple[date, str], ...]:
        """The rota of a site without one: the first shift on every workday, and of the evening before what may reach in."""
        if not self.site.shifts:
            return ()
        return tuple((day, self.site.shifts[0].id) for day in sorted(self.workdays))

    def timetable(self, hours: Hours) -> Timetable:
        """Plans the month for agents with these hours."""
        shifts = [shift_on(self._kinds[kind], day) for day, kind in hours.shifts if kind in self._kinds]
        planned = schedule.starts_on_none(self.clock, shifts, self.holidays)
        whole = {day for day, fraction in hours.leave if fraction >= _WHOLE_DAY}
        kept = schedule.starts_on_none(self.clock, planned, whole | set(hours.outside))
        work = self._after_leave(self._by_day(kept, hours.off), hours)
        return Timetable(
            before=self._by_day(planned, hours.off),
            work=work,
            attended=self._after_leave(
                self._by_day(kept, [each for each in hours.off if each.kind not in ATTENDED]), hours
            ),
            pieces=[
                schedule.pieces(spans, self.clock_hours[at] if hours.arrival else (), hours.arrival)
                for at, spans in enumerate(work)
            ],
        )

    def _by_day(self, shifts: Iterable[PlannedShift], off: Iterable[Interval]) -> list[list[Span]]:
        walls = [Wall(each.start, each.end) for each in off]
        return schedule.by_day(schedule.planned(self.clock, shifts, walls), self.days)

    def _after_leave(self, spans: list[list[Span]], hours: Hours) -> list[list[Span]]:
        parts = {day: 1 - fraction for day, fraction in hours.leave if fraction < _WHOLE_DAY}
        return [
            schedule.first_part(each, parts[day.label]) if day.label in parts else each
            for each, day in zip(spans, self.days, strict=True)
        ]


class HoursOf:
    """Looks up what decides the planned time of each agent of a site in one month."""

    def __init__(self, month: Month) -> None:
        self._month = month
        site = month.site
        first, last = month.days[0].label - timedelta(days=1), month.days[-1].label
        self._rota = group_pairs(
            (each.agent, (each.day, each.shift)) for each in site.rota if first <= each.day <= last
        )
        self._has_rota = bool(site.rota)
        self._leave = group_pairs((each.agent, each) for each in site.leave if first <= each.day <= last)
        walls = datetime.combine(first, time()), datetime.combine(last + timedelta(days=2), time())
        self._off = group_pairs(
            (each.who, each)
            for each in site.schedule
            if each.kind != _WORK and each.start < walls[1] and each.end > walls[0]
        )
        self._spells = group_pairs((spell.agent, spell) for spell in site.roster)
        self._labels = [first, *month.labels()]
        since = site.counting_since or date.min
        self._not_counted = tuple(day for day in self._labels if day < since)

    def shifts(self, agent: str) -> tuple[tuple[date, str], ...]:
        """The shifts of an agent by their first date, in order; the usual ones where the site has no rota."""
        return self._rota.get(agent, ()) if self._has_rota else self._month.usual

    def working_days(self, agent: str) -> set[date]:
        """The days on which the agent is on the roster and has a shift; the workdays where the site has no shifts."""
        shifts = self.shifts(agent)
        known = {day for day, _ in shifts} if shifts or self._has_rota else self._month.workdays
        return known - set(self.away(agent))

    def leave(self, agent: str) -> tuple[LeaveDay, ...]:
        """The leave of an agent."""
        return self._leave.get(agent, ())

    def hours(self, agent: str, team: str, arrival: tuple[float, ...]) -> Hours:
        """All that decides the planned time of an agent in a team."""
        off = {each for who in (Whose(agent), Whose(team=team), EVERYBODY) for each in self._off.get(who, ())}
        return Hours(
            self.shifts(agent),
            tuple(sorted(off, key=lambda each: (each.start, each.end, each.kind, each.who))),
            tuple(fractions((each.day, each.fraction) for each in self.leave(agent))),
            (*self._not_counted, *self.away(agent)),
            arrival,
        )

    def away(self, agent: str) -> tuple[date, ...]:
        """The days before the agent came and after they left."""
        spells = self._spells.get(agent, ())
        first, last = self._labels[0], self._labels[-1]
        if any((spell.from_ or date.min) <= first and last <= (spell.to or date.max) for spell in spells):
            return ()
        return tuple(day for day in self._labels if not any(spell.touches(day, day) for spell in spells))


def shift_on(times: ShiftTimes, day: date) -> PlannedShift:
    """A kind of shift on one date; a time earlier than its start lies on the next day."""
    start = datetime.combine(day, time.fromisoformat(times.start))

    def after(text: str) -> datetime:
        at = datetime.combine(day, time.fromisoformat(text))
        return at if at >= start else at + timedelta(days=1)

    end = after(times.end)
    end = end if end > start else end + timedelta(days=1)
    return PlannedShift(start, end, tuple(Wall(after(first), after(last)) for first, last in times.breaks))


def fractions(leave: Iterable[tuple[date, float]]) -> list[tuple[date, float]]:
    """The fraction of each day that is leave."""
    days: dict[date, float] = {}
    for day, part in leave:
        days[day] = days.get(day, 0.0) + part
    return sorted(days.items())


def group_pairs(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, tuple[_V, ...]]:
    """(key, value) pairs -> the values of each key, in order."""
    found: dict[_K, list[_V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
