"""How single values of the site file and its lists are read: text, zones, times, dates, numbers, durations.

A reader takes the raw value (of TOML, or the text of a CSV cell) and gives ours, or raises ValueError that says what is allowed.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import PlainValidator

from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS

Reader = Callable[[Any], Any]
LONGEST_ID = 64
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
"""The years that lie in the calendar with the day after them (``streams.site_time``)."""
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(\.{_LABEL})*|\[[0-9a-f:]+\])(:(?P<port>\d{{1,5}}))?", re.ASCII
)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_PORTS = {"http": 80, "https": 443}
_UNITS_MS = {"s": 1000, "m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def text(value: Any) -> str:
    """A non-empty string."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a non-empty text in quotes")
    return value


def own_id(value: Any) -> str:
    """An id that the centre makes up itself: readable in an address and typed as it is seen.

    Letters, with their marks, and digits of any script. Not dots alone: browsers take those for folders.
    """
    if not isinstance(value, str) or not _is_own_id(value):
        allowed = f'1 to {LONGEST_ID} letters, digits, spaces, ".", "_" and "-"'
        raise ValueError(f"{allowed}, no space at either end, not dots alone")
    return value


def _is_own_id(value: str) -> bool:
    letters = all(letter in " ._-" or category(letter)[0] in "LMN" for letter in value)
    return letters and 0 < len(value) <= LONGEST_ID and value == value.strip() and value.strip(".") != ""


def trimmed(value: Any) -> str:
    """A non-empty string that a cell of a list can hold: those are read without the space around them."""
    found = text(value)
    if found != found.strip():
        raise ValueError("a text without space at either end")
    return found


def agent_id(value: Any) -> str:
    """An id of another system: any text. ``~`` begins the lines that are no agent's."""
    if text(value).startswith("~"):
        raise ValueError('the id of an agent, which never begins with "~"')
    return text(value)


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


def pause(value: Any) -> tuple[str, str]:
    """Two local wall times."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError('two local times such as ["12:00", "13:00"]')
    return wall_time(value[0]), wall_time(value[1])


def day(value: Any) -> date:
    """A date."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("a date without quotes such as 2026-11-01")
    return value


def first_of_month(value: Any) -> date:
    """The first of a month: rules change between months only."""
    if day(value).day != 1:
        raise ValueError("the first of a month such as 2026-11-01")
    return day(value)


def written_day(value: str) -> date:
    """A date in a cell."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("a date such as 2026-11-01")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("a date that exists, such as 2026-11-01") from None


def written_time(value: str) -> datetime:
    """A local date and time in a cell, without offset."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?", value, re.ASCII):
        raise ValueError("a local time such as 2026-11-02 14:30")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("a local time that exists, such as 2026-11-02 14:30") from None


def written_edge(value: str) -> date:
    """A date in a cell, or a local date and time (a datetime), where a stretch of time begins or ends."""
    try:
        edge = written_time(value) if len(value) > len("2026-11-01") else written_day(value)
    except ValueError:
        edge = date.min
    if not _FIRST_YEAR <= edge.year <= _LAST_YEAR:
        years = f"{_FIRST_YEAR} to {_LAST_YEAR}"
        raise ValueError(f"a date such as 2026-11-01 or a local time such as 2026-11-30T14:00, {years}")
    return edge


def written_bool(value: str) -> bool:
    """Yes or no in a cell."""
    if value.lower() not in _YES_NO:
        raise ValueError("true or false")
    return _YES_NO[value.lower()]


def written_fraction(value: str) -> float:
    """A part of a day in a cell: above 0, at most 1."""
    if not re.fullmatch(r"\d([.,]\d+)?", value, re.ASCII) or not 0 < float(value.replace(",", ".")) <= 1:
        raise ValueError("a part of a day above 0 and at most 1, such as 0.5")
    return float(value.replace(",", "."))


def written_target(value: str) -> int:
    """A whole number of calls in a cell."""
    if not re.fullmatch(r"\d{1,7}", value, re.ASCII):
        raise ValueError("a whole number of calls such as 5000")
    return int(value)


