"""The judged terms of an explanation: target, pace, indices and score of a judged row, each with records that add up to it.

Nothing is judged here: the numbers are those of the row, the records name what each of them is made of.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np

from dashboard.actions.explain_terms import CountedTerms, Term, TermRecord, of_terms
from dashboard.rules.scoring import INDICES, handle_time
from dashboard.site.types import PolicyBlock, Profile

Row = Mapping[str, Any]
_EQUAL = 1e-12
_ROUNDED = 1e-4
"""A row has six decimals, a score four: a smaller rest is a rounding."""


def judged_terms(found: CountedTerms, row: Row, block: PolicyBlock, profile: Profile | None) -> tuple[Term, ...]:
    """A judged row (empty: not judged) and the counted terms -> the judged terms."""
    if not row:
        return ()
    return (
        *_targets(found, row),
        *_shares(found, row),
        *_adherence(row),
        *_indices(found, row, block, profile),
        _score(row, profile),
    )


def _targets(found: CountedTerms, row: Row) -> Iterator[Term]:
    """Target and target by now: the days of the plan less forced work."""
    for name, what in (("target", "month target over planned time"), ("target_by_now", "the part of it owed by now")):
        amount = _number(row.get(name))
        if amount is None:
            yield Term(name, None, "calls", what, (), _why(row))
            continue
        days = [TermRecord(day, "plan", None, None, share) for day, share in (row.get(f"{name}_days") or ())]
        parts = days or [TermRecord(name, "plan", None, None, amount + found.off_target)]
        yield Term(name, amount, "calls", what, _completed(parts, amount, "forced work"))


def _shares(found: CountedTerms, row: Row) -> Iterator[Term]:
    """Attainment and pace: each part of the net over what is owed."""
    for name, owed in (("attainment", "target"), ("pace", "target_by_now")):
        share, divisor = _number(row.get(name)), _number(row.get(owed))
        if share is None or not divisor:
            yield Term(name, None, "ratio", f"net / {owed}", (), _why(row))
            continue
        parts = of_terms([(part.id, part.effect / divisor) for part in found.terms["net"].records])
        formula = f"{name} {share:.4f} = net {found.amount('net'):g} / {owed} {divisor:g}"
        yield Term(name, share, "ratio", formula, _completed(parts, share, "rounding"))


def _adherence(row: Row) -> Iterator[Term]:
    share = _number(row.get("adherence"))
    if share is not None:
        whole = (TermRecord("working_time", "rule", None, "scheduled time spent in a working state", share),)
        yield Term("adherence", share, "share", "working time / scheduled time so far", whole)


def _indices(found: CountedTerms, row: Row, block: PolicyBlock, profile: Profile | None) -> Iterator[Term]:
    policy = block.indices
    for name in INDICES:
        index = _number(row.get(name))
        if index is None:
            if profile is None or profile.weights.get(name):
                yield Term(name, None, "index", f"{name} index", (), _why(row))
            continue
        formula, parts = _made_of(name, found, row, block, profile)
        rule = f"cap {policy.cap:g}" if sum(part.effect for part in parts) > index else "floor 0"
        yield Term(name, index, "index", formula, _completed(parts, index, rule))


def _made_of(
    name: str, found: CountedTerms, row: Row, block: PolicyBlock, profile: Profile | None
) -> tuple[str, Sequence[TermRecord]]:
    """The formula and the records of an index before its cap."""
    policy = block.indices
    match name:
        case "volume":
            return "volume = pace", of_terms([("pace", _number(row.get("pace")) or 0.0)])
        case "quality":
            share = 1 / policy.quality_target
            means = found.terms["evaluation_mean"].records
            parts = [TermRecord(r.id, r.kind, r.time, r.status, r.effect * share, r.date, r.count) for r in means]
            return f"quality = mean evaluation {found.amount('evaluation_mean'):g} / {policy.quality_target:g}", parts
        case "conduct":
            weight = policy.conduct_points_weight
            share = (_number(row.get("adherence")) or 0.0) / policy.adherence_target
            formula = f"conduct = adherence / {policy.adherence_target:g} + points x {weight:g}"
            return formula, of_terms(
                [("adherence", share), ("conduct_points", found.amount("conduct_points") * weight)]
            )
    return "efficiency = target handle time / mean handle time", _efficiency(row, profile)


def _efficiency(row: Row, profile: Profile | None) -> tuple[TermRecord, ...]:
    """The handle time asked for over the one spent, before the cap."""
    handled, talk_s, hold_s, wrap_s = (
        _number(row.get(name)) or 0.0 for name in ("handled", "talk_s", "hold_s", "wrap_s")
    )
    known = _number(row.get("talks_known", handled)) or 0.0
    spent_s = float(handle_time(*(np.array(each) for each in (handled, known, talk_s, hold_s + wrap_s))))
    asked_s = handled * ((profile.target_handle_s if profile else None) or 0)
    share = asked_s / spent_s if spent_s > 0 else 0.0
    return (TermRecord("handle_time", "rule", None, f"{asked_s:g} s asked / {spent_s:g} s spent", share),)


def _score(row: Row, profile: Profile | None) -> Term:
    """The weighted mean of the indices that have data."""
    score = _number(row.get("score"))
    weights = row.get("weights") or (profile.weights if profile else {})
    known = {name: index for name in INDICES if (index := _number(row.get(name))) is not None and weights.get(name)}
    if score is None or not known:
        return Term("score", None, "score", "weighted mean of the indices", (), _why(row))
    total = sum(weights[name] for name in known)
    parts = of_terms([(name, index * weights[name] / total) for name, index in known.items()])
    sums = " + ".join(f"{weights[name] / total:.4g} x {name} {index:.4f}" for name, index in known.items())
    grade = f", grade {row['grade']}" if row.get("grade") else ""
    return Term("score", score, "score", f"score {score:.4f} = {sums}{grade}", _completed(parts, score, "rounding"))


def _completed(parts: Sequence[TermRecord], value: float, rule: str) -> tuple[TermRecord, ...]:
    """Records that add up to a value: the parts and, where they differ from it, the effect of a rule on their sum."""
    rest = value - sum(part.effect for part in parts)
    if abs(rest) < _EQUAL:
        return tuple(parts)
    return (*parts, TermRecord(rule if abs(rest) > _ROUNDED else "rounding", "rule", None, None, rest))


def _number(value: Any) -> float | None:
    """A cell as a number; None where it is empty (None, NaN)."""
    return None if value is None or value == "" or isnan(float(value)) else float(value)


def _why(row: Row) -> str:
    return ", ".join(row.get("reasons") or ()) or "no_data"
