"""The keys of the site file: one table per section with the default, how a value is read and what it means.

A reader takes the TOML value and gives ours, or raises ValueError that says what is allowed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Reader = Callable[[Any], Any]
_UNITS_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Key(NamedTuple):
    """One key: its name, how its value is read, the value without it (already read) and its meaning."""

    name: str
    read: Reader
    default: Any
    help: str


REQUIRED = object()
"""The default of a key that must be given."""


def text(value: Any) -> str:
    """A non-empty string."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a non-empty text in quotes")
    return value


def zone(value: Any) -> str:
    """An IANA time zone."""
    try:
        return ZoneInfo(text(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('an IANA time zone such as "Asia/Shanghai"') from None


def wall_time(value: Any) -> str:
    """A local wall time HH:MM."""
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        raise ValueError('a local time from "00:00" to "23:59"')
    return value


def day(value: Any) -> date:
    """A date."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("a date without quotes such as 2026-11-01")
    return value


def seconds(value: Any) -> int:
    """Whole seconds of a call."""
    return _whole(value, 0, 86_400)


def points(value: Any) -> int:
    """Hundredths of a point, 0 to 10000."""
    return _whole(value, 0, 10_000)


def duration_ms(value: Any) -> int:
    """``72h`` -> milliseconds."""
    match = re.fullmatch(r"(\d{1,6}) ?([smhd])", value, re.ASCII) if isinstance(value, str) else None
    if match is None or not int(match.group(1)):
        raise ValueError('a duration such as "30s", "10m", "72h" or "40d"')
    return int(match.group(1)) * _UNITS_MS[match.group(2)]


def months(value: Any) -> int:
    """``25 months`` -> 25."""
    match = re.fullmatch(r"(\d{1,3}) ?months?", value, re.ASCII) if isinstance(value, str) else None
    if match is None or not int(match.group(1)):
        raise ValueError('a number of months such as "25 months"')
    return int(match.group(1))


def texts(value: Any) -> frozenset[str]:
    """A list of strings."""
    if not isinstance(value, list):
        raise ValueError('a list of texts such as ["sale"]')
    return frozenset(text(item) for item in value)


def one_of(*allowed: str) -> Reader:
    """One of some words."""

    def read(value: Any) -> str:
        if value not in allowed or not isinstance(value, str):
            raise ValueError("one of " + ", ".join(f'"{word}"' for word in allowed))
        return value

    return read


def _whole(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"a whole number from {low} to {high}")
    return value


DIRECTION = one_of("inbound", "outbound")

SITE = (
    Key("name", text, "callfloor", "what the centre is called on screen"),
    Key("name_en", text, None, "its name in English; without it, name"),
    Key("zone", zone, REQUIRED, "IANA time zone of the floor"),
    Key("business_day_start", wall_time, "00:00", "local time at which a business day starts"),
    Key("counting_since", day, None, "first business day counted"),
    Key("duty_phone", text, None, "whom to call when the board is stale"),
    Key("language", one_of("zh", "en"), "zh", "language of the screens"),
)
COUNTING = (
    Key("lateness", duration_ms, 72 * 3_600_000, "how far behind the newest fact one may come and still count"),
    Key("short_call_s", seconds, 10, "a handled call with less talk is short"),
    Key("effective_call_s", seconds, 30, "a handled call with at least this talk is effective"),
    Key("answer_in_s", seconds, 20, "an inbound call answered within this is in time"),
    Key("satisfied_points", points, 7500, "a survey of at least this, in hundredths of 0-100, is satisfied"),
    Key("success_dispositions", texts, frozenset({"sale"}), "dispositions that count as converted"),
)
RETENTION = (
    Key("minutes", duration_ms, 48 * 3_600_000, "how long minute cells are kept"),
    Key("hours", duration_ms, 40 * 86_400_000, "how long hour blocks are kept"),
    Key("days", months, 25, "how long day and month cells are kept"),
    Key("ledger", duration_ms, 100 * 86_400_000, "how long complaints, evaluations, conduct and surveys may change"),
)
TEAM = (
    Key("id", text, REQUIRED, "its id in the roster and in addresses"),
    Key("name", text, None, "its name on screen; without it, the id"),
    Key("name_en", text, None, "its name in English; without it, name"),
    Key("profile", text, "outbound", "the profile its agents are judged by"),
    Key("direction", DIRECTION, None, "inbound or outbound; without it, the profile's"),
)
CAMPAIGN = (
    Key("id", text, REQUIRED, "its id in events"),
    Key("name", text, None, "its name on screen; without it, the id"),
    Key("name_en", text, None, "its name in English; without it, name"),
    Key("direction", DIRECTION, "outbound", "inbound or outbound"),
    Key("starts", day, None, "first day"),
    Key("ends", day, None, "last day"),
    Key("success_dispositions", texts, None, "what counts as converted in it; without it, the site's"),
)
SECTIONS: Mapping[str, tuple[Key, ...]] = {"site": SITE, "counting": COUNTING, "retention": RETENTION}
LISTS: Mapping[str, tuple[Key, ...]] = {"teams": TEAM, "campaigns": CAMPAIGN}
LATER: Mapping[str, frozenset[str]] = {
    "policies": frozenset(
        ["version", "effective_from", "published_on", "deduction", "indices", "grades_closed", "grades", "eligibility"]
        + ["appeals", "profiles"]
    ),
    "shifts": frozenset(["id", "start", "end", "breaks"]),
    "calendar": frozenset(["country", "holidays", "workdays", "weekday_weights"]),
    "alerts": frozenset(["break_limit", "wrap_limit", "idle_limit"]),
    "boards": frozenset(["id", "pages", "rotate", "names"]),
}
"""Sections that nothing reads yet: their keys are known by name, their values are not looked at."""


def tables(value: Any) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    """A section -> its tables with their index: one without an index, or those of an array of tables."""
    if isinstance(value, dict):
        yield None, value
    elif isinstance(value, list):
        yield from ((at, table) for at, table in enumerate(value) if isinstance(table, dict))
