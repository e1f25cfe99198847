"""A step that is taken again and again by a thread of its own, so that whoever needs its result never waits for it."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streams.outage import Outage

log = logging.getLogger(__name__)


@contextmanager
def beside(
    name: str, step: Callable[[], object], every_s: float, away: tuple[type[Exception], ...], at_once: bool = False
) -> Iterator[None]:
    """Takes the step every so many seconds, the first one ``at_once`` or after the first wait, until the block ends.

    ``away`` is what a step raises while Redis is away or refuses: that is logged, and the next step is taken in its turn.
    """
    stop, outage = threading.Event(), Outage(f"{name}: nothing new", log)

    def steps() -> None:
        waited = at_once or not stop.wait(every_s)
        while waited:
            try:
                step()
                outage.over()
            except away as error:
                outage.note(error)
            waited = not stop.wait(every_s)

    thread = threading.Thread(target=steps, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
