"""The records that an appeal and its decision send: facts on the topic of events, actions on the topic of actions.

The fact comes first: where the action after it fails, a second attempt repeats both without harm.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from dashboard.actions.appeal_cases import APPEALED, CaseState, answer_id, appeal_id, record_of, state_of
from dashboard.actions.appeal_records import AppealableRecord
from dashboard.rules import deduction
from streams.actions import OutgoingRecord, action, fact
from streams.events import Action
from streams.site_time import MINUTE_MS
from streams.store.ledger_reader import ComplaintLine, ConductLine, EvaluationLine, FactLine, newest_of

UPHELD, OVERTURNED = "upheld", "overturned"
_SIGNED = CaseState("signed", None)
_MARGIN_MS = 10 * MINUTE_MS


class Topics(NamedTuple):
    """Where facts and actions are sent."""

    events: str
    actions: str


@dataclass(frozen=True)
class Subject:
    """The object of an appeal: an agent's record, or the sealed sheet of a month, which has no ``lines``.

    A record that came in on several partitions has a line and counts in each of them: a decision on it goes to all.
    """

    agent: str
    ref: str
    at_ms: int
    """When it was recorded, or closed."""
    lines: tuple[AppealableRecord, ...] = ()
    recorded_by: frozenset[str] = frozenset()
    """The people who recorded, confirmed or approved it, as far as they are named."""
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

    @property
    def is_granted(self) -> bool:
        """Whether the appeal is granted."""
        return self.decision == OVERTURNED


@dataclass(frozen=True)
class AppealMessages:
    """What one person sends about one subject at one instant."""

    subject: Subject
    by: str
    now_ms: int
    topics: Topics

    def file(self, text: str) -> list[OutgoingRecord]:
        """An appeal -> the facts that put the record under appeal, and the action with person and text."""
        id = appeal_id(self.subject.key)
        return [*self._decide_lines(APPEALED), self._act(id, "appeal.filed", text=text or None)]

    def decide(self, ruling: Ruling, policy: deduction.DeductionPolicy, oldest_ms: int) -> list[OutgoingRecord]:
        """A decision -> the facts that move the number, and the answer with person, before and after.

        ``oldest_ms``: older facts are too late for the log.
        """
        answer = self._act(
            answer_id(self.subject.key),
            "feedback.answered",
            text=ruling.reason or None,
            outcome="granted" if ruling.is_granted else "refused",
            record=record_of(self.subject.at_ms, *_before_after(self.subject.line, ruling, policy)),
        )
        return [*self._facts(ruling, oldest_ms), answer]

    def _facts(self, ruling: Ruling, oldest_ms: int) -> list[OutgoingRecord]:
        """The facts of a decision, one per line; none for a sheet, which stays as it was sealed."""
        if isinstance(self.subject.line, ConductLine):
            return [self._pardon(each, oldest_ms) for each in self.subject.lines] if ruling.is_granted else []
        if isinstance(self.subject.line, EvaluationLine) and ruling.is_granted:
            return self._decide_lines("revised", {"score": ruling.score})
        return self._decide_lines(ruling.decision, {"reason": ruling.reason or None})

    def _decide_lines(self, decision: str, more: dict[str, Any] | None = None) -> list[OutgoingRecord]:
        """One decision for every line of a complaint or an evaluation, which keeps neither person nor reason."""
        match self.subject.line:
            case ComplaintLine():
                data = {"complaint_id": self.subject.ref, "decision": decision, "decided_by": self.by, **(more or {})}
                kind = "complaint.decided"
            case EvaluationLine():
                data = {"evaluation_id": self.subject.ref, "decision": decision}
                data |= (more or {}) if decision == "revised" else {}
                kind = "evaluation.decided"
            case _:
                return []
        return [self._fact(kind, self.now_ms, data, each.partition) for each in self.subject.lines]

    def _pardon(self, record: AppealableRecord, oldest_ms: int) -> OutgoingRecord:
        """The same conduct record without its points.

        It has its old time as long as the log takes that, otherwise today's; its points are given back where they were taken.
        """
        line = record.line
        assert isinstance(line, ConductLine)
        at_ms = line.at_ms if line.at_ms > oldest_ms + _MARGIN_MS else self.now_ms
        data = {"record_id": self.subject.ref, "version": line.version + 1, "kind": line.kind, "points": 0}
        return self._fact("conduct.recorded", at_ms, data | {"reason": "appeal granted"}, record.partition)

    def _fact(self, kind: str, at_ms: int, data: dict[str, Any], partition: int) -> OutgoingRecord:
        return fact(self.topics.events, kind, self.subject.agent, at_ms, data, partition)

    def _act(self, id: str, kind: Literal["appeal.filed", "feedback.answered"], **more: Any) -> OutgoingRecord:
        new = Action(action_id=id, agent=self.subject.agent, by=self.by, kind=kind, ref=self.subject.ref, **more)
        return action(self.topics.actions, new, self.now_ms)


def _before_after(
    line: FactLine | None, ruling: Ruling, policy: deduction.DeductionPolicy
) -> tuple[CaseState, CaseState]:
    """The state before the appeal and after the decision."""
    if line is None:
        return _SIGNED, _SIGNED
    if isinstance(line, ComplaintLine):
        newest = newest_of([made for made in line.decisions if made.decision != APPEALED])
        return state_of(line, policy, newest.decision if newest else None), state_of(line, policy, ruling.decision)
    points = round((ruling.score or 0) * 100) if ruling.is_granted else None
    return state_of(line, policy), state_of(line, policy, ruling.decision, points)
