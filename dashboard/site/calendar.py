"""Public holidays and the days that make up for them: of a library, corrected by the site's own lists."""

from collections.abc import Collection
from datetime import date

import holidays

from dashboard.site.types import Calendar

YEARS = range(1999, 2041)
"""What a site may look at: of years whose make-up days are not announced yet the library has none."""


def countries() -> list[str]:
    """The codes of the countries that are known."""
    return sorted(holidays.list_supported_countries())


def calendar(
    country: str | None, days_off: Collection[date], days_on: Collection[date], weights: tuple[float, ...]
) -> Calendar:
    """A country's days and the site's corrections -> the calendar; what the site says wins."""
    off, on = frozenset(days_off), frozenset(days_on)
    if country is None:
        return Calendar(None, off - on, on, weights)
    public = holidays.country_holidays(country, years=YEARS)
    made_up = frozenset(day for day in public.weekend_workdays if day.year in YEARS)
    return Calendar(
        country=country,
        holidays=(frozenset(public) | off) - on,
        workdays=(made_up | on) - off,
        weekday_weights=weights,
        weekend=frozenset(public.weekend),
    )
