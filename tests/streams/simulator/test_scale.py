"""How much happens: the figures of the floor in the design, at five and a half hours, in ranges."""

from collections import Counter
from statistics import mean, median

from streams.simulator.floor import SimulatedFloor
from streams.simulator.outbox import SimulatedEvent
from tests.streams.simulator.test_timeline import newest_calls, timelines


def handled(events: list[SimulatedEvent]) -> Counter[str]:
    calls = newest_calls(events)
    return Counter({agent: sum(e.data["outcome"] == "handled" for e in own) for agent, own in calls.items()})


def test_calls_of_the_floor(floor: SimulatedFloor, until_now: list[SimulatedEvent]) -> None:
    counts = handled(until_now)
    assert 15_000 < sum(counts.values()) < 17_500
    assert 118 < median(counts[a.id] for a in floor.agents if a.direction == "outbound" and counts[a.id]) < 150
    assert 46 < median(counts[a.id] for a in floor.agents if a.direction == "inbound" and counts[a.id]) < 64


def test_one_team_above_and_one_below(floor: SimulatedFloor, until_now: list[SimulatedEvent]) -> None:
    counts, teams = handled(until_now), Counter[str]()
    for agent in floor.agents:
        teams[agent.team] += counts[agent.id]
    outbound = [teams[t.id] for t in floor.crews if t.direction == "outbound"]
    assert teams["pine"] == max(outbound) > 1.1 * mean(outbound)
    assert min(outbound) < 0.93 * mean(outbound)


def test_deducted_and_pending(until_now: list[SimulatedEvent]) -> None:
    fate: dict[str, str] = {}
    for event in until_now:
        if event.type.startswith("complaint."):
            fate[event.data["complaint_id"]] = event.data.get("decision", "pending")
    stands = Counter(fate.values())
    reversed_count = stands["withdrawn"] + stands["overturned"]
    assert 500 < len(fate) - reversed_count < 800
    assert 80 < stands["pending"] + stands["appealed"] < 180
    assert min(stands[name] for name in ("confirmed", "withdrawn", "appealed", "upheld", "overturned")) > 0


def test_agents_by_state(until_now: list[SimulatedEvent]) -> None:
    now = Counter(states[-1][1] for states in timelines(until_now).values())
    assert 155 <= now.total() - now["offline"] <= 172
    assert 95 <= now["talk"] + now["hold"] <= 125
    assert 10 <= now["wrap"] <= 26
    assert 10 <= now["available"] + now["ringing"] <= 34
    assert 8 <= now["break"] <= 30


def test_quality(until_now: list[SimulatedEvent]) -> None:
    scores = {e.data["evaluation_id"]: e.data["score"] for e in until_now if e.type == "evaluation.scored"}
    assert 340 < len(scores) < 500
    assert 87 < mean(scores.values()) < 90
    answers = [e.data["score"] for e in until_now if e.type == "survey.answered"]
    assert 0.25 < sum(score is not None for score in answers) / len(answers) < 0.45


def test_customers_wait_and_some_give_up(until_now: list[SimulatedEvent]) -> None:
    calls = {e.data["call_id"]: e.data for e in until_now if e.type == "call.ended" and e.data["queue"]}
    lost = [data["wait_s"] for data in calls.values() if data["outcome"] == "abandoned"]
    waits = [data["wait_s"] for data in calls.values() if data["outcome"] == "handled"]
    assert 0.03 < len(lost) / len(calls) < 0.14
    assert median(waits) < 6 < mean(waits) < 20
    snapshots = [e.data for e in until_now if e.type == "queue.snapshot"]
    assert max(data["waiting"] for data in snapshots) >= 3
    assert all((data["waiting"] > 0) >= (data["longest_wait_s"] > 0) for data in snapshots)


def test_campaigns_move(until_now: list[SimulatedEvent]) -> None:
    done = [e.data["done"] for e in until_now if e.key == "~campaign:renewal-11"]
    shares = [e.data["done"] / e.data["list_size"] for e in until_now if e.key == "~campaign:renewal-11"]
    assert done == sorted(done)
    assert 0.58 < shares[0] < 0.59 < 0.61 < shares[-1] < 0.64


def test_lunch_is_a_dip_between_two_humps(until_now: list[SimulatedEvent], whole_day: list[SimulatedEvent]) -> None:
    ended = [e.time_ms for e in whole_day if e.type == "call.ended" and e.data["queue"]]
    hours = Counter((at - until_now[0].time_ms) // 3_600_000 for at in ended)
    assert hours[1] > 1.2 * hours[3]
    assert hours[6] > 1.2 * hours[3]
