"""Evaluations, surveys and conduct records: the newest version stands; a revision outranks every version."""

from fractions import Fraction
from math import floor

import msgspec

from streams.events import (
    ConductRecorded,
    EvaluationDecided,
    EvaluationItem,
    EvaluationScored,
    SurveyAnswered,
    hundredths,
)
from streams.ledger.facts import KEPT_DECISIONS, ConductLine, Decision, EvaluationLine, Item, SurveyLine
from streams.ledger.outcome import Outcome

_APPEAL_STAGE = {"appealed": 1, "upheld": 2}


def fold_scored(
    known: EvaluationLine | None, event: EvaluationScored, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, EvaluationLine | None]:
    """The newest version gives its points at its own time; a revised score goes on standing in its place."""
    if known is not None and event.version <= known.version:
        return (Outcome.DUPLICATE if event.version == known.version else Outcome.SUPERSEDED), None
    return Outcome.APPLIED, msgspec.structs.replace(
        known or EvaluationLine(stamp=stamp),
        stamp=stamp,
        gives=event.agent == key,
        version=event.version,
        at_ms=at_ms,
        points=hundredths(event.score),
        critical=bool(event.critical_fail),
        form=event.form,
        call_id=event.call_id,
        campaign=event.campaign,
        queue=event.queue,
        items=tuple(_item(item) for item in event.items or ()),
        method=event.method,
    )


def _item(item: EvaluationItem) -> Item:
    return Item(item.code, None if item.points is None else hundredths(item.points), item.fatal)


def fold_evaluation_decided(
    known: EvaluationLine | None, event: EvaluationDecided, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, EvaluationLine | None]:
    """``revised`` ranks by time among revisions; appealed and upheld rank among themselves and change no counter."""
    line = known or EvaluationLine(stamp=stamp)
    outcome = _revision_rank(line, at_ms) if event.decision == "revised" else _appeal_rank(line, event, at_ms)
    if outcome is not Outcome.APPLIED:
        return outcome, None
    entry = Decision(at_ms, event.decision)
    line = msgspec.structs.replace(line, stamp=stamp, decisions=(*line.decisions, entry)[-KEPT_DECISIONS:])
    if event.decision == "revised":
        return outcome, msgspec.structs.replace(line, revised_ms=at_ms, revised_points=hundredths(event.score))
    return outcome, msgspec.structs.replace(line, appeal=(at_ms, _APPEAL_STAGE[event.decision]))


def _revision_rank(line: EvaluationLine, at_ms: int) -> Outcome:
    if at_ms == line.revised_ms:
        return Outcome.DUPLICATE
    return Outcome.APPLIED if at_ms > line.revised_ms else Outcome.SUPERSEDED


def _appeal_rank(line: EvaluationLine, event: EvaluationDecided, at_ms: int) -> Outcome:
    rank = (at_ms, _APPEAL_STAGE[event.decision])
    if rank == line.appeal:
        return Outcome.DUPLICATE
    return Outcome.APPLIED if rank > line.appeal else Outcome.SUPERSEDED


def fold_survey(
    known: SurveyLine | None, event: SurveyAnswered, key: str, at_ms: int, stamp: int, satisfied_points: int
) -> tuple[Outcome, SurveyLine | None]:
    """Of a version first offered (score null), then answered; all of it stands at the time of the newest."""
    version, rank = event.version or 0, 0 if event.score is None else 1
    if known is not None and (version, rank) <= (known.version, known.rank):
        same = (version, rank) == (known.version, known.rank)
        return (Outcome.DUPLICATE if same else Outcome.SUPERSEDED), None
    points = survey_points(event) if rank else 0
    return Outcome.APPLIED, SurveyLine(
        stamp=stamp,
        gives=event.agent == key,
        rank=rank,
        at_ms=at_ms,
        points=points,
        satisfied=bool(rank) and points >= satisfied_points,
        call_id=event.call_id,
        version=version,
        campaign=event.campaign,
        queue=event.queue,
    )


def survey_points(event: SurveyAnswered) -> int:
    """An answer on its scale -> hundredths on 0-100, half up: 10000 (score - min) / (max - min)."""
    # Exact: a Decimal difference or quotient would round before the half is looked at.
    low, high = (Fraction(end) for end in event.scale)
    return floor(10_000 * (Fraction(event.score) - low) / (high - low) + Fraction(1, 2))


def fold_conduct(
    known: ConductLine | None, event: ConductRecorded, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, ConductLine | None]:
    """The newest version stands, at its own time."""
    if known is not None and event.version <= known.version:
        return (Outcome.DUPLICATE if event.version == known.version else Outcome.SUPERSEDED), None
    return Outcome.APPLIED, ConductLine(
        stamp=stamp,
        gives=event.agent == key,
        version=event.version,
        at_ms=at_ms,
        kind=event.kind,
        points=hundredths(event.points),
        reason=event.reason,
    )
