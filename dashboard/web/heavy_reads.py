"""Reads that take the processor for long (explanations, appeals, the own page): each viewer's are counted, and made once.

The same question of the same viewer within half a second has one answer; who asks again and again is refused for a while.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import NamedTuple

from dashboard.access.refusals import Refused

HOLD_S = 0.5
_REMEMBERED = 10_000


class ReadRate(NamedTuple):
    """A viewer may ask ``burst`` times at once, and ``per_s`` times a second in the long run.

    A lead who goes through thirty agents at a click each asks 120 times; an open drawer asks four times in 15 s.
    """

    burst: int = 120
    per_s: float = 2.0


READ_RATE = ReadRate()


class ReadLimiter:
    """A bucket of questions per viewer, which fills up again."""

    def __init__(self, rate: ReadRate = READ_RATE, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock_s = clock_s
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        """Viewer -> the questions left, and at what time; the viewer who asked longest ago first."""

    def count_question(self, viewer: Hashable) -> None:
        """Counts one question. Raises Refused where none is left."""
        now_s = self._clock_s()
        left, at_s = self._left.pop(viewer, (float(self._rate.burst), now_s))
        left = min(self._rate.burst, left + (now_s - at_s) * self._rate.per_s)
        self._left[viewer] = (left - 1 if left >= 1 else left), now_s
        if len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        if left < 1:
            raise Refused(
                429, "too_often", f"that is more than {self._rate.per_s:g} questions a second; wait and ask again"
            )


class HeavyReads:
    """The reads of one worker. ``clear`` is called after every act, so that whoever acted sees what they did."""

    def __init__(self, rate: ReadRate = READ_RATE, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._limiter = ReadLimiter(rate, clock_s)
        self._clock_s = clock_s
        self._answers: OrderedDict[Hashable, tuple[asyncio.Task[bytes], float]] = OrderedDict()
        """Viewer and question -> the answer, and when its making began; the oldest first."""

    async def read(self, viewer: Hashable, question: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The answer to a viewer's question, begun at most HOLD_S ago. Raises Refused, and what ``make`` raises.

        ``viewer`` stands for all that a viewer may see: another viewer never gets the answer.
        """
        self._limiter.count_question(viewer)
        now_s, key = self._clock_s(), (viewer, question)
        while self._answers and now_s - next(iter(self._answers.values()))[1] > HOLD_S:
            self._answers.popitem(last=False)
        if key not in self._answers:
            self._answers[key] = asyncio.ensure_future(make()), now_s
        # A browser that goes away must not end the making for which another one waits.
        return await asyncio.shield(self._answers[key][0])

    def clear(self) -> None:
        """Forgets every answer."""
        self._answers.clear()
