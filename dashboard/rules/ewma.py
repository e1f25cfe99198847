"""The trend of quality scores (rules.md 8; research/reliability.md C2.3): EWMA with exact, time-dependent limits.

Roberts 1959; Lucas and Saccucci 1990. Scores stand in (agents x scores), each row in order of (time, id), padded with
NaN at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Reason

LEAST_SCORES = 20


class Basis(StrEnum):
    """Whose earlier scores the limits come from."""

    OWN = "own"
    TEAM = "team"


@dataclass(frozen=True)
class Chart:
    """How much a new score weighs and how wide the limits are (in standard deviations of z)."""

    weight: float = 0.1
    width: float = 3.3


@dataclass(frozen=True)
class Baseline:
    """Where an agent's scores come from; ``basis`` None with the reason: no verdict."""

    basis: Basis | None
    reason: Reason
    mu: float
    sigma: float


@dataclass(frozen=True)
class Trend:
    """(agents x scores); NaN where the scores are padded or there is no baseline."""

    z: Numbers
    low: Numbers
    high: Numbers
    drop: Flags
    """z below the lower limit, strictly."""


def baseline(own: Sequence[float], team: Sequence[float]) -> Baseline:
    """Scores of the previous 20 shifts, his own and his team's -> mean and sample deviation to judge by."""
    for basis, scores in ((Basis.OWN, own), (Basis.TEAM, team)):
        if len(scores) >= LEAST_SCORES:
            # Equal scores have no variation, whatever binary rounding makes of their mean.
            sigma = float(np.std(scores, ddof=1)) if max(scores) > min(scores) else 0.0
            reason = Reason.NONE if sigma > 0 else Reason.NO_VARIATION
            return Baseline(basis, reason, float(np.mean(scores)), sigma)
    return Baseline(None, Reason.TOO_FEW_SCORES, np.nan, np.nan)


def trend(scores: Numbers, mu: Numbers, sigma: Numbers, chart: Chart = Chart()) -> Trend:
    """Scores and (agents,) baselines -> the smoothed scores and their limits. No limits where sigma is 0 or unknown."""
    z = _smoothed(scores, mu, chart.weight)
    wide = np.where(sigma > 0, sigma, np.nan)[:, None] * _width(scores.shape[1], chart)
    low, high = (np.where(np.isnan(scores), np.nan, mu[:, None] + side * wide) for side in (-1, 1))
    return Trend(z, low, high, z < low)


def _smoothed(scores: Numbers, mu: Numbers, weight: float) -> Numbers:
    z, before = np.empty_like(scores), mu
    for at in range(scores.shape[1]):
        before = weight * scores[:, at] + (1 - weight) * before
        z[:, at] = before
    return z


def _width(count: int, chart: Chart) -> Numbers:
    """(scores,): half the distance of the limits after 1, 2, ... scores, in sigma."""
    weight, t = chart.weight, np.arange(1, count + 1)
    return np.asarray(chart.width * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t))), np.float64)
