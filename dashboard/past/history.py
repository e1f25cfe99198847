"""The store at a moment -> the judged board of a day or a month: what the screens show, now or then.

Of a day that is not over the minutes say how far it was; where they are no longer kept, the day is shown whole. Adherence
of earlier days is measured by the hour blocks, or where these are gone by the day: in each of them working time counts up to
the scheduled time in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.counts.facts import NO_STATE, STATE_CODES, Whole
from dashboard.counts.lines import Lines
from dashboard.counts.ring import WORKING, counts
from dashboard.judging.attendance import MINUTE_S, asked_in, closed, passed_s
from dashboard.judging.judgement import Counted, Judgement, judge
from dashboard.past.moments import Moment
from dashboard.plan.plan import Plan, packed
from dashboard.plan.planner import Planner
from dashboard.site.load import Site
from streams.counters import day_key
from streams.ledger.states import StateNow
from streams.metrics import COUNT, Rows
from streams.site_time import MINUTE_MS, Day, SiteTime
from streams.store_reader import Cells, Meta

_CHUNK = 240
_HOUR_MINUTES = 60


class Store(Protocol):
    """What is needed of streams.store_reader.Reader."""

    @property
    def partitions(self) -> range: ...

    def meta(self, partition: int) -> Meta | None: ...

    def buckets(self, partition: int, kind: str) -> list[int]: ...

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]: ...

    def states(self, partition: int) -> dict[str, StateNow]: ...


@dataclass(frozen=True)
class Board:
    """A period judged at a moment."""

    period: str
    """``day`` or ``month``."""
    label: str
    site: str
    """The name of the site."""
    moment: Moment
    lines: Lines
    judged: Judgement


class Past:
    """Judges any day or month that the store still has."""

    def __init__(self, store: Store, site: Site, clock: SiteTime) -> None:
        self._store = store
        self._site = site
        self._clock = clock
        self._planner = Planner(site, clock)

    def board(self, period: str, moment: Moment) -> Board:
        """The day or the month of a moment, up to it."""
        moment = self._as_far_as_kept(moment)
        label = moment.day.label
        first = label if period == "day" else label.replace(day=1)
        taken = _Taken(Lines(self._site, label, first), self._store)
        self._count(taken, period, first, moment)
        worked = self._worked(taken, first, moment)
        lines = taken.lines
        plan = self._planner.plan(lines, moment.day)
        scheduled_s, working_s = _attended(plan, worked, self._states(lines), moment)
        counted = Counted(taken.rows(), scheduled_s.astype(np.float64), working_s.astype(np.float64))
        text = str(label) if period == "day" else f"{label:%Y-%m}"
        return Board(period, text, self._site.name, moment, lines, judge(counted, plan, period, moment.now_s))

    def _as_far_as_kept(self, moment: Moment) -> Moment:
        if moment.live or moment.whole or self._keeps("m", moment.day.start_ms // MINUTE_MS):
            return moment
        return Moment(moment.day, moment.day.end_ms // 1000, False, True)

    def _keeps(self, kind: str, key: int) -> bool:
        """Whether a bucket is within what every partition keeps, by the newest event of its log."""
        kept_ms = {"m": self._site.retention.minutes_ms, "h": self._site.retention.hours_ms}[kind]
        metas = [self._store.meta(partition) for partition in self._store.partitions]
        return all(key >= ((meta.newest_ms or 0) - kept_ms) // MINUTE_MS for meta in metas if meta is not None)

    def _count(self, taken: "_Taken", period: str, first: date, moment: Moment) -> None:
        """Adds up the metrics of the period."""
        label, over = moment.day.label, moment.live or moment.whole
        if period == "month" and over and (moment.live or _is_last(label)):
            taken.add("mo", [day_key(label) // 100])
            return
        days = [day_key(first + timedelta(days=n)) for n in range((label - first).days + over)]
        taken.add("d", days)
        if not over:
            taken.add("m", range(moment.day.start_ms // MINUTE_MS, moment.now_s // MINUTE_S))

    def _worked(self, taken: "_Taken", first: date, moment: Moment) -> list["_Worked"]:
        """Time in a working state, of each day of the period."""
        days = [self._clock.day_of(first + timedelta(days=n)) for n in range((moment.day.label - first).days + 1)]
        return [taken.worked(day, self._kind(day, moment)) for day in days]

    def _kind(self, day: Day, moment: Moment) -> str:
        """The finest buckets by which a day can be looked at; those of its first minute or hour are the first to go."""
        at = day.start_ms // MINUTE_MS
        if day == moment.day and self._keeps("m", at):
            return "m"
        return "h" if self._keeps("h", at) else "d"

    def _states(self, lines: Lines) -> tuple[Whole, Whole]:
        """Code and start of each line's state now."""
        newest: dict[str, StateNow] = {}
        for partition in self._store.partitions:
            for agent, state in self._store.states(partition).items():
                if agent not in newest or state.since_ms >= newest[agent].since_ms:
                    newest[agent] = state
        known = [newest.get(person.id) for person in lines.people]
        codes = [STATE_CODES.index(each.state) if each else NO_STATE for each in known]
        return np.array(codes, np.int64), np.array([each.since_ms // 1000 if each else 0 for each in known], np.int64)


@dataclass(frozen=True)
class _Worked:
    """Seconds in a working state of one day: (rows x buckets) and the edges of these in seconds."""

    day: Day
    kind: str
    edges_s: NDArray[np.int64]
    seconds: NDArray[np.int32]


class _Taken:
    """Cells taken from the store, by line."""

    def __init__(self, lines: Lines, store: Store) -> None:
        self.lines = lines
        self._store = store
        self._rows = np.zeros((0, COUNT), np.int64)

    def rows(self) -> Rows:
        """int64 (lines x metrics)."""
        self._rows = _taller(self._rows, len(self.lines))
        return self._rows

    def add(self, kind: str, keys: Sequence[int]) -> None:
        """Adds all metrics of these buckets up."""
        for _, at, rows in self._cells(kind, keys):
            self.rows()[at] += rows

    def worked(self, day: Day, kind: str) -> _Worked:
        """Looks at one day through buckets of a kind."""
        first, end = day.start_ms // MINUTE_MS, day.end_ms // MINUTE_MS
        step = {"m": 1, "h": _HOUR_MINUTES, "d": end - first}[kind]
        edges = np.array([*range(first, end, step), end], np.int64)
        keys = [day_key(day.label)] if kind == "d" else edges[:-1].tolist()
        seconds = np.zeros((len(self.lines), len(keys)), np.int32)
        place = {key: at for at, key in enumerate(keys)}
        for key, at, rows in self._cells(kind, keys):
            seconds = _taller(seconds, len(self.lines))
            seconds[at, place[key]] += rows[:, WORKING].sum(axis=1).astype(np.int32)
        return _Worked(day, kind, edges * MINUTE_S, seconds)

    def _cells(self, kind: str, keys: Sequence[int]) -> Iterable[tuple[int, NDArray[np.intp], Rows]]:
        for partition in self._store.partitions:
            held = set(self._store.buckets(partition, kind)).intersection(keys)
            wanted = sorted(held)
            for at in range(0, len(wanted), _CHUNK):
                for bucket, lines, rows in self._store.cells(partition, kind, wanted[at : at + _CHUNK]):
                    own = [place for place, line in enumerate(lines) if counts(line)]
                    yield bucket.key, self.lines.rows([lines[place] for place in own]), rows[own]


def _attended(plan: Plan, days: Sequence[_Worked], states: tuple[Whole, Whole], moment: Moment) -> tuple[Whole, Whole]:
    """(rows,) each: scheduled seconds up to the moment, and those of them in a working state."""
    total = np.zeros((2, len(plan)), np.int64)
    for each in days:
        spans = packed([[(*span, 1.0) for span in table.attended[_at(plan, each.day)]] for table in plan.timetables])
        now_s = min(moment.now_s, each.day.end_ms // 1000)
        seconds = _taller(each.seconds, len(plan))
        so_far = passed_s(spans, now_s)[plan.timetable]
        if each.kind == "m":
            worked = closed(spans, plan.timetable, seconds, each.day, states, now_s)
        else:
            worked = np.minimum(seconds, asked_in(spans, each.edges_s)[plan.timetable]).sum(axis=1)
        total += np.stack([so_far, np.minimum(worked, so_far)])
    return total[0], total[1]


def _at(plan: Plan, day: Day) -> int:
    return plan.at + (day.label - plan.day.label).days


def _is_last(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _taller(values: NDArray[np.generic], rows: int) -> np.ndarray:
    more = rows - len(values)
    return np.concatenate([values, np.zeros((more, *values.shape[1:]), values.dtype)]) if more > 0 else values
