"""Every record that can be appealed: read once out of the journals, then only what was written since.

A ledger of 100 days has many times more records than a day brings; whoever files, decides or lists appeals would read them all
each time.
"""

import threading
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from dashboard.actions.appeal_cases import APPEALED
from streams.store.ledger_reader import (
    BEGINNING,
    ComplaintLine,
    ConductLine,
    EvaluationLine,
    FactLine,
    Passage,
    complaint_status,
)
from streams.store.reader import Meta

Line = ComplaintLine | EvaluationLine | ConductLine
_DAY_HOURS = 24
_Row = tuple[str, str, str, FactLine]


class Journals(Protocol):
    """What is needed of streams.store.ledger_reader.LedgerReader."""

    @property
    def partitions(self) -> range: ...

    def facts_after(self, partition: int, passage: Passage = BEGINNING) -> Iterator[tuple[Passage, list[_Row]]]: ...


class Positions(Protocol):
    """What is needed of streams.store.reader.Reader, of the same topic."""

    def meta(self, partition: int) -> Meta | None: ...


class AppealableRecord(NamedTuple):
    """A record of an agent, and the partition in which its line lies."""

    agent: str
    id: str
    line: Line
    partition: int


class RecordFollower:
    """The records of every partition. Several threads may ask at once; ``refresh`` takes up what is new.

    All of it is read again when the store went back, and once a day of the log: so what is no longer kept goes.
    """

    def __init__(self, journals: Journals, positions: Positions) -> None:
        self._journals = journals
        self._store = positions
        self._lock = threading.Lock()
        self._forget()

    def refresh(self) -> None:
        """Reads what was written since the last time. Raises what Redis raises."""
        with self._lock:
            now = [self._position(partition) for partition in self._journals.partitions]
            if any(position < before for position, before in zip(now, self._positions, strict=True)):
                self._forget()
            for partition, position in enumerate(now):
                if position != self._positions[partition]:
                    self._follow(partition)
                    self._positions[partition] = position
            if max((passage.hour for passage in self._passages), default=0) // _DAY_HOURS != self._day:
                self._read_again()

    def get(self, id: str, agent: str | None = None) -> AppealableRecord | None:
        """The record of an id, of one agent or of whoever has it; None where there is none that can be appealed.

        Of several lines the one that still takes something, in the lowest partition.
        """
        return next(iter(self._lines(id, agent)), None)

    def lines(self, id: str, agent: str) -> list[AppealableRecord]:
        """Every line of an agent's record: one as a rule, more where it came in on several partitions and counts in each."""
        found = self._lines(id, agent)
        return [entry for entry in found if isinstance(entry.line, type(found[0].line))]

    def appealed(self, since_hour: int) -> list[AppealableRecord]:
        """The records that somebody has appealed in the log, of which something was written since an hour of the log."""
        with self._lock:
            found = [AppealableRecord(of, id, self._by_id[number][id][of], number) for number, of, id in self._appealed]
        return [entry for entry in found if may_be(entry.line) and entry.line.stamp >= since_hour]

    def _lines(self, id: str, agent: str | None) -> list[AppealableRecord]:
        with self._lock:
            found = [
                AppealableRecord(of, id, line, number)
                for number, by_id in enumerate(self._by_id)
                for of, line in by_id.get(id, {}).items()
                if agent in (None, of)
            ]
        return sorted((entry for entry in found if may_be(entry.line)), key=_rank)

    def _position(self, partition: int) -> int:
        meta = self._store.meta(partition)
        return meta.position if meta else 0

    def _forget(self) -> None:
        self._passages = [BEGINNING for _ in self._journals.partitions]
        self._positions = [0 for _ in self._journals.partitions]
        self._by_id: list[dict[str, dict[str, Line]]] = [{} for _ in self._journals.partitions]
        self._appealed: set[tuple[int, str, str]] = set()
        self._day = 0

    def _read_again(self) -> None:
        positions = self._positions
        self._forget()
        for partition in self._journals.partitions:
            self._follow(partition)
        self._positions = positions
        self._day = max((passage.hour for passage in self._passages), default=0) // _DAY_HOURS

    def _follow(self, partition: int) -> None:
        for passage, lines in self._journals.facts_after(partition, self._passages[partition]):
            for _, agent, id, line in lines:
                if isinstance(line, Line):
                    self._note(partition, agent, id, line)
            self._passages[partition] = passage

    def _note(self, partition: int, agent: str, id: str, line: Line) -> None:
        self._by_id[partition].setdefault(id, {})[agent] = line
        made = () if isinstance(line, ConductLine) else line.decisions
        if any(each.decision == APPEALED for each in made):
            self._appealed.add((partition, agent, id))
        else:
            self._appealed.discard((partition, agent, id))


def _rank(entry: AppealableRecord) -> tuple[bool, int, str]:
    line = entry.line
    is_reversed = isinstance(line, ComplaintLine) and complaint_status(line.decision) == "reversed"
    return is_reversed, entry.partition, entry.agent


def may_be(line: FactLine) -> bool:
    """Whether it is of a kind that can be appealed, and the agent's own."""
    moved = isinstance(line, ComplaintLine) and line.moved
    return isinstance(line, Line) and line.gives and not moved
