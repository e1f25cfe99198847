"""One partition's share of one business day as numpy arrays: the day's row and the minutes of every line.

Values are absolute: putting the same cell twice changes nothing, so a change may be applied again at will. An agent whose
key moved has lines in several partitions; the reader adds the partitions up.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.rules.figures import fill_rows
from streams.metrics import COUNT, INDEX, Rows
from streams.site_time import MINUTE_MS, Bucket, Day, day_key

COLUMNS: tuple[str, ...] = (
    "handled",
    "complaints_pending",
    "complaints_confirmed",
    "repeat_enquiries_pending",
    "repeat_enquiries_confirmed",
)
"""The metrics of a minute that a rolling net needs where calls handled are the volume."""
WORKING = tuple(INDEX[f"state_{name}_s"] for name in ("available", "talk", "hold", "wrap", "training", "meeting"))
"""The metrics whose sum is the time in a working state (ringing counts as available)."""
EXPOSED = tuple(INDEX[f"state_{name}_s"] for name in ("available", "talk", "hold", "wrap"))
"""The metrics whose sum is the exposure: time in which calls can come or are worked on (docs/rules.md 9)."""
_LEARNING = tuple(INDEX[f"state_{name}_s"] for name in ("training", "meeting"))
LEAD_MINUTES = 30
"""Minutes before the day's start: the last 30 minutes reach back into yesterday."""
SLOT_MINUTES = 15
UNATTRIBUTED = "~unattributed"
ERASED = "~erased"
NOBODY = (UNATTRIBUTED, ERASED)
"""The lines that add up to the site with those of the agents: calls without an agent, and what erased people had counted."""
_FIRST_CAPACITY = 64

Minutes = NDArray[np.int32]
Seconds = NDArray[np.int16]


def columns_of(volumes: Iterable[str]) -> tuple[str, ...]:
    """The metrics of a minute that the ring keeps where these count as volume."""
    return (*COLUMNS, *sorted(set(volumes) - set(COLUMNS)))


