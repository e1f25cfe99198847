"""Every record that can be appealed, by id: read once from the ledger, then followed.

A ledger of 100 days has many times more records than one day brings; filing, deciding and listing appeals would read all of
them each time.
"""

import threading
from collections.abc import Sequence
from typing import NamedTuple

from dashboard.actions.appeal_cases import APPEALED
from streams.store.ledger_follower import LedgerFollower, LedgerRow
from streams.store.ledger_reader import (
    ComplaintLine,
    ConductLine,
    EvaluationLine,
    FactLine,
    LedgerReader,
    complaint_status,
)
from streams.store.reader import Reader

Line = ComplaintLine | EvaluationLine | ConductLine
_DAY_HOURS = 24


class AppealableRecord(NamedTuple):
    """A record of an agent, and the partition in which its line lies."""

    agent: str
    id: str
    line: Line
    partition: int


class RecordFollower(LedgerFollower):
    """The records of every partition. Several threads may ask at once.

    Once a day of the log all of it is read again, so that records leave with the retention of the ledger.
    """

    def __init__(self, ledgers: LedgerReader, reader: Reader) -> None:
        self._lock = threading.Lock()
        self._day: int | None = None
        super().__init__(ledgers, reader)

    def refresh(self) -> None:
        """Takes up new records and decisions. Raises what Redis raises."""
        with self._lock:
            self.follow_ledger()
            if self._day not in (None, self._day_of_log()):
                positions = self._positions
                self._begin_anew()
                for partition in self._reader.partitions:
                    self.read_journal(partition)
                self._positions = positions
            self._day = self._day_of_log()

    def get(self, id: str, agent: str | None = None) -> AppealableRecord | None:
        """The record of an id, of one agent or of any; None where no such record can be appealed.

        Of several lines the one that still takes something, in the lowest partition.
        """
        return next(iter(self._ranked(id, agent)), None)

    def lines(self, id: str, agent: str) -> list[AppealableRecord]:
        """Every line of an agent's record: one as a rule, more where it came in on several partitions and counts in each."""
        ranked = self._ranked(id, agent)
        return [record for record in ranked if isinstance(record.line, type(ranked[0].line))]

    def appealed(self, since_hour: int) -> list[AppealableRecord]:
        """The records that another system has appealed in the log and that were written since an hour of the log."""
        with self._lock:
            records = [
                AppealableRecord(agent, id, self._by_id[number][id][agent], number)
                for number, agent, id in self._appealed
            ]
        return [record for record in records if may_appeal(record.line) and record.line.stamp >= since_hour]

    def forget_lines(self) -> None:
        """See LedgerFollower."""
        self._by_id: list[dict[str, dict[str, Line]]] = [{} for _ in self._reader.partitions]
        self._appealed: set[tuple[int, str, str]] = set()
        self._day = None

    def take_lines(self, partition: int, rows: Sequence[LedgerRow]) -> None:
        """See LedgerFollower."""
        for _, agent, id, line in rows:
            if not isinstance(line, Line):
                continue
            self._by_id[partition].setdefault(id, {})[agent] = line
            decisions = () if isinstance(line, ConductLine) else line.decisions
            if any(each.decision == APPEALED for each in decisions):
                self._appealed.add((partition, agent, id))
            else:
                self._appealed.discard((partition, agent, id))

    def _day_of_log(self) -> int:
        return max((passage.hour for passage in self._passages), default=0) // _DAY_HOURS

    def _ranked(self, id: str, agent: str | None) -> list[AppealableRecord]:
        with self._lock:
            records = [
                AppealableRecord(owner, id, line, number)
                for number, by_id in enumerate(self._by_id)
                for owner, line in by_id.get(id, {}).items()
                if agent in (None, owner)
            ]
        return sorted((record for record in records if may_appeal(record.line)), key=_rank)


def _rank(record: AppealableRecord) -> tuple[bool, int, str]:
    line = record.line
    is_reversed = isinstance(line, ComplaintLine) and complaint_status(line.decision) == "reversed"
    return is_reversed, record.partition, record.agent


def may_appeal(line: FactLine) -> bool:
    """Whether a line is of a kind that can be appealed and still belongs to its agent."""
    moved = isinstance(line, ComplaintLine) and line.moved
    return isinstance(line, Line) and line.gives and not moved
