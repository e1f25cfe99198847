"""Targets and pace (docs/rules.md 4): a month target over days and the running day, and net against what is owed by now.

Integers carry what must be exact: weights are whole numbers (seconds x weekday weight, scaled), so the whole calls of the days
always sum to the whole target. Plans are arrays made once per schedule; a tick only asks how much of them has passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

import numpy as np

from dashboard.rules.deduction import Numbers, lowered
from dashboard.rules.figures import HOUR_S, Figures, Flags, Reason, Whole, figures, ratio

HUNDREDTHS = 100


@dataclass(frozen=True)
class Spread:
    """A month's target over its days; calls. NaN and 0 where there is no target or no planned time."""

    effective: Numbers
    """(agents,): the month target x planned weight after leave / before leave."""
    whole: Whole
    """(agents,): ``effective``, half up."""
    day_share: Numbers
    """(agents x days): sums to ``effective``."""
    day_whole: Whole
    """(agents x days): sums to ``whole`` exactly."""


@dataclass(frozen=True)
class Pieces:
    """Planned work of one business day: pieces that each lie in one local clock hour, padded with empty ones."""

    start_s: Whole
    """(agents x pieces): seconds since 1970, UTC."""
    end_s: Whole
    weight: Numbers
    """(agents x pieces): weight of the piece's clock hour in the arrival profile, 1 where there is none."""


@dataclass(frozen=True)
class Passed:
    """The part of a day that is over at one instant, per agent."""

    share: Numbers
    """Of the day's arrival mass, 0..1; 0 where the day has none."""
    seconds: Whole
    """Planned seconds passed."""


def day_weights(planned_s: Whole, weekday: Sequence[float]) -> Whole:
    """Planned seconds and one weight per day (a decimal as written) -> whole-number weights, both (agents x days)."""
    exact = [Fraction(Decimal(str(weight))) for weight in weekday]
    scale = lcm(*(weight.denominator for weight in exact))
    return planned_s * np.array([int(weight * scale) for weight in exact], np.int64)


def spread(month_target: Numbers, before: Whole, after: Whole) -> Spread:
    """(agents,) targets, known to hundredths of a call, and (agents x days) weights before and after leave -> the days.

    Holidays are in neither, so they keep the month target; leave is in ``before`` alone, so it removes its share.
    """
    before, after = _smallest(before, after)
    base, kept = before.sum(axis=1), after.sum(axis=1)
    owes = np.isfinite(month_target) & (kept > 0) & (base > 0)
    whole = np.where(owes, _half_up(np.where(owes, month_target, 0.0), kept, base), 0)
    return Spread(
        effective=_calls(month_target, kept, base, owes),
        whole=whole,
        day_share=_calls(month_target[:, None], after, base[:, None], owes[:, None]),
        day_whole=largest_remainder(whole, after),
    )


def largest_remainder(whole: Whole, weights: Whole) -> Whole:
    """(agents,) whole numbers over (agents x days) weights -> whole parts that sum to them.

    Each gets the floor of its exact part; what is left goes one by one to the largest remainders, ties to the earlier
    day. A weight of 0 has no remainder and gets none; no weight at all gives nothing.
    """
    total = np.maximum(weights.sum(axis=1), 1)[:, None]
    parts, remainder = np.divmod(whole[:, None] * weights, total)
    left = remainder.sum(axis=1) // total[:, 0]
    order = np.argsort(-remainder, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    return np.asarray(parts + (rank < left[:, None]), np.int64)


def owed_before(month_target: Numbers, before: Whole, after: Whole, counts: Flags) -> Numbers:
    """Calls owed by the end of the days given. ``counts`` (agents x days): days over whose arrival profile has mass.

    A day on which the profile has no weight in the planned time counts nothing.
    """
    base = before.sum(axis=1)
    return _calls(month_target, (after * counts).sum(axis=1), base, np.isfinite(month_target) & (base > 0))


def passed(pieces: Pieces, now_s: int) -> Passed:
    """The part of a day that is over at ``now_s`` (UTC seconds, cut down). A planned second counts from its beginning."""
    gone = np.clip(now_s, pieces.start_s, pieces.end_s) - pieces.start_s
    mass = ((pieces.end_s - pieces.start_s) * pieces.weight).sum(axis=1)
    share = (gone * pieces.weight).sum(axis=1) / np.where(mass > 0, mass, 1.0)
    return Passed(np.where(mass > 0, share, 0.0), gone.sum(axis=1))


def has_mass(pieces: Pieces) -> Flags:
    """(agents,): whether the day's planned time has any weight in the arrival profile."""
    return np.asarray(((pieces.end_s - pieces.start_s) * pieces.weight).sum(axis=1) > 0, np.bool_)


def _smallest(before: Whole, after: Whole) -> tuple[Whole, Whole]:
    """Both divided by the greatest divisor of all weights of an agent, so that products of whole numbers stay small."""
    common = np.gcd.reduce(np.concatenate([before, after], axis=1), axis=1)[:, None]
    common = np.maximum(common, 1)
    return before // common, after // common


def _calls(target: Numbers, weight: Whole, base: Whole, owes: Flags) -> Numbers:
    # One order of operations everywhere, so that the parts up to the last day give exactly the effective target.
    return np.where(owes, target * weight / np.where(base > 0, base, 1), np.nan)


def _half_up(target: Numbers, weight: Whole, base: Whole) -> Whole:
    hundredths = np.rint(target * HUNDREDTHS).astype(np.int64)
    return (2 * hundredths * weight + HUNDREDTHS * base) // np.maximum(2 * HUNDREDTHS * base, 1)


@dataclass(frozen=True)
class Owed:
    """Calls and planned time owed over one period, before forced work is taken off; one element per agent."""

    target: Numbers
    """Calls of the whole period; NaN = no target."""
    by_now: Numbers
    """Calls owed by now."""
    planned_s: Whole
    """Planned seconds of the whole period."""
    left_s: Whole
    """Planned seconds still to come."""


@dataclass(frozen=True)
class Pace:
    """Net against target in a period, one element per agent."""

    target: Numbers
    """Calls, after what mode ``target`` takes off; NaN where there is none."""
    by_now: Numbers
    attainment: Figures
    """net / target of the whole period."""
    pace: Figures
    """net / target by now."""
    required_rate: Figures
    """Net calls per remaining planned hour."""


def pace(net: Numbers, owed: Owed, off_target: Numbers) -> Pace:
    """Net calls, calls owed and forced work, which is taken from both targets (``Deduction.off_target``) -> pace."""
    target, by_now = lowered(owed.target, off_target), lowered(owed.by_now, off_target)
    nothing = (~(owed.target > 0), Reason.NO_TARGET), (owed.planned_s == 0, Reason.NO_PLANNED_HOURS)
    early = (~(owed.by_now > 0), Reason.NO_TIME_YET), (~(by_now > 0), Reason.NOTHING_OWED_YET)
    rate = ratio(np.maximum(0.0, target - net) * HOUR_S, owed.left_s)
    return Pace(
        target=target,
        by_now=by_now,
        attainment=figures(ratio(net, target), *nothing, (~(target > 0), Reason.NO_TARGET)),
        pace=figures(ratio(net, by_now), *nothing, *early),
        required_rate=figures(rate, *nothing, (owed.left_s == 0, Reason.NO_HOURS_LEFT)),
    )
