"""Why a number is what it is: for one agent and one period the formula with its numbers, and the records behind each.

The command, the route and the pages use ``explain``. Counters and ledger are read at one position, so the effects of the
records of every term add up to its value.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from dashboard.actions.explain_judged import judged_terms
from dashboard.actions.explain_terms import Term, counted, outcome_of
from dashboard.floor.periods import Period
from dashboard.floor.sheet import WITHHELD
from dashboard.site.load import Site
from dashboard.site.types import PolicyBlock, Profile, Spell
from streams.site_time import rfc3339
from streams.store.ledger_reader import LedgerReader

Row = Mapping[str, Any]
"""A judged row by its column names (target, target_by_now, pace, volume, ..., score, grade, assessed, reasons)."""
Judge = Callable[[str, Period], Row | None]
"""(agent, period) -> the judged row; None where there is none."""
_TRIES = 5
_OF_A_JUDGEMENT = frozenset({"evaluation_mean", "satisfied_share", "conduct_points"})
_NO_JOURNAL_MS = 2**52
"""No journal begins so late."""
_SOURCE_OF = {
    "deducted": "no_complaint_source",
    "floored": "no_complaint_source",
    "evaluation_mean": "no_evaluation_source",
    "satisfied_share": "no_survey_source",
    "conduct_points": "no_conduct_source",
}


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything behind one agent's numbers of one period: the answer of GET /explain."""

    agent: str
    name: str
    team: str | None
    period: str
    """``day`` or ``month``."""
    date: str
    """The day or the month."""
    as_of: str | None
    """The newest event time that is counted, as in RFC 3339; None where nothing is."""
    policy: str
    policy_published: str | None
    volume_basis: str
    net_low: float
    net_high: float
    assessed: bool | None
    reasons: tuple[str, ...]
    formula: str
    """The formulas that lead to net, and from there on to the score."""
    terms: tuple[Term, ...]

    def term(self, name: str) -> Term:
        """A term by its name. Raises KeyError."""
        return {term.name: term for term in self.terms}[name]


def explain(
    ledgers: LedgerReader,
    site: Site,
    agent: str,
    period: Period,
    today: date,
    judge: Judge = lambda agent, period: None,
    calls: bool = True,
) -> Explanation:
    """An agent (a record key) and a period -> its explanation. Raises LedgerBusy and what Redis raises.

    Without a judge it explains what was counted. ``calls``: whether single calls are listed; without them a day of calls is one
    record.
    """
    spell, block, profile = _rules_for(site, agent, period, today)
    volume = profile.volume if profile else "handled"
    for _ in range(_TRIES):
        row = judge(agent, period) or {}
        ledger = ledgers.ledger(agent, period.start_ms(site.time), period.keys, calls=calls)
        terms = counted(ledger, block.deduction, volume, site.time)
        if not row or row["net"] == terms.amount("net"):
            break  # otherwise something was counted between the two, and both must be of one moment
    all_terms = (*terms.terms.values(), *(judged_terms(terms, row, block, profile) if site.judges_persons else ()))
    reported = tuple(_without_source(term if site.judges_persons else _as_count(term), row) for term in all_terms)
    return Explanation(
        agent=agent,
        name=spell.name if spell else agent,
        team=spell.team if spell else None,
        period=period.kind,
        date=period.label,
        as_of=rfc3339(ledger.newest_ms) if ledger.newest_ms else None,
        policy=block.version,
        policy_published=str(block.published_on) if block.published_on else None,
        volume_basis=volume,
        net_low=terms.net_low,
        net_high=terms.net_high,
        assessed=row.get("assessed") if site.judges_persons else None,
        reasons=tuple(row.get("reasons") or ()) if site.judges_persons else (WITHHELD,),
        formula="; ".join(
            term.formula for term in reported if term.name in ("net", "pace", "score") and not term.reason
        ),
        terms=reported,
    )


def net_of(ledgers: LedgerReader, site: Site, agent: str, period: Period, today: date) -> float:
    """An agent's net of a period as an explanation has it, from the cells alone. Raises as ``explain`` does."""
    _, block, profile = _rules_for(site, agent, period, today)
    cells = ledgers.ledger(agent, _NO_JOURNAL_MS, period.keys, calls=False)
    return float(outcome_of(cells, block.deduction, profile.volume if profile else "handled").current.net[0])


def _rules_for(site: Site, agent: str, period: Period, today: date) -> tuple[Spell | None, PolicyBlock, Profile | None]:
    """The agent's spell in the period, the policy of its month, and the profile by which that judges the agent."""
    block = site.policy(period.first)
    spell = site.spell(agent, period.first, min(period.last, max(today, period.first)))
    return spell, block, site.profile(spell, block) if spell else None


def _as_count(term: Term) -> Term:
    """A term where no person is judged: a mean or a sum of points has no value, its records stay."""
    return msgspec.structs.replace(term, value=None, reason=WITHHELD) if term.name in _OF_A_JUDGEMENT else term


def _without_source(term: Term, row: Row) -> Term:
    """A term of which no source has ever reported anything has no value, and the reason."""
    reason = _SOURCE_OF.get(term.name)
    return msgspec.structs.replace(term, value=None, reason=reason) if reason in (row.get("reasons") or ()) else term
