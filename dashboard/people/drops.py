"""``drop`` over the whole minutes of the running day: the CUSUM of every agent, silenced while the floor itself moved.

A pure function of the day's minutes and of the rates as they are known now: minutes are gone through again from the first hour
block in which anything may have changed; what was found at the end of the blocks before it is kept.
"""

from typing import NamedTuple

import numpy as np

from dashboard.people.forgotten_states import MINUTE_S, Running
from dashboard.people.running_shift import HOUR_MINUTES, Today
from dashboard.people.shifts import HOUR_S
from dashboard.rules.cusum import Cusum, floor_moved, fresh, minute
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags

_FLOOR_MINUTES = 60


class Rates(NamedTuple):
    """Calls per hour of exposure (hour blocks x lines), NaN = unknown, and the limit h per line, infinite where there is none."""

    peers: Numbers
    history: Numbers
    limit: Numbers


class Drops:
    """The state at the end of each hour block, and the floor's calls and expected calls of each minute."""

    def __init__(self, start_s: int, minutes: int) -> None:
        self._start_s = start_s
        self._ends: list[Cusum] = []
        self._floor = np.zeros((2, minutes), np.float64)

    def update(self, first: int, end: int, today: Today, running: Running, rates: Rates) -> Flags:
        """Minutes [0, end) of the day, of which those before ``first`` are as they were -> who signalled in this shift."""
        lines = len(rates.limit)
        at = min(first // HOUR_MINUTES, end // HOUR_MINUTES, len(self._ends))
        state = self._ends[at - 1] if at else fresh(lines)
        del self._ends[at:]
        for hour in range(at, -(-end // HOUR_MINUTES)):
            to = min(end, (hour + 1) * HOUR_MINUTES)
            state = self._hour(state, hour, to, today, running, rates)
            if to % HOUR_MINUTES == 0:
                self._ends.append(state)
        return state.drop

    def _hour(self, state: Cusum, hour: int, to: int, today: Today, running: Running, rates: Rates) -> Cusum:
        own = slice(hour * HOUR_MINUTES, to)
        calls = today.counted[own, : len(rates.limit)].astype(np.float64)
        seconds = self._seconds(own, today, running)
        self._floor[:, own] = _floor(calls, seconds, rates.history[hour])
        if not seconds.any():
            return state
        unknown = np.isnan(rates.peers[hour])
        due = seconds * np.where(unknown, 0.0, rates.peers[hour] / HOUR_S)
        calls[:, unknown] = 0
        for at, quiet in enumerate(self._quiet(own.start, to)):
            state = minute(state, calls[at], due[at], rates.limit, quiet, _NOBODY)
        return state

    def _seconds(self, own: slice, today: Today, running: Running) -> Numbers:
        """(minutes x lines) of exposure, what runs now with it."""
        seconds = today.exposed[own, : len(running.to_s)].astype(np.float64)
        edges_s = self._start_s + MINUTE_S * np.arange(own.start, own.stop + 1)
        lines = running.lines(int(edges_s[0]), int(edges_s[-1]))
        seconds[:, lines] += running.within(edges_s, lines)
        return seconds

    def _quiet(self, first: int, to: int) -> Flags:
        """(minutes,): whether the floor had moved in the 60 minutes up to and with each."""
        before = max(0, first - _FLOOR_MINUTES)
        sums = np.cumsum(self._floor[:, before:to], axis=1)
        ends = np.arange(first, to) - before
        starts = ends - _FLOOR_MINUTES
        counted, expected = sums[:, ends] - np.where(starts >= 0, sums[:, np.maximum(starts, 0)], 0.0)
        return floor_moved(counted, expected)


_NOBODY: Flags = np.zeros((), np.bool_)


def _floor(calls: Numbers, seconds: Numbers, per_hour: Numbers) -> Numbers:
    """(minutes x lines) -> (2 x minutes): calls and expected calls by history of those of whom there is any."""
    known = ~np.isnan(per_hour)
    return np.stack([calls @ known.astype(np.float64), seconds @ np.where(known, per_hour / HOUR_S, 0.0)])
