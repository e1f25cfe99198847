"""The chance of reaching the target (docs/rules.md 4; docs/method.md 10). One element per agent.

Rates among agents are Gamma(k, k) around the expected; after ``net`` calls against L expected the remaining count is
negative binomial, r = k + net, p = (k + L) / (k + L + L_rem). The forecast is sharper than the truth on a noisy floor.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, nbdtrik, ndtri

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Figures, Reason, figures

_MANY = 500
"""A mean from which on the expansion is nearly always off by one call at most."""
_ROUNDING = 1e-9
"""Two decimals subtracted in binary may end this far above a whole number."""


@dataclass(frozen=True)
class Forecast:
    """The calls that are missing, and the chance that they come."""

    need: Numbers
    """Whole calls missing; NaN without a target."""
    p_reach: Figures


def forecast(k: ArrayLike, net: Numbers, expected: Numbers, remaining: Numbers, target: Numbers) -> Forecast:
    """Prior k, net calls, expected counts so far (L) and to come (L_rem), target in calls (NaN = none)."""
    need = np.maximum(0.0, np.ceil(target - net - _ROUNDING))
    prior = np.asarray(k, np.float64)
    r, rate = prior + net, prior + expected
    # P(X >= need) is the regularised incomplete beta function at 1 - p: no sum, no cancellation in the tail.
    tail = betainc(np.maximum(need, 1.0), r, remaining / (rate + remaining))
    p_reach = np.where(need == 0, 1.0, np.where(remaining > 0, tail, 0.0))
    return Forecast(need, figures(p_reach, (np.isnan(target), Reason.NO_TARGET)))


@dataclass(frozen=True)
class MonthEnd:
    """Net calls by the end of the period: the expected number, and the ends between which it lies with a given chance."""

    expected: Numbers
    low: Numbers
    high: Numbers


def month_end(k: ArrayLike, net: Numbers, expected: Numbers, remaining: Numbers, inside: float = 0.8) -> MonthEnd:
    """As ``forecast``: the same distribution of the remaining count, its mean and its equal-tailed interval of ``inside``."""
    prior = np.asarray(k, np.float64)
    r, rate = prior + net, prior + expected
    left = np.maximum(remaining, 0.0)
    p = rate / (rate + left)
    low, high = (_quantile(tail, r, p, left) for tail in ((1 - inside) / 2, (1 + inside) / 2))
    return MonthEnd(net + r * left / rate, net + low, net + high)


def _quantile(tail: float, r: Numbers, p: Numbers, left: Numbers) -> Numbers:
    """The least whole count with P(X <= count) >= tail; 0 where nothing is to come."""
    found = np.zeros(len(r))
    many = (left > 0) & (r * (1 - p) > _MANY * p)
    few = (left > 0) & ~many
    found[many] = _near(tail, r[many], p[many])
    few |= np.isnan(found)
    found[few] = np.ceil(np.nan_to_num(nbdtrik(tail, r[few], p[few])) - _ROUNDING)
    return found


def _near(tail: float, r: Numbers, p: Numbers) -> Numbers:
    """The same for great means, at a tenth of the cost: Cornish and Fisher's expansion, put right by the exact sums near it.

    NaN where these sums do not enclose the answer: few calls so far (r) make a tail that the expansion does not follow.
    """
    z = ndtri(tail)
    mean, skew, kurtosis = r * (1 - p) / p, (2 - p) / np.sqrt(r * (1 - p)), 6 / r + p**2 / (r * (1 - p))
    shift = z + (z**2 - 1) / 6 * skew + (z**3 - 3 * z) / 24 * kurtosis - (2 * z**3 - 5 * z) / 36 * skew**2
    first = np.maximum(0.0, np.ceil(mean + np.sqrt(mean / p) * shift - 0.5)) - 1
    missed = sum((1 - betainc(first + n + 1, r, 1 - p) < tail).astype(np.float64) for n in range(3))
    return np.where((missed == 1) | (missed == 2), first + missed, np.nan)
