"""The single scores of one agent in their order, the running trend among them and its limits (docs/rules.md 8)."""

from dataclasses import dataclass

import numpy as np

from dashboard.rules.deduction import Numbers
from dashboard.rules.ewma import trend


@dataclass(frozen=True)
class ScoreCurve:
    """One element per score, 0-100, oldest first; ``centre``: the mean of the scores that he is judged by."""

    points: Numbers
    trend: Numbers
    low: Numbers
    high: Numbers
    centre: float


def score_curve(points: Numbers, mu: float, sigma: float) -> ScoreCurve:
    """The scores of a chart and the mean and deviation before it -> the whole of the chart, of which a row shows the end."""
    found = trend(points[None, :], np.array([mu]), np.array([sigma]))
    return ScoreCurve(points, found.z[0], found.low[0], found.high[0], mu)
