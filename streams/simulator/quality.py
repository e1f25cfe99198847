"""Facts that follow a call or a shift: complaints, evaluations, surveys and conduct records, and their decisions."""

from random import Random
from typing import Any

from streams.simulator.calls import Attempt
from streams.simulator.floor import Agent
from streams.simulator.outbox import Reporter
from streams.simulator.shift import Remark
from streams.site_time import MINUTE_MS

_TOPICS = ("billing", "contract", "speed", "outage", "appointment", "refund", "attitude", "sales_promise")


def follow(post: Reporter, agent: Agent, call: Attempt, ended_ms: int) -> None:
    """Pushes all that a handled call leads to, hours ahead; most lead to nothing."""
    rng = post.rng
    if rng.random() < agent.complaint_share:
        _complain(post, agent, call, ended_ms)
    if rng.random() < agent.evaluated_share:
        _evaluate(post, agent, call, ended_ms)
    if rng.random() < 0.2:
        _survey(post, agent, call, ended_ms)


def remark(post: Reporter, agent: Agent, number: int, note: Remark) -> None:
    """A conduct record; one in ten is looked at again and its points halved."""
    id = f"r-{agent.id}-{note.at_ms // MINUTE_MS}-{number}"
    data = {"record_id": id, "version": 1, "agent": agent.id, "kind": note.kind, "points": note.points}
    data["reason"] = note.reason
    post.fact(note.at_ms, agent.id, "conduct.recorded", f"{id}-v1", "hr", data)
    if post.rng.random() < 0.1:
        at_ms = note.at_ms + _minutes(post.rng, 40)
        again = data | {"version": 2, "points": note.points / 2}
        post.fact(at_ms, agent.id, "conduct.recorded", f"{id}-v2", "hr", again)


def _complain(post: Reporter, agent: Agent, call: Attempt, ended_ms: int) -> None:
    """Recorded minutes after the call by the agent who took it up; then decided, mostly."""
    rng, id = post.rng, f"k-{call.call_id}"
    at_ms = ended_ms + rng.randrange(MINUTE_MS, 14 * MINUTE_MS)
    data: dict[str, Any] = {"complaint_id": id, "agent": agent.id}
    data |= {"kind": "complaint" if rng.random() < 0.43 else "repeat_enquiry"}
    data |= {"call_id": call.call_id, **_named(call), "topic": rng.choice(_TOPICS), "handled_by": agent.id}
    post.fact(at_ms, agent.id, "complaint.recorded", id, "crm", data)
    if rng.random() < 0.95:
        _judge(post, agent, id, at_ms)


def _judge(post: Reporter, agent: Agent, id: str, recorded_ms: int) -> None:
    """Confirmed or withdrawn within hours; some confirmed ones are appealed, and most appeals decided."""
    rng = post.rng
    at_ms = recorded_ms + _minutes(rng, 31)
    if rng.random() < 0.11:
        return _decide(post, agent, id, at_ms, "withdrawn", rng.choice(("product", "process", "customer")))
    _decide(post, agent, id, at_ms, "confirmed", "agent")
    if rng.random() < 0.12:
        at_ms += _minutes(rng, 25)
        _decide(post, agent, id, at_ms, "appealed", None)
        if rng.random() < 0.85:
            decision = "overturned" if rng.random() < 0.4 else "upheld"
            _decide(post, agent, id, at_ms + _minutes(rng, 50), decision, "recording_heard")
    return None


def _decide(post: Reporter, agent: Agent, id: str, at_ms: int, decision: str, reason: str | None) -> None:
    by = agent.id if decision == "appealed" else "quality-desk"
    data = {"complaint_id": id, "agent": agent.id, "decision": decision, "decided_by": by, "reason": reason}
    post.fact(at_ms, agent.id, "complaint.decided", f"{id}-{decision}", "crm", data)


def _evaluate(post: Reporter, agent: Agent, call: Attempt, ended_ms: int) -> None:
    """Scored within the hour or two, in halves; some recalibrated (version 2), some appealed and revised."""
    rng, id = post.rng, f"e-{call.call_id}"
    at_ms, failed = ended_ms + _minutes(rng, 35), rng.random() < 0.012
    score = 52.5 if failed else round(2 * min(100.0, max(60.0, rng.gauss(agent.quality, 5.2)))) / 2
    data: dict[str, Any] = {"evaluation_id": id, "version": 1, "agent": agent.id, "score": score}
    data |= {"form": f"{agent.direction}-2026", "critical_fail": failed, "call_id": call.call_id, **_named(call)}
    post.fact(at_ms, agent.id, "evaluation.scored", f"{id}-v1", "qa", data)
    dice = rng.random()
    if dice < 0.03:
        at_ms += _minutes(rng, 30)
        again = data | {"version": 2, "score": min(100.0, score + 2.5)}
        post.fact(at_ms, agent.id, "evaluation.scored", f"{id}-v2", "qa", again)
    elif dice < 0.09:
        _contest(post, agent, id, at_ms, score)


def _contest(post: Reporter, agent: Agent, id: str, scored_ms: int, score: float) -> None:
    rng = post.rng
    at_ms = scored_ms + _minutes(rng, 20)
    data: dict[str, Any] = {"evaluation_id": id, "agent": agent.id, "decision": "appealed"}
    post.fact(at_ms, agent.id, "evaluation.decided", f"{id}-appealed", "qa", data)
    outcome = {"decision": "revised", "score": min(100.0, score + 4)} if rng.random() < 0.5 else {"decision": "upheld"}
    at_ms += _minutes(rng, 45)
    post.fact(at_ms, agent.id, "evaluation.decided", f"{id}-{outcome['decision']}", "qa", data | outcome)


def _survey(post: Reporter, agent: Agent, call: Attempt, ended_ms: int) -> None:
    """Offered as the call ends, answered by a little more than half, from 1 to 5."""
    rng, id = post.rng, f"v-{call.call_id}"
    at_ms = ended_ms + rng.randrange(2_000, 9_000)
    data: dict[str, Any] = {"survey_id": id, "agent": agent.id, "score": None, "scale": [1, 5]}
    data |= {"call_id": call.call_id, **_named(call)}
    post.fact(at_ms, agent.id, "survey.answered", f"{id}-offered", "survey", data)
    if rng.random() < 0.55:
        score = rng.choice((4, 5, 5)) if rng.random() < agent.satisfied_share else rng.choice((1, 2, 3, 3))
        at_ms += rng.randrange(15_000, 600_000)
        post.fact(at_ms, agent.id, "survey.answered", f"{id}-answered", "survey", data | {"score": score})


def _named(call: Attempt) -> dict[str, str | None]:
    """The campaign and the queue of the call that a fact is about."""
    return {"campaign": call.campaign, "queue": call.queue}


def _minutes(rng: Random, mean: float) -> int:
    """A delay in ms of that mean, at least two minutes."""
    return 2 * MINUTE_MS + int(rng.expovariate(1 / mean) * MINUTE_MS)
