"""How a complaint, an evaluation, a survey, a conduct record and an action change their lines.

Each function takes the line that stands (None: there is none) and an event, and gives what became of the event and the new line;
None where nothing changed. The newest version stands. A decision on a complaint ranks by (event time, stage); a revised score
outranks every version.
"""

from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Any

import msgspec

from streams.counting_policy import Projects
from streams.decode import Event
from streams.events import (
    Action,
    ComplaintDecided,
    ComplaintRecorded,
    ConductRecorded,
    EvaluationDecided,
    EvaluationScored,
    SurveyAnswered,
    hundredths,
)
from streams.ledger.facts import (
    KEPT_DECISIONS,
    ActionLine,
    ComplaintLine,
    ConductLine,
    Criterion,
    Decision,
    EvaluationLine,
    FactLine,
    SurveyLine,
)
from streams.ledger.outcome import Outcome, outcome_of

_STAGE = {"confirmed": 1, "withdrawn": 1, "appealed": 2, "upheld": 3, "overturned": 3}
_APPEAL_STAGE = {"appealed": 1, "upheld": 2}


def fold_recorded(
    stands: ComplaintLine | None, event: ComplaintRecorded, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, ComplaintLine | None]:
    """A newer version replaces the record and keeps its decisions; decisions that came before the record hold from now on."""
    version = event.version or 0
    if stands is not None and stands.kind is not None and version <= stands.version:
        return outcome_of(version, stands.version), None
    return Outcome.APPLIED, msgspec.structs.replace(
        stands or ComplaintLine(stamp=stamp),
        stamp=stamp,
        gives=event.agent == key,
        version=version,
        kind=event.kind,
        at_ms=at_ms,
        call_id=event.call_id,
        topic=event.topic,
        handled_by=event.handled_by,
        origin_call_id=event.origin_call_id,
        recorded_by=event.recorded_by,
        campaign=event.campaign,
        queue=event.queue,
    )


def fold_decided(
    stands: ComplaintLine | None, event: ComplaintDecided, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, ComplaintLine | None]:
    """The decision of the highest (time, stage) stands; at equal rank the one that came later. Transitions are not checked."""
    line = stands or ComplaintLine(stamp=stamp)
    rank = (at_ms, _STAGE[event.decision])
    if rank < line.rank:
        return Outcome.SUPERSEDED, None
    if rank == line.rank and event.decision == line.decision:
        return Outcome.DUPLICATE, None
    entry = Decision(at_ms, event.decision, event.decided_by, event.reason, event.cause)
    return Outcome.APPLIED, msgspec.structs.replace(
        line,
        stamp=stamp,
        moved=event.agent != key,
        rank=rank,
        decision=event.decision,
        decisions=(*line.decisions, entry)[-KEPT_DECISIONS:],
    )


def fold_scored(
    stands: EvaluationLine | None, event: EvaluationScored, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, EvaluationLine | None]:
    """The newest version gives its points at its own time; a revised score goes on in its place."""
    if stands is not None and event.version <= stands.version:
        return outcome_of(event.version, stands.version), None
    return Outcome.APPLIED, msgspec.structs.replace(
        stands or EvaluationLine(stamp=stamp),
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
        items=tuple(
            Criterion(item.code, None if item.points is None else hundredths(item.points), item.fatal)
            for item in event.items or ()
        ),
        method=event.method,
    )


def fold_evaluation_decided(
    stands: EvaluationLine | None, event: EvaluationDecided, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, EvaluationLine | None]:
    """``revised`` ranks by time among revisions; appealed and upheld rank among themselves and change no counter."""
    line = stands or EvaluationLine(stamp=stamp)
    changed: dict[str, Any]
    if event.decision == "revised":
        outcome = outcome_of(at_ms, line.revised_ms)
        changed = {"revised_ms": at_ms, "revised_points": hundredths(event.score)}
    else:
        rank = (at_ms, _APPEAL_STAGE[event.decision])
        outcome, changed = outcome_of(rank, line.appeal), {"appeal": rank}
    if outcome is not Outcome.APPLIED:
        return outcome, None
    decisions = (*line.decisions, Decision(at_ms, event.decision))[-KEPT_DECISIONS:]
    return outcome, msgspec.structs.replace(line, stamp=stamp, decisions=decisions, **changed)


def fold_survey(
    stands: SurveyLine | None, event: SurveyAnswered, key: str, at_ms: int, stamp: int, satisfied_points: int
) -> tuple[Outcome, SurveyLine | None]:
    """A version is offered (score null), then answered. The newest stands, at its own time."""
    version, rank = event.version or 0, 0 if event.score is None else 1
    if stands is not None and (version, rank) <= (stands.version, stands.rank):
        return outcome_of((version, rank), (stands.version, stands.rank)), None
    points = survey_points(event) if rank else 0
    return Outcome.APPLIED, msgspec.structs.replace(
        stands or SurveyLine(stamp=stamp),
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
    stands: ConductLine | None, event: ConductRecorded, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, ConductLine | None]:
    """The newest version stands, at its own time."""
    if stands is not None and event.version <= stands.version:
        return outcome_of(event.version, stands.version), None
    return Outcome.APPLIED, ConductLine(
        stamp=stamp,
        gives=event.agent == key,
        version=event.version,
        at_ms=at_ms,
        kind=event.kind,
        points=hundredths(event.points),
        reason=event.reason,
    )


def fold_action(
    stands: ActionLine | None, event: Action, key: str, at_ms: int, stamp: int
) -> tuple[Outcome, ActionLine | None]:
    """The first action of an id stands; what comes after is a duplicate, whatever it holds. It counts nothing."""
    if stands is not None:
        return Outcome.DUPLICATE, None
    return Outcome.APPLIED, ActionLine(
        stamp=stamp,
        gives=event.agent == key,
        at_ms=at_ms,
        **{name: getattr(event, name) for name in ("by", "kind", "ref", "text", "due", "until", "outcome", "record")},
    )


RECORDS = (ComplaintRecorded, EvaluationScored, SurveyAnswered, ConductRecorded)
"""Facts whose line remembers its source. Decisions on them come from another system."""


def with_origin(line: FactLine, event: Event, projects: Projects | None) -> FactLine:
    """The line after a record with its source, and with the project of its campaign or queue; after a decision as it is."""
    data: Any = event.data
    if type(data) is ConductRecorded:
        return msgspec.structs.replace(line, source=event.source)
    if type(data) not in RECORDS:
        return line
    project = None if projects is None else projects.find(data.campaign, data.queue)
    return msgspec.structs.replace(line, source=event.source, project=project)


FOLDS: dict[type, tuple[str, Callable[..., tuple[Outcome, Any]]]] = {
    ComplaintRecorded: ("complaint", fold_recorded),
    ComplaintDecided: ("complaint", fold_decided),
    EvaluationScored: ("evaluation", fold_scored),
    EvaluationDecided: ("evaluation", fold_evaluation_decided),
    SurveyAnswered: ("survey", fold_survey),
    ConductRecorded: ("conduct", fold_conduct),
    Action: ("action", fold_action),
}
"""Type of event -> the kind of its line, and its fold."""
