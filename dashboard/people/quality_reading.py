"""The evaluations of the ledger and the shifts of the days, read once and then kept up."""

from datetime import date

from dashboard.people.quality_scores import Numbers, ScoreBook, Scores
from dashboard.people.quality_shifts import Flags, ShiftBook
from streams.store.ledger_reader import BEGINNING, LedgerReader
from streams.store.reader import Reader

_AT_ONCE = 10_000
"""Scores brought in at a time: what runs beside it is not held up for long."""


class Reading:
    """What is known of every agent's scores and shifts. Errors of Redis pass through: nothing is lost by them.

    A Redis that went back behind what was read of it (emptied, rolled back) is read anew.
    """

    def __init__(self, reader: Reader, ledgers: LedgerReader) -> None:
        self._reader = reader
        self._ledgers = ledgers
        self._version = 0
        self._forget()

    def _forget(self) -> None:
        self.numbers = Numbers()
        self._book = ScoreBook(self.numbers)
        self._shifts = ShiftBook(self._reader, self.numbers)
        self._passages = [BEGINNING for _ in self._reader.partitions]
        self._positions = [0 for _ in self._reader.partitions]

    @property
    def scores(self) -> Scores:
        """Those that stand."""
        return self._book.scores

    def worked(self, today: date) -> Flags:
        """(agents x finished days), oldest first."""
        return self._shifts.worked(today)

    def read(self, today: date) -> int:
        """Everything at first, what is new from then on; a number that grows when anything is other than it was."""
        positions = [self._position(partition) for partition in self._reader.partitions]
        if any(now < before for now, before in zip(positions, self._positions, strict=True)):
            self._forget()
            self._version += 1
        self._version += self._shifts.read(today)
        for partition, position in enumerate(positions):
            if position != self._positions[partition]:
                self._follow(partition)
                self._positions[partition] = position
        return self._version

    def _position(self, partition: int) -> int:
        meta = self._reader.meta(partition)
        return meta.position if meta else 0

    def _follow(self, partition: int) -> None:
        for passage, lines in self._ledgers.facts_after(partition, self._passages[partition]):
            self._book.note(lines)
            self._passages[partition] = passage
            if self._book.noted >= _AT_ONCE:
                self._version += self._book.settle()
        self._version += self._book.settle()
