"""Calls of a simulated floor: how long they take, how they end, and the versions of their records."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

from streams.simulator.floor import Agent
from streams.site_time import MINUTE_MS, rfc3339


class Talk(NamedTuple):
    """A conversation with an agent: its seconds of talk, hold and wrap-up, and its disposition."""

    talk_s: int
    hold_s: int
    wrap_s: int
    disposition: str


class Attempt(NamedTuple):
    """A call up to the conversation."""

    call_id: str
    agent: str | None
    direction: str
    campaign: str | None
    queue: str | None
    started_ms: int
    wait_s: int | None = None


def talk_out(agent: Agent, rng: Random) -> Talk:
    """An outbound conversation: hung up on, refused, told, or a sale, which takes its time."""
    dice = rng.random()
    if dice < agent.short_share:
        return Talk(rng.randrange(2, 10), 0, rng.randrange(2, 6), "refused")
    if dice < agent.short_share + 0.2:
        return Talk(_length(rng, 22, 0.35, agent), 0, rng.randrange(3, 12), "refused")
    wrap = _length(rng, 11, 0.4, agent)
    if rng.random() < agent.sale_share * 1.3:
        return Talk(_length(rng, 215, 0.3, agent), _hold(rng, 0.15), wrap + 25, "sale")
    disposition = rng.choices(("not_interested", "call_back", "informed", "wrong_person"), (52, 22, 20, 6))[0]
    return Talk(_length(rng, 86, 0.5, agent), _hold(rng, 0.03), wrap, disposition)


def talk_in(agent: Agent, rng: Random) -> Talk:
    """An inbound conversation: mostly solved at once, some passed on."""
    if rng.random() < agent.short_share * 0.4:
        return Talk(rng.randrange(2, 10), 0, rng.randrange(2, 6), "dropped")
    disposition = rng.choices(("resolved", "ticket", "transferred", "escalated"), (74, 15, 8, 3))[0]
    return Talk(_length(rng, 146, 0.5, agent), _hold(rng, 0.14), _length(rng, 21, 0.4, agent), disposition)


def unreached(rng: Random) -> tuple[str, int]:
    """An outbound attempt that reached nobody -> (outcome, seconds it rang)."""
    outcome = rng.choices(("no_answer", "busy", "voicemail", "failed"), (66, 18, 9, 7))[0]
    return outcome, rng.randrange(8, 20) if outcome == "no_answer" else rng.randrange(2, 7)


def record(attempt: Attempt, ended_ms: int, outcome: str, talk: Talk | None = None) -> dict[str, Any]:
    """The call's record, version 1."""
    return {
        "call_id": attempt.call_id,
        "version": 1,
        "agent": attempt.agent,
        "direction": attempt.direction,
        "campaign": attempt.campaign,
        "queue": attempt.queue,
        "started_at": rfc3339(attempt.started_ms),
        "ended_at": rfc3339(ended_ms),
        "outcome": outcome,
        "disposition": talk.disposition if talk else None,
        "wait_s": attempt.wait_s,
        "talk_s": talk.talk_s if talk else None,
        "hold_s": talk.hold_s if talk else None,
        "wrap_s": talk.wrap_s if talk else None,
    }


def versions(attempt: Attempt, ended_ms: int, talk: Talk, rng: Random) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(known at, record) of a handled call whose wrap-up ends at ``ended_ms``.

    Mostly one, when the wrap-up is over. One in 60 is sent when the customer is gone, without wrap-up, and again with
    it; one in 150 gets another disposition minutes later.
    """
    whole = record(attempt, ended_ms, "handled", talk)
    dice = rng.random()
    if dice < 1 / 60:
        hung_up_ms = ended_ms - talk.wrap_s * 1000
        whole["ended_at"] = rfc3339(hung_up_ms)
        yield hung_up_ms, whole | {"wrap_s": None}
        yield ended_ms, whole | {"version": 2}
        return
    yield ended_ms, whole
    if dice > 1 - 1 / 150:
        yield ended_ms + rng.randrange(MINUTE_MS, 15 * MINUTE_MS), whole | {"version": 2, "disposition": "call_back"}


def _length(rng: Random, median_s: float, spread: float, agent: Agent) -> int:
    return max(2, min(1800, round(rng.lognormvariate(0.0, spread) * median_s / agent.pace)))


def _hold(rng: Random, share: float) -> int:
    return rng.randrange(8, 75) if rng.random() < share else 0
