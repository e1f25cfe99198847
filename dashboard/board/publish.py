"""The loop of the publisher: four times a second it makes a tick and publishes its frames.

While Redis is away nothing is published and the loop waits; it ends only when asked to, or when another publisher took over.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.board.bus import AWAY, FrameWriter, Lease
from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.seats_view import namings, project_boards
from dashboard.board.side_jobs import NO_SIDE_JOBS, SideJobs
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from streams.store.errors import require_passing
from streams.store.outage import Outage

log = logging.getLogger(__name__)

TICK_S = 0.25


def new_epoch(now_ms: int) -> str:
    """A name for this run that no other run had."""
    return f"{now_ms:x}{secrets.token_hex(3)}"


def wall_clock_ms() -> int:
    """Now."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Publisher:
    """The loop over finished things. ``sites``: follows the site file; None: it does not change.

    ``side_jobs`` starts the jobs of a changed site, after those of the site before have ended. ``build`` names the build that
    publishes.
    """

    model: ReadModel
    writer: FrameWriter
    lease: Lease
    clock_ms: Callable[[], int] = wall_clock_ms
    sites: SiteWatch | None = None
    side_jobs: Callable[[Site], SideJobs] = lambda site: NO_SIDE_JOBS
    build: str = ""

    def run(self, stop: threading.Event) -> None:
        """Publishes until ``stop`` is set.

        Raises LeaseHeld if another publisher is at work, or takes over, and StoreUnusable where waiting does not help.
        """
        outage = Outage("nothing is published", log)
        while not stop.is_set():
            try:
                self.lease.acquire(stop.wait)
                break
            except AWAY as error:
                require_passing(error)
                stop.wait(outage.note(error))
        outage.over()
        try:
            self._tick_until(stop, outage)
        finally:
            try:
                self.lease.release()
            except AWAY as error:  # whatever it is: the process ends anyway
                log.info("the lease could not be given back, it runs out by itself: %s", error)

    def _tick_until(self, stop: threading.Event, outage: Outage) -> None:
        frames, beat, at_work, looked = self._frames(), Beat(TICK_S), False, self.model.site
        while not stop.is_set():
            try:
                if self.sites is not None and (site := self.sites.site) is not looked:
                    if site.without_grants() != self.model.site.without_grants():
                        self.model.change_site(site, self.side_jobs(site))
                        frames = self._frames()  # other teams, other agents: everybody starts again
                    looked = site
                if self.publish_tick(frames):
                    at_work = True
                    outage.over()
            except AWAY as error:
                require_passing(error, at_work)
                self.model.reload()
                stop.wait(outage.note(error))
            stop.wait(beat.until_next())

    def _frames(self) -> Frames:
        return Frames(new_epoch(self.clock_ms()), self.build, namings(self.model.site), project_boards(self.model.site))

    def publish_tick(self, frames: Frames) -> bool:
        """Makes and publishes one tick -> whether something was published. Raises what is in AWAY."""
        self.lease.hold()
        with self.model.turn:
            tick = self.model.tick(self.clock_ms())
            made = [] if tick is None else list(frames.write_tick(tick))
        self.writer.publish(made)
        return tick is not None


class Beat:
    """Instants at a fixed distance, without drift; those that were missed are left out."""

    def __init__(self, step_s: float, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._step_s = step_s
        self._clock_s = clock_s
        self._next_s = clock_s()

    def until_next(self) -> float:
        """Seconds until the next one."""
        now_s = self._clock_s()
        missed = max(0, int((now_s - self._next_s) / self._step_s))
        self._next_s += (missed + 1) * self._step_s
        return max(0.0, self._next_s - now_s)
