"""What was counted, as rows to read, compare and load elsewhere: the counters of Redis by line and period.

Nothing is judged here and nothing is computed but sums: a row is the sum of the cells that belong to it over all
partitions. A cell whose metrics are all zero is empty and gives no row.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.allowed_teams import Kind, allowed_on
from dashboard.floor.counter_store import CounterStore
from dashboard.floor.day_ring import NOBODY
from dashboard.floor.few_people import is_few
from dashboard.floor.periods import day_period, month_period
from dashboard.floor.sheet import MEASURES, NO_TEAM
from dashboard.floor.visible_groups import hidden_teams
from dashboard.rules.small_groups import hidden_groups
from dashboard.site.load import Site
from streams.metrics import INDEX, NAMES
from streams.site_time import MINUTE_MS, SiteTime, parse_rfc3339, rfc3339

By = Literal["agent", "team", "site", "campaign", "queue", "project"]
Period = Literal["minute", "hour", "day", "month"]
BY: tuple[By, ...] = get_args(By)
PERIODS: tuple[Period, ...] = get_args(Period)

_KIND = {"minute": "m", "hour": "h", "day": "d", "month": "mo"}
_DTYPE = {"minute": "datetime64[s, UTC]", "hour": "datetime64[s, UTC]", "day": "period[D]", "month": "period[M]"}
_CHUNK = 240
_ATTEMPTS = INDEX["attempts"]
Row = Mapping[str, str | int | None]
_Behind = Mapping[str, tuple[set[str], set[str]]]
"""Row -> the agents who counted something in it, and those who had a call."""


class BadBound(ValueError):
    """A ``--from`` or ``--to`` that is no day, month or instant."""


class TotalsPeriod(NamedTuple):
    """One bucket: its key in Redis, its label, its first instant, and the first and last business day it touches."""

    key: int
    label: str
    start_ms: int
    first: date
    last: date


def parse_bound(text: str, time: SiteTime) -> int:
    """``2026-11-23`` or ``2026-11`` (the start of that business day) or an instant -> ms. Raises BadBound."""
    try:
        if match := re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", text, re.ASCII):
            year, month, day = match.groups()
            return time.day_of(date(int(year), int(month), int(day or 1))).start_ms
        return parse_rfc3339(re.sub(r"(T\d\d:\d\d)(?=Z|[+-])", r"\1:00", text))
    except (ValueError, OverflowError):  # the latter: the calendar ends with 9999-12-30
        raise BadBound(f"{text!r} is no day (2026-11-23), month (2026-11) or instant (2026-11-23T06:32Z)") from None


def totals(
    reader: CounterStore, site: Site, by: By, period: Period, from_ms: int | None, to_ms: int | None
) -> Iterator[Row]:
    """The rows of the periods that start in [from_ms, to_ms) by the names of ``columns``: by period, then by line.

    Raises PersonsWithheld.
    """
    if by == "agent":
        site.require_persons("totals by agent")
    cells = person_cells if by == "agent" and not site.judges_persons else all_cells
    time = site.time
    metas = [meta for p in reader.partitions if (meta := reader.meta(p)) is not None]
    newest_ms = max((meta.newest_ms or 0 for meta in metas), default=0)
    name = _names(by, site, time.day(newest_ms).label)
    few = _few_of(by, site, time.day(newest_ms).label)
    held = {p: set(reader.buckets(p, _KIND[period])) for p in reader.partitions}
    spans = [_span(key, period, time) for key in sorted(set().union(*held.values()))]
    wanted = [s for s in spans if (from_ms is None or s.start_ms >= from_ms) and (to_ms is None or s.start_ms < to_ms)]
    for at in range(0, len(wanted), _CHUNK):
        chunk = {span.key: span for span in wanted[at : at + _CHUNK]}
        sums: dict[int, dict[str, NDArray[np.int64]]] = {key: {} for key in chunk}
        behind: dict[int, dict[str, tuple[set[str], set[str]]]] = {key: {} for key in chunk}
        for p, keys in held.items():
            for bucket, lines, rows in reader.cells(p, _KIND[period], [key for key in chunk if key in keys]):
                of_key = sums[bucket.key]
                for line, row in zip(lines, rows, strict=True):
                    if (group := name(line, chunk[bucket.key])) is not None:
                        of_key[group] = of_key[group] + row if group in of_key else row
                        if few is not None and not line.startswith("~"):
                            people = behind[bucket.key].setdefault(group, (set(), set()))
                            for found, counts in zip(people, (row.any(), row[_ATTEMPTS]), strict=True):
                                found |= {line} if counts else set()
        for key, span in chunk.items():
            withheld = few(span, behind[key]) if few is not None else ()
            for line, row in sorted(sums[key].items()):
                if row.any() and line not in withheld:
                    yield {"period": span.label, by: line, **cells(row.tolist())}


def all_cells(row: Sequence[int]) -> dict[str, int | None]:
    """Every metric by its name."""
    return dict(zip(NAMES, row, strict=True))


def person_cells(row: Sequence[int]) -> dict[str, int | None]:
    """The same of a person whom nobody judges: counts, without durations and points."""
    return {name: None if name.endswith(MEASURES) else count for name, count in all_cells(row).items()}


def columns(by: By, period: Period) -> dict[str, str]:
    """Every column of the table with its dtype in a DataFrame: the period, the line and every metric."""
    return {"period": _DTYPE[period], by: "string", **dict.fromkeys(NAMES, "Int64")}


def _names(by: By, site: Site, newest: date) -> Callable[[str, TotalsPeriod], str | None]:
    """Which row a line belongs to in a period; None = not in this view."""
    if by in ("campaign", "queue", "project"):
        return _named_lines(by, site, newest)

    def name(line: str, span: TotalsPeriod) -> str | None:
        if line.startswith("~") and line not in NOBODY:
            return None
        if by == "site":
            return site.name
        return line if by == "agent" or line in NOBODY else team(line, span.first, span.last)

    @cache
    def team(agent: str, first: date, last: date) -> str:
        # The team in force on the period's last day; of a period that still runs, on the newest day of the log.
        # Agents who left in the period count in their last team.
        spell = site.spell(agent, first, min(last, max(newest, first)))
        return spell.team if spell else NO_TEAM

    return name


def _few_of(by: By, site: Site, newest: date) -> Callable[[TotalsPeriod, _Behind], Collection[str]] | None:
    """The rows of a period that would be those of few; None: none is withheld.

    By the agents of each row who counted something, and of them those who had a call.
    """
    least = site.least_members
    if not least or by not in ("team", "site"):
        return None
    ids = [*(team.id for team in site.teams), NO_TEAM]
    at_team = {id: at for at, id in enumerate(ids)}

    @cache
    def hidden(day: date) -> frozenset[int]:
        return hidden_teams(site, day).hidden

    def few(span: TotalsPeriod, behind: _Behind) -> Collection[str]:
        if by == "site":
            people = behind.get(site.name, ())
            return {site.name} if any(is_few(len(each), least) for each in people) else ()
        day = _team_day(span, newest)
        counts = np.zeros((2, len(ids), 1), np.int64)
        for id, people in behind.items():
            counts[:, at_team[id], 0] = [len(each) for each in people]
        found = hidden_groups([*counts], least, hidden(day), lambda at: min(behind[ids[at]][0]))
        return {ids[at] for at in found}

    return few


def _team_day(span: TotalsPeriod, newest: date) -> date:
    """The day whose teams count: the last of the period; of a period that still runs, the newest day of the log."""
    return min(span.last, max(newest, span.first))


def _named_lines(kind: Kind, site: Site, newest: date) -> Callable[[str, TotalsPeriod], str | None]:
    """Campaigns or queues, where the teams allowed on them have enough people."""
    prefix = f"~{kind}:"
    allowed = cache(lambda day: allowed_on(site, day))

    def name(line: str, span: TotalsPeriod) -> str | None:
        id = line.removeprefix(prefix)
        return id if id != line and allowed(_team_day(span, newest)).is_enough(kind, id) else None

    return name


def _span(key: int, period: Period, time: SiteTime) -> TotalsPeriod:
    if period in ("minute", "hour"):
        day = time.day(key * MINUTE_MS).label
        return TotalsPeriod(key, rfc3339(key * MINUTE_MS)[:16] + "Z", key * MINUTE_MS, day, day)
    days = day_period(date.fromisoformat(f"{key}")) if period == "day" else month_period(date.fromisoformat(f"{key}01"))
    return TotalsPeriod(key, days.label, days.start_ms(time), days.first, days.last)