class RingSpan(NamedTuple):
    """The stretch that a ring keeps, in epoch minutes: [first, end), the day itself from ``start``."""

    day_key: int
    first: int
    start: int
    end: int

    @property
    def slots(self) -> int:
        """How many quarter hours the day has."""
        return -(-(self.end - self.start) // SLOT_MINUTES)

    def covers(self, bucket: Bucket) -> bool:
        """Whether the ring keeps a bucket."""
        if bucket.kind == "d":
            return bucket.key == self.day_key
        return bucket.kind == "m" and self.first <= bucket.key < self.end


def span_of(day: Day) -> RingSpan:
    """A business day -> the stretch of its ring."""
    start = day.start_ms // MINUTE_MS
    return RingSpan(day_key(day.label), start - LEAD_MINUTES, start, day.end_ms // MINUTE_MS)


class LinePlaces(dict[str, int]):
    """Line -> its place, which a wanted line gets when it is first looked up; -1 for any other line.

    Attribute: ``lines`` the wanted ones, by place.
    """

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._wanted = wanted

    def __missing__(self, line: str) -> int:
        self[line] = place = len(self.lines) if self._wanted(line) else -1
        if place >= 0:
            self.lines.append(line)
        return place

    def find_places(self, lines: Iterable[str]) -> NDArray[np.intp]:
        """The place of each line."""
        return np.array([self[line] for line in lines], np.intp)


class DayRing:
    """Lines x metrics of the day, minutes x lines x columns, and their sums per quarter hour.

    Attributes: ``columns`` the metrics of a minute; ``day`` int64 (capacity x COUNT), ``slots`` int32 (quarter hours x
    capacity x columns), ``worked`` int16 (capacity x minutes of the day), seconds in a working state; of all only the first
    ``len(lines)`` lines are in use. ``touched``: quarter hours changed since the reader last cleared it; ``stirred``:
    bool (capacity), lines whose ``worked`` did.
    ``exposed`` int16 (minutes of the day x capacity), seconds of exposure; ``versions`` int64 (minutes of the day): how often
    the calls handled or the exposure of a minute changed; ``late``: hour blocks of earlier days whose cells changed, since
    the reader last cleared it.
    """

    def __init__(self, span: RingSpan, capacity: int = _FIRST_CAPACITY, columns: tuple[str, ...] = COLUMNS) -> None:
        self.span = span
        self.columns = columns
        self._places = LinePlaces(counts)
        self.lines = self._places.lines
        self.touched: set[int] = set()
        self.late: set[int] = set()
        self._source = [INDEX[name] for name in columns]
        self._filled = 0
        arrays = _arrays(span, max(capacity, _FIRST_CAPACITY), len(columns))
        self.day, self._minutes, self.slots, self.worked, self.exposed = arrays
        self.versions = np.zeros(len(self.exposed), np.int64)
        self.stirred = np.zeros(len(self.day), np.bool_)

    def put(self, bucket: Bucket, lines: Sequence[str], rows: Rows) -> None:
        """Stores the absolute cells of one bucket; lines that are only views of others (campaigns, queues) are left out."""
        if not self.span.covers(bucket):
            if bucket.kind == "h" and bucket.key < self.span.start:
                self.late.add(bucket.key)
            return
        at = self._places.find_places(lines)
        if len(self.lines) > len(self.day):
            self._grow(2 * len(self.lines))
        if (at < 0).any():
            at, rows = at[at >= 0], rows[at >= 0]
        if bucket.kind == "d":
            self.day[at] = rows
        else:
            self._put_minute(bucket.key, at, rows)

    def drop(self, bucket: Bucket) -> None:
        """Forgets a bucket that the store no longer has."""
        if self.span.covers(bucket):
            self.put(bucket, self.lines, np.zeros((len(self.lines), COUNT), np.int64))

    def minute(self, at: int) -> tuple[Minutes, Seconds]:
        """(lines,) each: calls handled and seconds of exposure in one minute, counted from the day's start."""
        handled = self._minutes[at + self.span.start - self.span.first, : len(self.lines), 0]
        return handled, self.exposed[at, : len(self.lines)]

    def window(self, first: int, end: int) -> Minutes:
        """Epoch minutes [first, end) -> their sum, lines x columns; minutes outside the ring count nothing."""
        low = max(first, self.span.first) - self.span.first
        high = max(low, min(end, self.span.end) - self.span.first)
        total: Minutes = self._minutes[low:high, : len(self.lines)].sum(axis=0, dtype=np.int32)
        return total

    def _put_minute(self, minute: int, at: NDArray[np.intp], rows: Rows) -> None:
        index, of_day = minute - self.span.first, minute - self.span.start
        values = rows[:, self._source].astype(np.int32)
        if of_day >= 0:
            exposed = rows[:, EXPOSED].sum(axis=1)
            worked = exposed + rows[:, _LEARNING].sum(axis=1)
            self.slots[of_day // SLOT_MINUTES, at] += values - self._minutes[index, at]
            self.touched.add(of_day // SLOT_MINUTES)
            self.versions[of_day] += bool((values[:, 0] != self._minutes[index, at, 0]).any())
            self.versions[of_day] += bool((self.exposed[of_day, at] != exposed).any())
            self.stirred[at] |= self.worked[at, of_day] != worked
            self.exposed[of_day, at], self.worked[at, of_day] = exposed, worked
        self._minutes[index, at] = values
        self._filled = max(self._filled, index + 1)

    def _grow(self, capacity: int) -> None:
        used, (day, minutes, slots, worked, exposed) = len(self.day), _arrays(self.span, capacity, len(self.columns))
        day[:used], slots[:, :used], worked[:used], exposed[:, :used] = self.day, self.slots, self.worked, self.exposed
        minutes[: self._filled, :used] = self._minutes[: self._filled]
        self.day, self._minutes, self.slots, self.worked, self.exposed = day, minutes, slots, worked, exposed
        self.stirred = fill_rows(self.stirred, capacity)


def counts(line: str) -> bool:
    """Whether a line adds up to the site: an agent or one of NOBODY."""
    return not line.startswith("~") or line in NOBODY


def _arrays(span: RingSpan, capacity: int, width: int) -> tuple[Rows, Minutes, Minutes, Seconds, Seconds]:
    # Zeroed pages are not resident until they are written: minutes still to come cost nothing.
    return (
        np.zeros((capacity, COUNT), np.int64),
        np.zeros((span.end - span.first, capacity, width), np.int32),
        np.zeros((span.slots, capacity, width), np.int32),
        np.zeros((capacity, span.end - span.start), np.int16),
        np.zeros((span.end - span.start, capacity), np.int16),
    )
