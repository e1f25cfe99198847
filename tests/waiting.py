"""Waiting for a condition, in place of sleeping: a test goes on as soon as it holds, and says what it waited for."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

Answer = TypeVar("Answer")
PATIENCE_S = 180.0
"""So long a test waits for what is to come: nothing is claimed by it, it only bounds how long a failure takes."""
Clock = Callable[[], float]


def wait_until(
    condition: Callable[[], Answer],
    deadline_s: float,
    what: str | Callable[[], str],
    every_s: float = 0.02,
    clock: Clock = monotonic,
) -> Answer:
    """Asks until the answer is true, and returns it. Raises AssertionError naming `what` (asked then) and the last answer.

    `clock` measures the deadline, in seconds: the wall clock, or one that counts the work done, which stands still
    while a busy machine works for others.
    """
    deadline = clock() + deadline_s
    while not (answer := condition()):
        if clock() > deadline:
            name = what if isinstance(what, str) else what()
            raise AssertionError(f"after {deadline_s:g} s still not: {name} (last answer: {answer!r})")
        sleep(every_s)
    return answer
