"""The cost of a threshold on the raw pace: the agents exactly on pace whom it names (docs/method.md 12).

Calls of an agent on pace are taken as Poisson with the calls due as their mean. Real floors vary more from hour to hour, so
the figures flatter the threshold.
"""

import numpy as np
from scipy.stats import poisson

from dashboard.rules.deduction import Numbers

_TAIL = 1e-13
_EDGE = 1e-9


def named(due: Numbers, limit: float, first: int = 1) -> float:
    """P(an agent on pace is named at least once), looked at in the end of each minute from the ``first`` on.

    ``due``: calls due by the end of each planned minute, from 0 on, never falling. An agent is named who has made at most
    ``limit`` times the calls due. Exact but for tails below 1e-13: the counts of the agents not named yet are carried from
    minute to minute.
    """
    room = int(poisson.isf(_TAIL, due[-1])) + 1 if len(due) else 1
    chance, found, before = np.eye(1, room)[0], 0.0, 0.0
    for minute, by_now in enumerate(due.tolist(), 1):
        chance = _after(chance, by_now - before)
        before = by_now
        if minute >= first and by_now > 0:
            low = int(np.floor(limit * by_now + _EDGE)) + 1
            found += float(chance[:low].sum())
            chance[:low] = 0.0
    return found


def _after(chance: Numbers, expected: float) -> Numbers:
    """P(count) before a minute and the calls expected in it -> after it."""
    if expected <= 0:
        return chance
    calls = np.arange(int(poisson.isf(_TAIL, expected)) + 1)
    return np.asarray(np.convolve(chance, poisson.pmf(calls, expected))[: len(chance)], np.float64)
