"""A state that lasts longer than 16 h: a forgotten sign-out (docs/rules.md 9). It counts as exposure up to 16 h, and the shifts
that the rest touches say nothing about the agent.

In hour blocks an unbroken run is known by whole blocks that one state fills; the blocks at its ends add what they hold of it,
as if that were one piece.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.day_ring import EXPOSED
from dashboard.floor.tick_facts import FORGOTTEN_MS
from dashboard.people.shifts import HOUR_S, Shift
from dashboard.rules.figures import Flags, Whole
from streams.site_time import Day

LONGEST_S = FORGOTTEN_MS // 1000
MINUTE_S = 60


class ForgottenStates:
    """Exposure of finished shifts without forgotten states: follows the states of all agents block by block.

    Attributes: ``exposure_s`` per day (its agents x blocks) without what lies beyond 16 h; ``void`` (agents x days), shifts
    that say nothing; ``carried_s`` (agents,), how long the run lasted that reached the end of the last day, 0 = none.
    """

    def __init__(
        self,
        shifts: Sequence[Shift],
        rows: Sequence[NDArray[np.intp]],
        agents: int,
        rest: Callable[[], object] = lambda: None,
    ) -> None:
        """Shifts, oldest first, and the row of each of their agents among all; ``rest`` is called between the days."""
        self._days = [(shift.day.start_ms // 1000, shift.day.end_ms // 1000) for shift in shifts]
        self._run_s = np.zeros((agents, len(EXPOSED)), np.int64)
        self._until_s = 0
        self.void = np.zeros((agents, len(shifts)), np.bool_)
        self.exposure_s: list[Whole] = []
        for at, shift in enumerate(shifts):
            self.exposure_s.append(self._day(at, shift, rows[at]))
            rest()
        is_whole = bool(shifts) and self._until_s == self._days[-1][1]
        self.carried_s: Whole = self._run_s.max(axis=1) if is_whole else np.zeros(agents, np.int64)

    def _day(self, at: int, shift: Shift, rows: NDArray[np.intp]) -> Whole:
        exposure: Whole = shift.state_s.sum(axis=2, dtype=np.int64)
        for block, minute in enumerate(shift.blocks):
            start_s = minute * 60
            exposure[:, block] -= self._block(start_s, min(start_s + HOUR_S, self._days[at][1]), shift, block, rows)
        return exposure

    def _block(self, start_s: int, end_s: int, shift: Shift, block: int, rows: NDArray[np.intp]) -> Whole:
        """-> (agents of the shift,): seconds of this block that lie beyond 16 h of a run."""
        if start_s != self._until_s:
            self._run_s[:] = 0
        here = np.zeros_like(self._run_s)
        here[rows] = shift.state_s[:, block]
        lasted = self._run_s + here
        beyond = np.clip(lasted - LONGEST_S, 0, here)
        for row, state in np.argwhere((lasted > LONGEST_S) & (self._run_s <= LONGEST_S)).tolist():
            self._lay_void(row, start_s + LONGEST_S - int(self._run_s[row, state]))
        self._run_s = np.where(here >= end_s - start_s, lasted, here)
        self._until_s = end_s
        return np.asarray(beyond.sum(axis=1)[rows], np.int64)

    def _lay_void(self, row: int, until_s: int) -> None:
        """The 16 hours before an instant counted: the shifts that they touch are void."""
        for at, (start_s, end_s) in enumerate(self._days):
            self.void[row, at] |= start_s < until_s and until_s - LONGEST_S < end_s


@dataclass(frozen=True)
class Running:
    """The states that run now as exposure, one element per line: seconds [from_s, to_s), empty where there is none."""

    from_s: Whole
    to_s: Whole
    void: Flags
    """The state has lasted longer than 16 h: this shift says nothing."""

    def lines(self, first_s: int, end_s: int) -> NDArray[np.intp]:
        """The lines with a running state in [first, end)."""
        return np.nonzero((self.from_s < end_s) & (self.to_s > np.maximum(first_s, self.from_s)))[0]

    def within(self, edges_s: Whole, lines: NDArray[np.intp]) -> Whole:
        """(edges - 1 x these lines): how many of the seconds lie in [edge, next edge)."""
        reached = np.clip(edges_s[:, None], self.from_s[lines], self.to_s[lines])
        return np.asarray(reached[1:] - reached[:-1], np.int64)


def running(exposing: Flags, since_ms: Whole, now_s: int, day: Day) -> Running:
    """Per line: in a state of exposure, and since when; the instant -> its part in the day, at most 16 h of a run."""
    start_s, since_s = day.start_ms // 1000, since_ms // 1000
    from_s = np.clip(since_s, start_s, now_s)
    to_s = np.where(exposing, np.clip(since_s + LONGEST_S, from_s, now_s), from_s)
    void = exposing & (now_s - since_s > LONGEST_S) & (since_s + LONGEST_S > start_s)
    return Running(from_s, to_s, void)


def beyond(exposed: NDArray[np.int16], counted: NDArray[np.int16], carried_s: int) -> NDArray[np.int16]:
    """One agent's closed minutes of the running day, and how long a state had lasted when it began -> (minutes,) seconds beyond
    16 h of a run.

    Minutes tell no states apart: a run is whole minutes of exposure in a row without a call.
    """
    found, lasted = np.zeros_like(exposed), carried_s
    for at, seconds in enumerate(exposed.tolist()):
        lasted = lasted + seconds if not counted[at] else 0
        found[at] = max(0, min(seconds, lasted - LONGEST_S))
        if seconds < MINUTE_S:
            lasted = seconds
    return found
