"""Deadlines: working days of the calendar, from the day after; the last of them counts whole."""

from datetime import date

import pytest

from dashboard.actions.appeal_rules import deadline_ms, last_day
from dashboard.site.types import Calendar
from streams.site_time import SiteTime, parse_rfc3339

PLAIN = Calendar(None, frozenset(), frozenset())
MADE_UP = Calendar(None, frozenset({date(2026, 10, 1), date(2026, 10, 2)}), frozenset({date(2026, 10, 10)}))


@pytest.mark.parametrize(
    ("start", "days", "calendar", "expected"),
    [
        (date(2026, 11, 23), 3, PLAIN, date(2026, 11, 26)),
        (date(2026, 11, 26), 3, PLAIN, date(2026, 12, 1)),
        (date(2026, 11, 28), 1, PLAIN, date(2026, 11, 30)),
        (date(2026, 11, 23), 0, PLAIN, date(2026, 11, 23)),
        (date(2026, 9, 30), 1, MADE_UP, date(2026, 10, 5)),
        (date(2026, 10, 9), 1, MADE_UP, date(2026, 10, 10)),
    ],
)
def test_the_last_day(start: date, days: int, calendar: Calendar, expected: date) -> None:
    assert last_day(start, days, calendar) == expected


def test_a_deadline_is_the_end_of_a_business_day() -> None:
    time = SiteTime("Asia/Shanghai", "04:00")
    at_ms = parse_rfc3339("2026-11-23T19:59:00Z")  # 03:59 on the 24th: still the business day of the 23rd
    assert deadline_ms(at_ms, 3, PLAIN, time) == parse_rfc3339("2026-11-26T20:00:00Z")


def test_a_calendar_without_working_days_ends_the_search() -> None:
    never = Calendar(None, frozenset(date.fromordinal(n) for n in range(739_000, 745_000)), frozenset())
    assert last_day(date(2026, 11, 23), 1, never) > date(2030, 1, 1)
