"""The queues of today: the counts of their lines, with the newest snapshot of the telephone system for each."""

from collections.abc import Sequence
from typing import NamedTuple

from dashboard.floor.partition_follower import HIDDEN_S, QUEUE, Follower, newest_snapshots
from streams.events import Snapshot
from streams.metrics import INDEX

SNAPSHOT_LIFE_MS = HIDDEN_S * 1000
"""An older snapshot tells nothing of now: the waiting callers are then unknown."""


class QueueNow(NamedTuple):
    """One queue. Counts are those of today; figures of the snapshot are None where none is fresh."""

    id: str
    offered: int
    """Inbound calls of the queue that were answered or abandoned."""
    answered: int
    in_time: int
    waits_known: int
    """Of the answered, those whose wait is known."""
    abandoned: int
    waiting: int | None
    longest_wait_s: int | None
    ready: int | None
    """Agents ready to answer."""
    at_ms: int | None
    """The time of the newest snapshot of today, fresh or not."""

    @property
    def timed(self) -> int:
        """Calls that are known to be answered in time or not; an abandoned call was not.

        0 where no source gives waits: the abandoned calls alone would make a bad share of an unknown one.
        """
        if self.answered and not self.waits_known:
            return 0
        return self.waits_known + self.abandoned

    @property
    def in_time_share(self) -> float | None:
        """Answered in time / ``timed``; None where that is 0."""
        return self.in_time / self.timed if self.timed else None


def queues_now(followers: Sequence[Follower], day_start_ms: int, now_ms: int) -> tuple[QueueNow, ...]:
    """Every partition -> the queues with a call or a snapshot today, in the order of their ids."""
    counted: dict[str, tuple[int, ...]] = {}
    for follower in followers:
        rows = follower.views.rows[:, _COUNTS].tolist()
        for line, row in zip(follower.views.lines, rows, strict=True):
            if row[0] and line.startswith(QUEUE):
                id = line.removeprefix(QUEUE)
                counted[id] = tuple(map(sum, zip(counted.get(id, _NOTHING), row, strict=True)))
    newest = newest_snapshots((follower.snapshots for follower in followers), "queue", day_start_ms)
    return tuple(_now(id, counted.get(id), newest.get(id), now_ms) for id in sorted(counted.keys() | newest.keys()))


_COUNTS = [INDEX[name] for name in ("attempts", "offered", "handled_inbound", "in_time", "waits_known")]
_NOTHING = (0,) * len(_COUNTS)


def _now(id: str, counts: tuple[int, ...] | None, snapshot: Snapshot | None, now_ms: int) -> QueueNow:
    fresh = snapshot is not None and now_ms - snapshot.time_ms <= SNAPSHOT_LIFE_MS
    figures = snapshot.figures if snapshot is not None and fresh else {}
    waiting, longest_wait_s, ready = (figures.get(name) for name in ("waiting", "longest_wait_s", "agents_ready"))
    at_ms = snapshot.time_ms if snapshot else None
    _, offered, answered, in_time, known = counts or _NOTHING
    return QueueNow(id, offered, answered, in_time, known, offered - answered, waiting, longest_wait_s, ready, at_ms)
