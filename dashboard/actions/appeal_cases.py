"""Appeals as they stand: what each is about, whether it is decided, by whom, and what it made of the number.

An appeal is filed here (``appeal.filed``) or in a system of the centre (a decision ``appealed``); both are listed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.actions.action_follower import Done
from dashboard.rules import deduction
from dashboard.rules.deduction import case_weights
from streams.site_time import rfc3339
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
_PLURAL = {"complaint": "complaints", "repeat_enquiry": "repeat_enquiries"}


@dataclass(frozen=True)
class CaseState:
    """What a record says and does at one time: calls it takes, or points it gives; None for a sheet."""

    status: str
    effect: float | None


@dataclass(frozen=True)
class CaseDecision:
    """How an appeal was decided; ``by`` is None where the deciding system did not say."""

    outcome: str
    at_ms: int
    by: str | None
    reason: str | None
    before: CaseState
    after: CaseState


@dataclass(frozen=True)
class AppealCase:
    """One appeal. ``at_ms`` is the time of the record: in its period the number moves."""

    agent: str
    ref: str
    kind: str
    at_ms: int
    filed_ms: int
    filed_by: str
    text: str | None
    standing: CaseState
    verdict: CaseDecision | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.verdict is None


def appeal_id(key: str) -> str:
    """The action_id of the appeal against a record (``Subject.key``): one appeal each."""
    return f"appeal:{key}"


def answer_id(key: str) -> str:
    """The action_id of the decision on it."""
    return f"answer:{key}"


def record_key(ref: str, agent: str, by_id: Callable[[str], Done | None]) -> str:
    """What names an agent's appeal against a record: the record's id, as fact ids are unique for the site.

    Where another agent appealed before the record moved, that appeal keeps the id, and the agent stands behind it.
    """
    before = by_id(appeal_id(ref)) or by_id(answer_id(ref))
    return ref if before is None or before.agent == agent else f"{ref}:{agent}"


def kind_of(line: FactLine) -> str:
    """The word for what is appealed."""
    match line:
        case ComplaintLine():
            return "complaint"
        case EvaluationLine():
            return "evaluation"
        case ConductLine():
            return "conduct"
    raise TypeError(type(line).__name__)


def state_of(
    line: FactLine, policy: deduction.DeductionPolicy, decision: str | None = "", points: int | None = None
) -> CaseState:
    """What a record does now, or would do with another decision or other points (hundredths)."""
    match line:
        case ComplaintLine():
            status = complaint_status(line.decision if decision == "" else decision)
            weight = case_weights(policy)[f"{_PLURAL[line.kind or 'complaint']}_{status}"]
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
    if filed is None and appealed is None:
        return None
    at = filed or appealed
    assert at is not None
    filed_ms = filed.at_ms if filed else appealed.time_ms if appealed else 0
    by = filed.by if filed else (appealed.by if appealed else None) or agent
    text = filed.text if filed else None
    verdict = _verdict(line, policy, filed_ms, answer)
    return AppealCase(
        agent, ref, kind_of(line), _at_ms(line, answer), filed_ms, by, text, state_of(line, policy), verdict
    )


def sheet_case(agent: str, month: str, at_ms: int, filed: ActionLine, answer: ActionLine | None) -> AppealCase:
    """The appeal against the signed sheet of a month."""
    verdict = _answered(answer) if answer else None
    return AppealCase(
        agent, month, "sheet", at_ms, filed.at_ms, filed.by, filed.text, CaseState("signed", None), verdict
    )


def record_of(at_ms: int, before: CaseState, after: CaseState) -> str:
    """Before and after, and the time of the record, as the answering action keeps them."""
    return json.dumps({"at_ms": at_ms, "before": _object(before), "after": _object(after)}, ensure_ascii=False)


def as_object(case: AppealCase, decide_by_ms: int, now_ms: int, period: Mapping[str, str]) -> dict[str, Any]:
    """A case in JSON. ``overdue``: still open after the day by which it had to be decided."""
    verdict = case.verdict
    found: dict[str, Any] = {
        "agent": case.agent,
        "kind": case.kind,
        "ref": case.ref,
        "record_time": rfc3339(case.at_ms),
        "period": dict(period),
        "filed": rfc3339(case.filed_ms),
        "filed_by": case.filed_by,
        "text": case.text,
        "decide_by": rfc3339(decide_by_ms),
        "state": verdict.outcome if verdict else "open",
        "overdue": case.is_open and now_ms >= decide_by_ms,
        "before": _object(verdict.before if verdict else case.standing),
        "after": _object(verdict.after) if verdict else None,
    }
    decided = {"decided": rfc3339(verdict.at_ms), "decided_by": verdict.by, "reason": verdict.reason} if verdict else {}
    return found | {"decided": None, "decided_by": None, "reason": None} | decided


def _object(state: CaseState) -> dict[str, Any]:
    return {"status": state.status, "effect": state.effect}


def _at_ms(line: FactLine, answer: ActionLine | None) -> int:
    # A corrected conduct record may stand at another time than the one that was appealed.
    kept = json.loads(answer.record or "{}") if answer else {}
    return int(kept.get("at_ms", getattr(line, "at_ms", 0)))


def _answered(answer: ActionLine) -> CaseDecision:
    kept = json.loads(answer.record or "{}")
    before, after = (CaseState(**kept.get(name, {"status": "", "effect": None})) for name in ("before", "after"))
    return CaseDecision(answer.outcome or _REFUSED, answer.at_ms, answer.by, answer.text, before, after)


def _appealed(line: FactLine) -> Decision | None:
    """The newest decision ``appealed`` of a complaint or an evaluation."""
    made = line.decisions if isinstance(line, ComplaintLine | EvaluationLine) else ()
    return newest_of([each for each in made if each.decision == APPEALED])


def _verdict(
    line: FactLine, policy: deduction.DeductionPolicy, filed_ms: int, answer: ActionLine | None
) -> CaseDecision | None:
    """The answer, unless the record says otherwise: of two decisions at once the record took the later one, and it counts."""
    by_log = _by_log(line, policy, filed_ms, answer)
    if answer is None or (by_log is not None and by_log.outcome != answer.outcome):
        return by_log
    return _answered(answer)


def _by_log(
    line: FactLine, policy: deduction.DeductionPolicy, filed_ms: int, answer: ActionLine | None = None
) -> CaseDecision | None:
    """What was decided since the appeal, by the record itself; once it is answered only what ends an appeal does."""
    made = line.decisions if isinstance(line, ComplaintLine | EvaluationLine) else ()
    later = [each for each in made if each.decision != APPEALED and each.time_ms >= filed_ms]
    ending = [each for each in later if answer is None or each.decision in _ENDING]
    if not ending:
        return None
    # A revised score stands, whatever is said of the appeal after it. Of two at one instant the record took the later.
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
