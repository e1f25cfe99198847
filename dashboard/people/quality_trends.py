"""The trend of quality scores of a running board: a thread of its own reads and charts, a tick takes the newest.

All input lies in Redis, so a restart shows the same. A tick never waits for a reading.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import numpy as np

from dashboard.floor.lines import Lines
from dashboard.people.quality_charts import BoardScores, TrendNow, charts, no_scores, no_trend, with_more_rows
from dashboard.people.quality_scores import ScoreIndex
from dashboard.people.quality_shifts import LOOK_BACK_DAYS, ShiftIndex, day_places
from streams.site_time import SiteTime
from streams.store.ledger_follower import LedgerFollower, LedgerRow
from streams.store.ledger_reader import LedgerReader
from streams.store.outage import repeat_in_thread
from streams.store.reader import Reader

READ_EVERY_S = 5.0
_HUNDREDTHS = 100
_AT_ONCE = 10_000
"""Scores brought in at a time: other threads are not held up for long."""


class QualityFollower(LedgerFollower):
    """Every agent's scores (``index``) and shifts, agents by their ``numbers``."""

    def __init__(self, ledgers: LedgerReader, reader: Reader) -> None:
        self._version = -1
        super().__init__(ledgers, reader)

    def read(self, today: date) -> int:
        """Reads everything at first, later only what is new. -> a number that grows with every change."""
        self.follow_ledger()
        self._version += self.shifts.read(today)
        return self._version

    def forget_lines(self) -> None:
        """See LedgerFollower."""
        self.numbers: dict[str, int] = {}
        self.index = ScoreIndex(self.numbers)
        self.shifts = ShiftIndex(self._reader, self.numbers)
        self._version += 1

    def take_lines(self, partition: int, rows: Sequence[LedgerRow]) -> None:
        """See LedgerFollower."""
        if self.index.note(rows) >= _AT_ONCE:
            self._version += self.index.settle()

    def read_journal(self, partition: int) -> None:
        """See LedgerFollower."""
        super().read_journal(partition)
        self._version += self.index.settle()


class _Asked(NamedTuple):
    """The lines, the instant and the clock of a request."""

    now_ms: int
    lines: Lines
    time: SiteTime


class _Made(NamedTuple):
    """A chart, its request, and the version of the reading."""

    asked: _Asked
    version: int
    now: TrendNow


class Trends:
    """Each tick asks with ``newest_trends``; ``step`` brings it up to date, again and again in the thread of ``following``.

    ``away``: the errors of a Redis that cannot be reached; they are logged and the last trend stays. ``persons`` False: under a
    works council only teams are charted.
    """

    def __init__(self, reading: QualityFollower, away: tuple[type[Exception], ...], persons: bool = True) -> None:
        self._reading = reading
        self._away = away
        self._persons = persons
        self._wake = threading.Event()
        self._asked: _Asked | None = None
        self._made: _Made | None = None
        self._source: TrendNow | None = None
        self._shown: tuple[Lines, TrendNow] | None = None

    def newest_trends(self, now_ms: int, lines: Lines, time: SiteTime) -> TrendNow:
        """The newest trends, with an element per row of ``lines``: the same object until there are others.

        Before the first reading, and for a moment after the site or the day changed, nobody has a trend.
        """
        # The first tick of a process must be quick: reading begins after it.
        if self._asked is not None and self._asked.lines is lines and self._made is None:
            self._wake.set()
        self._asked = _Asked(now_ms, lines, time)
        made = self._made
        source = made.now if made is not None and made.asked.lines is lines else None
        shown = self._shown
        if shown is None or shown[0] is not lines or source is not self._source or len(shown[1].lines.n) != len(lines):
            now = source or TrendNow(no_trend(0), no_trend(len(lines.teams)), no_scores(0))
            shown = self._shown = lines, with_more_rows(now, len(lines))
            self._source = source
        return shown[1]

    def step(self) -> None:
        """Reads what is new, and charts again if anything is. Errors of Redis pass through."""
        asked, made = self._asked, self._made
        if asked is None:
            return
        version = self._reading.read(asked.time.day(asked.now_ms).label)
        if made is None or not _holds(made, asked, version):
            self._made = _Made(asked, version, self._charted(asked))

    @contextmanager
    def following(self, every_s: float = READ_EVERY_S) -> Iterator["Trends"]:
        """Reads beside the work of the process until the block ends."""
        with repeat_in_thread("quality-trends", self.step, every_s, self._away, wake=self._wake):
            yield self

    def _charted(self, asked: _Asked) -> TrendNow:
        lines, reading = asked.lines, self._reading
        today = asked.time.day(asked.now_ms)
        team = np.array(lines.team, np.int64)  # as many rows as are filled by now: more may come while this runs
        agents = np.array([reading.numbers.get(person.id, -1) for person in lines.people[: len(team)]], np.int64)
        row_of = np.full(len(reading.numbers) + 1, -1, np.int64)  # the last stands for an agent who never appeared
        row_of[agents] = np.arange(len(team))
        row_of[-1] = -1
        worked = np.vstack([reading.shifts.worked(today.label), np.zeros((1, LOOK_BACK_DAYS), np.bool_)])
        scores = reading.index.scores
        place = day_places(scores.at_ms, today, asked.time)
        points = scores.points / _HUNDREDTHS
        given = BoardScores(row_of[scores.agent], place, points, worked[agents], team, len(lines.teams))
        return charts(given, self._persons)


def _holds(made: _Made, asked: _Asked, version: int) -> bool:
    """Whether the chart is still up to date."""
    same = made.asked.lines is asked.lines and made.asked.time is asked.time
    return same and made.version == version and len(made.now.lines.n) == len(asked.lines.team)
