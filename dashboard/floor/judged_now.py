"""One tick judged: the day per line, the tiers of day and month, and the last half hour.

The month has lines of its own: everybody who was on the roster on any of its days, in their last team. Its counts are those of
the month's cells, so net is floored at 0 once, on the sums of the month. It is judged once a second, a quarter of a second
after the second began, when no other job that runs once a second is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.floor.board_plan import BoardPlan, board_plan
from dashboard.floor.judgement import Judgement, LineCounts, judge, net_of
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import Table
from dashboard.floor.partition_sums import MonthSums
from dashboard.floor.tick_facts import TickFacts
from dashboard.floor.tiers import Tiers
from dashboard.rules.deduction import DeductionRange
from dashboard.site.load import Site

AFTER_MS = 250


@dataclass(frozen=True)
class MonthNow:
    """The month at one second; its tiers are those of the groups of ``board``."""

    lines: Lines
    judged: Judgement
    """Per line, without adherence, so its scores are not those of the month."""
    teams: Tiers
    site: Tiers
    everyone: Tiers
    board: BoardPlan


class MonthBoard:
    """Judges the month of one day's plan once a second; in between it returns the same object."""

    def __init__(self, lines: Lines, board: BoardPlan, of: Site) -> None:
        self._lines = lines
        self._board = board
        self._site = of
        self._sums = MonthSums(lines)
        self._second = -1
        self._now: MonthNow | None = None

    def judge_month(self, tables: Sequence[Table], now_ms: int) -> MonthNow:
        """The month cells of every partition -> the month up to ``now``, which lies in the plan's day."""
        second = (now_ms - AFTER_MS) // 1000
        if self._now is None or second != self._second:
            self._second = second
            rows = self._sums.add_up(tables)
            if len(self._board.plan) < len(self._lines):
                more, small = self._board.plan.grown(len(self._lines)), self._board.small
                self._board = board_plan(more, self._lines, self._site, small)
            unknown = np.zeros(len(rows))
            judged = judge(LineCounts(rows, unknown, unknown), self._board.plan, "month", now_ms // 1000)
            self._now = MonthNow(self._lines, judged, *self._board.pool_tiers(judged), self._board)
        return self._now


@dataclass(frozen=True)
class JudgedNow:
    """All that the views are made of; its tiers are those of the groups of ``board``."""

    facts: TickFacts
    board: BoardPlan
    """The day's plan; it has a row for each line of ``facts``."""
    day: Judgement
    last30: DeductionRange
    """Of the last 30 whole minutes and the running one."""
    teams: Tiers
    site: Tiers
    everyone: Tiers
    month: MonthNow


def judged_now(facts: TickFacts, board: BoardPlan, month: MonthNow) -> JudgedNow:
    """The facts of one tick -> judged."""
    day = judge(LineCounts(facts.day, facts.scheduled_s, facts.working_s), board.plan, "day", facts.now_ms // 1000)
    last30 = net_of(board.plan, facts.last30, facts.columns)
    return JudgedNow(facts, board, day, last30, *board.pool_tiers(day), month)
