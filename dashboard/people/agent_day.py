"""The minutes of one agent's running business day, read out of the counters: only the hours in which he has something."""

import numpy as np

from dashboard.floor.counter_store import AgentCounterStore
from dashboard.floor.tick_facts import EXPOSING
from dashboard.people.pace_curve import HOUR_MINUTES, OwnDay
from streams.events import StateNow
from streams.metrics import COUNT, Rows
from streams.site_time import MINUTE_MS, Day


def own_day(store: AgentCounterStore, agent: str, day: Day) -> OwnDay:
    """An agent and his business day. Raises what the store raises."""
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
    return OwnDay(minutes, newest is not None and newest.state in EXPOSING, newest.since_ms if newest else 0)
