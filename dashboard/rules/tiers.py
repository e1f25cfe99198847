"""Three tiers, one sum (docs/rules.md 6): rows of agents -> teams or the site.

Volumes are sums over all rows; every ratio and index is pooled over the assessed rows, above and below the line, and is
never a mean of percentages. The site is pooled from the rows, not from its teams.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Whole, ratio
from dashboard.rules.scoring import IndexFacts


@dataclass(frozen=True)
class TierRows:
    """One row per agent."""

    facts: IndexFacts
    target: Numbers
    """Calls of the whole period; NaN = none."""
    assessed: Flags


@dataclass(frozen=True)
class Tier:
    """One element per group."""

    agents: Whole
    assessed: Whole
    handled: Numbers
    net: Numbers
    """Of all rows."""
    net_assessed: Numbers
    target: Numbers
    target_by_now: Numbers
    at_or_above_pace: Whole
    """Assessed agents with net >= target by now > 0."""
    with_pace: Whole
    """Assessed agents with target by now > 0."""
    facts: IndexFacts
    """Pooled over the assessed rows: what ``scoring.indices`` takes."""


def pool(rows: TierRows, group: Whole, count: int) -> Tier:
    """Rows, the group of each (0..count-1) and how many groups there are -> the tier."""
    facts, assessed = rows.facts, rows.assessed
    sums = GroupSums(group, count)
    net, target, by_now = (sums(values, assessed) for values in (facts.net, rows.target, facts.target_by_now))
    with_pace = assessed & (facts.target_by_now > 0)
    return Tier(
        agents=sums.count(np.ones_like(assessed)),
        assessed=sums.count(assessed),
        handled=sums(facts.handled),
        net=sums(facts.net),
        net_assessed=net,
        target=target,
        target_by_now=by_now,
        at_or_above_pace=sums.count(with_pace & (facts.net >= facts.target_by_now)),
        with_pace=sums.count(with_pace),
        facts=_pooled(facts, assessed, sums),
    )


class GroupSums:
    """Adds columns up by group; unknown values (NaN) add nothing. In float64: exact far beyond the counts of any floor."""

    def __init__(self, group: Whole, count: int) -> None:
        self._group = group
        self._groups = count

    def __call__(self, values: ArrayLike, where: Flags | None = None) -> Numbers:
        found = np.asarray(values)
        if found.dtype.kind == "f":
            found = np.where(np.isnan(found), 0.0, found)
        if where is not None:
            found = np.where(where, found, 0)
        return np.bincount(self._group, found, self._groups).astype(np.float64)

    def count(self, where: Flags) -> Whole:
        """(groups,): how many rows have the flag."""
        return np.bincount(self._group[where], minlength=self._groups)

    def rows(self, rows: Whole) -> Whole:
        """Every metric: int64 (rows x metrics) -> (groups x metrics), exact."""
        total = np.zeros((self._groups, rows.shape[1]), np.int64)
        np.add.at(total, self._group, rows)
        return total


def _pooled(facts: IndexFacts, assessed: Flags, sums: GroupSums) -> IndexFacts:
    # Efficiency weighs each row's target handle time by its calls, over rows that have both and a known handle time: the sum
    # of target x calls stands for "handled" with a target of one second.
    timed = assessed & (facts.target_handle_s > 0) & (facts.handled > 0) & ~np.isnan(facts.handle_s)
    points = ratio(sums(facts.conduct_points, assessed), sums.count(assessed))
    return IndexFacts(
        net=sums(facts.net, assessed),
        target_by_now=sums(facts.target_by_now, assessed),
        evaluations=sums(facts.evaluations, assessed),
        evaluation_points=sums(facts.evaluation_points, assessed),
        handled=sums(facts.target_handle_s * facts.handled, timed),
        handle_s=sums(facts.handle_s, timed),
        target_handle_s=np.ones(len(points)),
        scheduled_s=sums(facts.scheduled_s, assessed),
        working_s=sums(facts.working_s, assessed),
        conduct_points=points,
    )
