"""An agent's states and calls tell one story."""

from collections import defaultdict
from itertools import pairwise

from streams.simulator.outbox import SimulatedEvent
from streams.site_time import parse_rfc3339

Timeline = list[tuple[int, str]]


def timelines(events: list[SimulatedEvent]) -> dict[str, Timeline]:
    found: dict[str, Timeline] = defaultdict(list)
    for event in events:
        if event.type == "agent.state":
            found[event.key].append((event.time_ms, event.data["state"]))
    return {agent: sorted(states) for agent, states in found.items()}


def newest_calls(events: list[SimulatedEvent]) -> dict[str, list[SimulatedEvent]]:
    calls: dict[str, SimulatedEvent] = {}
    for event in events:
        if event.type == "call.ended" and event.key:
            known = calls.get(event.data["call_id"])
            if known is None or known.data["version"] < event.data["version"]:
                calls[event.data["call_id"]] = event
    by_agent = defaultdict(list)
    for event in calls.values():
        by_agent[event.key].append(event)
    return by_agent


def seconds_in(states: Timeline, name: str) -> int:
    return sum(end - begin for (begin, state), (end, _) in pairwise(states) if state == name) // 1000


def test_never_two_states_at_one_instant(whole_day: list[SimulatedEvent]) -> None:
    for agent, states in timelines(whole_day).items():
        assert all(before[0] < after[0] for before, after in pairwise(states)), agent


def test_the_day_begins_available_and_ends_offline(whole_day: list[SimulatedEvent]) -> None:
    for agent, states in timelines(whole_day).items():
        assert states[0][1] == "available", agent
        assert [state for _, state in states].index("offline") == len(states) - 1, agent


def test_states_follow_one_another_as_on_a_phone(whole_day: list[SimulatedEvent]) -> None:
    after = {"ringing": {"talk", "available"}, "talk": {"hold", "wrap"}, "hold": {"talk"}, "wrap": {"available"}}
    away = {"break", "meeting", "training"}
    after |= {"available": {"ringing", "offline"} | away} | dict.fromkeys(away, {"available"})
    for agent, states in timelines(whole_day).items():
        for (_, before), (_, then) in pairwise(states):
            assert then in after[before], (agent, before, then)


def test_seconds_of_states_are_those_of_the_calls(whole_day: list[SimulatedEvent]) -> None:
    calls = newest_calls(whole_day)
    for agent, states in timelines(whole_day).items():
        handled = [event.data for event in calls[agent] if event.data["outcome"] == "handled"]
        for state in ("talk", "hold", "wrap"):
            assert seconds_in(states, state) == sum(data[f"{state}_s"] for data in handled), (agent, state)


def test_nobody_is_on_two_calls(whole_day: list[SimulatedEvent]) -> None:
    for agent, events in newest_calls(whole_day).items():
        spans = sorted(span(event) for event in events)
        assert all(before[1] <= after[0] for before, after in pairwise(spans)), agent


def span(event: SimulatedEvent) -> tuple[int, int]:
    """From when it was the agent's (a customer who called waited before, in whole seconds) to its end."""
    data = event.data
    return parse_rfc3339(data["started_at"]) + 1000 * (data["wait_s"] or 0), parse_rfc3339(data["ended_at"])


def test_a_handled_call_ends_where_the_wrap_up_ends_or_begins(whole_day: list[SimulatedEvent]) -> None:
    calls = newest_calls(whole_day)
    for agent, states in timelines(whole_day).items():
        edges = {at for (_, before), (at, then) in pairwise(states) if "wrap" in (before, then)}
        ended = {parse_rfc3339(e.data["ended_at"]) for e in calls[agent] if e.data["outcome"] == "handled"}
        assert ended <= edges, agent
