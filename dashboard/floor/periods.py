"""A business day or a month of a site, as people name them."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from streams.site_time import SiteTime, day_key

Kind = Literal["day", "month"]
KINDS: tuple[Kind, ...] = get_args(Kind)
YEARS = range(1970, 9999)
"""The years that can be judged: instants count from 1970, and what follows a day must still be in Python's calendar."""


class BadPeriod(ValueError):
    """A day or month that cannot be meant; the message says what is allowed."""


@dataclass(frozen=True)
class Period:
    """The business days first..last, both counted."""

    kind: Kind
    first: date
    last: date

    @property
    def label(self) -> str:
        """``2026-11-23`` or ``2026-11``."""
        return str(self.first) if self.kind == "day" else month_label(self.first)

    @property
    def days(self) -> list[date]:
        """Its business days."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def keys(self) -> list[int]:
        """The same as the counters name them."""
        return [day_key(day) for day in self.days]

    def start_ms(self, time: SiteTime) -> int:
        """Its first instant."""
        return time.day_of(self.first).start_ms

    def end_ms(self, time: SiteTime) -> int:
        """The first instant after it."""
        return time.day_of(self.last).end_ms


def month_label(day: date) -> str:
    """The month of a day, as ``2026-11``; always with four digits of the year."""
    return day.isoformat()[:7]


def day_period(day: date) -> Period:
    """One business day."""
    return Period("day", day, day)


def month_period(day: date) -> Period:
    """The month of a day."""
    first = day.replace(day=1)
    return Period("month", first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def period_of(kind: str, text: str | None, today: date) -> Period:
    """``day`` or ``month`` and a date in it (2026-11-23, for a month also 2026-11; None: today). Raises BadPeriod."""
    if kind not in KINDS:
        raise BadPeriod(f"{kind!r} is no period; there are day and month")
    day = today if text is None else _date(kind, text)
    return day_period(day) if kind == "day" else month_period(day)


def parse_month(text: str) -> Period:
    """``2026-10`` -> that month. Raises BadPeriod."""
    return month_period(_date("month", text))


def require_begun(period: Period, today: date) -> None:
    """Raises BadPeriod for a period that lies ahead: nothing is known of it."""
    if period.first > today:
        raise BadPeriod(f"{period.label} lies ahead: today is {today}")


def _date(kind: str, text: str) -> date:
    whole = f"{text}-01" if kind == "month" and re.fullmatch(r"\d{4}-\d\d", text, re.ASCII) else text
    found = _calendar_date(whole)
    if found is None:
        allowed = "2026-11-23 or 2026-11" if kind == "month" else "2026-11-23"
        raise BadPeriod(f"{text!r} is no date; give it as {allowed}")
    if found.year not in YEARS:
        raise BadPeriod(f"{text!r} is no {kind} that can be judged: the years are {YEARS[0]} to {YEARS[-1]}")
    return found


def _calendar_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None
