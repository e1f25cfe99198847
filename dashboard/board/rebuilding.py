"""How far the counters have come again while they are known to be wrong, and when they will be right.


Two cases. The store went back behind what was shown: the positions that were shown are the whole way. Or whoever publishes
began while the log is counted from long ago: then heartbeats that travel in the log come far faster than the clock runs, and
the way is the time from the first of them until now.
"""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from dashboard.board.frame_types import RebuildProgress
from dashboard.floor.partition_follower import HIDDEN_S

SAID_AFTER_MS = 2000
"""A store that lost a second's commits has them again sooner than anybody could read of it."""
_FASTER = 2.0
"""A line that only keeps up counts one second of the log per second."""
_WINDOW_MS = 10_000
_LEAST_MS = 1000


class _Place(NamedTuple):
    """How much of a way was behind one at an instant."""

    at_ms: int
    done: float


class Pace:
    """How fast a way is gone, over its last seconds."""

    def __init__(self, place: _Place) -> None:
        self.first = place
        self._seen = deque([place])

    def go(self, place: _Place) -> float | None:
        """The place reached now -> how much per ms; None while it has been watched too shortly."""
        if place.at_ms - self._seen[-1].at_ms >= _LEAST_MS // 4:
            self._seen.append(place)
        while len(self._seen) > 2 and place.at_ms - self._seen[1].at_ms >= _WINDOW_MS:
            self._seen.popleft()
        passed_ms = place.at_ms - self._seen[0].at_ms
        return (place.done - self._seen[0].done) / passed_ms if passed_ms >= _LEAST_MS else None


class Rebuilding:
    """Watched at every tick; what is asked of it is told from one tick to the next."""

    def __init__(self) -> None:
        self._lost: Pace | None = None
        self._late: Pace | None = None

    def lost(
        self, now_ms: int, reached: Mapping[int, int], owed: Mapping[int, int], plan_at_ms: int
    ) -> RebuildProgress | None:
        """Positions reached and those that were shown, per partition; None: it is not worth telling yet."""
        whole = sum(owed.values())
        place = _Place(now_ms, sum(min(reached[at], position) for at, position in owed.items()))
        self._late, self._lost = None, self._lost or Pace(place)
        rate = self._lost.go(place)
        if now_ms - self._lost.first.at_ms < SAID_AFTER_MS:
            return None
        return _progress(place.done, whole, rate, plan_at_ms)

    def late(self, now_ms: int, age_s: float | None) -> RebuildProgress | None:
        """The age of the oldest partition's newest heartbeat; None: the line is live, stands, or only keeps up."""
        self._lost = None
        if age_s is None or age_s <= HIDDEN_S:
            self._late = None
            return None
        beat = _Place(now_ms, now_ms - age_s * 1000)
        self._late = self._late or Pace(beat)
        rate, first = self._late.go(beat), self._late.first.done
        if rate is None or rate < _FASTER:
            return None
        # The end of the way moves on with the clock.
        return _progress(beat.done - first, now_ms - first, rate - 1, now_ms)


def _progress(done: float, whole: float, rate: float | None, plan_at_ms: int) -> RebuildProgress:
    left_s = (whole - done) / rate / 1000 if rate and rate > 0 else None
    return RebuildProgress(
        round(done / whole, 3) if whole else 1.0, None if left_s is None else round(left_s, 1), plan_at_ms
    )
