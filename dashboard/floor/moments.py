"""``--at``: the moment at which a board is looked at, as people write it."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dashboard.floor.periods import YEARS
from streams.site_time import Day, SiteTime, parse_rfc3339


class BadMoment(ValueError):
    """An ``--at`` that cannot be meant; the message says what is allowed."""


class Moment(NamedTuple):
    """When a board is looked at: an instant within a business day, or the end of it."""

    day: Day
    now_s: int
    live: bool
    """Now: with what runs at this moment."""
    whole: bool
    """The end of the day, so all that the day has."""


def live(now_ms: int, clock: SiteTime) -> Moment:
    """Now."""
    return Moment(clock.day(now_ms), now_ms // 1000, True, False)


def end_of(day: Day, now_ms: int, clock: SiteTime) -> Moment:
    """A day at its end; one that still runs, now."""
    if day.start_ms <= now_ms < day.end_ms:
        return live(now_ms, clock)
    return Moment(day, day.end_ms // 1000, False, True)


def moment_of(text: str | None, now_ms: int, clock: SiteTime) -> Moment:
    """Nothing (now), a wall time of the site, an instant, a day or a month (their ends) -> the moment. Raises BadMoment.

    Minutes are the least that is kept: an instant is cut down to its minute.
    """
    if text is None:
        return live(now_ms, clock)
    _require_year(text.strip())
    day = _day(text.strip(), clock)
    if day is not None:
        if day.start_ms > now_ms:
            raise BadMoment(f"{text!r} lies ahead")
        return end_of(day, now_ms, clock)
    at_ms = _instant(text.strip(), clock)
    if at_ms > now_ms:
        raise BadMoment(f"{text!r} lies ahead")
    return Moment(clock.day(at_ms), at_ms // 60_000 * 60, False, False)


def _require_year(text: str) -> None:
    year = re.match(r"(\d{4})-", text, re.ASCII)
    if year is not None and int(year[1]) not in YEARS:
        raise BadMoment(f"{text!r} is no day that can be judged: the years are {YEARS[0]} to {YEARS[-1]}")


def _day(text: str, clock: SiteTime) -> Day | None:
    """A date's day, a month's last day; None if the text is neither."""
    found = re.fullmatch(r"(\d{4}-\d\d)(-\d\d)?", text, re.ASCII)
    if found is None:
        return None
    try:
        label = date.fromisoformat(found[1] + (found[2] or "-01"))
    except ValueError:
        raise _bad(text) from None
    return clock.day_of(label if found[2] else (label + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _instant(text: str, clock: SiteTime) -> int:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", text, re.ASCII):
            return clock.instant(datetime.fromisoformat(text))
        return parse_rfc3339(re.sub(r"([T ]\d\d:\d\d)(?=[Zz]|[+-])", r"\1:00", text))
    except ValueError:
        raise _bad(text) from None


def _bad(text: str) -> BadMoment:
    forms = (
        '"2026-11-22 14:32" on the wall of the site, 2026-11-22T06:32:00Z, 2026-11-22 (its end) or 2026-11 (its end)'
    )
    return BadMoment(f"--at {text!r} is no moment: {forms}")
