"""Evidence about one agent against peers, and the verdict it bears (docs/rules.md 9; docs/method.md 3 to 5), one element each.

N calls counted, L expected from the peers, phi the over-dispersion of the stratum; all that follows uses N/phi, L/phi.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc, gammaincinv, gammaln, ndtri

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Codes, Flags

LEAST_EXPECTED = 7.0
"""L / phi below which it is too early: at 5 even no call at all lies within the 0.1 % limit."""
LEAST_AGENTS = 10
DEFAULT_K = 100.0
LEAST_VARIANCE = 0.0025
WATCH = 20.0
REVIEW = 500.0
_UNDERFLOW = 1e-280
_STEPS = 4_000


@dataclass(frozen=True)
class Ratio:
    """The peer ratio by empirical Bayes: shown and sorted by, never the raw N / L."""

    peer_ratio: Numbers
    low: Numbers
    """Ends of the equal-tailed 90 % interval."""
    high: Numbers
    too_early: Flags


@dataclass(frozen=True)
class Prior:
    """The rate of a slow agent: Gamma(a, a / m) cut to (0, rho0); m is the mean before the cut."""

    a: float = 20.0
    m: float = 0.7
    rho0: float = 0.9


def peer_ratio(counted: Numbers, expected: Numbers, phi: ArrayLike, k: ArrayLike) -> Ratio:
    """N, L, phi and the spread k between agents -> (k + N/phi) / (k + L/phi) and its interval; NaN where one is unknown."""
    prior, scale = np.asarray(k, np.float64), np.asarray(phi, np.float64)
    shape, rate = prior + counted / scale, prior + expected / scale
    low, high = (gamma_quantile(shape, tail) / rate for tail in (0.05, 0.95))
    return Ratio(shape / rate, low, high, expected / scale < LEAST_EXPECTED)


def gamma_quantile(shape: Numbers, tail: float) -> Numbers:
    """Quantile of Gamma(shape, rate 1): ``gammaincinv`` to 1e-13 of it, ten times as fast for shapes from 1 on.

    (quantile / shape - 1) sqrt(shape) is smooth in 1 / sqrt(shape): it is looked up between points of equal distance, by the
    cubic through the four nearest.
    """
    at = _STEPS / np.sqrt(np.where(shape >= 1, shape, 1.0))
    first = np.clip(at.astype(np.int64), 1, _STEPS - 2)
    d, known = at - first, _quantiles(tail)
    before, here, after, next_ = (known[first + step] for step in (-1, 0, 1, 2))
    cubic = -d * (d - 1) * (d - 2) / 6 * before + (d + 1) * (d - 1) * (d - 2) / 2 * here
    cubic += -(d + 1) * d * (d - 2) / 2 * after + (d + 1) * d * (d - 1) / 6 * next_
    found = np.where(shape >= 1, shape * (1 + cubic * at / _STEPS), np.nan)
    small = shape < 1
    found[small] = gammaincinv(shape[small], tail)
    return np.asarray(found, np.float64)


@cache
def _quantiles(tail: float) -> Numbers:
    """The points, at 1 / sqrt(shape) = n / _STEPS; the first, shape without end, is the quantile of the normal."""
    root = np.arange(1, _STEPS + 1) / _STEPS
    return np.concatenate([[ndtri(tail)], (gammaincinv(root**-2, tail) * root**2 - 1) / root])


def spread_between(counted: Numbers, expected: Numbers, phi: float) -> float:
    """k of a floor: 1 / variance of the true rates, by moments over agents with L/phi >= 7; too few of them: 100."""
    known = expected / phi >= LEAST_EXPECTED
    if np.count_nonzero(known) < LEAST_AGENTS:
        return DEFAULT_K
    rates, noise = counted[known] / expected[known], phi / expected[known]
    return float(1 / max(LEAST_VARIANCE, np.var(rates, ddof=1) - noise.mean()))


def log_evidence(counted: Numbers, expected: Numbers, phi: ArrayLike, prior: Prior = Prior()) -> Numbers:
    """ln E of the mixture e-process against a pace of at least rho0; NaN where phi is unknown.

    Under any pace >= rho0, P(E ever >= 1/alpha) <= alpha however often one looks (Ville): ``WATCH``, ``REVIEW``.
    """
    n, due = counted / np.asarray(phi, np.float64), expected / np.asarray(phi, np.float64)
    a, b, rho0 = prior.a, prior.a / prior.m, prior.rho0
    weight = a * np.log(b) - gammaln(a) + gammaln(a + n) - (a + n) * np.log(b + due)
    cut = log_gammainc(a + n, (b + due) * rho0) - log_gammainc(np.array([a]), np.array([b * rho0]))
    return np.asarray(weight + cut - n * np.log(rho0) + due * rho0, np.float64)


def log_gammainc(a: Numbers, x: Numbers) -> Numbers:
    """ln P(a, x), P the regularised lower incomplete gamma function, x > 0.

    P itself underflows where a >> x (many calls in the first minute); taken as 0 or clamped it would make E anything.
    There its power series is summed instead, whose terms fall fast because a >> x.
    """
    a, x = np.broadcast_arrays(a, x)
    value = np.asarray(gammainc(a, x), np.float64)
    deep = value < _UNDERFLOW
    found = np.log(np.where(deep, 1.0, value))
    found[deep] = _log_series(a[deep], x[deep])
    return found


def _log_series(a: Numbers, x: Numbers) -> Numbers:
    """P(a, x) = x^a e^-x / Gamma(a + 1) * (1 + x/(a+1) + x^2/((a+1)(a+2)) + ...), DLMF 8.11.4."""
    term, total, n = np.ones_like(x), np.ones_like(x), 0
    while (term > 1e-17 * total).any():
        n += 1
        term = term * x / (a + n)
        total = total + term
    return np.asarray(a * np.log(x) - x - gammaln(a + 1) + np.log(total), np.float64)


class Verdict(IntEnum):
    """The word on screen is the name in lower case."""

    NO_VERDICT = 0
    REVIEW = 1
    TOO_EARLY = 2
    WATCH = 3
    ON_PACE = 4


def verdict(expected: Numbers, phi: ArrayLike, log_e: Numbers, review_open: Flags) -> Codes:
    """L and phi (NaN = unknown), ln E and whether a review is open -> codes of ``Verdict``, the first that holds."""
    scale = np.asarray(phi, np.float64)
    masks = [
        np.isnan(expected) | np.isnan(scale),
        (log_e >= np.log(REVIEW)) | review_open,
        expected / scale < LEAST_EXPECTED,
        log_e >= np.log(WATCH),
    ]
    order = [Verdict.NO_VERDICT, Verdict.REVIEW, Verdict.TOO_EARLY, Verdict.WATCH]
    return np.asarray(np.select(masks, order, Verdict.ON_PACE), np.int8)


def softened(found: Codes, was: Codes, net: Numbers, target_by_now: Numbers) -> Codes:
    """Agents on target (net >= target by now > 0) are not flagged: a watch or a new review is shown as on pace.

    ``was`` are the verdicts shown before: a review that already stood stays until it is acknowledged.
    """
    on_target = (net >= target_by_now) & (target_by_now > 0)
    new = (found == Verdict.WATCH) | ((found == Verdict.REVIEW) & (was != Verdict.REVIEW))
    return np.where(on_target & new, Verdict.ON_PACE, found).astype(np.int8)
