"""Business days, months and moments of a site, and how people write them (``--at``, ``--month``, routes)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, get_args

from dashboard.rules.months import last_of_month, month_label
from streams.site_time import MINUTE_MS, Day, SiteTime, day_key, parse_rfc3339

Kind = Literal["day", "month"]
KINDS: tuple[Kind, ...] = get_args(Kind)
YEARS = range(1970, 9999)
"""The years that can be judged: instants count from 1970, and what follows a day must still be in Python's calendar."""


class BadPeriod(ValueError):
    """A text that is no day or month that can be judged; the message says what is allowed."""


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
    def keys(self) -> list[int]:
        """Its business days as the counters name them."""
        return [day_key(self.first + timedelta(days=n)) for n in range((self.last - self.first).days + 1)]

    def start_ms(self, time: SiteTime) -> int:
        """Its first instant."""
        return time.day_of(self.first).start_ms

    def end_ms(self, time: SiteTime) -> int:
        """The first instant after it."""
        return time.day_of(self.last).end_ms


def day_period(day: date) -> Period:
    """One business day."""
    return Period("day", day, day)


def month_period(day: date) -> Period:
    """The month of a day."""
    return Period("month", day.replace(day=1), last_of_month(day))


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
    """Raises BadPeriod for a period that lies ahead."""
    if period.first > today:
        raise BadPeriod(f"{period.label} lies ahead: today is {today}")


def _date(kind: str, text: str) -> date:
    form = r"(\d{4}-\d\d)(-\d\d)?" if kind == "month" else r"(\d{4}-\d\d)(-\d\d)"
    parts = re.fullmatch(form, text, re.ASCII)
    try:
        found = date.fromisoformat(parts[1] + (parts[2] or "-01") if parts else "")
    except ValueError:
        allowed = "2026-11-23 or 2026-11" if kind == "month" else "2026-11-23"
        raise BadPeriod(f"{text!r} is no date; give it as {allowed}") from None
    if found.year not in YEARS:
        raise BadPeriod(f"{text!r} is no {kind} that can be judged: the years are {YEARS[0]} to {YEARS[-1]}")
    return found


class BadMoment(ValueError):
    """An ``--at`` that is no moment that can be judged; the message says what is allowed."""


class Moment(NamedTuple):
    """The moment at which a board is judged: an instant within a business day, or the end of it."""

    day: Day
    now_s: int
    live: bool
    """Now: running states count."""
    whole: bool
    """The end of the day: all of the day counts."""


def live(now_ms: int, clock: SiteTime) -> Moment:
    """Now."""
    return Moment(clock.day(now_ms), now_ms // 1000, True, False)


def end_of(day: Day, now_ms: int, clock: SiteTime) -> Moment:
    """The end of a day; now for a day that still runs."""
    if day.start_ms <= now_ms < day.end_ms:
        return live(now_ms, clock)
    return Moment(day, day.end_ms // 1000, False, True)


def moment_of(text: str | None, now_ms: int, clock: SiteTime) -> Moment:
    """Nothing (now), a wall time of the site, an instant, a day or a month (their ends) -> the moment. Raises BadMoment.

    Counters go down to minutes: an instant is cut down to its minute.
    """
    if text is None:
        return live(now_ms, clock)
    form = text.strip()
    year = re.match(r"(\d{4})-", form, re.ASCII)
    if year is not None and int(year[1]) not in YEARS:
        raise BadMoment(f"{form!r} is no day that can be judged: the years are {YEARS[0]} to {YEARS[-1]}")
    try:
        day = _day(form, clock)
        at_ms = day.start_ms if day else _instant(form, clock)
    except ValueError:
        raise BadMoment(
            f'--at {form!r} is no moment: "2026-11-22 14:32" on the wall of the site, 2026-11-22T06:32:00Z, '
            "2026-11-22 (its end) or 2026-11 (its end)"
        ) from None
    if at_ms > now_ms:
        raise BadMoment(f"{text!r} lies ahead")
    return end_of(day, now_ms, clock) if day else Moment(clock.day(at_ms), at_ms // MINUTE_MS * 60, False, False)


def _day(text: str, clock: SiteTime) -> Day | None:
    """A date's day, a month's last day; None if the text is neither. Raises ValueError."""
    found = re.fullmatch(r"(\d{4}-\d\d)(-\d\d)?", text, re.ASCII)
    if found is None:
        return None
    label = date.fromisoformat(found[1] + (found[2] or "-01"))
    return clock.day_of(label if found[2] else last_of_month(label))


def _instant(text: str, clock: SiteTime) -> int:
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", text, re.ASCII):
        return clock.instant(datetime.fromisoformat(text))
    return parse_rfc3339(re.sub(r"([T ]\d\d:\d\d)(?=[Zz]|[+-])", r"\1:00", text))
