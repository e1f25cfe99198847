"""Cells of a store summed by line, for one board; each bucket is read once."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.counter_store import CachedStore
from dashboard.floor.day_ring import WORKING, counts
from dashboard.floor.lines import Lines
from dashboard.rules.adherence import MINUTE_S
from dashboard.rules.figures import fill_rows
from streams.metrics import COUNT, Rows
from streams.site_time import MINUTE_MS, Day, day_key

_CHUNK = 120
_HOUR_MINUTES = 60


@dataclass(frozen=True)
class WorkedDay:
    """Seconds in a working state on one day: (rows x buckets), and the edges of the buckets in seconds."""

    day: Day
    kind: str
    edges_s: NDArray[np.int64]
    seconds: NDArray[np.int32]


@dataclass(frozen=True)
class _Cells:
    """Some buckets of one partition: their keys, the edges of their cells, and row and metrics of each cell."""

    keys: list[int]
    edges: list[int]
    at: NDArray[np.intp]
    rows: Rows

    def add_to(self, total: Rows, wanted: Container[int]) -> None:
        """Adds the wanted buckets to ``total``; a line has one cell in each."""
        for key, (start, end) in zip(self.keys, pairwise(self.edges), strict=True):
            if key in wanted:
                total[self.at[start:end]] += self.rows[start:end]


class BoardCells:
    """Sums of the cells read from the store, by line."""

    def __init__(self, lines: Lines, store: CachedStore) -> None:
        self.lines = lines
        self._store = store
        # -1 for a line that is a further view of calls counted elsewhere (campaigns, queues).
        self._row_of: Callable[[str], int] = cache(lambda line: int(lines.rows([line])[0]) if counts(line) else -1)
        self._rows = np.zeros((0, COUNT), np.int64)

    def rows(self) -> Rows:
        """int64 (lines x metrics)."""
        self._rows = fill_rows(self._rows, len(self.lines))
        return self._rows

    def add(self, kind: str, keys: Sequence[int]) -> None:
        """Adds all metrics of these buckets up."""
        for some in self._cells(kind, keys):
            some.add_to(self.rows(), keys)

    def worked(self, day: Day, kind: str, counted: Container[int] = ()) -> WorkedDay:
        """The working time of one day in buckets of a kind; all metrics of the ``counted`` buckets are added up as well."""
        first, end = day.start_ms // MINUTE_MS, day.end_ms // MINUTE_MS
        step = {"m": 1, "h": _HOUR_MINUTES, "d": end - first}[kind]
        edges = np.array([*range(first, end, step), end], np.int64)
        keys = [day_key(day.label)] if kind == "d" else edges[:-1].tolist()
        seconds = np.zeros((len(self.lines), len(keys)), np.int32)
        for some in self._cells(kind, keys):
            seconds = fill_rows(seconds, len(self.lines))
            place = np.repeat(np.searchsorted(keys, some.keys), np.diff(some.edges))
            seconds[some.at, place] += some.rows[:, WORKING].sum(axis=1).astype(np.int32)
            some.add_to(self.rows(), counted)
        return WorkedDay(day, kind, edges * MINUTE_S, seconds)

    def _cells(self, kind: str, keys: Sequence[int]) -> Iterator[_Cells]:
        """The cells of lines that count, with their rows."""
        for partition in self._store.partitions:
            wanted = sorted(set(self._store.buckets(partition, kind)).intersection(keys))
            for first in range(0, len(wanted), _CHUNK):
                found = self._store.cells(partition, kind, wanted[first : first + _CHUNK])
                if not any(lines for _, lines, _ in found):
                    continue
                edges = np.cumsum([0, *(len(lines) for _, lines, _ in found)])
                names = chain.from_iterable(lines for _, lines, _ in found)
                at = np.fromiter(map(self._row_of, names), np.intp, int(edges[-1]))
                rows = np.concatenate([rows for _, _, rows in found])
                if not (own := at >= 0).all():
                    edges = np.concatenate(([0], np.cumsum(own)))[edges]
                    at, rows = at[own], rows[own]
                yield _Cells([bucket.key for bucket, _, _ in found], edges.tolist(), at, rows)
