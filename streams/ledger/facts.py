"""The lines of complaints, evaluations, surveys, conduct records and actions, and the amounts that each counts.

A line holds one fact under one record key. Its amounts are a pure function of it, so they are taken back with sign -1.
``stamp`` is the hour of the log in which the line was last written; it decides when the line may be forgotten. ``source``
is the system that sent the record; decisions come from elsewhere. ``project`` is that of its campaign or queue when its newest
version came.
"""

from collections.abc import Sequence

import msgspec

from streams.ledger.outcome import Difference, lines_of
from streams.metrics import ONE
from streams.site_time import minute_of

KEPT_DECISIONS = 10
_STATUS = {
    None: "pending",
    "appealed": "pending",
    "confirmed": "confirmed",
    "upheld": "confirmed",
    "withdrawn": "reversed",
    "overturned": "reversed",
}
_PLURAL = {"complaint": "complaints", "repeat_enquiry": "repeat_enquiries"}


class Decision(msgspec.Struct, frozen=True, array_like=True):
    """One decision on a complaint or an evaluation, for the explanation."""

    time_ms: int
    decision: str
    by: str | None = None
    reason: str | None = None
    cause: str | None = None


class Criterion(msgspec.Struct, frozen=True, array_like=True):
    """One criterion of an evaluation; points in hundredths."""

    code: str
    points: int | None = None
    fatal: bool | None = None


class ComplaintLine(msgspec.Struct, frozen=True, array_like=True, tag="complaint", kw_only=True):
    """A complaint; ``kind`` is None while a decision waits for its record.

    ``gives``: the record names the agent of its key; ``moved``: the decision in force names another.
    """

    stamp: int
    gives: bool = False
    source: str | None = None
    moved: bool = False
    kind: str | None = None
    at_ms: int = 0
    rank: tuple[int, int] = (-1, 0)
    decision: str | None = None
    decisions: tuple[Decision, ...] = ()
    call_id: str | None = None
    topic: str | None = None
    handled_by: str | None = None
    origin_call_id: str | None = None
    version: int = 0
    recorded_by: str | None = None
    campaign: str | None = None
    queue: str | None = None
    project: str | None = None


class EvaluationLine(msgspec.Struct, frozen=True, array_like=True, tag="evaluation", kw_only=True):
    """An evaluation; ``version`` is -1 while a decision waits for its record. Points in hundredths."""

    stamp: int
    gives: bool = False
    source: str | None = None
    version: int = -1
    at_ms: int = 0
    points: int = 0
    critical: bool = False
    revised_ms: int = -1
    revised_points: int = 0
    appeal: tuple[int, int] = (-1, 0)
    decisions: tuple[Decision, ...] = ()
    form: str | None = None
    call_id: str | None = None
    campaign: str | None = None
    queue: str | None = None
    items: tuple[Criterion, ...] = ()
    method: str | None = None
    project: str | None = None


class SurveyLine(msgspec.Struct, frozen=True, array_like=True, tag="survey", kw_only=True):
    """A survey: rank 0 offered, 1 answered, within its version. Points in hundredths on 0-100."""

    stamp: int
    gives: bool = False
    source: str | None = None
    rank: int = 0
    at_ms: int = 0
    points: int = 0
    satisfied: bool = False
    call_id: str | None = None
    version: int = 0
    campaign: str | None = None
    queue: str | None = None
    project: str | None = None


class ConductLine(msgspec.Struct, frozen=True, array_like=True, tag="conduct", kw_only=True):
    """A conduct record; points in hundredths, signed."""

    stamp: int
    gives: bool = False
    source: str | None = None
    version: int = -1
    at_ms: int = 0
    kind: str = ""
    points: int = 0
    reason: str | None = None


class ActionLine(msgspec.Struct, frozen=True, array_like=True, tag="action", kw_only=True):
    """An action of a person on the board; it counts nothing."""

    stamp: int
    gives: bool = False
    at_ms: int = 0
    by: str = ""
    kind: str = ""
    ref: str | None = None
    text: str | None = None
    due: str | None = None
    until: str | None = None
    outcome: str | None = None
    record: str | None = None


FactLine = ComplaintLine | EvaluationLine | SurveyLine | ConductLine | ActionLine


def newest_of(made: Sequence[Decision]) -> Decision | None:
    """The newest of a record's decisions, in their stored order; the last one where two have the same instant."""
    return max(reversed(made), key=lambda each: each.time_ms, default=None)


def complaint_status(decision: str | None) -> str:
    """pending (recorded, appealed), confirmed (confirmed, upheld) or reversed (withdrawn, overturned)."""
    return _STATUS[decision]


def amounts_of(line: FactLine) -> int:
    """Amounts of a line in the minute of ``at_ms``; 0 where it counts nothing."""
    match line:
        case ComplaintLine(gives=True, moved=False, kind=str(kind)):
            return ONE[f"{_PLURAL[kind]}_{complaint_status(line.decision)}"]
        case EvaluationLine(gives=True, version=version) if version >= 0:
            points = line.revised_points if line.revised_ms >= 0 else line.points
            return ONE["evaluations"] + points * ONE["evaluation_points"] + line.critical * ONE["critical_fails"]
        case SurveyLine(gives=True):
            answered = ONE["surveys_answered"] + line.points * ONE["survey_points"]
            return ONE["surveys_offered"] + line.rank * answered + line.satisfied * ONE["surveys_satisfied"]
        case ConductLine(gives=True):
            return ONE["conduct_records"] + line.points * ONE["conduct_points"]
    return 0


def fact_gives(line: FactLine | None, key: str, sign: int = 1) -> list[Difference]:
    """The amounts as differences of the lines of key, campaign, queue and project; empty where it counts nothing."""
    amounts = amounts_of(line) if line is not None else 0
    if line is None or not amounts:
        return []
    minute = minute_of(line.at_ms)
    return [Difference(each, minute, sign * amounts) for each in _lines(line, key)]


def _lines(line: FactLine, key: str) -> tuple[str, ...]:
    if isinstance(line, ComplaintLine | EvaluationLine | SurveyLine):
        return lines_of(key, line.campaign, line.queue, line.project)
    return (key,)
