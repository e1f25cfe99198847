"""The cells of one bucket of one partition, as far as somebody wants them: lines x metrics, absolute."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from streams.metrics import COUNT, Rows
from streams.site_time import Bucket

_FIRST_CAPACITY = 64


class Table:
    """Takes the cells of one bucket. Values are absolute: putting the same cell twice changes nothing.

    Attributes: ``lines`` those seen so far, in that order; ``changes`` grows whenever a cell was put or dropped.
    """

    def __init__(self, bucket: Bucket, wanted: Callable[[str], bool]) -> None:
        self.bucket = bucket
        self.lines: list[str] = []
        self.changes = 0
        self._wanted = wanted
        self._at: dict[str, int] = {}
        self._rows: Rows = np.zeros((_FIRST_CAPACITY, COUNT), np.int64)

    @property
    def rows(self) -> Rows:
        """int64 (lines x metrics)."""
        return self._rows[: len(self.lines)]

    def put(self, bucket: Bucket, lines: Sequence[str], rows: Rows) -> None:
        """Takes the cells of a bucket; of another bucket, or of a line that is not wanted, nothing."""
        if bucket != self.bucket:
            return
        at = self._places(lines)
        if (at >= 0).any():
            self._rows[at[at >= 0]] = rows[at >= 0]
            self.changes += 1

    def drop(self, bucket: Bucket) -> None:
        """Forgets the amounts of a bucket that the store no longer has."""
        if bucket == self.bucket:
            self._rows[:] = 0
            self.changes += 1

    def _places(self, lines: Sequence[str]) -> NDArray[np.intp]:
        """The place of each line, -1 for one that is not wanted."""
        known = self._at
        for line in lines:
            if line not in known:
                known[line] = len(self.lines) if self._wanted(line) else -1
                self.lines += [line] if known[line] >= 0 else []
        if len(self.lines) > len(self._rows):
            more = 2 * len(self.lines) - len(self._rows)
            self._rows = np.concatenate([self._rows, np.zeros((more, COUNT), np.int64)])
        return np.array([known[line] for line in lines], np.intp)
