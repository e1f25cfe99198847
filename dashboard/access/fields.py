"""The fields of a person that a viewer gets: the reason of not being assessed is no business of a lead.

A reason such as a probation or a long leave is shown to the person, to HR and to the manager. Others see that the person is not
assessed. Whoever decides cases sees the cases of a person, and neither volume nor score.
"""

import msgspec
from msgspec.structs import replace

from dashboard.access.scope import Scope
from dashboard.actions.explain import Explanation
from dashboard.actions.explain_terms import Term
from dashboard.rules.eligibility import Ineligible

NOT_ASSESSED = "not_assessed"
_CASES = ("deducted", "evaluation_mean", "conduct_points")
_REASONS = frozenset(Ineligible)


class CaseExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of an agent and a period, as quality sees them: the terms that are made of decisions about single records."""

    agent: str
    name: str
    team: str | None
    period: str
    date: str
    as_of: str | None
    terms: tuple[Term, ...]


def limit_explanation(explanation: Explanation, scope: Scope) -> Explanation:
    """An explanation as a viewer may see it who sees the person."""
    if scope.viewer.own_agent == explanation.agent or scope.viewer.has("hr", "manager"):
        return explanation
    terms = tuple(replace(term, reason=_without_reasons(term.reason)) for term in explanation.terms)
    return replace(explanation, reasons=_unspecific(explanation.reasons), terms=terms)


def case_explanation(explanation: Explanation) -> CaseExplanation:
    """The part of an explanation that is about cases."""
    return CaseExplanation(
        agent=explanation.agent,
        name=explanation.name,
        team=explanation.team,
        period=explanation.period,
        date=explanation.date,
        as_of=explanation.as_of,
        terms=tuple(term for term in explanation.terms if term.name in _CASES),
    )


def _unspecific(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Every reason against assessing the person becomes one word, which stands once."""
    return tuple(dict.fromkeys(NOT_ASSESSED if reason in _REASONS else reason for reason in reasons))


def _without_reasons(reason: str | None) -> str | None:
    return None if reason is None else ", ".join(_unspecific(tuple(reason.split(", "))))
