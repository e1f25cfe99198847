"""Why is this number what it is? For one agent and one period: the formula with its numbers, and the records behind each.

The command, the web route and the screens use ``explain``. It reads the counters and the ledger of one position, so the
effects of the records of every term add up to its value.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from dashboard.actions.explain_counted import CountedTerms, counted, outcome_of
from dashboard.actions.explain_judged import judged_terms
from dashboard.actions.explain_terms import Term, TermRecord
from dashboard.floor.periods import Period
from dashboard.site.load import Site
from dashboard.site.types import PolicyBlock, Profile
from streams.site_time import SiteTime, rfc3339
from streams.store.ledger_reader import Decision, Ledger

Row = Mapping[str, Any]
"""A judged row by its column names (target, target_by_now, pace, volume, ..., score, grade, assessed, reasons)."""
Judge = Callable[[str, Period], Row | None]
"""What says how an agent stands in a period; None where it has nothing to say."""


class Ledgers(Protocol):
    """What is needed of streams.store.ledger_reader.LedgerReader."""

    def ledger(self, agent: str, first_ms: int, days: Any, calls: bool = True) -> Ledger: ...


@dataclass(frozen=True)
class Explanation:
    """Everything behind one agent's numbers of one period."""

    agent: str
    name: str
    team: str | None
    period: Period
    as_of_ms: int
    """The newest event time that is counted."""
    policy: str
    policy_published: date | None
    volume_basis: str
    net_low: float
    net_high: float
    assessed: bool | None
    reasons: tuple[str, ...]
    terms: tuple[Term, ...]

    def term(self, name: str) -> Term:
        """A term by its name. Raises KeyError."""
        return {term.name: term for term in self.terms}[name]

    def amount(self, name: str) -> float:
        """The value of a term that has one."""
        value = self.term(name).value
        assert value is not None, f"{name} has no value"
        return value

    @property
    def formula(self) -> str:
        """The formulas that lead to net, and from there on to the score."""
        return "; ".join(
            term.formula for term in self.terms if term.name in ("net", "pace", "score") and not term.reason
        )


_TRIES = 5
_NO_JOURNAL_MS = 2**52
"""No journal begins so late."""


def nobody(agent: str, period: Period) -> Row | None:
    """The judge of those who only want what was counted."""
    return None


def explain(
    ledgers: Ledgers, site: Site, time: SiteTime, agent: str, period: Period, today: date, judge: Judge = nobody
) -> Explanation:
    """An agent (a record key) and a period -> its explanation. Raises LedgerBusy and what Redis raises."""
    block, profile = rules_for(site, agent, period, today)
    for _ in range(_TRIES):
        row = judge(agent, period) or {}
        ledger = ledgers.ledger(agent, period.start_ms(time), period.keys)
        found = counted(ledger, block.deduction, profile.volume if profile else "handled", time)
        if not row or row["net"] == found.amount("net"):
            break  # else something was counted between the two: they must tell of the same moment
    return _explanation(site, agent, period, today, block, profile, ledger, found, row)


def net_of(ledgers: Ledgers, site: Site, time: SiteTime, agent: str, period: Period, today: date) -> float:
    """An agent's net of a period as an explanation has it, from his cells alone. Raises as ``explain`` does."""
    block, profile = rules_for(site, agent, period, today)
    cells = ledgers.ledger(agent, _NO_JOURNAL_MS, period.keys, calls=False)
    return float(outcome_of(cells, block.deduction, profile.volume if profile else "handled").current.net[0])


def rules_for(site: Site, agent: str, period: Period, today: date) -> tuple[PolicyBlock, Profile | None]:
    """The policy of the period's month, and by which profile of it the agent is judged."""
    block = site.policy(period.first)
    spell = site.spell(agent, period.first, min(period.last, max(today, period.first)))
    return block, site.profile(spell, block) if spell else None


def _explanation(
    site: Site,
    agent: str,
    period: Period,
    today: date,
    block: PolicyBlock,
    profile: Profile | None,
    ledger: Ledger,
    found: CountedTerms,
    row: Row,
) -> Explanation:
    spell = site.spell(agent, period.first, min(period.last, max(today, period.first)))
    return Explanation(
        agent=agent,
        name=spell.name if spell else agent,
        team=spell.team if spell else None,
        period=period,
        as_of_ms=ledger.newest_ms,
        policy=block.version,
        policy_published=block.published_on,
        volume_basis=profile.volume if profile else "handled",
        net_low=found.net_low,
        net_high=found.net_high,
        assessed=row.get("assessed"),
        reasons=tuple(row.get("reasons") or ()),
        terms=tuple(_known(term, row) for term in (*found.terms.values(), *judged_terms(found, row, block, profile))),
    )


_OF_A_SOURCE = {
    "deducted": "no_complaint_source",
    "floored": "no_complaint_source",
    "evaluation_mean": "no_evaluation_source",
    "satisfied_share": "no_survey_source",
    "conduct_points": "no_conduct_source",
}


def _known(term: Term, row: Row) -> Term:
    """A term that no source has ever reported anything of has no value, and the reason."""
    reason = _OF_A_SOURCE.get(term.name)
    return replace(term, value=None, reason=reason) if reason in (row.get("reasons") or ()) else term


def as_object(explanation: Explanation) -> dict[str, Any]:
    """An explanation as it is written in JSON; a time is an instant in UTC, what does not apply is null or left out."""
    head = ("agent", "name", "team", "policy", "volume_basis", "net_low", "net_high", "assessed")
    return {
        **{name: getattr(explanation, name) for name in head},
        "policy_published": _date(explanation.policy_published),
        "period": explanation.period.kind,
        "date": explanation.period.label,
        "as_of": rfc3339(explanation.as_of_ms) if explanation.as_of_ms else None,
        "reasons": list(explanation.reasons),
        "formula": explanation.formula,
        "terms": [_term(term) for term in explanation.terms],
    }


def _date(day: date | None) -> str | None:
    return str(day) if day else None


def _term(term: Term) -> dict[str, Any]:
    head = {name: getattr(term, name) for name in ("name", "value", "unit", "formula", "reason")}
    return {**head, "records": [_record(record) for record in term.records]}


def _record(record: TermRecord) -> dict[str, Any]:
    found = {name: getattr(record, name) for name in ("id", "kind", "time", "status", "effect")}
    if record.kind == "day":
        found |= {"date": record.date, "count": record.count}
    if record.decisions:
        found["decisions"] = decisions(record.decisions)
    return found


def decisions(made: Iterable[Decision]) -> list[dict[str, Any]]:
    """Decisions in JSON, oldest first."""
    return [
        {"time": rfc3339(each.time_ms), "decision": each.decision, "by": each.by, "reason": each.reason}
        for each in sorted(made, key=lambda each: each.time_ms)
    ]
