"""Feedback and its receipt (docs/rules.md 10): given to an agent, seen or objected to by him, answered. Nothing is judged by it.

Actions of docs/events.md 6: ``feedback.given``; about it (``ref``: its action_id) ``feedback.seen``, ``feedback.objected``,
``feedback.answered``. Each of the last three is said once.
"""

import hashlib
import json
import time as clock
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

import msgspec

from dashboard.actions.acting_person import Refused, person
from dashboard.actions.action_follower import ActionFollower, Done
from dashboard.actions.appeal_service import SEEN_WITHIN_S, AppealService
from streams.actions import Action, action
from streams.site_time import rfc3339

Kind = Literal["feedback.given", "feedback.seen", "feedback.objected", "feedback.answered"]
GIVEN: Kind = "feedback.given"
SEEN: Kind = "feedback.seen"
OBJECTED: Kind = "feedback.objected"
ANSWERED: Kind = "feedback.answered"
_ABOUT = (SEEN, OBJECTED, ANSWERED)
_ASK_EVERY_S = 0.02


class Log(Protocol):
    """What is needed of dashboard.actions.action_follower.ActionLog."""

    def get(self, id: str) -> Done | None: ...

    def all(self, *kinds: str) -> Iterator[Done]: ...


class FeedbackRequest(msgspec.Struct, frozen=True):
    """The body of POST /feedback: ``agent`` with what is given, ``ref`` with what is said about it."""

    kind: Kind
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""
    agent: str | None = None
    ref: str | None = None


@dataclass(frozen=True)
class FeedbackService:
    """Over one desk: its log of actions and its way out."""

    desk: AppealService

    def say(self, who: str, asked: FeedbackRequest) -> dict[str, Any]:
        """Says it in the name of ``who`` -> its receipt; ``counted`` is false where that takes long. Raises Refused."""
        log = self._log()
        new = action_of(log, who, asked, {spell.agent for spell in self.desk.site().roster})
        self.desk.post([action(self.desk.topics.actions, new, self.desk.now())])
        until_s = clock.monotonic() + SEEN_WITHIN_S
        while (found := self._log().get(new.action_id)) is None and clock.monotonic() < until_s:
            clock.sleep(_ASK_EVERY_S)
        return {"action_id": new.action_id, "counted": found is not None}

    def _log(self) -> ActionFollower:
        log = self.desk.sources().actions
        log.refresh()
        return log


def action_of(log: Log, who: str, asked: FeedbackRequest, agents: set[str]) -> Action:
    """What ``who`` says -> the action, the same for the same words. Raises Refused: not by him, not again, no sense."""
    text = asked.text.strip()
    if asked.kind != SEEN and not text:
        raise Refused(422, "no_text", f"{asked.kind} needs a text")
    if asked.kind == GIVEN:
        agent, ref, id = _given(who, asked, text, agents)
    else:
        agent, ref, id = _about(log, who, asked)
    if log.get(id) is not None:
        raise Refused(409, "already_said", "that was said before")
    return Action(action_id=id, agent=agent, by=person(who), kind=asked.kind, ref=ref, text=text or None)


def _given(who: str, asked: FeedbackRequest, text: str, agents: set[str]) -> tuple[str, str | None, str]:
    if asked.agent not in agents or asked.agent is None:
        raise Refused(404, "no_agent", f"there is no agent {asked.agent!r} in the roster")
    if who == asked.agent:
        raise Refused(403, "own_case", "nobody gives feedback to themselves")
    said = json.dumps([who, asked.agent, asked.ref, text], ensure_ascii=False)
    return asked.agent, asked.ref, f"{GIVEN}:{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def _about(log: Log, who: str, asked: FeedbackRequest) -> tuple[str, str | None, str]:
    given = log.get(asked.ref or "")
    if given is None or given.line.kind != GIVEN:
        raise Refused(404, "no_feedback", f"there is no feedback {asked.ref!r}")
    is_own = given.agent == who
    if is_own != (asked.kind != ANSWERED):
        raise Refused(403, "wrong_person", "seen and objected are said by the agent, answered by somebody else")
    if asked.kind == ANSWERED and log.get(f"{OBJECTED}:{given.id}") is None:
        raise Refused(409, "nothing_to_answer", "nobody has objected to it")
    return given.agent, given.id, f"{asked.kind}:{given.id}"


def receipts(log: Log, agent: str) -> Iterator[dict[str, Any]]:
    """Everything that was given to an agent, in JSON, with what was said about it."""
    for given in log.all(GIVEN):
        if given.agent == agent:
            about = {kind.partition(".")[2]: _said(log.get(f"{kind}:{given.id}"), agent) for kind in _ABOUT}
            yield {"id": given.id, "ref": given.line.ref, **_words(given), **about}


def _said(done: Done | None, agent: str) -> dict[str, Any] | None:
    return _words(done) if done is not None and done.agent == agent else None


def _words(done: Done) -> dict[str, Any]:
    return {"at": rfc3339(done.line.at_ms), "by": done.line.by, "text": done.line.text}
