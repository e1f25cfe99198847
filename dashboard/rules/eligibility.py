"""Whether an agent is assessed in a month (docs/rules.md 7): all reasons against it, in a fixed order. Judged once a day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from dashboard.rules.months import days_of_month

PROBATION_DAY = 10
"""Regularised on or before this day: assessed from that month; the kind of employment in force on it counts."""
OUTSIDE = frozenset({"temporary", "external_part_time"})


class Ineligible(StrEnum):
    """The reasons against assessing an agent, in the order in which they are given."""

    PROBATION = "probation"
    TEMPORARY_OR_EXTERNAL = "temporary_or_external"
    MATERNITY_LEAVE = "maternity_leave"
    LEAVE_OVER_HALF = "leave_over_half"
    NO_WORKING_DAYS = "no_working_days"
    EXCLUDED_POST = "excluded_post"
    NOT_IN_ROSTER = "not_in_roster"


@dataclass(frozen=True)
class Person:
    """The facts about one agent and one month that decide whether they are assessed."""

    has_probation: bool
    regularised_on: date | None
    employment: Sequence[tuple[date, str]]
    """Kinds of employment, each in force from its day until the next one starts."""
    working_days: Collection[date]
    """Their own, by the rota; days of other months and holidays are left out here."""
    leave: Mapping[date, float]
    """Day -> fraction of the day."""
    maternity: Collection[date] = ()
    """Days of maternity leave."""
    post: str | None = None


@dataclass(frozen=True)
class Standing:
    """The reasons against assessing an agent, and the days that decided."""

    reasons: tuple[Ineligible, ...]
    working_days: int
    leave_days: float

    @property
    def assessed(self) -> bool:
        """Counted in ratios, ranked, judged."""
        return not self.reasons


NOT_IN_ROSTER = Standing((Ineligible.NOT_IN_ROSTER,), 0, 0.0)


def standing(
    person: Person, month: date, holidays: Collection[date] = (), excluded_posts: Collection[str] = ()
) -> Standing:
    """One agent in the month of ``month`` (its first day) -> whether they are assessed, with all reasons against it."""
    working = {day for day in person.working_days if (day.year, day.month) == (month.year, month.month)} - set(holidays)
    absent = _leave_days(person, working)
    day = month.replace(day=PROBATION_DAY)
    _, kind = max((each for each in person.employment if each[0] <= day), default=(day, None))
    regular = person.regularised_on
    held = {
        Ineligible.PROBATION: person.has_probation and (regular is None or regular > day),
        Ineligible.TEMPORARY_OR_EXTERNAL: kind in OUTSIDE,
        Ineligible.MATERNITY_LEAVE: set(person.maternity).issuperset(days_of_month(month)),
        Ineligible.LEAVE_OVER_HALF: 2 * absent > len(working),
        Ineligible.NO_WORKING_DAYS: not working,
        Ineligible.EXCLUDED_POST: person.post in excluded_posts,
    }
    return Standing(tuple(reason for reason, holds in held.items() if holds), len(working), float(absent))


def _leave_days(person: Person, working: set[date]) -> Fraction:
    """Exact: fractions as the decimals written. A day of maternity leave is one leave day, whatever else it is."""
    maternity = working & set(person.maternity)
    parts = (Fraction(str(part)) for day, part in person.leave.items() if day in working and day not in maternity)
    return sum(parts, Fraction(len(maternity)))
