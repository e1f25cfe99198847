"""Evidence about one agent against peers (rules.md 9; research/reliability.md C2.5, C2.6). One element per agent.

N calls counted, L expected from the peers, phi the over-dispersion of the stratum; all that follows uses N/phi, L/phi.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc, gammaincinv, gammaln

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags

LEAST_EXPECTED = 7.0
"""L / phi below which it is too early: at 5 even no call at all lies within the 0.1 % limit."""
LEAST_AGENTS = 10
DEFAULT_K = 100.0
LEAST_VARIANCE = 0.0025
WATCH = 20.0
REVIEW = 500.0
_UNDERFLOW = 1e-280


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
    """What a slow agent looks like: Gamma(a, a / m) cut to (0, rho0); m is the mean before the cut."""

    a: float = 20.0
    m: float = 0.7
    rho0: float = 0.9


def peer_ratio(counted: Numbers, expected: Numbers, phi: ArrayLike, k: ArrayLike) -> Ratio:
    """N, L, phi and the spread k between agents -> (k + N/phi) / (k + L/phi) and its interval."""
    prior, scale = np.asarray(k, np.float64), np.asarray(phi, np.float64)
    shape, rate = prior + counted / scale, prior + expected / scale
    low, high = (np.asarray(gammaincinv(shape, tail), np.float64) / rate for tail in (0.05, 0.95))
    return Ratio(shape / rate, low, high, expected / scale < LEAST_EXPECTED)


def spread_between(counted: Numbers, expected: Numbers, phi: float) -> float:
    """k of a floor: 1 / variance of the true rates, by moments over agents with L/phi >= 7; too few of them: 100."""
    known = expected / phi >= LEAST_EXPECTED
    if np.count_nonzero(known) < LEAST_AGENTS:
        return DEFAULT_K
    rates, noise = counted[known] / expected[known], phi / expected[known]
    return float(1 / max(LEAST_VARIANCE, np.var(rates, ddof=1) - noise.mean()))


def log_evidence(counted: Numbers, expected: Numbers, phi: ArrayLike, prior: Prior = Prior()) -> Numbers:
    """ln E of the mixture e-process against a pace of at least rho0.

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
