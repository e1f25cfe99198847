"""The trend of quality scores beside a running board: read and charted by a thread of its own, shown by the tick.

What is read lives in Redis alone, so a restart shows the same. A tick only asks: it never waits for a reading.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from dashboard.floor.lines import Lines
from dashboard.people.quality_charts import Given, TrendNow, charts, grown, no_scores, nothing
from dashboard.people.quality_reading import Reading
from dashboard.people.quality_shifts import LOOK_BACK_DAYS, places_of
from streams.site_time import SiteTime
from streams.store.outage import Outage

log = logging.getLogger(__name__)

READ_EVERY_S = 5.0
_HUNDREDTHS = 100


class _Asked(NamedTuple):
    """For whom the trend is wanted, when, and by which clock."""

    now_ms: int
    lines: Lines
    time: SiteTime


class _Made(NamedTuple):
    """What was charted: for whom, by which clock, and out of which state of the reading."""

    lines: Lines
    time: SiteTime
    version: int
    now: TrendNow


class Trends:
    """Each tick asks with ``update``; ``step`` brings it up to date, again and again in the thread of ``following``.

    ``away`` are the errors of a Redis that cannot be reached: they are logged, and what was shown stays. ``persons`` False:
    under a works council, where only teams are charted.
    """

    def __init__(self, reading: Reading, away: tuple[type[Exception], ...], persons: bool = True) -> None:
        self._reading = reading
        self._away = away
        self._persons = persons
        self._wake = threading.Event()
        self._asked: _Asked | None = None
        self._made: _Made | None = None
        self._source: TrendNow | None = None
        self._shown: tuple[Lines, TrendNow] | None = None

    def update(self, now_ms: int, lines: Lines, time: SiteTime) -> TrendNow:
        """The newest trends, with an element per row of ``lines``: the same object until there are others.

        Nothing is known of anybody before the first reading is done, and for a moment after the site or the day has changed.
        """
        # Everybody waits for the first tick of a process: reading begins after it.
        if self._asked is not None and self._asked.lines is lines and self._made is None:
            self._wake.set()
        self._asked = _Asked(now_ms, lines, time)
        made = self._made
        source = made.now if made is not None and made.lines is lines else None
        shown = self._shown
        if shown is None or shown[0] is not lines or source is not self._source or len(shown[1].lines.n) != len(lines):
            now = source or TrendNow(nothing(0), nothing(len(lines.teams)), no_scores(0))
            shown = self._shown = lines, grown(now, len(lines))
            self._source = source
        return shown[1]

    def step(self) -> None:
        """Reads what is new, and charts anew if anything is. Errors of Redis pass through."""
        asked, made = self._asked, self._made
        if asked is None:
            return
        version = self._reading.read(asked.time.day(asked.now_ms).label)
        if made is None or not _holds(made, asked, version):
            self._made = _Made(asked.lines, asked.time, version, self._charted(asked))

    @contextmanager
    def following(self, every_s: float = READ_EVERY_S) -> Iterator["Trends"]:
        """Reads beside the work of the process until the block ends."""
        stop = threading.Event()
        thread = threading.Thread(target=self._follow, args=(stop, every_s), name="quality-trends", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            self._wake.set()
            thread.join()

    def _follow(self, stop: threading.Event, every_s: float) -> None:
        outage = Outage("the quality trend stays as it was", log)
        while not stop.is_set():
            self._wake.wait(every_s)
            self._wake.clear()
            try:
                if not stop.is_set():
                    self.step()
                    outage.over()
            except self._away as error:
                outage.note(error)

    def _charted(self, asked: _Asked) -> TrendNow:
        lines, reading = asked.lines, self._reading
        today = asked.time.day(asked.now_ms)
        team = np.array(lines.team, np.int64)  # as many rows as are filled by now: more may come while this runs
        agents = reading.numbers.known(person.id for person in lines.people[: len(team)])
        row_of = np.full(len(reading.numbers) + 1, -1, np.int64)  # the last stands for who never appeared
        row_of[agents] = np.arange(len(team))
        row_of[-1] = -1
        worked = np.vstack([reading.worked(today.label), np.zeros((1, LOOK_BACK_DAYS), np.bool_)])
        scores = reading.scores
        place = places_of(scores.at_ms, today, asked.time)
        points = scores.points / _HUNDREDTHS
        given = Given(row_of[scores.agent], place, points, worked[agents], team, len(lines.teams))
        return charts(given, self._persons)


def _holds(made: _Made, asked: _Asked, version: int) -> bool:
    """Whether what was charted is still all that can be said."""
    same = made.lines is asked.lines and made.time is asked.time
    return same and made.version == version and len(made.now.lines.n) == len(asked.lines.team)
