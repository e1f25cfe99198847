"""The counted terms of an explanation: calls, what complaints take from them, evaluations, surveys, conduct."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.actions.explain_terms import Term, TermBasis, TermRecord, of_terms, records, sums, value
from dashboard.rules import deduction
from dashboard.rules.deduction import case_metrics, case_weights
from streams.metrics import INDEX
from streams.site_time import SiteTime
from streams.store.ledger_reader import Ledger


@dataclass(frozen=True)
class CountedTerms:
    """The counted terms by name, and what pending cases could still make of the net."""

    terms: dict[str, Term]
    net_low: float
    net_high: float
    off_target: float
    """Calls that forced work takes from the target (mode ``target``)."""

    def amount(self, name: str) -> float:
        """The value of a counted term that has one; else 0."""
        return self.terms[name].value or 0.0


def counted(ledger: Ledger, policy: deduction.DeductionPolicy, volume: str, time: SiteTime) -> CountedTerms:
    """An agent's records of a period -> its terms. ``volume``: the metric that counts as calls."""
    found = outcome_of(ledger, policy, volume)
    shown = found.current
    terms = [
        _summed("calls", "calls", f"{volume} calls", ledger, TermBasis("call", {volume: 1.0}, (volume,)), time),
        _deducted(ledger, policy, time),
        _floored(float(shown.floored[0])),
    ]
    by_name = {term.name: term for term in terms}
    by_name["net"] = _net(by_name, float(shown.net[0]))
    by_name |= {term.name: term for term in (*_means(ledger, time), _conduct(ledger, time))}
    low, high = found.if_confirmed, found.if_withdrawn
    return CountedTerms(by_name, float(low.net[0]), float(high.net[0]), float(shown.off_target[0]))


def outcome_of(ledger: Ledger, policy: deduction.DeductionPolicy, volume: str) -> deduction.DeductionRange:
    """What the deduction makes of the cells of a ledger."""
    row = sums(ledger)
    pending, confirmed = (
        deduction.weigh(policy, *(row[[INDEX[name]]] for name in case_metrics(state)))
        for state in ("pending", "confirmed")
    )
    return deduction.outcome(policy, row[[INDEX[volume]]], pending, confirmed)


def _summed(name: str, unit: str, formula: str, ledger: Ledger, basis: TermBasis, time: SiteTime) -> Term:
    return Term(name, value(ledger, basis), unit, formula, records(ledger, basis, time))


def _deducted(ledger: Ledger, policy: deduction.DeductionPolicy, time: SiteTime) -> Term:
    weights = case_weights(policy)
    basis = TermBasis("complaint", weights, tuple(weights))
    formula = f"mode {policy.mode.value}: {policy.complaint:g} for a complaint, {policy.repeat_enquiry:g} for a repeat enquiry"
    return _summed("deducted", "calls", formula, ledger, basis, time)


def _floored(amount: float) -> Term:
    found = (TermRecord("floor", "rule", None, "net is never below 0", amount),) if amount else ()
    return Term("floored", amount, "calls", "what the floor at 0 gives back", found)


def _net(terms: dict[str, Term], net: float) -> Term:
    calls, deducted, floored = (terms[name].value or 0.0 for name in ("calls", "deducted", "floored"))
    formula = f"net {net:g} = calls {calls:g} - deducted {deducted:g} + floored {floored:g}"
    return Term(
        "net", net, "calls", formula, of_terms([("calls", calls), ("deducted", -deducted), ("floored", floored)])
    )


def _means(ledger: Ledger, time: SiteTime) -> Iterator[Term]:
    """Mean evaluation and share of satisfied surveys: each record weighs one part of all."""
    row = sums(ledger)
    n = int(row[INDEX["evaluations"]])
    basis = TermBasis("evaluation", {"evaluation_points": 1 / (100 * n) if n else 0.0}, ("evaluations",))
    yield _mean("evaluation_mean", "points", n, "points of all evaluations", ledger, basis, time)
    n = int(row[INDEX["surveys_answered"]])
    basis = TermBasis("survey", {"surveys_satisfied": 1 / n if n else 0.0}, ("surveys_offered",))
    yield _mean("satisfied_share", "share", n, "satisfied answers", ledger, basis, time)


def _mean(name: str, unit: str, n: int, what: str, ledger: Ledger, basis: TermBasis, time: SiteTime) -> Term:
    found = records(ledger, basis, time)
    if not n:
        return Term(name, None, unit, f"{what} / their number", found, "no_records")
    total = value(ledger, basis)
    return Term(name, total, unit, f"{total:g} = {what} / {n}", found)


def _conduct(ledger: Ledger, time: SiteTime) -> Term:
    basis = TermBasis("conduct", {"conduct_points": 0.01}, ("conduct_records",))
    return _summed("conduct_points", "points", "points of all conduct records", ledger, basis, time)
