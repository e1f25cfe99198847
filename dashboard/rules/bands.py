"""The band of a team's bar (docs/rules.md 8; docs/method.md 7; Spiegelhalter 2005, Stat Med 24:1185).

A team's ratio y = N / L varies by phi / L, phi from the shifts of its agents (``peers.dispersion``), and by tau^2 from day
to day beyond that. So the band is 1 +- z sqrt(phi / L + tau^2).

The method draws in a tenth of each tail before it takes the mean square, and puts that same mean into tau^2. Of days that differ
as a bell curve does that leaves 0.68 of it: tau^2 comes out about a third too small, and the band holds 86 to 89 % of usual
days, not 95 %. It is the price of one bad day not widening the band of all; a band is no verdict.
"""

import numpy as np
from numpy.typing import ArrayLike

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Z95

LEAST_DAYS = 20
TRIM = 0.1
"""Of each tail: so much is drawn in to the next value, for one bad day must not widen the band of all."""


def between_days(counted: Numbers, expected: Numbers, phi: float) -> float:
    """N and L of one team's last business days, L > 0, and its phi -> tau^2; NaN with fewer than 20 days.

    Moments with weights w = L / phi, and only where the spread is more than chance gives: mean z^2 > 1 + 2 sqrt(2 / K).
    """
    days, weight = len(expected), expected / phi
    if days < LEAST_DAYS:
        return float("nan")
    spread = float(np.mean(_drawn_in((counted / expected - 1) * np.sqrt(weight)) ** 2))
    if spread <= 1 + 2 * np.sqrt(2 / days):
        return 0.0
    room = weight.sum() - (weight**2).sum() / weight.sum()
    return max(0.0, float((days * spread - (days - 1)) / room))


def half_width(expected: Numbers, phi: ArrayLike, tau_squared: ArrayLike) -> Numbers:
    """L, phi and tau^2 per team (NaN = unknown) -> half the width of the band around 1; NaN: no band."""
    due = np.where(expected > 0, expected, np.nan)
    return np.asarray(
        Z95 * np.sqrt(np.asarray(phi, np.float64) / due + np.asarray(tau_squared, np.float64)), np.float64
    )


def half_width_together(expected: Numbers, phi: Numbers, tau_squared: Numbers) -> float:
    """As ``half_width``, of all teams as one: their calls vary apart, so that variances add up.

    NaN while phi or tau^2 of a team that owes something is not known, or none owes anything.
    """
    owes = expected > 0
    due = expected[owes]
    if not len(due):
        return float("nan")
    variance = phi[owes] * due + tau_squared[owes] * due**2
    return float(Z95 * np.sqrt(variance.sum()) / due.sum())


def _drawn_in(values: Numbers) -> Numbers:
    ordered, cut = np.sort(values), int(TRIM * len(values))
    return np.clip(values, ordered[cut], ordered[len(values) - 1 - cut])
