"""One agent at work: states and calls one after the other, so that the agent never talks on two."""

from random import Random

from streams.simulator.calls import Attempt, Talk, record, versions
from streams.simulator.floor import Agent
from streams.simulator.outbox import Outbox, Reporter
from streams.simulator.quality import follow, remark
from streams.simulator.shift import NEVER_MS, Duty, Form

_SETTLE_MS = 200
"""An agent is never in two states at one instant: this long after a state begins, the next may."""


class Seat:
    """Moves one agent through a duty. Every method starts at an instant and returns when the agent is free again."""

    def __init__(self, form: Form, duty: Duty, label: str, outbox: Outbox, rng: Random) -> None:
        self.agent = form.agent
        self._form = form
        self.rng = rng
        self.post = Reporter(outbox, rng)
        self._duty = duty
        self._pauses = list(reversed(duty.pauses))
        self._label = label
        self._calls = 0
        for number, note in enumerate(duty.remarks):
            remark(self.post, self.agent, number, note)

    @property
    def sign_in_ms(self) -> int:
        return NEVER_MS if self._duty.sign_in_ms is None else self._duty.sign_in_ms

    def at(self, at_ms: int) -> Agent:
        """The agent in the form of an instant."""
        return self._form.at(at_ms)

    def arrive(self, at_ms: int) -> int:
        self.post.state(self.agent.id, at_ms, "available")
        return at_ms + _SETTLE_MS

    def due_ms(self) -> int:
        """When the agent next stops taking calls."""
        return min(self._pauses[-1].at_ms, self._duty.sign_out_ms) if self._pauses else self._duty.sign_out_ms

    def stop(self, at_ms: int) -> int:
        """Begins the pause that is due, or goes home (free again: NEVER_MS)."""
        if at_ms >= self._duty.sign_out_ms:
            self.post.state(self.agent.id, at_ms, "offline")
            return NEVER_MS
        pause = self._pauses.pop()
        self.post.state(self.agent.id, at_ms, pause.state, pause.reason)
        back_ms = at_ms + pause.length_ms
        self.post.state(self.agent.id, back_ms, "available")
        return back_ms + _SETTLE_MS

    def next_call_id(self) -> str:
        self._calls += 1
        return f"c-{self._label}-{self.agent.id}-{self._calls}"

    def ring(self, at_ms: int, seconds: int) -> int:
        self.post.state(self.agent.id, at_ms, "ringing")
        return at_ms + seconds * 1000

    def give_up(self, attempt: Attempt, at_ms: int, outcome: str) -> int:
        """The attempt reached nobody."""
        self.post.call(at_ms, record(attempt, at_ms, outcome))
        self.post.state(self.agent.id, at_ms, "available")
        return at_ms + _SETTLE_MS

    def converse(self, attempt: Attempt, at_ms: int, talk: Talk) -> int:
        """Talk, hold and wrap-up from the answer on; then its record, and whatever follows from it."""
        ended_ms = self._states_of(at_ms, talk)
        for known_ms, data in versions(attempt, ended_ms, talk, self.rng):
            self.post.call(known_ms, data)
        follow(self.post, self.agent, attempt, ended_ms)
        return ended_ms + _SETTLE_MS

    def _states_of(self, at_ms: int, talk: Talk) -> int:
        state, id = self.post.state, self.agent.id
        state(id, at_ms, "talk")
        hung_up_ms = at_ms + (talk.talk_s + talk.hold_s) * 1000
        if talk.hold_s and talk.talk_s > 3:
            hold_ms = at_ms + talk.talk_s // 2 * 1000
            state(id, hold_ms, "hold")
            state(id, hold_ms + talk.hold_s * 1000, "talk")
        state(id, hung_up_ms, "wrap")
        ended_ms = hung_up_ms + talk.wrap_s * 1000
        state(id, ended_ms, "available")
        return ended_ms
