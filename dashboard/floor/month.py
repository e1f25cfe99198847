"""The month up to now, for teams and floor: what ``judge --period month`` prints, kept beside the tick.

A month has lines of its own: who was on the roster on any of its days, in the team he was in last. Counts are those of the
month's cells, so the floor of a net acts once, on the sums of the month. It is judged once a second, a quarter of a second
after the second began: then nothing else is done that is done once a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.board_plan import BoardPlan, board_plan
from dashboard.floor.cell_table import Table
from dashboard.floor.judgement import Counted, Judgement, judge
from dashboard.floor.lines import Lines
from dashboard.floor.tiers import Tiers
from dashboard.site.load import Site
from streams.metrics import COUNT, Rows

AFTER_MS = 250


@dataclass(frozen=True)
class MonthNow:
    """The month at one second."""

    lines: Lines
    judged: Judgement
    """Per line. Of adherence nothing is known here: scores are not a month's."""
    teams: Tiers
    """The teams in the order of the site file; the last are the lines in no team."""
    site: Tiers
    everyone: Tiers
    """The agents on the page of everyone, then all other lines if there are any."""
    board: BoardPlan


class MonthBoard:
    """Judges the month of one day's plan; between, the same object is given again."""

    def __init__(self, lines: Lines, board: BoardPlan, of: Site) -> None:
        self._lines = lines
        self._board = board
        self._site = of
        self._sums = _MonthSums(lines)
        self._second = -1
        self._now: MonthNow | None = None

    def update(self, tables: Sequence[Table], now_ms: int) -> MonthNow:
        """The month cells of every partition -> the month up to ``now``, which lies in the plan's day."""
        second = (now_ms - AFTER_MS) // 1000
        if self._now is None or second != self._second:
            self._second = second
            self._now = self._judge(self._sums.of(tables), now_ms // 1000)
        return self._now

    def _judge(self, rows: Rows, now_s: int) -> MonthNow:
        if len(self._board.plan) < len(self._lines):
            self._board = board_plan(self._board.plan.grown(len(self._lines)), self._lines, self._site)
        unknown = np.zeros(len(rows))
        judged = judge(Counted(rows, unknown, unknown), self._board.plan, "month", now_s)
        return MonthNow(self._lines, judged, *self._board.pool_tiers(judged), self._board)


class _MonthSums:
    """Adds the partitions up per line, again only where one of them changed."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._seen: list[tuple[Table, int]] = []
        self._places: dict[int, tuple[Table, NDArray[np.intp]]] = {}
        self._rows: Rows = np.zeros((0, COUNT), np.int64)

    def of(self, tables: Sequence[Table]) -> Rows:
        """int64 (lines x metrics) of the month."""
        seen = [(table, table.changes) for table in tables]
        if seen != self._seen or not len(self._rows):
            places = [self._of(at, table) for at, table in enumerate(tables)]
            self._rows = np.zeros((len(self._lines), COUNT), np.int64)
            for table, rows in zip(tables, places, strict=True):
                self._rows[rows] += table.rows
            self._seen = seen
        return self._rows

    def _of(self, at: int, table: Table) -> NDArray[np.intp]:
        """The rows of a partition's lines."""
        known = self._places.get(at)
        if known is None or known[0] is not table or len(known[1]) != len(table.lines):
            known = self._places[at] = (table, self._lines.rows(table.lines))
        return known[1]
