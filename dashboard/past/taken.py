"""Cells of a store by line, for one board: what the store has is asked once, each bucket is read once."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.counts.lines import Lines
from dashboard.counts.ring import WORKING, counts
from dashboard.judging.attendance import MINUTE_S
from streams.counters import day_key
from streams.ledger.states import StateNow
from streams.metrics import COUNT, Rows
from streams.site_time import MINUTE_MS, Day
from streams.store_reader import Cells, Meta

_CHUNK = 240
_HOUR_MINUTES = 60


class Store(Protocol):
    """What is needed of streams.store_reader.Reader."""

    @property
    def partitions(self) -> range: ...

    def meta(self, partition: int) -> Meta | None: ...

    def buckets(self, partition: int, kind: str) -> list[int]: ...

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]: ...

    def states(self, partition: int) -> dict[str, StateNow]: ...


class Once:
    """The same store; how far it is and which buckets it has is asked once and holds from then on."""

    def __init__(self, store: Store) -> None:
        self.partitions = store.partitions
        self.meta = cache(store.meta)
        self.buckets = cache(store.buckets)
        self.cells = store.cells
        self.states = store.states


@dataclass(frozen=True)
class Worked:
    """Seconds in a working state of one day: (rows x buckets) and the edges of these in seconds."""

    day: Day
    kind: str
    edges_s: NDArray[np.int64]
    seconds: NDArray[np.int32]


class Taken:
    """Cells taken from the store, by line."""

    def __init__(self, lines: Lines, store: Once) -> None:
        self.lines = lines
        self._store = store
        self._rows = np.zeros((0, COUNT), np.int64)

    def rows(self) -> Rows:
        """int64 (lines x metrics)."""
        self._rows = taller(self._rows, len(self.lines))
        return self._rows

    def add(self, kind: str, keys: Sequence[int]) -> None:
        """Adds all metrics of these buckets up."""
        for _, at, rows in self._cells(kind, keys):
            self.rows()[at] += rows

    def worked(self, day: Day, kind: str, counted: Container[int] = ()) -> Worked:
        """Looks at one day through buckets of a kind; all metrics of those that are ``counted`` are added up as well."""
        first, end = day.start_ms // MINUTE_MS, day.end_ms // MINUTE_MS
        step = {"m": 1, "h": _HOUR_MINUTES, "d": end - first}[kind]
        edges = np.array([*range(first, end, step), end], np.int64)
        keys = [day_key(day.label)] if kind == "d" else edges[:-1].tolist()
        seconds = np.zeros((len(self.lines), len(keys)), np.int32)
        place = {key: at for at, key in enumerate(keys)}
        for key, at, rows in self._cells(kind, keys):
            seconds = taller(seconds, len(self.lines))
            seconds[at, place[key]] += rows[:, WORKING].sum(axis=1).astype(np.int32)
            if key in counted:
                self.rows()[at] += rows
        return Worked(day, kind, edges * MINUTE_S, seconds)

    def _cells(self, kind: str, keys: Sequence[int]) -> Iterable[tuple[int, NDArray[np.intp], Rows]]:
        for partition in self._store.partitions:
            held = set(self._store.buckets(partition, kind)).intersection(keys)
            wanted = sorted(held)
            for at in range(0, len(wanted), _CHUNK):
                for bucket, lines, rows in self._store.cells(partition, kind, wanted[at : at + _CHUNK]):
                    own = [place for place, line in enumerate(lines) if counts(line)]
                    yield bucket.key, self.lines.rows([lines[place] for place in own]), rows[own]


def taller(values: np.ndarray, rows: int) -> np.ndarray:
    """The same array with rows of zeros behind, where it has fewer than ``rows``."""
    more = rows - len(values)
    return np.concatenate([values, np.zeros((more, *values.shape[1:]), values.dtype)]) if more > 0 else values
