"""Public holidays and the weekends that make up for them, as the State Council set them for 2026; and what a site corrects."""

from datetime import date, timedelta

from dashboard.site.calendar import calendar

EVEN = (1.0,) * 7
OFF_2026 = {
    *("01-01", "01-02", "01-03"),
    *("02-15", "02-16", "02-17", "02-18", "02-19", "02-20", "02-21", "02-22", "02-23"),
    *("04-04", "04-05", "04-06"),
    *("05-01", "05-02", "05-03", "05-04", "05-05"),
    *("06-19", "06-20", "06-21"),
    *("09-25", "09-26", "09-27"),
    *("10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07"),
}
"""The days off of the notice for 2026, weekends inside of them included."""
MADE_UP_2026 = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}


def of_2026(month_day: str) -> date:
    return date.fromisoformat(f"2026-{month_day}")


def test_china_2026_has_every_day_off_and_every_made_up_weekend() -> None:
    china = calendar("CN", (), (), EVEN)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    off, made_up = ({of_2026(each) for each in named} for named in (OFF_2026, MADE_UP_2026))
    expected = [day in made_up or (day.weekday() < 5 and day not in off) for day in days]
    assert [china.is_workday(day) for day in days] == expected
    assert {day for day in china.workdays if day.year == 2026} == made_up
    assert sum(expected) == 248


def test_what_the_site_says_wins_over_the_country() -> None:
    off, on = date(2026, 10, 10), date(2026, 10, 1)
    corrected = calendar("CN", (off,), (on,), EVEN)
    assert not corrected.is_workday(off)
    assert off not in corrected.workdays
    assert corrected.is_workday(on)
    assert on not in corrected.holidays


def test_a_country_has_its_own_weekend_and_none_has_saturday_and_sunday() -> None:
    friday, sunday = date(2026, 11, 6), date(2026, 11, 8)
    israel, none = calendar("IL", (), (), EVEN), calendar(None, (friday,), (), EVEN)
    assert (israel.is_workday(friday), israel.is_workday(sunday)) == (False, True)
    assert (none.is_workday(friday), none.is_workday(sunday)) == (False, False)
