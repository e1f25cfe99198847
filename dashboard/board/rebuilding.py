"""The progress of a rebuild: how far the counters have come while they are known to be wrong, and when they will be right.

There are two cases. In the first, the store lost counts that were shown, and the goal is the positions that were shown. In the
second, the publisher began while the log is counted from long ago: heartbeats in the log then arrive far faster than the clock
runs, and progress is measured from the time of the first of them until now.
"""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from dashboard.board.frame_types import RebuildProgress
from dashboard.floor.partition_follower import HIDDEN_S

SHOWN_AFTER_MS = 2000
"""A store that lost a second's commits has them again sooner than anybody could read about it."""
_FASTER = 2.0
"""A line that only keeps up counts one second of the log per second."""
_WINDOW_MS = 10_000
_LEAST_MS = 1000


class _Milestone(NamedTuple):
    """How much of the way was done at an instant."""

    at_ms: int
    done: float


class ProgressRate:
    """The speed of the last seconds."""

    def __init__(self, milestone: _Milestone) -> None:
        self.first = milestone
        self._recent = deque([milestone])

    def add(self, milestone: _Milestone) -> float | None:
        """The milestone reached now -> progress per ms; None before a second has been watched."""
        if milestone.at_ms - self._recent[-1].at_ms >= _LEAST_MS // 4:
            self._recent.append(milestone)
        while len(self._recent) > 2 and milestone.at_ms - self._recent[1].at_ms >= _WINDOW_MS:
            self._recent.popleft()
        passed_ms = milestone.at_ms - self._recent[0].at_ms
        return (milestone.done - self._recent[0].done) / passed_ms if passed_ms >= _LEAST_MS else None


class Rebuilding:
    """Watches both cases; exactly one of its methods is called at every tick."""

    def __init__(self) -> None:
        self._lost: ProgressRate | None = None
        self._late: ProgressRate | None = None

    def after_loss(
        self, now_ms: int, reached: Mapping[int, int], owed: Mapping[int, int], plan_at_ms: int
    ) -> RebuildProgress | None:
        """Positions reached and those that were shown, per partition; None: too soon to be shown."""
        whole = sum(owed.values())
        milestone = _Milestone(now_ms, sum(min(reached[at], position) for at, position in owed.items()))
        self._late, self._lost = None, self._lost or ProgressRate(milestone)
        rate = self._lost.add(milestone)
        if now_ms - self._lost.first.at_ms < SHOWN_AFTER_MS:
            return None
        return _progress(milestone.done, whole, rate, plan_at_ms)

    def while_late(self, now_ms: int, age_s: float | None) -> RebuildProgress | None:
        """The age of the oldest partition's newest heartbeat; None: the line is live, stands, or only keeps up."""
        self._lost = None
        if age_s is None or age_s <= HIDDEN_S:
            self._late = None
            return None
        beat = _Milestone(now_ms, now_ms - age_s * 1000)
        self._late = self._late or ProgressRate(beat)
        rate, first = self._late.add(beat), self._late.first.done
        if rate is None or rate < _FASTER:
            return None
        # The end of the way moves on with the clock.
        return _progress(beat.done - first, now_ms - first, rate - 1, now_ms)


def _progress(done: float, whole: float, rate: float | None, plan_at_ms: int) -> RebuildProgress:
    left_s = round((whole - done) / rate / 1000, 1) if rate and rate > 0 else None
    return RebuildProgress(round(done / whole, 3) if whole else 1.0, left_s, plan_at_ms)
