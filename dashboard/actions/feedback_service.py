"""Feedback and its receipt (docs/rules.md 10): given to an agent, seen or objected to by them, answered. It judges nothing.

Actions of docs/events.md: ``feedback.given``; about it (``ref``: its action_id) ``feedback.seen``, ``feedback.objected``,
``feedback.answered``. Each of the last three counts once.
"""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from dashboard.actions.acting_person import Actor, Refused
from dashboard.actions.action_follower import ActionFollower, Done, wait_until_counted
from dashboard.actions.appeal_service import AppealService
from streams.actions import action
from streams.events import Action
from streams.site_time import rfc3339

Kind = Literal["feedback.given", "feedback.seen", "feedback.objected", "feedback.answered"]
GIVEN: Kind = "feedback.given"
SEEN: Kind = "feedback.seen"
OBJECTED: Kind = "feedback.objected"
ANSWERED: Kind = "feedback.answered"


class FeedbackRequest(msgspec.Struct, frozen=True):
    """The body of POST /feedback: ``agent`` with feedback that is given, ``ref`` with a reaction to it."""

    kind: Kind
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""
    agent: str | None = None
    ref: str | None = None


class FeedbackWords(msgspec.Struct, frozen=True):
    """One reaction to feedback; ``at`` as in RFC 3339."""

    at: str
    by: str
    text: str | None


class FeedbackView(msgspec.Struct, frozen=True):
    """Feedback that was given to an agent, with the reactions to it."""

    id: str
    ref: str | None
    at: str
    by: str
    text: str | None
    receipt: FeedbackWords | None = msgspec.field(name="seen")
    objected: FeedbackWords | None
    answered: FeedbackWords | None


@dataclass(frozen=True)
class FeedbackService:
    """Feedback through the actions and the way to Kafka of the appeals."""

    appeals: AppealService

    def send_feedback(
        self, who: Actor, asked: FeedbackRequest, may: Callable[[str], bool] = lambda agent: True
    ) -> dict[str, Any]:
        """Sends it in the name of ``who`` -> its receipt; ``counted`` is false where that takes long. Raises Refused.

        ``may``: whether feedback to an agent is this person's to see; any other does not exist for them.
        """
        agents = {spell.agent for spell in self.appeals.site().roster}
        new = action_of(self._actions(), who, asked, {agent for agent in agents if may(agent)}, may)
        self.appeals.post([action(self.appeals.topics.actions, new, self.appeals.now())])
        counted = wait_until_counted(lambda: self._actions().get(new.action_id) is not None)
        return {"action_id": new.action_id, "counted": counted}

    def _actions(self) -> ActionFollower:
        actions = self.appeals.sources().actions
        actions.refresh()
        return actions


def action_of(
    actions: ActionFollower,
    who: Actor,
    asked: FeedbackRequest,
    agents: Collection[str],
    may: Callable[[str], bool] = lambda agent: True,
) -> Action:
    """A request of ``who`` -> the action, the same for the same words. Raises Refused: wrong person, repeated, no sense."""
    text = asked.text.strip()
    if asked.kind != SEEN and not text:
        raise Refused(422, "no_text", f"{asked.kind} needs a text")
    if asked.kind == GIVEN:
        agent, ref, id = _given(who, asked, text, agents)
    else:
        agent, ref, id = _reaction(actions, who, asked, may)
    if actions.get(id) is not None:
        raise Refused(409, "already_said", "that was said before")
    return Action(action_id=id, agent=agent, by=who.recorded, kind=asked.kind, ref=ref, text=text or None)


def _given(who: Actor, asked: FeedbackRequest, text: str, agents: Collection[str]) -> tuple[str, str | None, str]:
    if asked.agent not in agents or asked.agent is None:
        raise Refused(404, "no_agent", f"there is no agent {asked.agent!r} in the roster")
    if who.agent == asked.agent:
        raise Refused(403, "own_case", "nobody gives feedback to themselves")
    words = json.dumps([who.recorded, asked.agent, asked.ref, text], ensure_ascii=False)
    return asked.agent, asked.ref, f"{GIVEN}:{hashlib.sha256(words.encode()).hexdigest()[:24]}"


def _reaction(
    actions: ActionFollower, who: Actor, asked: FeedbackRequest, may: Callable[[str], bool]
) -> tuple[str, str | None, str]:
    given = actions.get(asked.ref or "")
    if given is None or given.line.kind != GIVEN or not may(given.agent):
        raise Refused(404, "no_feedback", f"there is no feedback {asked.ref!r}")
    is_own = given.agent == who.agent
    if is_own != (asked.kind != ANSWERED):
        raise Refused(403, "wrong_person", "seen and objected are said by the agent, answered by somebody else")
    if asked.kind == ANSWERED and actions.get(f"{OBJECTED}:{given.id}") is None:
        raise Refused(409, "nothing_to_answer", "nobody has objected to it")
    return given.agent, given.id, f"{asked.kind}:{given.id}"


def feedback_of(actions: ActionFollower, agent: str) -> list[FeedbackView]:
    """The feedback that was given to an agent, newest first."""

    def reaction(kind: Kind, given: Done) -> FeedbackWords | None:
        done = actions.get(f"{kind}:{given.id}")
        if done is None or done.agent != agent:
            return None
        return FeedbackWords(rfc3339(done.line.at_ms), done.line.by, done.line.text)

    views = [
        FeedbackView(
            id=given.id,
            ref=given.line.ref,
            at=rfc3339(given.line.at_ms),
            by=given.line.by,
            text=given.line.text,
            receipt=reaction(SEEN, given),
            objected=reaction(OBJECTED, given),
            answered=reaction(ANSWERED, given),
        )
        for given in actions.all(GIVEN)
        if given.agent == agent
    ]
    return sorted(views, key=lambda view: view.at, reverse=True)
