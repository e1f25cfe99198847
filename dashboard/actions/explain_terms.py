"""The counted terms of an explanation: calls, what cases take from them, evaluations, surveys, conduct.

A term is one number with its formula and the records behind it; the effects of the records add up to the number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.rules import deduction
from streams.metrics import INDEX, NAMES, Rows
from streams.site_time import SiteTime, day_key, rfc3339
from streams.store.ledger_reader import ComplaintLine, Entry, EvaluationLine, Ledger, status_of


class DatedDecision(msgspec.Struct, frozen=True):
    """One decision on a record; ``time`` as in RFC 3339."""

    time: str
    decision: str
    by: str | None
    reason: str | None


class TermRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One cause of a number. ``effect`` is what it adds, in the unit of its term.

    ``kind`` names a fact of the ledger. ``day`` stands for facts of one day whose single lines have expired (``date``,
    ``count``), ``term`` for another term by its name.
    """

    id: str
    kind: str
    time: str | None
    status: str | None
    effect: float
    date: str | None = None
    count: int | None = None
    decisions: tuple[DatedDecision, ...] = ()
    """Oldest first."""


class Term(msgspec.Struct, frozen=True):
    """One number; None with the ``reason`` where there is no number."""

    name: str
    value: float | None
    unit: str
    formula: str
    records: tuple[TermRecord, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class TermBasis:
    """How a number is summed: the weight of one unit of each metric, and the metrics that count records."""

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


@dataclass(frozen=True)
class CountedTerms:
    """The counted terms by name, and the ends of what the net can become by pending cases."""

    terms: dict[str, Term]
    net_low: float
    net_high: float
    off_target: float
    """Calls that forced work takes from the target (mode ``target``)."""

    def amount(self, name: str) -> float:
        """The value of a counted term that has one; else 0."""
        return self.terms[name].value or 0.0


def counted(ledger: Ledger, policy: deduction.DeductionPolicy, volume: str, time: SiteTime) -> CountedTerms:
    """An agent's ledger of a period -> its counted terms. ``volume``: the metric that counts as calls."""
    found = outcome_of(ledger, policy, volume)
    shown, floored = found.current, float(found.current.floored[0])
    gives_back = (TermRecord("floor", "rule", None, "net is never below 0", floored),) if floored else ()
    weights = deduction.case_weights(policy)
    rule = f"mode {policy.mode.value}: {policy.complaint:g} for a complaint, {policy.repeat_enquiry:g} for a repeat enquiry"

    def summed(name: str, unit: str, formula: str, basis: TermBasis) -> Term:
        return Term(name, _value(ledger, basis), unit, formula, _records(ledger, basis, time))

    calls = summed("calls", "calls", f"{volume} calls", TermBasis("call", {volume: 1.0}, (volume,)))
    deducted = summed("deducted", "calls", rule, TermBasis("complaint", weights, tuple(weights)))
    conduct = TermBasis("conduct", {"conduct_points": 0.01}, ("conduct_records",))
    terms = (
        calls,
        deducted,
        Term("floored", floored, "calls", "what the floor at 0 gives back", gives_back),
        _net(calls.value or 0.0, deducted.value or 0.0, floored, float(shown.net[0])),
        *_means(ledger, time),
        summed("conduct_points", "points", "points of all conduct records", conduct),
    )
    low, high = (float(end.net[0]) for end in (found.if_confirmed, found.if_withdrawn))
    return CountedTerms({term.name: term for term in terms}, low, high, float(shown.off_target[0]))


def outcome_of(ledger: Ledger, policy: deduction.DeductionPolicy, volume: str) -> deduction.DeductionRange:
    """The deduction of the cells of a ledger."""
    row = _sums(ledger)
    pending, confirmed = (
        deduction.weigh(policy, *(row[[INDEX[name]]] for name in deduction.case_metrics(state)))
        for state in ("pending", "confirmed")
    )
    return deduction.outcome(policy, row[[INDEX[volume]]], pending, confirmed)


def _net(calls: float, deducted: float, floored: float, net: float) -> Term:
    formula = f"net {net:g} = calls {calls:g} - deducted {deducted:g} + floored {floored:g}"
    parts = of_terms([("calls", calls), ("deducted", -deducted), ("floored", floored)])
    return Term("net", net, "calls", formula, parts)


def _means(ledger: Ledger, time: SiteTime) -> Iterator[Term]:
    """Mean evaluation and share of satisfied surveys: each record weighs one part of all."""
    row = _sums(ledger)
    n = int(row[INDEX["evaluations"]])
    basis = TermBasis("evaluation", {"evaluation_points": 1 / (100 * n) if n else 0.0}, ("evaluations",))
    yield _mean("evaluation_mean", "points", n, "points of all evaluations", ledger, basis, time)
    n = int(row[INDEX["surveys_answered"]])
    basis = TermBasis("survey", {"surveys_satisfied": 1 / n if n else 0.0}, ("surveys_offered",))
    yield _mean("satisfied_share", "share", n, "satisfied answers", ledger, basis, time)


def _mean(name: str, unit: str, n: int, what: str, ledger: Ledger, basis: TermBasis, time: SiteTime) -> Term:
    found = _records(ledger, basis, time)
    if not n:
        return Term(name, None, unit, f"{what} / their number", found, "no_records")
    total = _value(ledger, basis)
    return Term(name, total, unit, f"{total:g} = {what} / {n}", found)


def of_terms(parts: Sequence[tuple[str, float]]) -> tuple[TermRecord, ...]:
    """(term, effect) pairs -> records; what adds nothing is left out."""
    return tuple(TermRecord(name, "term", None, None, effect) for name, effect in parts if effect)


def _sums(ledger: Ledger) -> Rows:
    """All cells of the period added up."""
    total: Rows = np.array([np.zeros(len(NAMES), np.int64), *ledger.cells.values()]).sum(axis=0)
    return total


def _value(ledger: Ledger, basis: TermBasis) -> float:
    """The number that the cells give."""
    return float(_sums(ledger) @ basis.row)


def _records(ledger: Ledger, basis: TermBasis, time: SiteTime) -> tuple[TermRecord, ...]:
    """Everything behind a number, in the order of time."""
    entries = [entry for entry in ledger.entries if entry.kind == basis.kind]
    listed = [entry for entry in entries if basis.kind != "call" or entry.gives @ basis.row]
    dated = [(entry.at_ms, _record(entry, float(entry.gives @ basis.row))) for entry in listed]
    dated += [(time.day(at_ms).start_ms, record) for at_ms, record in _days(ledger, entries, basis, time)]
    return tuple(record for _, record in sorted(dated, key=lambda pair: (pair[0], pair[1].id)))


def _record(entry: Entry, effect: float) -> TermRecord:
    line = entry.line
    made = line.decisions if isinstance(line, ComplaintLine | EvaluationLine) else ()
    decisions = tuple(
        DatedDecision(rfc3339(each.time_ms), each.decision, each.by, each.reason)
        for each in sorted(made, key=lambda each: each.time_ms)
    )
    kind = line.kind or entry.kind if isinstance(line, ComplaintLine) else entry.kind
    return TermRecord(entry.id, kind, rfc3339(entry.at_ms), status_of(entry), effect, decisions=decisions)


def _days(
    ledger: Ledger, entries: Sequence[Entry], basis: TermBasis, time: SiteTime
) -> Iterator[tuple[int, TermRecord]]:
    """What the cells of a day have beyond the lines in the ledger."""
    rest = {day: row.copy() for day, row in ledger.cells.items()}
    for entry in entries:
        rest.setdefault(day_key(time.day(entry.at_ms).label), np.zeros(len(NAMES), np.int64))[:] -= entry.gives
    for day, row in sorted(rest.items()):
        effect, count = float(row @ basis.row), int(sum(row[INDEX[name]] for name in basis.counts))
        if effect or count:
            label = date(day // 10_000, day // 100 % 100, day % 100)
            at_ms = time.day_of(label).start_ms
            yield at_ms, TermRecord(str(label), "day", rfc3339(at_ms), None, effect, date=str(label), count=count)
