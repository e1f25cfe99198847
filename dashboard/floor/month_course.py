"""How the month came about: the site's net and what it owed at the end of each day so far, and where the rest may end.

Pace of a day is that of the month up to the day's end, over the assessed, as the roll-up's own pace is that of now. Days before
the first of which anything was counted are unknown, not 0. What is to come is the forecast of docs/rules.md 4 at the end of each
day that still owes something: its ends are those of the month's forecast on the way there.
"""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from dashboard.floor.judgement import net_of
from dashboard.floor.month import MonthNow
from dashboard.floor.past_days import PastDays
from dashboard.floor.plan import Plan
from dashboard.rules.deduction import Numbers, lowered
from dashboard.rules.evidence import DEFAULT_K
from dashboard.rules.forecast import month_end
from streams.metrics import Rows

DAYS_AT_ONCE = 4
"""Of 5,000 lines a day takes about a millisecond: no tick has to do all of them."""
_OWES = 1e-6


class DayEnd(NamedTuple):
    """The month up to the end of a day, of the assessed."""

    label: date
    net: float
    due: float


class Ahead(NamedTuple):
    """What may be by the end of a day to come: ``due`` by then, and net calls with the ends of two intervals."""

    label: date
    due: float
    expected: float
    low: float
    high: float
    low95: float
    high95: float


class MonthCourse:
    """The finished days of one month, found again where what was read of them or the plan is another, a few at a time."""

    def __init__(self) -> None:
        self._of: tuple[PastDays, Plan] | None = None
        self._left: list[date] = []
        self._found: list[DayEnd] = []
        self._sums: Rows = np.zeros((0, 0), np.int64)
        self.days: list[DayEnd] | None = None

    def update(self, past: PastDays | None, month: MonthNow) -> list[DayEnd] | None:
        """A few days more; None before all were found once. ``past`` of another day is left for the next reading."""
        plan = month.board.plan
        if past is None or past.today != plan.day.label:
            return self.days
        if self._of is None or self._of[0] is not past or self._of[1] is not plan:
            self._of, self._left, self._found = (past, plan), sorted(past.days), []
            self._sums = np.zeros((len(plan), len(past.columns)), np.int64)
        for _ in range(min(DAYS_AT_ONCE, len(self._left))):
            self._add(past, month, self._left.pop(0))
        if not self._left:
            self.days = self._found
        return self.days

    def _add(self, past: PastDays, month: MonthNow, label: date) -> None:
        plan = month.board.plan
        for lines, rows in past.days[label]:
            at = month.lines.rows(lines)
            known = at < len(plan)
            np.add.at(self._sums, at[known], rows[known])
        found = net_of(plan, self._sums, past.columns).shown
        due = lowered(_owed_by(plan, label.day), found.off_target)
        if _owed_of(plan, label.day - 1) > _OWES:
            net, owed = (float(np.nansum(values[plan.assessed])) for values in (found.net, due))
            self._found.append(DayEnd(label, net, owed))


def ahead(month: MonthNow) -> list[Ahead]:
    """The ends of today and of the days to come that owe something, where the site has a target."""
    plan, tier = month.board.plan, month.site.tier
    if not tier.target_by_now[0] > 0:
        return []
    days = [at for at in range(plan.at, plan.shares.shape[1]) if _owed_of(plan, at) > _OWES]
    due, now = float(tier.target_by_now[0]), float(np.nansum(month.judged.owed.by_now[plan.assessed]))
    left = np.array([max(0.0, float(np.nansum(_owed_by(plan, at + 1)[plan.assessed])) - now) for at in days])
    net, owed = (np.full(len(days), value) for value in (float(tier.net_assessed[0]), due))
    ends = [month_end(DEFAULT_K, net, owed, left, inside) for inside in (0.8, 0.95)]
    rows = zip(due + left, ends[0].expected, *(each for end in ends for each in (end.low, end.high)), strict=True)
    first = plan.day.label.replace(day=1)
    return [Ahead(first + timedelta(days=at), *map(float, row)) for at, row in zip(days, rows, strict=True)]


def _owed_by(plan: Plan, days: int) -> Numbers:
    """(rows,): calls owed by the end of the first ``days`` days of the month; 0 without a target."""
    shares = np.where(plan.counts, np.nan_to_num(plan.shares), 0.0)
    return np.asarray(shares[:, :days].sum(axis=1), np.float64)


def _owed_of(plan: Plan, at: int) -> float:
    """Calls that the assessed owe of one day of the month."""
    return float(np.nansum(np.where(plan.counts[:, at] & plan.assessed, plan.shares[:, at], 0.0)))
