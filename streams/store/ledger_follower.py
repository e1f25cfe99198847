"""The lines of a ledger, read once and then followed: a subclass takes every line as it is written, and never misses one.

``follow_ledger`` asks each partition for its position and reads on in the journals of those that moved. A store that went
back behind what was read (emptied, rolled back) is read again. Errors of Redis pass through: nothing is lost by them.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from streams.store.ledger_reader import BEGINNING, FactLine, LedgerReader
from streams.store.reader import Reader

LedgerRow = tuple[str, str, str, FactLine]
"""Kind, key, id and line."""


class LedgerFollower(ABC):
    """The base of what is made of a ledger's lines; a subclass gives ``forget_lines`` and ``take_lines``."""

    def __init__(self, ledgers: LedgerReader, reader: Reader) -> None:
        self._ledgers = ledgers
        self._reader = reader
        self._begin_anew()

    @abstractmethod
    def forget_lines(self) -> None:
        """Empties what was made of the lines: all of them come again."""

    @abstractmethod
    def take_lines(self, partition: int, rows: Sequence[LedgerRow]) -> None:
        """Takes the lines of one commit. A line may come again: the last one stands."""

    def follow_ledger(self) -> None:
        """Takes every line at first, from then on what was written since. Raises what Redis raises."""
        positions = [self._position(partition) for partition in self._reader.partitions]
        if any(position < before for position, before in zip(positions, self._positions, strict=True)):
            self._begin_anew()
        # The position comes before the journal: what is committed in between is read again the next time.
        for partition, position in enumerate(positions):
            if position != self._positions[partition]:
                self.read_journal(partition)
                self._positions[partition] = position

    def read_journal(self, partition: int) -> None:
        """Takes what was written in a partition since the last time."""
        for passage, rows in self._ledgers.facts_after(partition, self._passages[partition]):
            self.take_lines(partition, rows)
            self._passages[partition] = passage

    def _begin_anew(self) -> None:
        self._passages = [BEGINNING for _ in self._reader.partitions]
        self._positions = [0 for _ in self._reader.partitions]
        self.forget_lines()

    def _position(self, partition: int) -> int:
        meta = self._reader.meta(partition)
        return meta.position if meta else 0
