"""The course of the running month: the site's net and what it owed at the end of each day so far, and a forecast of the rest.

``past_days`` reads what each finished day counted. The pace of a day is the pace of the month up to the end of that day, over
the assessed lines. Days before the first one that has counts are unknown, not 0. ``ahead`` gives the forecast of
docs/rules.md 4 for the end of each day to come that still owes something.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from dashboard.floor.counter_store import CounterStore
from dashboard.floor.day_ring import columns_of, counts
from dashboard.floor.judged_now import MonthNow
from dashboard.floor.judgement import net_of
from dashboard.floor.plan import Plan
from dashboard.rules.deduction import Numbers, lowered
from dashboard.rules.evidence import DEFAULT_K
from dashboard.rules.forecast import month_end
from dashboard.rules.months import days_of_month
from dashboard.site.load import Site
from streams.metrics import INDEX, Rows
from streams.site_time import SiteTime, day_key


@dataclass(frozen=True, eq=False)
class PastDays:
    """The days of a month before ``today`` that have counts."""

    today: date
    columns: tuple[str, ...]
    """Metrics: all that a net needs."""
    days: dict[date, list[tuple[list[str], Rows]]]
    """Per day and partition the lines that add up to the site, and int64 (lines x columns)."""


def past_days(store: CounterStore, site: Site, time: SiteTime, now_ms: int) -> PastDays:
    """One reading, a day at a time, so that other threads get their turn in between. Raises the errors of the store."""
    today = time.day(now_ms).label
    columns = columns_of(profile.volume for profile in site.policy(today).profiles.values())
    places = [INDEX[name] for name in columns]
    days: dict[date, list[tuple[list[str], Rows]]] = {}
    for label in days_of_month(today)[: today.day - 1]:
        for partition in store.partitions:
            for _, lines, rows in store.cells(partition, "d", [day_key(label)]):
                if own := [at for at, line in enumerate(lines) if counts(line)]:
                    days.setdefault(label, []).append(([lines[at] for at in own], rows[own][:, places]))
    return PastDays(today, columns, days)


DAYS_AT_ONCE = 4
"""Of 5,000 lines a day takes about a millisecond: no tick has to do all of them."""
_OWES = 1e-6


class DayEnd(NamedTuple):
    """The month up to the end of a day, of the assessed."""

    label: date
    net: float
    due: float


class Ahead(NamedTuple):
    """The forecast for the end of a day to come: ``due`` by then, and net calls with the ends of two intervals."""

    label: date
    due: float
    expected: float
    low: float
    high: float
    low95: float
    high95: float


class MonthCourse:
    """The ends of the finished days of one month, a few computed per call; begun again when reading or plan is another."""

    def __init__(self) -> None:
        self._of: tuple[PastDays, Plan] | None = None
        self._left: list[date] = []
        self._found: list[DayEnd] = []
        self._sums: Rows = np.zeros((0, 0), np.int64)
        self.days: list[DayEnd] | None = None

    def add_days(self, past: PastDays | None, month: MonthNow) -> list[DayEnd] | None:
        """Adds a few days; None before all were added once. A reading of another day is ignored."""
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
        found = net_of(plan, self._sums, past.columns).current
        due = lowered(_owed_by(plan, label.day), found.off_target)
        if _owed_of(plan, label.day - 1) > _OWES:
            net, owed = (float(np.nansum(values[plan.assessed])) for values in (found.net, due))
            self._found.append(DayEnd(label, net, owed))


def ahead(month: MonthNow) -> list[Ahead]:
    """The forecasts for today and each day to come that owes something; empty where the site has no target."""
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
    """Calls that the assessed rows owe on one day of the month."""
    return float(np.nansum(np.where(plan.counts[:, at] & plan.assessed, plan.shares[:, at], 0.0)))
