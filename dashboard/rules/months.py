"""The month of a day: its days, its last day, and how it is written."""

import calendar
from datetime import date, timedelta


def last_of_month(day: date) -> date:
    """The last day of the month of a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def days_of_month(day: date) -> list[date]:
    """All days of the month of a day, in order."""
    first = day.replace(day=1)
    return [first + timedelta(days=n) for n in range(last_of_month(day).day)]


def month_label(day: date) -> str:
    """The month of a day as ``2026-11``; always with four digits of the year."""
    return day.isoformat()[:7]