def yes_no(value: Any) -> bool:
    """True or false, without quotes."""
    if not isinstance(value, bool):
        raise ValueError("true or false, without quotes")
    return value


def whole(low: int, high: int) -> Reader:
    """A whole number of a range."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return read


def number(low: float, high: float) -> Reader:
    """A number of a range."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return float(value)

    return read


def weights_of(count: int, *, may_be_empty: bool) -> Reader:
    """A list of that many weights that are not all 0."""

    def read(value: Any) -> tuple[float, ...]:
        if may_be_empty and value == []:
            return ()
        if not isinstance(value, list) or len(value) != count:
            raise ValueError(f"a list of {count} numbers" + (", or empty" if may_be_empty else ""))
        weights = tuple(number(0, 1_000_000)(each) for each in value)
        if not any(weights):
            raise ValueError(f"a list of {count} numbers that are not all 0")
        return weights

    return read


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


def text_list(value: Any) -> tuple[str, ...]:
    """A list of strings in their order, none twice."""
    if not isinstance(value, list) or len(texts(value)) != len(value):
        raise ValueError('a list of texts without repeats such as ["renewal-11"]')
    return tuple(value)


def origins(value: Any) -> tuple[str, ...]:
    """A list of origins as a browser writes them: https, or http of this machine, small letters, no default port, no path."""
    found = text_list(value)
    if not all(map(_is_origin, found)):
        raise ValueError(
            'a list of origins such as ["https://desktop.example.com"]; http only on loopback; no "/" at the end'
        )
    return found


def _is_origin(value: str) -> bool:
    match = _ORIGIN.fullmatch(value)
    if match is None or match["scheme"] == "http" and match["host"] not in _LOOPBACK:
        return False
    port = match["port"]
    return port is None or (port == f"{int(port)}" and 0 < int(port) < 65_536 and int(port) != _PORTS[match["scheme"]])


def one_of(*allowed: str) -> Reader:
    """One of some words."""

    def read(value: Any) -> str:
        if value not in allowed or not isinstance(value, str):
            raise ValueError("one of " + ", ".join(f'"{word}"' for word in allowed))
        return value

    return read


def some_of(*allowed: str) -> Reader:
    """A list of some of these words, none twice."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
            raise ValueError("a list without repeats of " + ", ".join(f'"{word}"' for word in allowed))
        return tuple(one_of(*allowed)(each) for each in value)

    return read


Text = Annotated[str, PlainValidator(text)]
OwnId = Annotated[str, PlainValidator(own_id)]
Trimmed = Annotated[str, PlainValidator(trimmed)]
AgentId = Annotated[str, PlainValidator(agent_id)]
Zone = Annotated[str, PlainValidator(zone)]
WallTime = Annotated[str, PlainValidator(wall_time)]
Pause = Annotated[tuple[str, str], PlainValidator(pause)]
Day = Annotated[date, PlainValidator(day)]
FirstOfMonth = Annotated[date, PlainValidator(first_of_month)]
WrittenDay = Annotated[date, PlainValidator(written_day)]
WrittenEdge = Annotated[date, PlainValidator(written_edge)]
WrittenTime = Annotated[datetime, PlainValidator(written_time)]
WrittenBool = Annotated[bool, PlainValidator(written_bool)]
WrittenFraction = Annotated[float, PlainValidator(written_fraction)]
WrittenTarget = Annotated[int, PlainValidator(written_target)]
Seconds = Annotated[int, PlainValidator(whole(0, 86_400))]
Points = Annotated[int, PlainValidator(whole(0, 10_000))]
Calls = Annotated[int, PlainValidator(whole(0, 9_999_999))]
Days = Annotated[int, PlainValidator(whole(0, 366))]
Duration = Annotated[int, PlainValidator(duration_ms)]
Months = Annotated[int, PlainValidator(months)]
YesNo = Annotated[bool, PlainValidator(yes_no)]
Texts = Annotated[frozenset[str], PlainValidator(texts)]
TextList = Annotated[tuple[str, ...], PlainValidator(text_list)]
Origins = Annotated[tuple[str, ...], PlainValidator(origins)]
Direction = Annotated[str, PlainValidator(one_of("inbound", "outbound"))]
