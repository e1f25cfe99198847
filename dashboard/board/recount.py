"""What takes long to find: found again and again by a thread of its own, so that whoever asks never waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from streams.store.outage import repeat_in_thread

Found = TypeVar("Found")


class Recount(Generic[Found]):
    """``count`` finds it, a number as a rule; ``away`` is what it raises when it cannot: then the last one stands."""

    def __init__(self, name: str, count: Callable[[], Found], away: tuple[type[Exception], ...]) -> None:
        self._name, self._count, self._away = name, count, away
        self._known: Found | None = None

    def __call__(self) -> Found | None:
        """The newest; None before the first."""
        return self._known

    def step(self) -> None:
        """Finds it now. Raises what is in ``away``."""
        self._known = self._count()

    @contextmanager
    def following(self, every_s: float) -> Iterator["Recount[Found]"]:
        """Finds it every so many seconds until the block ends."""
        with repeat_in_thread(self._name, self.step, every_s, self._away, at_once=True):
            yield self
