"""The events: one struct per type of docs/events.md, with the checks that a single field needs.

Decoding drops unknown fields: no customer number, name or free text is ever stored. Instants are text here; ``site_time`` makes
them milliseconds.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, get_args

import msgspec

LONGEST = 500
"""Most characters of text that people write. Ids of other systems have no limit."""
MOST_ITEMS = 500
"""Most criteria of one evaluation."""
Text = Annotated[str, msgspec.Meta(min_length=1)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
Agent = Annotated[str, msgspec.Meta(pattern="^[^~]")]
"""An agent's id; ``~`` begins the names of lines without an agent. msgspec needs 0.5 us for a pattern, so ``decode`` checks
the agent of a call, by far the commonest event."""
Seconds = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Direction = Literal["inbound", "outbound"]
Outcome = Literal["handled", "no_answer", "busy", "failed", "abandoned", "voicemail"]
ComplaintKind = Literal["complaint", "repeat_enquiry"]
ComplaintDecision = Literal["confirmed", "withdrawn", "appealed", "upheld", "overturned"]
Cause = Literal["agent", "other_agent", "product", "process", "customer"]
EvaluationDecision = Literal["appealed", "upheld", "revised"]
ConductKind = Literal["late", "absent", "breach", "commendation", "other"]
ActionKind = Literal[
    "appeal.filed",
    "flag.acknowledged",
    "flag.snoozed",
    "flag.noted",
    "flag.contested",
    "coaching.planned",
    "coaching.closed",
    "feedback.given",
    "feedback.seen",
    "feedback.objected",
    "feedback.answered",
    "month.closed",
]
StateName = Literal["available", "ringing", "talk", "hold", "wrap", "break", "training", "meeting", "other", "offline"]
Number = Any
"""An integer or a Decimal as written; ``decode`` checks it (msgspec would take a string for a Decimal)."""


class BadEvent(Exception):
    """A record that cannot be counted. ``reason`` is one of docs/events.md 4, ``field`` names the field where one is at fault."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(f"{reason}: {field}" if field else reason)
        self.reason = reason
        self.field = field


class CallEnded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    call_id: Text
    version: Version
    agent: Text | None
    direction: Direction
    ended_at: Text
    outcome: Outcome
    campaign: Text | None = None
    queue: Text | None = None
    started_at: Text | None = None
    disposition: Note | None = None
    wait_s: Seconds | None = None
    talk_s: Seconds | None = None
    hold_s: Seconds | None = None
    wrap_s: Seconds | None = None
    recording_id: Text | None = None


class ComplaintRecorded(msgspec.Struct, frozen=True, kw_only=True):
    complaint_id: Text
    agent: Agent
    kind: ComplaintKind
    version: Version | None = None
    call_id: Text | None = None
    topic: Note | None = None
    handled_by: Text | None = None
    origin_call_id: Text | None = None
    recorded_by: Note | None = None
    campaign: Text | None = None
    queue: Text | None = None


class ComplaintDecided(msgspec.Struct, frozen=True, kw_only=True):
    complaint_id: Text
    agent: Agent
    decision: ComplaintDecision
    decided_by: Note | None = None
    reason: Note | None = None
    cause: Cause | None = None


