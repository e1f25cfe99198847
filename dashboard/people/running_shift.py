"""The running shift of every line: calls, exposure, calls expected from the peers, and ``drop``.

The result at an instant never depends on earlier calls; they only save work.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dashboard.floor.day_ring import span_of
from dashboard.floor.tick_facts import EXPOSING, STATE_CODES
from dashboard.people.drops import DropRates, Drops
from dashboard.people.forgotten_states import MINUTE_S, running
from dashboard.people.running_minutes import Rings, RunningMinutes
from dashboard.people.shifts import HOUR_S
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Whole
from dashboard.rules.peers import expected
from streams.site_time import Day, SiteTime


def peers_now(counted: Whole, exposure_s: Whole, history: Numbers, strata: Whole) -> tuple[Numbers, Numbers]:
    """(hour blocks x lines) calls and exposure, (strata x hour blocks) rates of history, and the stratum of each line.

    -> (hour blocks x lines) calls per hour of exposure of the peers, NaN = no rate; (lines,) L, NaN = not known, or no exposure.
    """
    per_hour = np.full(counted.shape, np.nan)
    due = np.full(counted.shape[1], np.nan)
    for stratum, rates in enumerate(history):
        own = np.nonzero((strata == stratum) & exposure_s.any(axis=0))[0]
        found = expected(counted[:, own].T, exposure_s[:, own].T, rates)
        per_hour[:, own], due[own] = found.per_hour.T, found.count
    return per_hour, due


_EXPOSING = np.array([code in EXPOSING for code in STATE_CODES] + [False])
"""By state code; the last stands for NO_STATE, which is -1."""


@dataclass(frozen=True, eq=False)
class PeerBasis:
    """From history: (strata x 24) rates; per line the stratum, the limit h and the seconds carried in."""

    rates: Numbers
    strata: Whole
    limit: Numbers
    carried_s: Whole


@dataclass(frozen=True, eq=False)
class ShiftNow:
    """One element per line."""

    exposure_s: Whole
    counted: Numbers
    expected: Numbers
    """NaN: no exposure, no rate, or a state of more than 16 h: nothing can be said."""
    drop: Flags
    per_hour: Numbers
    """(hour blocks up to the running one x lines): calls per hour of exposure of the peers, of which ``expected`` is made."""
    expected_h: Numbers
    """The same shape: what was expected in each hour block; NaN where it is unknown. They add up to ``expected``."""


class RunningShift:
    """One business day at work."""

    def __init__(self, time: SiteTime, day: Day) -> None:
        self._day = day
        start_s, end_s = day.start_ms // 1000, day.end_ms // 1000
        self._edges_s = np.append(np.arange(start_s, end_s, HOUR_S), end_s)
        self._hours = [datetime.fromtimestamp(edge, time.zone).hour for edge in self._edges_s[:-1].tolist()]
        self._today, self._drops = RunningMinutes(span_of(day)), Drops(start_s, (end_s - start_s) // MINUTE_S)
        self._basis: PeerBasis | None = None
        self._runs = (np.zeros(0, np.int64), np.zeros(0, np.int64))

    def shift_at(self, now_s: int, rings: Rings, state: Whole, since_ms: Whole, basis: PeerBasis) -> ShiftNow:
        """The shift up to an instant of the day, in seconds; ``basis`` stays the same object until something in it changes."""
        start_s, end_s = int(self._edges_s[0]), int(self._edges_s[-1])
        now_s = min(max(now_s, start_s), end_s)
        first = min(self._today.add_changes(rings, basis.carried_s), self._moved(state, since_ms, basis))
        runs = running(_EXPOSING[state], since_ms, now_s, self._day)
        # The hour blocks up to the running one. Calls of minutes yet to come (a clock ahead) count with them.
        hours = max(1, int(np.searchsorted(self._edges_s, now_s)))
        edges_s = np.minimum(self._edges_s[: hours + 1], now_s)
        lines = len(state)
        counted = self._today.counted_h[:hours, :lines]
        exposure_s = self._today.exposed_h[:hours, :lines] + runs.within(edges_s, np.arange(lines))
        history = basis.rates[:, self._hours[:hours]]
        per_hour, due = peers_now(counted, exposure_s, history, basis.strata)
        void = runs.void | self._today.void[:lines]
        nobody = np.full((1, hours), np.nan)
        rates = DropRates(per_hour, np.concatenate([history, nobody])[basis.strata].T, basis.limit)
        drop = self._drops.signalled_until(first, (now_s - start_s) // MINUTE_S, self._today, runs, rates)
        return ShiftNow(
            exposure_s.sum(axis=0),
            counted.sum(axis=0).astype(np.float64),
            np.where(void, np.nan, due),
            drop & ~void,
            per_hour,
            np.where(void, np.nan, np.where(exposure_s > 0, per_hour * exposure_s / HOUR_S, 0.0)),
        )

    def _moved(self, state: Whole, since_ms: Whole, basis: PeerBasis) -> int:
        """The first minute of the day in which a run of exposure differs from the last call."""
        (was, was_since), (self._runs, again) = self._runs, ((state.copy(), since_ms.copy()), basis is not self._basis)
        self._basis = basis
        if again or len(was) != len(state):
            return 0
        moved = (was != state) | (was_since != since_ms)
        starts = [since[moved & _EXPOSING[code]] for code, since in ((was, was_since), (state, since_ms))]
        first_ms = min((int(each.min()) for each in starts if len(each)), default=self._day.end_ms)
        return max(0, (first_ms - self._day.start_ms) // 1000 // MINUTE_S)
