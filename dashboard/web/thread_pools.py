"""The threads of a web worker by what they wait for, so that nothing waits behind a service that does not answer.

Acts wait for Kafka, reads for Redis and the processor, the health report for Redis, sign-ins for hashes. Each has places of
its own.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

from dashboard.access.passwords import AT_ONCE
from dashboard.access.refusals import Refused

WAIT_S = 5.0
"""The longest wait for a place: a page gives up a question after 10 s, and an act takes up to 10 s of Kafka after it."""
Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class ThreadPool:
    """So many ``threads`` for one purpose."""

    def __init__(self, threads: int, wait_s: float = WAIT_S) -> None:
        self._places = asyncio.Semaphore(threads)
        self._limiter = CapacityLimiter(threads)
        self._wait_s = wait_s

    async def run(
        self, ask: Callable[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs
    ) -> Answer:
        """Calls ``ask`` in a thread, so that streams go on. Raises Refused where no place is free in time, and what it raises."""
        try:
            async with asyncio.timeout(self._wait_s):
                await self._places.acquire()
        except TimeoutError:
            raise Refused(503, "busy", "too many others wait for the same; nothing was done, ask again") from None
        try:
            return await to_thread.run_sync(partial(ask, *arguments, **named), limiter=self._limiter)
        finally:
            self._places.release()


class ThreadPools(NamedTuple):
    """The pools of one worker. Reads are few: they take the processor from the streams."""

    acts: ThreadPool
    reads: ThreadPool
    health: ThreadPool
    passwords: ThreadPool


def make_pools() -> ThreadPools:
    """The pools of a worker that starts."""
    return ThreadPools(acts=ThreadPool(4), reads=ThreadPool(8), health=ThreadPool(2), passwords=ThreadPool(AT_ONCE))


def pools_of(request: Request) -> ThreadPools:
    """The pools of the worker that serves a request."""
    pools: ThreadPools = request.app.state.pools
    return pools