class EvaluationItem(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion of the form of an evaluation."""

    code: Note
    points: Number = None
    fatal: bool | None = None


class EvaluationScored(msgspec.Struct, frozen=True, kw_only=True):
    evaluation_id: Text
    version: Version
    agent: Agent
    score: Number
    form: Note | None = None
    critical_fail: bool | None = None
    call_id: Text | None = None
    campaign: Text | None = None
    queue: Text | None = None
    items: Annotated[list[EvaluationItem], msgspec.Meta(max_length=MOST_ITEMS)] | None = None
    method: Literal["human", "machine"] | None = None


class EvaluationDecided(msgspec.Struct, frozen=True, kw_only=True):
    evaluation_id: Text
    agent: Agent
    decision: EvaluationDecision
    score: Number = None


class SurveyAnswered(msgspec.Struct, frozen=True, kw_only=True):
    survey_id: Text
    agent: Agent
    score: Number
    scale: tuple[Number, Number]
    version: Version | None = None
    call_id: Text | None = None
    campaign: Text | None = None
    queue: Text | None = None


class ConductRecorded(msgspec.Struct, frozen=True, kw_only=True):
    record_id: Text
    version: Version
    agent: Agent
    kind: ConductKind
    points: Number
    reason: Note | None = None


class QueueSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    queue: Text
    waiting: Count
    longest_wait_s: Seconds | None = None
    agents_ready: Count | None = None


class CampaignSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    campaign: Text
    list_size: Count
    done: Count
    fresh: Count | None = None
    redial: Count | None = None
    used_up: Count | None = None


class AgentState(msgspec.Struct, frozen=True, kw_only=True):
    agent: Agent
    state: StateName
    reason: Note | None = None


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a person on the board. ``agent`` is the agent concerned; a month is closed under ``~site`` and ``~team:<id>``.

    ``outcome`` answers an appeal; ``record`` is the signed or decided record as JSON.
    """

    action_id: Text
    agent: Text
    by: Note
    kind: ActionKind
    ref: Text | None = None
    text: Annotated[str, msgspec.Meta(max_length=LONGEST)] | None = None
    due: Text | None = None
    until: Text | None = None
    outcome: Literal["granted", "refused"] | None = None
    record: Annotated[str, msgspec.Meta(max_length=200_000)] | None = None


class PersonErased(msgspec.Struct, frozen=True, kw_only=True):
    """A person is forgotten: under the key of the agent, and in every partition that may hold something of them."""

    agent: Agent


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    sent_at: Text


Data = (
    CallEnded
    | ComplaintRecorded
    | ComplaintDecided
    | EvaluationScored
    | EvaluationDecided
    | SurveyAnswered
    | ConductRecorded
    | QueueSnapshot
    | CampaignSnapshot
    | AgentState
    | Action
    | PersonErased
    | Heartbeat
)

SLOW_FACTS = frozenset(
    {ComplaintRecorded, ComplaintDecided, EvaluationScored, EvaluationDecided, SurveyAnswered, ConductRecorded}
)
"""Facts that come in weekly lists; ``fact_lateness`` is their limit."""
TYPES: dict[str, type[Data]] = {
    "call.ended": CallEnded,
    "complaint.recorded": ComplaintRecorded,
    "complaint.decided": ComplaintDecided,
    "evaluation.scored": EvaluationScored,
    "evaluation.decided": EvaluationDecided,
    "survey.answered": SurveyAnswered,
    "conduct.recorded": ConductRecorded,
    "queue.snapshot": QueueSnapshot,
    "campaign.snapshot": CampaignSnapshot,
    "agent.state": AgentState,
    "person.erased": PersonErased,
    "pipeline.heartbeat": Heartbeat,
}
"""Type of the topic of events -> struct of its ``data``."""
ACTION_TYPES: dict[str, type[Data]] = {
    **dict.fromkeys(get_args(ActionKind), Action),
    "person.erased": PersonErased,
    "pipeline.heartbeat": Heartbeat,
}
"""Type of the topic of actions -> struct of its ``data``."""


def hundredths(number: int | Decimal) -> int:
    """A number as written -> hundredths, half away from zero (half up for what is not negative)."""
    return int(Decimal(number).quantize(Decimal("0.01"), "ROUND_HALF_UP").scaleb(2))


_IDS: dict[type, str] = {
    CallEnded: "call_id",
    ComplaintRecorded: "complaint_id",
    ComplaintDecided: "complaint_id",
    EvaluationScored: "evaluation_id",
    EvaluationDecided: "evaluation_id",
    SurveyAnswered: "survey_id",
    ConductRecorded: "record_id",
    QueueSnapshot: "queue",
    CampaignSnapshot: "campaign",
    AgentState: "agent",
    Action: "action_id",
    PersonErased: "agent",
}


def id_of_fact(data: Data) -> str:
    """The id of a fact; for a state its agent, for a snapshot its queue or campaign."""
    return str(getattr(data, _IDS[type(data)]))


class Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """The newest figures of a queue or a campaign, and their time."""

    time_ms: int
    figures: dict[str, int | None]


class StateNow(NamedTuple):
    """An agent's state and the start of its unbroken run. ``reason`` is the newest one of its source."""

    state: str
    since_ms: int
    reason: str | None = None
