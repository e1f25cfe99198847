"""Indices, weights and the score (docs/rules.md 5), and how many net calls a higher grade needs. One row per agent.

A missing index is NaN and is left out of the mean; it is never 0.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole, ratio
from dashboard.rules.grades import DECIMALS, Grades, grade

INDICES = ("volume", "quality", "efficiency", "conduct")
"""The columns of every array of indices and of weights."""
VOLUME = INDICES.index("volume")
TIE = 1e-9
"""A binary number this near to half a decimal is that half: far above the error of a sum of four, below any data."""
NEVER = -1
"""``calls_to_next`` where calls alone do not lead to a higher grade."""


@dataclass(frozen=True)
class IndexPolicy:
    """The values that count as 1.0, and the cap of an index."""

    quality_target: float = 90.0
    adherence_target: float = 0.92
    cap: float = 1.2
    conduct_points_weight: float = 0.0


@dataclass(frozen=True)
class IndexFacts:
    """The facts that indices are made of, float64 (agents,); NaN = unknown."""

    net: Numbers
    target_by_now: Numbers
    evaluations: Numbers
    evaluation_points: Numbers
    """Hundredths of a point, summed."""
    handled: Numbers
    handle_s: Numbers
    """Talk, hold and wrap-up of all handled calls (``handle_time``)."""
    target_handle_s: Numbers
    """Per call."""
    scheduled_s: Numbers
    working_s: Numbers
    """Scheduled seconds spent in a working state."""
    conduct_points: Numbers
    """Hundredths, signed: recorded conduct."""


def handle_time(handled: Numbers, talks_known: Numbers, talk_s: Numbers, other_s: Numbers) -> Numbers:
    """Seconds of talk and other work (hold, wrap-up) of all handled calls; NaN where no call's talk time is known.

    A call whose talk time is unknown has the mean of those known.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(talks_known > 0, talk_s * handled / talks_known + other_s, np.nan)


def indices(policy: IndexPolicy, facts: IndexFacts) -> Numbers:
    """IndexFacts -> (agents x INDICES), capped; NaN where a divisor is unknown or 0."""
    points = np.nan_to_num(facts.conduct_points) / 100 * policy.conduct_points_weight
    columns = (
        ratio(facts.net, facts.target_by_now),
        ratio(facts.evaluation_points, facts.evaluations * (100 * policy.quality_target)),
        ratio(facts.target_handle_s * facts.handled, facts.handle_s),
        np.maximum(0.0, ratio(facts.working_s, facts.scheduled_s * policy.adherence_target) + points),
    )
    return np.asarray(np.minimum(policy.cap, np.stack(columns, axis=1)), np.float64)


def weight_row(weights: dict[str, float]) -> Numbers:
    """Weights by name -> (INDICES,); an index that is not named weighs 0."""
    return np.array([weights.get(name, 0.0) for name in INDICES])


def score(found: Numbers, weights: Numbers) -> Numbers:
    """(agents x INDICES) indices and weights, (INDICES,) or one row per agent -> the score, half up to four decimals.

    The weighted mean over the indices that have data and weight; NaN if there are none.
    """
    present = ~np.isnan(found) & (weights > 0)
    total = np.where(present, weights, 0.0).sum(axis=1)
    mean = ratio(np.where(present, found * weights, 0.0).sum(axis=1), total)
    return np.asarray(np.floor(mean * DECIMALS + 0.5 + TIE) / DECIMALS, np.float64)


def calls_to_next(facts: IndexFacts, found: Numbers, weights: Numbers, grades: Grades, cap: float) -> Whole:
    """The least n >= 1 such that net + n, all else as it is, is graded higher; ``NEVER`` where no n is.

    ``found`` are the indices of ``facts``. The n solved for may be one off by rounding: its neighbours are tried too.
    """
    now = grade(grades, score(found, weights))
    by_calls = (facts.target_by_now > 0) & np.isfinite(facts.net) & (weights[..., VOLUME] > 0)
    reachable = by_calls & (_grade_at(found, weights, grades, np.full(len(found), cap)) > now)
    guess = np.where(reachable, np.maximum(np.ceil(_solve(facts, found, weights, grades, now)), 1.0), 1.0)
    best = np.full(len(found), NEVER, np.int64)
    for n in (guess + 1, guess, guess - 1):
        higher = _grade_at(found, weights, grades, np.minimum(cap, ratio(facts.net + n, facts.target_by_now))) > now
        best = np.where(reachable & higher & (n >= 1), n.astype(np.int64), best)
    return best


def _solve(facts: IndexFacts, found: Numbers, weights: Numbers, grades: Grades, now: Whole) -> Numbers:
    """Calls missing to the least score of the next bracket, by the weighted mean turned round."""
    present = ~np.isnan(found) & (weights > 0)
    weighed = np.where(present, found * weights, 0.0)
    others = weighed.sum(axis=1) - weighed[:, VOLUME]
    least = (grades.least(now + 1) * DECIMALS - 0.5) / DECIMALS
    total = np.where(present, weights, 0.0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        volume = (least * total - others) / weights[..., VOLUME]
    return np.asarray(np.nan_to_num(volume * facts.target_by_now - facts.net, nan=1.0, posinf=1.0, neginf=1.0))


def _grade_at(found: Numbers, weights: Numbers, grades: Grades, volume: Numbers) -> Whole:
    changed = found.copy()
    changed[:, VOLUME] = np.where(np.isnan(found[:, VOLUME]), np.nan, volume)
    return grade(grades, score(changed, weights))
