"""The minutes of the running day per line of the floor: calls and exposure by minute and hour block, partitions added up.

Only changed minutes are added up again. Exposure beyond 16 h of one state is left out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.day_ring import DayRing, RingSpan, Seconds
from dashboard.people.forgotten_states import LONGEST_S, beyond
from dashboard.rules.figures import Flags, Whole

HOUR_MINUTES = 60
Rings = Sequence[tuple[DayRing, NDArray[np.intp]]]


class RunningMinutes:
    """Arrays have a column per line and spare ones: only the first ``lines`` are in use.

    Attributes: ``counted``, ``exposed`` int16 (minutes of the day x lines); ``counted_h``, ``exposed_h`` their sums per hour
    block; ``void`` (lines,): a closed state lasted longer than 16 h.
    """

    def __init__(self, span: RingSpan) -> None:
        self._minutes = span.end - span.start
        self._hours = -(-self._minutes // HOUR_MINUTES)
        self._seen: list[DayRing] = []
        self._versions: list[NDArray[np.int64]] = []
        self._make(0)

    def add_changes(self, rings: Rings, carried_s: Whole) -> int:
        """Adds up changed minutes of the rings, each with the rows of its lines.

        ``carried_s``: per line how long a state had lasted when the day began.

        -> the first minute that changed; the number of minutes if none did.
        """
        fresh = self._seen != (seen := [ring for ring, _ in rings])
        if fresh:
            self._seen = seen
            self._versions = [np.zeros(self._minutes, np.int64) for _ in rings]
            self._make(len(carried_s))
        self._widen(len(carried_s))
        changed = self._changed(rings)
        for minute in changed.tolist():
            self._add_up(minute, rings)
        self._sum_hours(changed)
        if self._cut(rings, carried_s) or fresh:
            return 0
        return int(changed[0]) if len(changed) else self._minutes

    def _make(self, capacity: int) -> None:
        self.counted: Seconds = np.zeros((self._minutes, capacity), np.int16)
        self.exposed: Seconds = np.zeros((self._minutes, capacity), np.int16)
        self.counted_h, self.exposed_h = np.zeros((2, self._hours, capacity), np.int64)
        self.void: Flags = np.zeros(capacity, np.bool_)
        self._cuts: dict[int, bytes] = {}

    def _widen(self, lines: int) -> None:
        """Makes room; the minutes of a new line count as changed anyway."""
        used = len(self.void)
        if used >= lines:
            return
        before, cuts = (self.counted, self.exposed, self.counted_h, self.exposed_h), self._cuts
        void = self.void
        self._make(2 * lines)
        self.counted[:, :used], self.exposed[:, :used], self.counted_h[:, :used], self.exposed_h[:, :used] = before
        self.void[:used], self._cuts = void, cuts

    def _changed(self, rings: Rings) -> NDArray[np.intp]:
        before, self._versions = self._versions, [ring.versions.copy() for ring, _ in rings]
        moved = [now != then for now, then in zip(self._versions, before, strict=True)]
        return np.nonzero(np.logical_or.reduce(moved))[0] if moved else np.zeros(0, np.intp)

    def _add_up(self, minute: int, rings: Rings) -> None:
        self.counted[minute] = self.exposed[minute] = 0
        for ring, rows in rings:
            handled, exposed = ring.minute(minute)
            self.counted[minute, rows] += handled
            self.exposed[minute, rows] += exposed
        for line, cut in self._cuts.items():
            self.exposed[minute, line] -= np.frombuffer(cut, np.int16)[minute]

    def _sum_hours(self, minutes: NDArray[np.intp]) -> None:
        for hour in np.unique(minutes // HOUR_MINUTES).tolist():
            own = slice(hour * HOUR_MINUTES, (hour + 1) * HOUR_MINUTES)
            self.counted_h[hour] = self.counted[own].sum(axis=0, dtype=np.int64)
            self.exposed_h[hour] = self.exposed[own].sum(axis=0, dtype=np.int64)

    def _cut(self, rings: Rings, carried_s: Whole) -> bool:
        """Leaves out exposure beyond 16 h of a closed state, which is rare. -> whether the cuts changed."""
        lasted = self.exposed_h[:, : len(carried_s)].sum(axis=0) + carried_s
        long = {*np.nonzero(lasted > LONGEST_S)[0].tolist(), *self._cuts}
        found = {line: beyond(self._raw(rings, line), self.counted[:, line], int(carried_s[line])) for line in long}
        cuts = {line: cut.tobytes() for line, cut in found.items() if cut.any()}
        if cuts == self._cuts:
            return False
        again = {*cuts, *self._cuts}
        self._cuts = cuts
        for line in again:
            cut = np.frombuffer(cuts.get(line, bytes(2 * self._minutes)), np.int16)
            self.exposed[:, line] = self._raw(rings, line) - cut
            # Had the 16 h passed before the day began, what is left of it says as much as any shift.
            self.void[line] = cut.any() and carried_s[line] < LONGEST_S
        self._sum_hours(np.arange(self._minutes))
        return True

    def _raw(self, rings: Rings, line: int) -> Seconds:
        raw: Seconds = np.zeros(self._minutes, np.int16)
        for ring, rows in rings:
            for at in np.nonzero(rows == line)[0].tolist():
                raw += ring.exposed[:, at]
        return raw
