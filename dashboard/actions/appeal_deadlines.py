"""Deadlines in working days of a site's calendar."""

from datetime import date, timedelta

from dashboard.site.types import Calendar
from streams.site_time import SiteTime

_MOST_DAYS = 3_660


def last_day(start: date, working_days: int, calendar: Calendar) -> date:
    """The last day on which something is in time that may take so many working days from ``start`` on.

    The day itself does not count: it may be over when one hears of it. A calendar without working days ends the search.
    """
    day, left = start, working_days
    for _ in range(_MOST_DAYS):
        if left <= 0:
            break
        day += timedelta(days=1)
        left -= calendar.is_workday(day)
    return day


def deadline_ms(start_ms: int, working_days: int, calendar: Calendar, time: SiteTime) -> int:
    """The instant after which it is too late: the end of the last business day."""
    return time.day_of(last_day(time.day(start_ms).label, working_days, calendar)).end_ms
