"""The lines of a ledger, read once and then followed: a subclass takes every line as it is written, and never misses one.

``follow_ledger`` asks each partition for its position and reads on in the journals of those that moved. A store that went
back behind what was read (emptied, rolled back), or from which a person was erased, is read again. Errors of Redis pass
through: nothing is lost by them.
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
        self._erasures = [0 for _ in reader.partitions]
        self._begin_anew()

    @abstractmethod
    def forget_lines(self) -> None:
        """Empties what was made of the lines: all of them come again."""

    @abstractmethod
    def take_lines(self, partition: int, rows: Sequence[LedgerRow]) -> None:
        """Takes the lines of one commit. A line may come again: the last one stands."""

    def follow_ledger(self) -> None:
        """Takes every line at first, from then on what was written since. Raises what Redis raises."""
        metas = [self._reader.meta(partition) for partition in self._reader.partitions]
        positions = [meta.position if meta else 0 for meta in metas]
        erasures = [meta.erasures if meta else 0 for meta in metas]
        is_behind = any(position < before for position, before in zip(positions, self._positions, strict=True))
        if is_behind or erasures != self._erasures:
            self._begin_anew()
            self._erasures = erasures
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
