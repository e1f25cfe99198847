"""Reads that take the processor for long (explanations, appeals, the own page): each viewer's are counted, and made once.

The same question of the same viewer within half a second has one answer; who asks again and again is refused for a while.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from dashboard.access.rate_limit import Rate, RateLimiter

HOLD_S = 0.5


READ_RATE = Rate(burst=120, per_s=2.0)
"""A lead who goes through thirty agents at a click each asks 120 times; an open drawer asks four times in 15 s."""


class HeavyReads:
    """The reads of one worker. ``clear`` is called after every act, so that whoever acted sees what they did."""

    def __init__(self, rate: Rate = READ_RATE, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._limiter = RateLimiter(rate, clock_s)
        self._clock_s = clock_s
        self._answers: OrderedDict[Hashable, tuple[asyncio.Task[bytes], float]] = OrderedDict()
        """Viewer and question -> the answer, and when its making began; the oldest first."""

    async def read(self, viewer: Hashable, question: Hashable, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The answer to a viewer's question, begun at most HOLD_S ago. Raises Refused, and what ``make`` raises.

        ``viewer`` stands for all that a viewer may see: another viewer never gets the answer.
        """
        self._limiter.count(viewer)
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
