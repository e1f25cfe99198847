"""``drop``: a Poisson CUSUM per agent against 70 % of the expected rate, and its limit (docs/rules.md 9; docs/method.md 6).

Lucas 1985; Grigg, Farewell and Spiegelhalter 2003. S rises while fewer calls come than expected. Raw counts, no phi.

The limit comes from the site's own past: so high that of 500 agents on pace one signals in a shift. It is a bootstrap: past
agent-shifts are drawn with their hours as they were, so they carry the noise of the floor; the calls of an hour fall on its
minutes at random. The limit lies beyond what one shift in 500 reaches. The highest S of a shift has an exponential tail (Cramér
and Lundberg; its mean is 1 for Poisson calls), so the mean excess of the top 2 % gives the limit with less noise than the few
draws that reach it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Whole, ratio
from dashboard.rules.peers import LEAST_FREEDOM, LEAST_SHIFTS

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


def minute(state: Cusum, counted: Numbers, expected: Numbers, limit: ArrayLike, quiet: Flags) -> Cusum:
    """One minute of a shift: calls, expected calls, the stratum's limit h, whether the floor moved."""
    level = np.maximum(0.0, state.level + counted * np.log(RHO1) + (1 - RHO1) * expected)
    signals = level >= np.asarray(limit, np.float64) - _ROUNDING
    return Cusum(level, state.drop | (signals & ~quiet))


def floor_moved(counted: ArrayLike, expected: ArrayLike) -> Flags:
    """Calls and expected calls (by history) of the floor in the last 60 minutes -> more than 10 % apart."""
    due = np.asarray(expected, np.float64)
    off = FLOOR_MOVED * np.abs(np.asarray(counted, np.float64) - due)
    return np.asarray(off - due > _ROUNDING * np.maximum(due, 1.0), np.bool_)


HOUR_MINUTES = 60
DRAWS = 40_000
"""Shifts drawn; fewer where they are long."""
_TAIL = 0.02
_MOST_CELLS = 20_000_000
"""Draws x minutes: about a second of CPU."""
_AT_ONCE = 5_000


def tuned_limit(
    counted: Numbers, expected: Numbers, whose: Whole | None = None, *, agents: int = 500, seed: int = 1
) -> float:
    """(agent-shifts x hours) calls and expected calls of one stratum, raw; an hour off has 0 expected -> h.

    ``whose``: the agent (any number) of each row. Their expected calls are scaled by their own pace, so that each is on pace;
    without ``whose`` all rows by the pace of all. NaN where fewer than 20 rows are of agents with two shifts and a call.
    """
    due = null(counted, expected, whose)
    rows, hours = due.sum(axis=1) > 0, (due > 0).any(axis=0)
    if np.count_nonzero(rows) < LEAST_FREEDOM:
        return float("nan")
    calls = np.where(due > 0, counted, 0).astype(np.int64)
    highest = _highest(calls[rows][:, hours], due[rows][:, hours], np.random.default_rng(seed))
    return _exceeded_once_in(agents, highest)


def null(counted: Numbers, expected: Numbers, whose: Whole | None = None) -> Numbers:
    """The calls expected of each row if its agent were exactly on pace; 0 in the rows of agents with too little to say.

    The pace of an agent comes from their other shifts: with the shift itself in it, a bad one would look better than it was.
    """
    there = expected > 0
    calls, due = np.where(there, counted, 0.0).sum(axis=1), np.where(there, expected, 0.0).sum(axis=1)
    names = np.zeros(len(counted), np.int64) if whose is None else whose
    _, at = np.unique(names, return_inverse=True)
    others = [np.bincount(at, each)[at] - each for each in (calls, due)]
    enough = np.bincount(at, due > 0)[at] >= LEAST_SHIFTS
    pace = np.where(enough, np.nan_to_num(ratio(*others)), 0.0)
    return np.asarray(np.where(there, expected * pace[:, None], 0.0), np.float64)


def _highest(calls: Whole, due: Numbers, rng: np.random.Generator) -> Numbers:
    """(draws,): the highest S of shifts drawn from these rows."""
    draws = min(DRAWS, _MOST_CELLS // (HOUR_MINUTES * calls.shape[1]))
    parts = np.array_split(rng.integers(0, len(calls), draws), math.ceil(draws / _AT_ONCE))
    return np.concatenate([_highest_of(_by_minute(calls[rows], rng), due[rows] / HOUR_MINUTES) for rows in parts])


def _by_minute(calls: Whole, rng: np.random.Generator) -> Whole:
    """(shifts x hours) calls -> (minutes x shifts), each call in a minute of its hour at random."""
    shifts, hours = calls.shape
    shift, hour = (np.repeat(at.ravel(), calls.ravel()) for at in np.indices(calls.shape))
    minutes = hour * HOUR_MINUTES + rng.integers(0, HOUR_MINUTES, len(hour))
    size = hours * HOUR_MINUTES * shifts
    return np.bincount(minutes * shifts + shift, minlength=size).reshape(-1, shifts)


def _highest_of(calls: Whole, due: Numbers) -> Numbers:
    """(minutes x shifts) calls, (shifts x hours) expected calls of a minute -> (shifts,)."""
    state, never = fresh(len(due)), np.zeros(len(due), np.bool_)
    highest = state.level
    for at, counted in enumerate(calls):
        state = minute(state, counted, due[:, at // HOUR_MINUTES], np.inf, never)
        highest = np.maximum(highest, state.level)
    return highest


def _exceeded_once_in(agents: int, highest: Numbers) -> float:
    """The level that one shift in so many exceeds, by the mean excess of the tail."""
    edge = float(np.quantile(highest, 1 - _TAIL))
    beyond = highest[highest > edge] - edge
    return edge + float(beyond.mean() if beyond.size else 0.0) * math.log(_TAIL * agents)
