"""The trend of quality scores (docs/rules.md 8; docs/method.md 8): EWMA with exact, time-dependent limits.

Roberts 1959; Lucas and Saccucci 1990. ``trend`` charts every score: they stand in (agents x scores), each row in order of
(time, id), padded with NaN at the end. ``newest`` gives the end of each chart: the scores of all are one list, and
``whose`` names the chart of each, in ascending order, of one chart in order of (time, id).
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Codes, Flags, Whole

LEAST_SCORES = 20


@dataclass(frozen=True)
class Chart:
    """The weight of a new score and the width of the limits (in standard deviations of z)."""

    weight: float = 0.1
    width: float = 3.3


@dataclass(frozen=True)
class Trend:
    """(agents x scores); NaN where the scores are padded or there is no baseline."""

    z: Numbers
    low: Numbers
    high: Numbers
    drop: Flags
    """z below the lower limit, strictly."""


class TrendState(IntEnum):
    """The state of a chart; on screen it is the word."""

    NONE = 0
    """Nothing to chart yet."""
    IN_CONTROL = 1
    DROP = 2
    """Strictly below the lower limit."""
    RISE = 3
    """Strictly above the upper limit."""
    TOO_FEW_SCORES = 4
    NO_VARIATION = 5

    @property
    def word(self) -> str | None:
        """``in_control``; None where there is nothing to say."""
        return self.name.lower() if self else None


@dataclass(frozen=True)
class Sample:
    """(charts,): how many scores, their mean and sample deviation; NaN where there are too few for it."""

    count: Whole
    mu: Numbers
    sigma: Numbers


@dataclass(frozen=True)
class ChartEnd:
    """(charts,): the newest smoothed score and its limits; NaN where there is none."""

    z: Numbers
    low: Numbers
    high: Numbers
    count: Whole
    """Scores on the chart."""
    state: Codes
    """Of ``TrendState``."""


def trend(scores: Numbers, mu: Numbers, sigma: Numbers, chart: Chart = Chart()) -> Trend:
    """Scores and (agents,) baselines -> the smoothed scores and their limits. No limits where sigma is 0 or unknown."""
    z = _smoothed(scores, mu, chart.weight)
    wide = np.where(sigma > 0, sigma, np.nan)[:, None] * _width(np.arange(1, scores.shape[1] + 1), chart)
    low, high = (np.where(np.isnan(scores), np.nan, mu[:, None] + side * wide) for side in (-1, 1))
    return Trend(z, low, high, z < low)


def sample(scores: Numbers, whose: Whole, charts: int) -> Sample:
    """Scores, in any order -> count, mean and deviation per chart."""
    count = np.bincount(whose, minlength=charts)
    with np.errstate(divide="ignore", invalid="ignore"):
        mu = np.bincount(whose, scores, charts) / count
        variance = np.bincount(whose, (scores - mu[whose]) ** 2, charts) / np.where(count > 1, count - 1, np.nan)
    first = np.zeros(charts)
    first[whose] = scores  # any one of them: equal scores have no variation, whatever rounding makes of their mean
    varies = np.bincount(whose, scores != first[whose], charts) > 0
    return Sample(count, mu, np.where(varies | (count < 2), np.sqrt(variance), 0.0))


def judged_by(own: Sample, team: Sample) -> tuple[Sample, Flags]:
    """The sample that judges each agent, and whether it is their own; below 20 scores the team's, NaN if that has fewer too."""
    is_own, of_team = own.count >= LEAST_SCORES, team.count >= LEAST_SCORES
    mu, sigma = (
        np.where(is_own, agent, np.where(of_team, team_, np.nan))
        for agent, team_ in ((own.mu, team.mu), (own.sigma, team.sigma))
    )
    return Sample(np.where(is_own | ~of_team, own.count, team.count), mu, sigma), is_own


def newest(scores: Numbers, whose: Whole, base: Sample, chart: Chart = Chart()) -> ChartEnd:
    """The scores since the baseline -> the end of each chart: the last column of ``trend``."""
    charts = len(base.count)
    count = np.bincount(whose, minlength=charts)
    since = np.cumsum(count)[whose] - 1 - np.arange(len(scores))
    keep = 1 - chart.weight
    moved = np.bincount(whose, chart.weight * keep**since * scores, charts)
    z: Numbers = np.where(count > 0, base.mu * keep**count + moved, np.nan)
    wide = np.where(base.sigma > 0, base.sigma, np.nan) * _width(count, chart)
    low, high = (np.where(count > 0, base.mu + side * wide, np.nan) for side in (-1, 1))
    return ChartEnd(z, low, high, count, _states(z, low, high, count, base))


def _states(z: Numbers, low: Numbers, high: Numbers, count: Whole, base: Sample) -> Codes:
    return np.select(
        [base.count < LEAST_SCORES, count == 0, base.sigma == 0, z < low, z > high],
        [TrendState.TOO_FEW_SCORES, TrendState.NONE, TrendState.NO_VARIATION, TrendState.DROP, TrendState.RISE],
        TrendState.IN_CONTROL,
    ).astype(np.int8)


def _smoothed(scores: Numbers, mu: Numbers, weight: float) -> Numbers:
    z, before = np.empty_like(scores), mu
    for at in range(scores.shape[1]):
        before = weight * scores[:, at] + (1 - weight) * before
        z[:, at] = before
    return z


def _width(t: Whole, chart: Chart) -> Numbers:
    """Half the distance of the limits after ``t`` scores, in sigma."""
    weight = chart.weight
    return np.asarray(chart.width * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t))), np.float64)
