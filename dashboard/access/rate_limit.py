"""Limits on how often somebody may do something: so many times at once, and so many times a second in the long run."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

from dashboard.actions.acting_person import Refused

_REMEMBERED = 10_000


class Rate(NamedTuple):
    """``burst`` times at once, and ``per_s`` times a second in the long run."""

    burst: int
    per_s: float


class RateLimiter:
    """A bucket for each person, which fills up again."""

    def __init__(self, rate: Rate, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock_s = clock_s
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        """Person -> how often they still may, and at what time; whoever did it longest ago first."""

    def count(self, person: Hashable) -> None:
        """Counts one time. Raises Refused where none is left."""
        now_s = self._clock_s()
        left, at_s = self._left.pop(person, (float(self._rate.burst), now_s))
        left = min(self._rate.burst, left + (now_s - at_s) * self._rate.per_s)
        self._left[person] = (left - 1 if left >= 1 else left), now_s
        if len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        if left < 1:
            raise Refused(
                429, "too_often", f"that is more than {self._rate.per_s:g} times a second; wait and ask again"
            )
