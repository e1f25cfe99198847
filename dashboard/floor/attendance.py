"""Adherence of a day: scheduled seconds spent in a working state, from the minutes of the store and the state now.

The minutes hold the stretches that are over; only rows that changed are added up again. The running stretch is added on
reading. Schedules lie on whole minutes except for parts of a shift on leave: in a minute that is scheduled in part, working time
counts up to that part.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.day_ring import DayRing
from dashboard.floor.plan import Plan
from dashboard.floor.tick_facts import STATE_CODES
from dashboard.rules.adherence import MINUTE_S, WORKING, asked_in, measured, passed_s
from dashboard.rules.figures import Whole, fill_rows
from dashboard.rules.targets import Pieces
from streams.site_time import Day

_CHUNK = 512
_IS_WORKING = np.array([code in WORKING for code in STATE_CODES] + [False])
"""By state code; the last stands for NO_STATE, which is -1."""


class Attendance:
    """Working time of every row of one plan, kept up to date."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        start_s, end_s = plan.day.start_ms // 1000, plan.day.end_ms // 1000
        self._start_s, self._end_s = start_s, end_s
        self._asked = asked_in(plan.attended, np.arange(start_s, end_s + 1, MINUTE_S)).astype(np.int16)
        self._closed = np.zeros(0, np.int64)
        self._passed = np.zeros(0, np.int64)
        self._state = np.zeros(0, np.int64)
        self._since_s = np.zeros(0, np.int64)
        self._seen: list[DayRing] = []

    def apply_states(
        self, rings: Sequence[tuple[DayRing, NDArray[np.intp]]], plan: Plan, state: Whole, since_ms: Whole
    ) -> None:
        """Applies the minutes of the rings (with the row of each of their lines), the grown plan and the states now."""
        self._plan = plan
        since_s, known = since_ms // 1000, len(self._state)
        moved = np.ones(len(plan), np.bool_)
        moved[:known] = (self._state != state[:known]) | (self._since_s != since_s[:known])
        for ring, rows in rings:
            moved[rows[ring.stirred[: len(rows)]]] = True
            ring.stirred[:] = False
        moved |= self._seen != (seen := [ring for ring, _ in rings])
        self._seen = seen
        self._state, self._since_s = state.copy(), since_s
        self._closed, self._passed = (fill_rows(each, len(plan)) for each in (self._closed, self._passed))
        self._close(np.nonzero(moved)[0], rings)

    def seconds(self, now_s: int) -> tuple[Whole, Whole]:
        """(rows,) each: scheduled seconds so far, and those of them in a working state."""
        so_far = passed_s(self._plan.attended, now_s)[self._plan.timetable]
        running = np.where(_IS_WORKING[self._state], np.maximum(0, so_far - self._passed), 0)
        return so_far, np.minimum(self._closed + running, so_far)

    def _close(self, rows: NDArray[np.intp], rings: Sequence[tuple[DayRing, NDArray[np.intp]]]) -> None:
        # By ring and row: the line of the ring, -1 where it has none.
        places = np.full((len(rings), len(self._plan)), -1, np.intp)
        for place, (_, of_ring) in zip(places, rings, strict=True):
            place[of_ring] = np.arange(len(of_ring))
        for at in range(0, len(rows), _CHUNK):
            part = rows[at : at + _CHUNK]
            worked = np.zeros((len(part), self._asked.shape[1]), np.int16)
            for (ring, _), place in zip(rings, places, strict=True):
                worked += ring.worked[place[part]] * (place[part] >= 0)[:, None].astype(np.int16)
            working, timetable = _IS_WORKING[self._state[part]], self._plan.timetable[part]
            since_s = np.where(working, np.maximum(self._since_s[part], self._start_s), self._end_s)
            self._closed[part] = measured(worked, self._asked[timetable], since_s - self._start_s)
            self._passed[part] = passed_s(self._plan.attended, since_s, timetable)


def closed(spans: Pieces, timetable: Whole, worked: Whole, day: Day, states: tuple[Whole, Whole], now_s: int) -> Whole:
    """(rows x minutes) seconds worked of one day and (code, since in s) of the states now -> working seconds up to now_s.

    They are the stretches in the minutes and, where the state now has begun before ``now_s``, the running one.
    """
    start_s = day.start_ms // 1000
    asked = asked_in(spans, np.arange(start_s, day.end_ms // 1000 + 1, MINUTE_S))[timetable]
    code, since_s = states
    runs = _IS_WORKING[code] & (since_s < now_s)
    until_s = np.where(runs, np.maximum(since_s, start_s), now_s)
    running = passed_s(spans, now_s)[timetable] - passed_s(spans, until_s, timetable)
    return measured(worked, asked, until_s - start_s) + np.where(runs, running, 0)
