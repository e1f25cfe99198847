"""The partitions added up per line of the floor: the day, a window of minutes, half hours, and the states now."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.day_ring import DayRing, Minutes
from dashboard.floor.judgement import net_of
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import Follower, Table
from dashboard.floor.plan import Plan
from dashboard.floor.tick_facts import HALF_HOUR_MS, NO_STATE, STATE_CODES, HalfHours
from dashboard.rules.figures import Whole, fill_rows
from streams.metrics import COUNT, Rows
from streams.site_time import MINUTE_MS

_CODE = {name: at for at, name in enumerate(STATE_CODES)}
_PER_HALF_HOUR = 2


class _RowsOfLines:
    """The rows of the lines of each partition, found again where it has more lines or was loaded again."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._rows: dict[int, tuple[DayRing | Table, NDArray[np.intp]]] = {}

    def __call__(self, at: int, part: DayRing | Table) -> NDArray[np.intp]:
        last = self._rows.get(at)
        if last is None or last[0] is not part or len(last[1]) != len(part.lines):
            last = self._rows[at] = (part, self._lines.rows(part.lines))
        return last[1]


class DaySums:
    """Adds the partitions up per line. Only quarter hours that were touched are added up again."""

    def __init__(self, lines: Lines, slots: int) -> None:
        """``slots``: the number of quarter hours of the day."""
        self._lines = lines
        self._rows_of = _RowsOfLines(lines)
        self._seen: list[DayRing] = []
        self.quarters: Minutes = np.zeros((0, slots), np.int32)
        halves = -(-slots // _PER_HALF_HOUR)
        self._handled, self._net = [0] * halves, [0.0] * halves

    def day(self, rings: list[DayRing]) -> Rows:
        """int64 (lines x metrics) of the day."""
        total = np.zeros((len(self._lines), COUNT), np.int64)
        for at, ring in enumerate(rings):
            total[self._rows_of(at, ring)] += ring.day[: len(ring.lines)]
        return total

    def window(self, rings: list[DayRing], first: int, end: int) -> Rows:
        """int64 (lines x ring columns) of the epoch minutes [first, end)."""
        total = np.zeros((len(self._lines), len(rings[0].columns)), np.int64)
        for at, ring in enumerate(rings):
            total[self._rows_of(at, ring)] += ring.window(first, end)
        return total

    def rows(self, rings: list[DayRing]) -> list[tuple[DayRing, NDArray[np.intp]]]:
        """The rings with the row of each of their lines; a new line gets a row."""
        return [(ring, self._rows_of(at, ring)) for at, ring in enumerate(rings)]

    def refresh_half_hours(self, rings: list[DayRing], plan: Plan) -> None:
        """Brings quarter hours and half hours up to date. ``plan`` has a row for every line (see ``rows``)."""
        fresh = self._seen != rings
        self._seen = list(rings)
        if len(self.quarters) < len(self._lines):
            self.quarters = fill_rows(self.quarters, 2 * len(self._lines))
        touched = set(range(rings[0].span.slots)) if fresh else set().union(*(ring.touched for ring in rings))
        for half in sorted({slot // _PER_HALF_HOUR for slot in touched}):
            self._add_half_hour(rings, half, plan)
        for ring in rings:
            ring.touched.clear()

    def half_hours(self, day_start_minute: int, running: int, planned: int | None = None) -> HalfHours:
        """From the first half hour with a call, or the first ``planned`` one if it is earlier, up to the running one."""
        now = running // _PER_HALF_HOUR
        first = next((at for at, handled in enumerate(self._handled[:now]) if handled), now)
        first = first if planned is None else min(first, planned)
        start_ms = day_start_minute * MINUTE_MS + first * HALF_HOUR_MS
        return HalfHours(start_ms, self._handled[first : now + 1], self._net[first : now + 1])

    def _add_half_hour(self, rings: list[DayRing], half: int, plan: Plan) -> None:
        total = np.zeros((len(self._lines), len(rings[0].columns)), np.int64)
        for slot in range(half * _PER_HALF_HOUR, min((half + 1) * _PER_HALF_HOUR, rings[0].span.slots)):
            quarter = np.zeros_like(total)
            for at, ring in enumerate(rings):
                quarter[self._rows_of(at, ring)] += ring.slots[slot, : len(ring.lines)]
            self.quarters[: len(self._lines), slot] = quarter[:, 0]
            total += quarter
        self._handled[half] = int(total[:, 0].sum())
        self._net[half] = float(net_of(plan, total, rings[0].columns).current.net.sum())


class MonthSums:
    """Adds the months of the partitions up per line, again only where one of them changed."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._seen: list[tuple[Table, int]] = []
        self._rows_of = _RowsOfLines(lines)
        self._rows: Rows = np.zeros((0, COUNT), np.int64)

    def add_up(self, tables: Sequence[Table]) -> Rows:
        """int64 (lines x metrics) of the month."""
        seen = [(table, table.changes) for table in tables]
        if seen != self._seen or not len(self._rows):
            places = [self._rows_of(at, table) for at, table in enumerate(tables)]
            self._rows = np.zeros((len(self._lines), COUNT), np.int64)
            for table, rows in zip(tables, places, strict=True):
                self._rows[rows] += table.rows
            self._seen = seen
        return self._rows


class StatesNow:
    """State and start of it per line; where an agent has states in several partitions the newest stands."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._state: Whole = np.zeros(0, np.int64)
        self._since: Whole = np.zeros(0, np.int64)

    def read_states(self, followers: list[Follower]) -> tuple[Whole, Whole]:
        """Codes and instants per line, -1 where there is no state."""
        moved = set().union(*(follower.moved for follower in followers))
        for follower in followers:
            follower.moved.clear()
        rows = self._lines.rows(sorted(moved))
        self._state, self._since = (fill_rows(a, len(self._lines), NO_STATE) for a in (self._state, self._since))
        for row, agent in zip(rows.tolist(), sorted(moved), strict=True):
            here = [f.states[agent] for f in reversed(followers) if agent in f.states]
            newest = max(here, key=lambda known: known.since_ms)
            self._state[row], self._since[row] = _CODE.get(newest.state, _CODE["other"]), newest.since_ms
        return self._state, self._since
