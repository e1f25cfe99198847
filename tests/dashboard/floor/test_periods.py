"""Days and months as people name them, up to the edges of what can be judged."""

from datetime import date

import pytest

from dashboard.floor.periods import (
    BadMoment,
    BadPeriod,
    day_period,
    moment_of,
    month_period,
    parse_month,
    period_of,
    require_begun,
)
from dashboard.rules.months import month_label
from streams.site_time import SiteTime

TODAY = date(2026, 11, 23)
NOW_MS = 1_795_406_400_000
ZONES = ("Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati")


@pytest.mark.parametrize("text", ["0001-01-01", "1969-12-31", "9999-01-01", "9999-12-31"])
def test_what_lies_beyond_the_years_is_no_day_that_can_be_judged(text: str) -> None:
    for kind in ("day", "month"):
        with pytest.raises(BadPeriod, match="can be judged: the years are 1970 to 9998"):
            period_of(kind, text, TODAY)
    with pytest.raises(BadPeriod, match="no month that can be judged"):
        parse_month(text[:7])


@pytest.mark.parametrize("text", ["0001-01-01", "0001-01", "9999-12", "9999-12-31 23:59", "0001-01-01T00:00Z"])
@pytest.mark.parametrize("zone", ZONES)
def test_no_moment_lies_beyond_them(text: str, zone: str) -> None:
    with pytest.raises(BadMoment, match="no day that can be judged"):
        moment_of(text, NOW_MS, SiteTime(zone))


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_and_the_last_day_have_their_instants(zone: str) -> None:
    clock = SiteTime(zone)
    for text in ("1970-01-01", "9998-12-31"):
        period = period_of("day", text, TODAY)
        assert period.end_ms(clock) - period.start_ms(clock) == 24 * 3_600_000
    assert moment_of("1970-01-01", NOW_MS, clock).whole
    assert moment_of("1970-01-01 00:00", NOW_MS, clock).day.label == date(1970, 1, 1)


def test_a_label_has_four_digits_of_the_year() -> None:
    assert month_label(date(1, 1, 9)) == month_period(date(1, 1, 9)).label == "0001-01"


def test_what_lies_ahead_is_refused_and_what_runs_is_not() -> None:
    require_begun(day_period(TODAY), TODAY)
    require_begun(month_period(date(2026, 11, 30)), TODAY)
    for ahead in (day_period(date(2026, 11, 24)), month_period(date(2026, 12, 1))):
        with pytest.raises(BadPeriod, match="lies ahead"):
            require_begun(ahead, TODAY)
