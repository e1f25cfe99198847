"""``drop``: a Poisson CUSUM per agent against 70 % of the expected rate (docs/rules.md 9; docs/method.md 6).

Lucas 1985; Grigg, Farewell and Spiegelhalter 2003. S rises while fewer calls come than expected. Raw counts, no phi.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags

RHO1 = 0.7
FLOOR_MOVED = 10
"""One over the share by which the whole floor may be off before new signals are silenced."""
_ROUNDING = 1e-9
"""Decimals added up in binary may miss a limit they equal by this much."""


@dataclass(frozen=True)
class Cusum:
    """One element per agent."""

    level: Numbers
    """S."""
    drop: Flags
    """Signalled in this shift; latched."""


def fresh(agents: int) -> Cusum:
    """Everyone at the start of a shift."""
    return Cusum(np.zeros(agents), np.zeros(agents, np.bool_))


def minute(
    state: Cusum, counted: Numbers, expected: Numbers, limit: ArrayLike, quiet: Flags, shift_start: Flags
) -> Cusum:
    """One minute: calls, expected calls, the stratum's limit h, whether the floor moved, whether a shift starts."""
    before, drop = np.where(shift_start, 0.0, state.level), state.drop & ~shift_start
    level = np.maximum(0.0, before + counted * np.log(RHO1) + (1 - RHO1) * expected)
    signals = level >= np.asarray(limit, np.float64) - _ROUNDING
    return Cusum(level, drop | (signals & ~quiet))


def floor_moved(counted: ArrayLike, expected: ArrayLike) -> Flags:
    """Calls and expected calls (by history) of the floor in the last 60 minutes -> more than 10 % apart."""
    due = np.asarray(expected, np.float64)
    off = FLOOR_MOVED * np.abs(np.asarray(counted, np.float64) - due)
    return np.asarray(off - due > _ROUNDING * np.maximum(due, 1.0), np.bool_)
