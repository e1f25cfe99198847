"""The limit h of ``drop`` by stratum: how far the CUSUM must rise to be one false alarm per 500-agent shift (docs/rules.md 9).

Tuned on the stratum's own past shifts (docs/method.md 6); where these are enough for phi and yet too few for that, what was
simulated for Poisson calls by calls per hour: between its volumes interpolated over the logarithm of the volume, beyond them it
stays. A stratum that has no phi is not asked for: it has no limit (evidence.history).
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from dashboard.rules.cusum import tuned_limit
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole

_PER_HOUR = (6.0, 10.0, 20.0, 40.0)
_LIMITS = (5.15, 6.15, 7.31, 8.51)
_MOST_KNOWN = 256


class PastHours(NamedTuple):
    """The past agent-shifts of one stratum by hour block, 0 where there was none."""

    counted: Numbers
    """(agent-shifts x blocks), as the next two: calls, expected calls, seconds of exposure."""
    expected: Numbers
    exposed_s: Numbers
    whose: Whole
    """(agent-shifts,): a number for each agent."""


Limit = Callable[[PastHours], float]


def default_limit(past: PastHours) -> float:
    """h by calls per hour; without any hour the highest."""
    hours = float(past.exposed_s.sum()) / 3600
    if hours <= 0:
        return _LIMITS[-1]
    per_hour = max(float(past.counted.sum()) / hours, _PER_HOUR[0])
    return float(np.interp(np.log(per_hour), np.log(_PER_HOUR), _LIMITS))


class Tuned:
    """h by ``rules.cusum.tuned_limit``; the same shifts are not tuned on twice, for that takes about a second."""

    def __init__(self) -> None:
        self._known: dict[bytes, float] = {}

    def __call__(self, past: PastHours) -> float:
        """h, that of ``default_limit`` where the shifts are too few."""
        key = blake2b(b"".join(np.ascontiguousarray(each).tobytes() for each in past)).digest()
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = tuned_limit(past.counted, past.expected, past.whose)
            self._known[key] = default_limit(past) if np.isnan(found) else found
        return self._known[key]
