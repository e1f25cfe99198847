"""One appeal as it stands: the record, the appeal, the decision, and the number before and after.

An appeal is filed here (``appeal.filed``) or in a system of the centre (a decision ``appealed``); both are listed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from dashboard.actions.action_follower import Done
from dashboard.rules import deduction
from streams.store.ledger_reader import (
    ActionLine,
    ComplaintLine,
    ConductLine,
    Decision,
    EvaluationLine,
    FactLine,
    complaint_status,
    newest_of,
)

APPEALED = "appealed"
_GRANTED, _REFUSED = "granted", "refused"
_ENDING = frozenset({"upheld", "overturned", "revised"})
_KINDS = {ComplaintLine: "complaint", EvaluationLine: "evaluation", ConductLine: "conduct"}
_PLURAL = {"complaint": "complaints", "repeat_enquiry": "repeat_enquiries"}


class CaseState(msgspec.Struct, frozen=True):
    """The status of a record at one time and its effect: calls it takes or points it gives; None for a sheet."""

    status: str
    effect: float | None


@dataclass(frozen=True)
class CaseDecision:
    """How an appeal was decided; ``by`` is None where the deciding system names nobody."""

    outcome: str
    at_ms: int
    by: str | None
    reason: str | None
    before: CaseState
    after: CaseState


@dataclass(frozen=True)
class AppealCase:
    """One appeal. ``at_ms`` is the time of the record: the number moves in its period."""

    agent: str
    ref: str
    kind: str
    at_ms: int
    filed_ms: int
    filed_by: str
    text: str | None
    standing: CaseState
    decision: CaseDecision | None
    """None: it waits for one."""


def appeal_id(key: str) -> str:
    """The action_id of the appeal against a record (``Subject.key``): one appeal each."""
    return f"appeal:{key}"


def answer_id(key: str) -> str:
    """The action_id of the decision on it."""
    return f"answer:{key}"


def record_key(ref: str, agent: str, by_id: Callable[[str], Done | None]) -> str:
    """The name of an agent's appeal against a record: the record's id, as fact ids are unique for the site.

    Where another agent appealed before the record moved, their appeal keeps the id, and this name has the agent behind it.
    """
    before = by_id(appeal_id(ref)) or by_id(answer_id(ref))
    return ref if before is None or before.agent == agent else f"{ref}:{agent}"


def state_of(
    line: FactLine, policy: deduction.DeductionPolicy, decision: str | None = "", points: int | None = None
) -> CaseState:
    """The state of a record now, or with another decision or other points (hundredths)."""
    match line:
        case ComplaintLine():
            status = complaint_status(line.decision if decision == "" else decision)
            weight = deduction.case_weights(policy)[f"{_PLURAL[line.kind or 'complaint']}_{status}"]
            return CaseState(status, 0.0 - weight)
        case EvaluationLine():
            now = line.revised_points if line.revised_ms >= 0 else line.points
            status = "revised" if line.revised_ms >= 0 or points is not None else "scored"
            return CaseState(status, (now if points is None else points) / 100)
        case ConductLine():
            return CaseState(line.kind, (line.points if points is None else points) / 100)
    raise TypeError(type(line).__name__)


def case_of(
    agent: str,
    ref: str,
    line: FactLine,
    policy: deduction.DeductionPolicy,
    filed: ActionLine | None,
    answer: ActionLine | None,
) -> AppealCase | None:
    """A record with its appeal and the answer to it -> the case; None where nobody has appealed."""
    appealed = _appealed(line)
    if filed is not None:
        filed_ms, by, text = filed.at_ms, filed.by, filed.text
    elif appealed is not None:
        filed_ms, by, text = appealed.time_ms, appealed.by or agent, None
    else:
        return None
    decision = _decision(line, policy, filed_ms, answer)
    # A corrected conduct record may stand at another time than the appealed one.
    decided_ms = _answer_record(answer).at_ms if answer else None
    at_ms = int(getattr(line, "at_ms", 0)) if decided_ms is None else decided_ms
    return AppealCase(agent, ref, _KINDS[type(line)], at_ms, filed_ms, by, text, state_of(line, policy), decision)


def sheet_case(agent: str, month: str, at_ms: int, filed: ActionLine, answer: ActionLine | None) -> AppealCase:
    """The appeal against the sealed sheet of a month."""
    decision = _answered(answer) if answer else None
    return AppealCase(
        agent, month, "sheet", at_ms, filed.at_ms, filed.by, filed.text, CaseState("signed", None), decision
    )


def record_of(at_ms: int, before: CaseState, after: CaseState) -> str:
    """The ``record`` of the answering action: the time of the record, its state before and after."""
    return msgspec.json.encode(_AnswerRecord(at_ms, before, after)).decode()


class _AnswerRecord(msgspec.Struct, frozen=True):
    """The ``record`` of an answering action."""

    at_ms: int | None = None
    before: CaseState = CaseState("", None)
    after: CaseState = CaseState("", None)


def _answer_record(answer: ActionLine) -> _AnswerRecord:
    return msgspec.json.decode(answer.record or "{}", type=_AnswerRecord)


def _answered(answer: ActionLine) -> CaseDecision:
    record = _answer_record(answer)
    return CaseDecision(answer.outcome or _REFUSED, answer.at_ms, answer.by, answer.text, record.before, record.after)


def _appealed(line: FactLine) -> Decision | None:
    """The newest decision ``appealed`` of a complaint or an evaluation."""
    made = line.decisions if isinstance(line, ComplaintLine | EvaluationLine) else ()
    return newest_of([each for each in made if each.decision == APPEALED])


def _decision(
    line: FactLine, policy: deduction.DeductionPolicy, filed_ms: int, answer: ActionLine | None
) -> CaseDecision | None:
    """The answer, unless the record differs: of two decisions at once the record took the later one, and that one counts."""
    by_log = _by_log(line, policy, filed_ms, answer)
    if answer is None or (by_log is not None and by_log.outcome != answer.outcome):
        return by_log
    return _answered(answer)


def _by_log(
    line: FactLine, policy: deduction.DeductionPolicy, filed_ms: int, answer: ActionLine | None = None
) -> CaseDecision | None:
    """The decision on the record since the appeal; once the appeal is answered only decisions that end appeals count."""
    made = line.decisions if isinstance(line, ComplaintLine | EvaluationLine) else ()
    later = [each for each in made if each.decision != APPEALED and each.time_ms >= filed_ms]
    ending = [each for each in later if answer is None or each.decision in _ENDING]
    if not ending:
        return None
    # A revised score stands whatever is decided after it. Of two at one instant the record took the later.
    last = max(reversed(ending), key=lambda each: (each.decision == "revised", each.time_ms))
    if isinstance(line, EvaluationLine):
        granted = last.decision == "revised"
        before = CaseState("scored", line.points / 100)
    else:
        granted = complaint_status(last.decision) == "reversed"
        earlier = [each for each in made if each.decision != APPEALED and each.time_ms < filed_ms]
        newest = newest_of(earlier)
        before = state_of(line, policy, newest.decision if newest else None)
    outcome = _GRANTED if granted else _REFUSED
    return CaseDecision(outcome, last.time_ms, last.by, last.reason, before, state_of(line, policy))
