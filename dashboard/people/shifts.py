"""The hour blocks of one finished business day -> a shift: calls and time in each state, per agent and block.

What is read is a pure function of the counters, whatever the order of partitions or of reading.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.counter_store import CounterStore
from dashboard.floor.day_ring import EXPOSED
from streams.metrics import INDEX
from streams.site_time import MINUTE_MS, Day, SiteTime

HOUR_S = 3600
_HANDLED = INDEX["handled"]
Small = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Shift:
    """One business day; agents by id, blocks (epoch minute of their start) in order, only those with cells."""

    day: Day
    agents: tuple[str, ...]
    blocks: tuple[int, ...]
    hours: NDArray[np.intp]
    """(blocks,): the local hour in which each begins."""
    counted: Small
    """(agents x blocks): calls handled."""
    state_s: Small
    """(agents x blocks x 4): seconds in available, talk, hold, wrap: their sum is the exposure."""

    def equals(self, other: "Shift | None") -> bool:
        """Whether the other has the same values."""
        return (
            other is not None
            and (self.day, self.agents, self.blocks) == (other.day, other.agents, other.blocks)
            and np.array_equal(self.counted, other.counted)
            and np.array_equal(self.state_s, other.state_s)
        )


def blocks_of(store: CounterStore, clock: SiteTime, until: int) -> dict[Day, dict[int, list[int]]]:
    """The blocks that are kept and begin before an epoch minute: business day -> partition -> block keys."""
    found: dict[Day, dict[int, list[int]]] = {}
    for partition in store.partitions:
        for key in store.buckets(partition, "h"):
            if key < until:
                found.setdefault(clock.day(key * MINUTE_MS), {}).setdefault(partition, []).append(key)
    return found


def read_shift(
    store: CounterStore, clock: SiteTime, day: Day, keys: Mapping[int, Sequence[int]], rest: Callable[[], object]
) -> Shift:
    """Reads a day, block by block; ``rest`` is called between them, so that others get their turn."""
    blocks = sorted({key for each in keys.values() for key in each})
    place = {key: at for at, key in enumerate(blocks)}
    index: dict[str, int] = {}
    cells = list(_read_blocks(store, keys, index, rest))
    values = np.zeros((len(index), len(blocks), 1 + len(EXPOSED)), np.int16)
    for key, rows, found in cells:
        values[rows, place[key]] += found
    agents = sorted(index)
    values = values[[index[agent] for agent in agents]]
    hours = np.array([datetime.fromtimestamp(key * 60, clock.zone).hour for key in blocks], np.intp)
    return Shift(day, tuple(agents), tuple(blocks), hours, values[:, :, 0].copy(), values[:, :, 1:].copy())


def _read_blocks(
    store: CounterStore, keys: Mapping[int, Sequence[int]], index: dict[str, int], rest: Callable[[], object]
) -> Iterator[tuple[int, NDArray[np.intp], Small]]:
    """(block, rows, calls and seconds) of each partition and block; agents not seen before get a row."""
    for partition in sorted(keys):
        for key in keys[partition]:
            for _, lines, cells in store.cells(partition, "h", [key]):
                own = [at for at, line in enumerate(lines) if not line.startswith("~")]
                rows = [index.setdefault(lines[at], len(index)) for at in own]
                yield key, np.array(rows, np.intp), cells[own][:, (_HANDLED, *EXPOSED)].astype(np.int16)
            rest()
