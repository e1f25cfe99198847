"""The events of the floor as records in the order of sending; the shifts are made up by two processes ahead of their use."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date
from itertools import islice
from multiprocessing import get_context
from typing import NamedTuple

from tests.moment.when import MOMENT_MS, TODAY, simulator

WORKERS = 2


class Sent(NamedTuple):
    """A record of the topic of events and when it was sent."""

    sent_ms: int
    key: bytes
    value: bytes


def records_of(day: date) -> list[Sent]:
    """Those of a day up to the moment: earlier ones in outline, as the product lays them down."""
    floor = simulator()
    made = floor.day(day) if day == TODAY else floor.outline(floor.day(day))
    return [Sent(event.sent_ms, event.key.encode(), event.encode()) for event in made if event.sent_ms < MOMENT_MS]


def shifts(earlier: int) -> Iterator[list[Sent]]:
    """So many earlier shifts, the oldest first."""
    days = simulator().working_days_before(earlier)
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as workers:
        waiting, rest = deque[Future[list[Sent]]](), iter(days)
        for day in islice(rest, WORKERS + 1):
            waiting.append(workers.submit(records_of, day))
        while waiting:
            yield waiting.popleft().result()
            for day in islice(rest, 1):
                waiting.append(workers.submit(records_of, day))
