"""``drop``: the CUSUM of every agent over the whole minutes of the running day, silenced while the floor moved; its limit h.

A pure function of the day's minutes and the present rates. Minutes are gone through again from the first hour block that may have
changed; the state at the end of the blocks before it is remembered.

The limit h of a stratum makes one false alarm per 500-agent shift (docs/rules.md 9). It is tuned on the stratum's own past shifts
(docs/method.md 6). Where they are enough for phi but too few for tuning, it is the limit simulated for Poisson calls,
interpolated over the logarithm of calls per hour. A stratum without phi has no limit.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from dashboard.people.forgotten_states import MINUTE_S, Running
from dashboard.people.running_minutes import HOUR_MINUTES, RunningMinutes
from dashboard.people.shifts import HOUR_S
from dashboard.rules.cusum import Cusum, floor_moved, fresh, minute, tuned_limit
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Whole

_FLOOR_MINUTES = 60


class DropRates(NamedTuple):
    """Calls per hour of exposure (hour blocks x lines), NaN = unknown, and the limit h per line, infinite where there is none."""

    peers: Numbers
    history: Numbers
    limit: Numbers


class Drops:
    """The state at the end of each hour block; calls of each minute, and those expected by history, of lines with a rate."""

    def __init__(self, start_s: int, minutes: int) -> None:
        self._start_s = start_s
        self._ends: list[Cusum] = []
        self._floor = np.zeros((2, minutes), np.float64)

    def signalled_until(self, first: int, end: int, today: RunningMinutes, running: Running, rates: DropRates) -> Flags:
        """Minutes [0, end) of the day, unchanged before ``first`` -> per line: it signalled in this shift."""
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

    def _hour(
        self, state: Cusum, hour: int, to: int, today: RunningMinutes, running: Running, rates: DropRates
    ) -> Cusum:
        own = slice(hour * HOUR_MINUTES, to)
        calls = today.counted[own, : len(rates.limit)].astype(np.float64)
        seconds = self._seconds(own, today, running)
        has_rate = ~np.isnan(rates.history[hour])
        per_s = np.where(has_rate, rates.history[hour] / HOUR_S, 0.0)
        self._floor[:, own] = calls @ has_rate.astype(np.float64), seconds @ per_s
        if not seconds.any():
            return state
        unknown = np.isnan(rates.peers[hour])
        due = seconds * np.where(unknown, 0.0, rates.peers[hour] / HOUR_S)
        calls[:, unknown] = 0
        for at, quiet in enumerate(self._quiet(own.start, to)):
            state = minute(state, calls[at], due[at], rates.limit, quiet)
        return state

    def _seconds(self, own: slice, today: RunningMinutes, running: Running) -> Numbers:
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


_PER_HOUR = (6.0, 10.0, 20.0, 40.0)
_LIMITS = (5.15, 6.15, 7.31, 8.51)
_MOST_KNOWN = 256


class PastHours(NamedTuple):
    """The past agent-shifts of one stratum by hour block, 0 where there was none."""

    counted: Numbers
    """(agent-shifts x blocks), as the next two: calls, expected calls, seconds of exposure."""
    expected: Numbers
    exposed_s: Numbers
    whose: Whole
    """(agent-shifts,): a number for each agent."""


Limit = Callable[[PastHours], float]


def default_limit(past: PastHours) -> float:
    """h by calls per hour; without any hour the highest."""
    hours = float(past.exposed_s.sum()) / 3600
    if hours <= 0:
        return _LIMITS[-1]
    per_hour = max(float(past.counted.sum()) / hours, _PER_HOUR[0])
    return float(np.interp(np.log(per_hour), np.log(_PER_HOUR), _LIMITS))


class TunedLimit:
    """h by ``rules.cusum.tuned_limit``; the same shifts are not tuned on twice, for that takes about a second."""

    def __init__(self) -> None:
        self._known: dict[bytes, float] = {}

    def __call__(self, past: PastHours) -> float:
        """h, that of ``default_limit`` where the shifts are too few."""
        key = blake2b(b"".join(np.ascontiguousarray(each).tobytes() for each in past)).digest()
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = tuned_limit(past.counted, past.expected, past.whose)
            self._known[key] = default_limit(past) if np.isnan(found) else found
        return self._known[key]
