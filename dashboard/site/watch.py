"""The site in force while a process runs: its files are looked at once a second, and a change without errors takes effect.

A change with errors leaves the site as it was; the errors are reported with file and line until they are put right. A change of
zone or day start waits until Redis is counted again: days of another clock would not be the days of the cells.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.site.lists import FILES
from dashboard.site.load import Problem, Site, SiteError, load_site
from streams.site_time import DayClock

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
Marks = tuple[tuple[int, int, int] | None, ...]
"""Per file (inode, size, time of its last change); None: no such file."""


def as_counted(site: Site, clock: DayClock | None) -> Site:
    """The site with the days that were counted; None: nothing is."""
    if clock is None or clock == site.time.clock:
        return site
    return replace(site, zone=clock.zone, business_day_start=clock.day_start)


def nothing_counted() -> None:
    """No clock holds but the site's."""


@dataclass(frozen=True)
class SiteState:
    """The site in force, since when, and what is wrong with the newest change of its files."""

    site: Site
    file: str | None
    loaded_ms: int
    problems: tuple[Problem, ...] = ()
    waiting: DayClock | None = None
    """The clock of the files, where what is counted has another."""


class SiteWatch:
    """``state`` is the newest word; it is replaced as a whole, so any thread may read it. Made by ``read`` or ``fixed``.

    ``counted``: the clock of what is counted, asked at each look; None: nothing is.
    """

    def __init__(
        self,
        state: SiteState,
        marks: Marks,
        zone: str | None = None,
        counted: Callable[[], DayClock | None] = nothing_counted,
    ) -> None:
        self._marks = marks
        self._zone = zone
        self._counted = counted
        self._written, self._clock = state, counted()
        self.state = _in_force(state, self._clock)

    @classmethod
    def read(
        cls, path: str | None, zone: str | None = None, counted: Callable[[], DayClock | None] = nothing_counted
    ) -> "SiteWatch":
        """The site of a file, read now; None: the site without a file. ``zone``: of the setting. Raises SiteError."""
        marks = _marks(path)
        return cls(SiteState(load_site(path, zone), path, _now_ms()), marks, zone, counted)

    @classmethod
    def fixed(cls, site: Site, counted: Callable[[], DayClock | None] = nothing_counted) -> "SiteWatch":
        """A site that does not change."""
        return cls(SiteState(site, None, _now_ms()), (), counted=counted)

    @property
    def site(self) -> Site:
        """The site in force."""
        return self.state.site

    def look(self) -> None:
        """Reads the files again if one of them changed since they were read, and asks what is counted."""
        marks, clock = _marks(self.state.file), self._counted()
        if marks != self._marks:
            self._written = self._read_again()
        if (marks, clock) != (self._marks, self._clock):
            self._marks, self._clock = marks, clock
            self.state = _in_force(self._written, clock)

    @contextmanager
    def looking(self) -> Iterator["SiteWatch"]:
        """Looks again and again, beside the work of the process, until the block ends."""
        stop = threading.Event()
        thread = threading.Thread(target=self._look_until, args=(stop,), name="site-watch", daemon=True)
        if self.state.file is not None or self._counted is not nothing_counted:
            thread.start()
        try:
            yield self
        finally:
            stop.set()
            if thread.is_alive():
                thread.join()

    def _look_until(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_EVERY_S):
            self.look()

    def _read_again(self) -> SiteState:
        before = self._written
        try:
            site = load_site(before.file, self._zone)
        except SiteError as error:
            log.warning("the changed site file has errors, the site stays as it was:\n%s", error)
            return SiteState(before.site, before.file, before.loaded_ms, error.problems)
        log.warning("the changed site file is taken up")
        return SiteState(site, before.file, _now_ms())


def _in_force(written: SiteState, clock: DayClock | None) -> SiteState:
    site = as_counted(written.site, clock)
    return written if site is written.site else replace(written, site=site, waiting=written.site.time.clock)


def _marks(path: str | None) -> Marks:
    if path is None:
        return ()
    return tuple(_mark(each) for each in (Path(path), *(Path(path).parent / name for name in FILES)))


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
