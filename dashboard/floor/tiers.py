"""A judgement of lines -> of teams and of the site: volumes add up over all rows, ratios are pooled over the assessed ones."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dashboard.floor.judgement import Judgement
from dashboard.floor.plan import NO_PROFILE, Plan, weights_of
from dashboard.rules import scoring
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import HOUR_S, Figures, Flags, Reason, Whole, figures, ratio
from dashboard.rules.grades import grade
from dashboard.rules.tiers import GroupSums, Tier, TierRows, pool
from dashboard.site.types import PolicyBlock
from streams.metrics import NAMES

MIXED = "mixed"
"""The volume basis of a group whose rows do not share one."""


@dataclass(frozen=True)
class Groups:
    """The group of each line and the policy of each group. Made once a day: it follows from the plan."""

    group: Whole
    """(lines,): 0..count-1."""
    count: int
    weights: Numbers
    """(groups x INDICES)."""
    volume: tuple[str | None, ...]
    """Name of the metric that is volume, ``MIXED``, or None in a group without agents."""
    has_target: Flags
    """Whether an assessed line of the group has a target at all."""


@dataclass(frozen=True)
class Tiers:
    """One element per group. Volumes are sums over all rows; the figures of ``tier`` are those of the assessed rows."""

    volume: Numbers
    deducted: Numbers
    floored: Numbers
    net: Numbers
    net_low: Numbers
    net_high: Numbers
    pending: Numbers
    tier: Tier
    pace: Figures
    attainment: Figures
    required_rate: Figures
    """Net calls per remaining planned hour of an agent."""
    policy: PolicyBlock
    weights: Numbers
    """(groups x INDICES)."""

    @cached_property
    def indices(self) -> Numbers:
        """(groups x INDICES), pooled; NaN where missing. Like score and grade it is computed when read."""
        return scoring.indices(self.policy.indices, self.tier.facts)

    @cached_property
    def score(self) -> Numbers:
        """NaN where there is none."""
        return scoring.score(self.indices, self.weights)

    @cached_property
    def grade(self) -> Whole:
        """Index of the bracket."""
        return grade(self.policy.grades, self.score)

    @property
    def not_assessed_net(self) -> Numbers:
        """The net of the rows that are not assessed."""
        return self.net - self.tier.net_assessed

    @property
    def gap(self) -> Numbers:
        """Net calls above what is owed by now; NaN where nothing is."""
        return np.where(self.tier.target_by_now > 0, self.tier.net_assessed - self.tier.target_by_now, np.nan)


def groups(plan: Plan, group: Whole, count: int) -> Groups:
    """Lines put into groups -> the policy of each group."""
    order = np.argsort(group, kind="stable")
    members = np.split(order, np.searchsorted(group[order], np.arange(1, count)))
    own = plan.block.tier_weights
    asked = plan.assessed & plan.asked["month"].has_target
    return Groups(
        group=group,
        count=count,
        weights=np.array([scoring.weight_row(own) if own else _of_most(plan, rows) for rows in members]),
        volume=tuple(_volume(plan, rows) for rows in members),
        has_target=np.bincount(group[asked], minlength=count) > 0,
    )


def tiers(judged: Judgement, by: Groups) -> Tiers:
    """Lines -> groups."""
    sums = GroupSums(by.group, by.count)
    found = judged.deduction
    tier = pool(TierRows(judged.facts, judged.pace.target, judged.assessed), by.group, by.count)
    pace, attainment, required_rate = _paced(tier, judged, by, sums)
    return Tiers(
        volume=sums(judged.volume),
        deducted=sums(found.current.deducted),
        floored=sums(found.current.floored),
        net=tier.net,
        net_low=sums(found.if_confirmed.net),
        net_high=sums(found.if_withdrawn.net),
        pending=sums(judged.pending),
        tier=tier,
        pace=pace,
        attainment=attainment,
        required_rate=required_rate,
        policy=judged.plan.block,
        weights=by.weights,
    )


def _paced(tier: Tier, judged: Judgement, by: Groups, sums: GroupSums) -> tuple[Figures, Figures, Figures]:
    """Pace, attainment and required rate, each with the reason that a screen gives if it is missing."""
    owed, by_now = sums(judged.owed.target), sums(judged.owed.by_now)
    left_s = sums(np.where(judged.assessed, judged.owed.left_s, 0))
    none = ((~by.has_target, Reason.NO_TARGET), (~(owed > 0), Reason.NO_PLANNED_HOURS))
    early = ((~(by_now > 0), Reason.NO_TIME_YET), (~(tier.target_by_now > 0), Reason.NOTHING_OWED_YET))
    pace = figures(ratio(tier.net_assessed, tier.target_by_now), *none, *early)
    nothing = *none, (~(tier.target > 0), Reason.NO_TARGET)
    attainment = figures(ratio(tier.net_assessed, tier.target), *nothing)
    rate = ratio(np.maximum(0.0, tier.target - tier.net_assessed) * HOUR_S, left_s)
    return pace, attainment, figures(rate, *nothing, (~(left_s > 0), Reason.NO_HOURS_LEFT))


def _of_most(plan: Plan, rows: Whole) -> Numbers:
    """The weights of the profile that most of these rows have; of equal ones the first of the site file."""
    profiles = plan.judging.profile[rows]
    known = profiles[profiles != NO_PROFILE]
    return weights_of(plan.profiles[int(np.bincount(known).argmax())] if len(known) else None)


def _volume(plan: Plan, rows: Whole) -> str | None:
    """The volume metric of the rows that have a profile; without such rows, that of a line without one."""
    known = plan.judging.profile[rows] != NO_PROFILE
    found = np.unique(plan.judging.volume[rows][known if known.any() else slice(None)])
    if len(found) > 1:
        return MIXED
    return NAMES[int(found[0])] if len(found) else None
