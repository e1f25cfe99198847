"""What a centre decides, as values: policies, shifts, the calendar and the lists about people. Read by ``dashboard.site``."""

from dataclasses import dataclass, field
from datetime import date, datetime

from dashboard.rules import deduction, grades, scoring


@dataclass(frozen=True)
class Profile:
    """How one kind of work is judged."""

    id: str
    direction: str
    volume: str
    """The metric that counts as volume: handled, attempts, effective or converted."""
    month_target: int | None
    target_handle_s: int | None
    weights: dict[str, float]
    arrival: tuple[float, ...] = ()
    """24 weights by local clock hour; empty: uniform over planned time."""


@dataclass(frozen=True)
class PolicyBlock:
    """The rules in force from the first of a month until the next block."""

    version: str
    effective_from: date
    published_on: date | None
    deduction: deduction.Policy
    indices: scoring.Policy
    conduct_points_weight: float
    grades: grades.Grades
    excluded_posts: frozenset[str]
    file_within_days: int
    decide_within_days: int
    profiles: dict[str, Profile]
    tier_weights: dict[str, float] = field(default_factory=dict)
    """Weights of team and site (``[policies.tiers] weights``); empty: those of the profile that most of the rows have."""


@dataclass(frozen=True)
class ShiftTimes:
    """A kind of shift in local wall times HH:MM; an end before its start is on the next day."""

    id: str
    start: str
    end: str
    breaks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Days off and made up for, and how much of the month's target a weekday carries (Mon..Sun)."""

    country: str | None
    holidays: frozenset[date]
    """Of the years the site needs, the library's and the file's together."""
    workdays: frozenset[date]
    weekday_weights: tuple[float, ...] = (1.0,) * 7

    def is_workday(self, day: date) -> bool:
        """Monday to Friday but for holidays, and the days that make up for them."""
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)


@dataclass(frozen=True)
class RotaDay:
    """One agent's shift on one date."""

    agent: str
    day: date
    shift: str


@dataclass(frozen=True)
class Interval:
    """A stretch of local wall time for an agent, ``team:<id>`` or ``*``; kinds as in site.md."""

    who: str
    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class LeaveDay:
    """A day, or a fraction of it, that an agent is on leave."""

    agent: str
    day: date
    fraction: float
    kind: str


@dataclass(frozen=True)
class EmploymentFrom:
    """The kind of employment of an agent from a day on."""

    agent: str
    from_: date
    kind: str
