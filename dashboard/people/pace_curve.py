"""The curve of one agent: the running shift against the peers, every five minutes.

Expected calls are those of docs/rules.md 9: calls per hour of exposure of the peers in each hour block, times the agent's own
exposure. The curve ends in L, and L and N are the agent's evidence. The band of chance around it is 1 +- 1.96 sqrt(phi / L) for
one agent (docs/rules.md 8).
"""

from dataclasses import dataclass

import numpy as np

from dashboard.floor.counter_store import AgentCounterStore
from dashboard.floor.day_ring import EXPOSED
from dashboard.floor.tick_facts import EXPOSING
from dashboard.people.forgotten_states import LONGEST_S, MINUTE_S, beyond, running
from dashboard.people.running_minutes import HOUR_MINUTES
from dashboard.people.shifts import HOUR_S
from dashboard.rules.bands import half_width
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from streams.events import StateNow
from streams.metrics import COUNT, INDEX, Rows
from streams.site_time import MINUTE_MS, Day

STEP_MINUTES = 5


@dataclass(frozen=True)
class AgentDay:
    """One agent's running business day as it is counted.

    ``minutes`` (minutes of the day x metrics); ``exposing``: the state now is exposure, and since when it runs.
    """

    minutes: Rows
    exposing: bool
    since_ms: int


@dataclass(frozen=True)
class PeerRates:
    """The rates of the agent's peers: ``rates`` (hour blocks,), calls per hour of exposure, NaN = none; ``phi`` NaN = not known.

    ``carried_s``: how long the state that ran when the day began had lasted by then.
    """

    rates: Numbers
    phi: float
    carried_s: int = 0


@dataclass(frozen=True)
class PaceCurve:
    """Sums since the shift began, at instants every five minutes and at the last one, which is now."""

    at_s: Whole
    counted: Whole
    expected: Numbers
    """NaN throughout: nothing can be said."""
    low: Numbers
    high: Numbers
    exposure_s: int


def pace_curve(day: Day, now_s: int, own: AgentDay, peers: PeerRates) -> PaceCurve:
    """The curve up to an instant of the day. Without calls and exposure it has no point."""
    start_s = day.start_ms // 1000
    now_s = min(max(now_s, start_s), day.end_ms // 1000)
    counted = own.minutes[:, INDEX["handled"]]
    exposed, void = _exposure(day, now_s, own, counted, peers.carried_s)
    at = _instants(counted, exposed, (now_s - start_s) / MINUTE_S)
    due = np.full(len(exposed), np.nan) if void else _due(exposed, peers.rates)
    expected = _until(due, at)
    half = half_width(expected, peers.phi, 0.0) * expected
    none_yet = expected == 0  # there is nothing that chance could change
    low, high = (np.where(none_yet, 0.0, np.maximum(0.0, expected + side * half)) for side in (-1, 1))
    calls = _until(counted, at).astype(np.int64)
    return PaceCurve(np.minimum(start_s + at * MINUTE_S, now_s), calls, expected, low, high, int(exposed.sum()))


def _exposure(day: Day, now_s: int, own: AgentDay, counted: Whole, carried_s: int) -> tuple[Whole, bool]:
    """(minutes,) seconds, with what runs now and without what lies beyond 16 h of a state; whether the shift says nothing."""
    closed = own.minutes[:, EXPOSED].sum(axis=1)
    cut = beyond(closed.astype(np.int16), counted.astype(np.int16), carried_s)
    runs = running(np.array([own.exposing]), np.array([own.since_ms]), now_s, day)
    edges_s = day.start_ms // 1000 + np.arange(len(closed) + 1) * MINUTE_S
    open_s = runs.within(edges_s, np.zeros(1, np.intp))[:, 0]
    void = bool(runs.void[0]) or (bool(cut.any()) and carried_s < LONGEST_S)
    return closed - cut + open_s, void


def _due(exposed_s: Whole, rates: Numbers) -> Numbers:
    """(minutes,): calls of the peers in the same exposure.

    An hour that began after the rates were found has those of the hour before. Without a rate for some of it: NaN.
    """
    if not len(rates):
        return np.full(len(exposed_s), np.nan)
    hour = np.minimum(np.arange(len(exposed_s)) // HOUR_MINUTES, len(rates) - 1)
    due = np.where(exposed_s > 0, rates[hour] * exposed_s / HOUR_S, 0.0)
    return np.full(len(due), np.nan) if np.isnan(due).any() else due


def _instants(counted: Whole, exposed_s: Whole, now: float) -> Whole:
    """Minutes of the day: a round one before anything happened, every fifth from there on, and the end of the running one."""
    there = np.flatnonzero((counted > 0) | (exposed_s > 0))
    if not len(there):
        return np.zeros(0, np.int64)
    end = max(int(np.ceil(now)), 1)
    first = min(int(there[0]) // STEP_MINUTES * STEP_MINUTES, end - 1)
    return np.append(np.arange(first, end, STEP_MINUTES), end).astype(np.int64)


def _until(amounts: Numbers | Whole, at: Whole) -> Numbers:
    """(minutes,) amounts -> their sums at instants; what a clock ahead has dated later stands at the last one."""
    sums = np.concatenate([[0.0], np.cumsum(amounts)])
    found: Numbers = sums[at]
    if len(found):
        found[-1] = sums[-1]
    return found


def read_agent_day(store: AgentCounterStore, agent: str, day: Day) -> AgentDay:
    """One agent's running business day out of the counters; reads only the hours with cells. Raises what the store raises."""
    first, end = day.start_ms // MINUTE_MS, day.end_ms // MINUTE_MS
    minutes: Rows = np.zeros((end - first, COUNT), np.int64)
    newest: StateNow | None = None
    for partition in store.partitions:
        blocks, _ = store.cells_of(partition, "h", range(first, end, HOUR_MINUTES), agent)
        wanted = [minute for block in blocks for minute in range(block, min(block + HOUR_MINUTES, end))]
        found, rows = store.cells_of(partition, "m", wanted, agent)
        minutes[np.array(found, np.int64) - first] += rows
        state = store.state_of(partition, agent)
        if state is not None and (newest is None or state.since_ms >= newest.since_ms):
            newest = state
    return AgentDay(minutes, newest is not None and newest.state in EXPOSING, newest.since_ms if newest else 0)
