"""The parts of an explanation: what each number is made of, as records whose effects add up to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from streams.metrics import INDEX, NAMES, Rows
from streams.site_time import SiteTime, day_key, rfc3339
from streams.store.ledger_reader import ComplaintLine, Decision, Entry, EvaluationLine, Ledger, status_of


@dataclass(frozen=True)
class TermRecord:
    """One cause of a number. ``effect`` is what it adds, in the unit of its term.

    ``kind`` names a fact of the ledger; ``day``: facts of one day that are no longer kept one by one (``date``, ``count``);
    ``term``: another term, by its name.
    """

    id: str
    kind: str
    time: str | None
    status: str | None
    effect: float
    date: str | None = None
    count: int | None = None
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class Term:
    """One number: None where there is none, and then ``reason`` says why."""

    name: str
    value: float | None
    unit: str
    formula: str
    records: tuple[TermRecord, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class TermBasis:
    """How a number is summed from metrics: ``weights`` per unit of each; ``counts`` are the metrics that count records."""

    kind: str
    weights: Mapping[str, float]
    counts: tuple[str, ...]

    @property
    def row(self) -> NDArray[np.float64]:
        """One weight per metric."""
        row = np.zeros(len(NAMES))
        for name, weight in self.weights.items():
            row[INDEX[name]] = weight
        return row


def sums(ledger: Ledger) -> Rows:
    """All cells of the period added up."""
    total: Rows = np.array([np.zeros(len(NAMES), np.int64), *ledger.cells.values()]).sum(axis=0)
    return total


def value(ledger: Ledger, basis: TermBasis) -> float:
    """What the cells say."""
    return float(sums(ledger) @ basis.row)


def records(ledger: Ledger, basis: TermBasis, time: SiteTime) -> tuple[TermRecord, ...]:
    """Everything behind ``value``, in the order of time."""
    mine = [entry for entry in ledger.entries if entry.kind == basis.kind]
    shown = [entry for entry in mine if basis.kind != "call" or entry.gives @ basis.row]
    found = [(entry.at_ms, _record(entry, float(entry.gives @ basis.row))) for entry in shown]
    found += [(time.day(at_ms).start_ms, record) for at_ms, record in _days(ledger, mine, basis, time)]
    return tuple(record for _, record in sorted(found, key=lambda pair: (pair[0], pair[1].id)))


def of_terms(parts: Sequence[tuple[str, float]]) -> tuple[TermRecord, ...]:
    """(term, effect) pairs -> records; what adds nothing is left out."""
    return tuple(TermRecord(name, "term", None, None, effect) for name, effect in parts if effect)


def _record(entry: Entry, effect: float) -> TermRecord:
    line = entry.line
    decisions = line.decisions if isinstance(line, ComplaintLine | EvaluationLine) else ()
    kind = line.kind or entry.kind if isinstance(line, ComplaintLine) else entry.kind
    return TermRecord(entry.id, kind, rfc3339(entry.at_ms), status_of(entry), effect, decisions=decisions)


def _days(ledger: Ledger, mine: Sequence[Entry], basis: TermBasis, time: SiteTime) -> Iterator[tuple[int, TermRecord]]:
    """What the cells of a day have beyond the lines that are kept."""
    rest = {day: row.copy() for day, row in ledger.cells.items()}
    for entry in mine:
        rest.setdefault(day_key(time.day(entry.at_ms).label), np.zeros(len(NAMES), np.int64))[:] -= entry.gives
    for day, row in sorted(rest.items()):
        effect, count = float(row @ basis.row), int(sum(row[INDEX[name]] for name in basis.counts))
        if effect or count:
            label = date(day // 10_000, day // 100 % 100, day % 100)
            at_ms = time.day_of(label).start_ms
            yield at_ms, TermRecord(str(label), "day", rfc3339(at_ms), None, effect, date=str(label), count=count)
