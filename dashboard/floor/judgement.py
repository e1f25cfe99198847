"""Facts of a period and its plan -> net, pace, indices, score and grade, one element per line.

Pure and vectorised. A line that is not assessed has volumes, and no target, ratio, score or grade.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dashboard.floor.plan import Plan
from dashboard.rules import scoring
from dashboard.rules.deduction import DeductionRange, Numbers, case_metrics, outcome, weigh
from dashboard.rules.figures import Figures, Flags, Reason, Whole
from dashboard.rules.grades import NO_GRADE, grade
from dashboard.rules.targets import Owed, Pace, pace
from streams.metrics import INDEX, NAMES, Rows

_PENDING, _CONFIRMED = case_metrics("pending"), case_metrics("confirmed")


@dataclass(frozen=True)
class LineCounts:
    """The counts of a period per line."""

    rows: Rows
    """int64 (lines x metrics)."""
    scheduled_s: Numbers
    """Scheduled seconds of the period so far."""
    working_s: Numbers
    """Of these in a working state."""

    def column(self, name: str) -> Rows:
        """One metric."""
        return self.rows[:, INDEX[name]]


@dataclass(frozen=True)
class Judgement:
    """One period judged, one element per line. Indices, score and grade, which no tick shows, are computed when read."""

    counted: LineCounts
    plan: Plan
    period: str
    volume: Rows
    """The metric that counts as volume for this line."""
    pending: Rows
    """Complaints and repeat enquiries not yet decided; not weighted."""
    deduction: DeductionRange
    owed: Owed
    """Before forced work is taken off; NaN for lines that are not assessed."""
    pace: Pace
    facts: scoring.IndexFacts

    @cached_property
    def indices(self) -> Numbers:
        """(lines x INDICES), NaN where missing."""
        found = scoring.indices(self.plan.block.indices, self.facts)
        return np.where(self.plan.assessed[:, None], found, np.nan)

    @cached_property
    def score(self) -> Numbers:
        """NaN where there is none."""
        return scoring.score(self.indices, self.plan.judging.weights)

    @cached_property
    def grade(self) -> Whole:
        """Index of the bracket, NO_GRADE where there is no score."""
        return grade(self.plan.block.grades, self.score)

    @property
    def assessed(self) -> Flags:
        """Whether a line is ranked and in ratios."""
        return self.plan.assessed


def judge(counted: LineCounts, plan: Plan, period: str, now_s: int) -> Judgement:
    """Facts of ``day`` or ``month`` up to ``now_s`` -> the judgement. ``plan`` has as many rows as ``counted``."""
    volume = np.take_along_axis(counted.rows, plan.judging.volume[:, None], axis=1)[:, 0]
    found = net_of(plan, counted.rows, NAMES)
    asked = plan.owed(period, now_s)
    target, by_now = (np.where(plan.assessed, calls, np.nan) for calls in (asked.target, asked.by_now))
    owed = replace(asked, target=target, by_now=by_now)
    paced = _paced(found.current.net, owed, found.current.off_target, plan, period)
    return Judgement(
        counted=counted,
        plan=plan,
        period=period,
        volume=volume,
        pending=counted.column(_PENDING[0]) + counted.column(_PENDING[1]),
        deduction=found,
        owed=owed,
        pace=paced,
        facts=_facts(counted, found.current.net, paced.by_now, plan),
    )


def net_of(plan: Plan, sums: Rows, columns: Sequence[str]) -> DeductionRange:
    """int64 (lines x columns), sums of some minutes -> their deduction. ``columns`` hold the cases and every volume metric."""
    place = {name: at for at, name in enumerate(columns)}
    of_metric = np.array([place.get(name, place["handled"]) for name in NAMES])
    volume = np.take_along_axis(sums, of_metric[plan.judging.volume][:, None], axis=1)[:, 0]
    policy = plan.block.deduction
    pending, confirmed = (weigh(policy, *(sums[:, place[name]] for name in names)) for names in (_PENDING, _CONFIRMED))
    return outcome(policy, volume, pending, confirmed)


def label_of(plan: Plan, place: int) -> str | None:
    """The label of a grade."""
    return None if place == NO_GRADE else plan.block.grades.brackets[place].label


def _paced(net: Numbers, owed: Owed, off_target: Numbers, plan: Plan, period: str) -> Pace:
    """Pace; where there is a target and no planned time to carry it, the missing time is the reason."""
    found = pace(net, owed, off_target)
    idle = plan.assessed & plan.asked[period].has_target & (owed.planned_s == 0)
    target, by_now = (np.where(idle, np.nan, calls) for calls in (found.target, found.by_now))

    def because(figures: Figures) -> Figures:
        reason = np.where(idle, np.int8(Reason.NO_PLANNED_HOURS), figures.reason)
        return Figures(np.where(idle, np.nan, figures.value), reason)

    return Pace(
        target=target,
        by_now=by_now,
        attainment=because(found.attainment),
        pace=because(found.pace),
        required_rate=because(found.required_rate),
    )


def _facts(counted: LineCounts, net: Numbers, by_now: Numbers, plan: Plan) -> scoring.IndexFacts:
    def whole(name: str) -> Numbers:
        return counted.column(name).astype(np.float64)

    handled, rest_s = whole("handled"), whole("hold_s") + whole("wrap_s")
    return scoring.IndexFacts(
        net=net,
        target_by_now=by_now,
        evaluations=whole("evaluations"),
        evaluation_points=whole("evaluation_points"),
        handled=handled,
        handle_s=scoring.handle_time(handled, whole("talks_known"), whole("talk_s"), rest_s),
        target_handle_s=plan.judging.target_handle_s,
        scheduled_s=counted.scheduled_s,
        working_s=counted.working_s,
        conduct_points=whole("conduct_points"),
    )
