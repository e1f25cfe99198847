"""The records that an appeal and its decision send: facts on the topic of events, actions on the topic of actions.

The fact comes first: where the action after it fails, a second attempt repeats both without harm.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from dashboard.actions.appeal_cases import APPEALED, CaseState, answer_id, appeal_id, record_of, state_of
from dashboard.rules import deduction
from streams.actions import Action, OutgoingRecord, action, fact
from streams.site_time import MINUTE_MS
from streams.store.ledger_reader import ComplaintLine, ConductLine, EvaluationLine, FactLine, newest_of

UPHELD, OVERTURNED = "upheld", "overturned"
_SIGNED = CaseState("signed", None)


class Topics(NamedTuple):
    """Where facts and actions are sent."""

    events: str
    actions: str


class LedgerLine(NamedTuple):
    """A line of the ledger and its partition; its key is the agent."""

    partition: int
    line: FactLine


@dataclass(frozen=True)
class Subject:
    """The object of an appeal: an agent's record, or the signed sheet of a month, which has no ``lines``.

    A record that came in on several partitions has a line and counts in each of them: a decision on it goes to all.
    """

    agent: str
    ref: str
    at_ms: int
    """When it was recorded, or closed."""
    lines: tuple[LedgerLine, ...] = ()
    recorded_by: frozenset[str] = frozenset()
    """The people who recorded, confirmed or signed it, as far as they are named."""
    record_key: str = ""
    """The name of the appeal against a record (``appeal_cases.record_key``); empty: its id."""

    @property
    def line(self) -> FactLine | None:
        """The record as it is shown; None for a sheet."""
        return self.lines[0].line if self.lines else None

    @property
    def key(self) -> str:
        """The name of the appeal: that against a sheet has the agent in it, as all agents share the month."""
        return self.record_key or self.ref if self.lines else f"{self.ref}:{self.agent}"


@dataclass(frozen=True)
class Ruling:
    """A decision on an appeal with its reason; ``score`` is the new one of an evaluation."""

    decision: str
    reason: str
    score: float | None = None


def filing(subject: Subject, by: str, text: str, now_ms: int, topics: Topics) -> list[OutgoingRecord]:
    """An appeal -> the fact that puts the record under appeal, and the action with person and text."""
    new = Action(
        action_id=appeal_id(subject.key),
        agent=subject.agent,
        by=by,
        kind="appeal.filed",
        ref=subject.ref,
        text=text or None,
    )
    return [*_decided(subject, by, APPEALED, {}, now_ms, topics), action(topics.actions, new, now_ms)]


def deciding(
    subject: Subject,
    by: str,
    ruling: Ruling,
    now_ms: int,
    topics: Topics,
    policy: deduction.DeductionPolicy,
    oldest_ms: int,
) -> list[OutgoingRecord]:
    """A decision -> the facts that move the number, and the answer with person, before and after.

    ``oldest_ms``: older facts are too late for the log.
    """
    granted = ruling.decision == OVERTURNED
    before, after = _before_after(subject, ruling, policy)
    answer = Action(
        action_id=answer_id(subject.key),
        agent=subject.agent,
        by=by,
        kind="feedback.answered",
        ref=subject.ref,
        text=ruling.reason or None,
        outcome="granted" if granted else "refused",
        record=record_of(subject.at_ms, before, after),
    )
    facts = _moving(subject, by, ruling, now_ms, topics, oldest_ms)
    return [*facts, action(topics.actions, answer, now_ms)]


def _before_after(subject: Subject, ruling: Ruling, policy: deduction.DeductionPolicy) -> tuple[CaseState, CaseState]:
    line = subject.line
    if line is None:
        return _SIGNED, _SIGNED
    points = None
    if ruling.decision == OVERTURNED and not isinstance(line, ComplaintLine):
        points = round(ruling.score * 100) if ruling.score is not None else 0
    return _before(line, policy), state_of(line, policy, ruling.decision, points)


def _before(line: FactLine, policy: deduction.DeductionPolicy) -> CaseState:
    """The state before the appeal."""
    if not isinstance(line, ComplaintLine):
        return state_of(line, policy)
    newest = newest_of([made for made in line.decisions if made.decision != APPEALED])
    return state_of(line, policy, newest.decision if newest else None)


def _moving(
    subject: Subject, by: str, ruling: Ruling, now_ms: int, topics: Topics, oldest_ms: int
) -> list[OutgoingRecord]:
    """The facts of a decision, one per line; none for a sheet, which stays as it was signed."""
    granted = ruling.decision == OVERTURNED
    line = subject.line
    if isinstance(line, ConductLine):
        return [_corrected(subject, each, now_ms, topics, oldest_ms) for each in subject.lines] if granted else []
    if isinstance(line, EvaluationLine) and granted:
        return _decided(subject, by, "revised", {"score": ruling.score}, now_ms, topics)
    return _decided(subject, by, ruling.decision, {"reason": ruling.reason or None}, now_ms, topics)


def _decided(
    subject: Subject, by: str, decision: str, more: dict[str, Any], now_ms: int, topics: Topics
) -> list[OutgoingRecord]:
    if isinstance(subject.line, ComplaintLine):
        data = {"complaint_id": subject.ref, "decision": decision, "decided_by": by, **more}
        return _to_each_line(subject, "complaint.decided", data, now_ms, topics)
    if isinstance(subject.line, EvaluationLine):
        data = {"evaluation_id": subject.ref, "decision": decision, **_only(more, "score")}
        return _to_each_line(subject, "evaluation.decided", data, now_ms, topics)
    return []


def _to_each_line(
    subject: Subject, kind: str, data: dict[str, Any], now_ms: int, topics: Topics
) -> list[OutgoingRecord]:
    return [fact(topics.events, kind, subject.agent, now_ms, data, each.partition) for each in subject.lines]


def _corrected(subject: Subject, of_ledger: LedgerLine, now_ms: int, topics: Topics, oldest_ms: int) -> OutgoingRecord:
    """The same record without its points.

    It has its old time as long as the log takes that, otherwise today's; its points are given back where they were taken.
    """
    line = of_ledger.line
    assert isinstance(line, ConductLine)
    at_ms = line.at_ms if line.at_ms > oldest_ms + _MARGIN_MS else now_ms
    data = {"record_id": subject.ref, "version": line.version + 1, "kind": line.kind, "points": 0}
    data |= {"reason": "appeal granted"}
    return fact(topics.events, "conduct.recorded", subject.agent, at_ms, data, of_ledger.partition)


_MARGIN_MS = 10 * MINUTE_MS


def _only(data: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key == name}
