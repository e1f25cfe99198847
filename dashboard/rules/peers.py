"""The expected calls of each agent by the peers of a stratum, and the over-dispersion of their shifts (docs/rules.md 9)."""

from dataclasses import dataclass

import numpy as np

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import HOUR_S, Reason, Whole, ratio

LEAST_PEERS = 10
HISTORY_HOURS = 10.0
"""Agent-hours that history weighs."""
LEAST_SHIFTS = 2
LEAST_FREEDOM = 20
WINDOW = 20
"""Shifts looked back on."""


@dataclass(frozen=True)
class Expected:
    """Per agent of one stratum."""

    per_hour: Numbers
    """(agents x intervals): the rate against which the agent is held; NaN where there is none."""
    count: Numbers
    """(agents,): L; NaN = no verdict, an interval in which the agent worked has no rate."""


@dataclass(frozen=True)
class Dispersion:
    """phi of a stratum, NaN with the reason where the shifts are too few, and its degrees of freedom."""

    phi: float
    reason: Reason
    freedom: int


def expected(counted: Whole, exposure_s: Whole, history: Numbers) -> Expected:
    """(agents x intervals) calls and exposure, (intervals,) rates of history per hour (NaN = none) -> L per agent.

    The rate of each is that of the others (leave one out), shrunk to history: (10 hist + sum N) / (10 + sum hours).
    """
    there = exposure_s > 0
    calls, hours = _others(np.where(there, counted, 0)), _others(exposure_s) / HOUR_S
    enough = _others(there.astype(np.int64)) >= LEAST_PEERS
    weight = np.where(np.isnan(history), 0.0, HISTORY_HOURS)
    per_hour = np.where(enough, ratio(weight * np.nan_to_num(history) + calls, weight + hours), history)
    own = exposure_s / HOUR_S
    return Expected(per_hour, np.where(there, per_hour * own, 0.0).sum(axis=1))


def dispersion(counted: Numbers, expected: Numbers) -> Dispersion:
    """(agents x shifts) calls and expected calls, oldest first, 0 expected = no shift -> the stratum's phi.

    Squared deviations of each agent's last 20 shifts from their own rate, pooled, floor 1. Agents with fewer than two
    shifts or no call add nothing.
    """
    worked = expected > 0
    recent = worked & (np.cumsum(worked[:, ::-1], axis=1)[:, ::-1] <= WINDOW)
    n, due = np.where(recent, counted, 0.0), np.where(recent, expected, 0.0)
    adds = (recent.sum(axis=1) >= LEAST_SHIFTS) & (n.sum(axis=1) > 0)
    fit = ratio(n.sum(axis=1), due.sum(axis=1))[:, None] * due
    squares = np.nan_to_num(ratio((n - fit) ** 2, fit))[adds].sum()
    freedom = int((recent.sum(axis=1) - 1)[adds].sum())
    if freedom < LEAST_FREEDOM:
        return Dispersion(np.nan, Reason.TOO_FEW_SHIFTS, freedom)
    return Dispersion(max(1.0, float(squares) / freedom), Reason.NONE, freedom)


def _others(values: Whole) -> Whole:
    return np.asarray(values.sum(axis=0) - values, np.int64)
