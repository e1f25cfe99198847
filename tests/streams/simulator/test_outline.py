"""A day in outline: a third of the events, the same calls, and the same seconds of every hour and state."""

from collections import Counter, defaultdict
from itertools import pairwise

from streams.metrics import INDEX
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.outline import WORK
from streams.simulator.simulator import Simulator
from streams.site_time import HOUR_MS
from tests.streams.simulator.conftest import START_MS
from tests.streams.simulator.test_timeline import timelines

Hours = dict[tuple[str, int, str], int]


def seconds(events: list[SimulatedEvent]) -> Hours:
    """(agent, hour of the clock, state counted) -> seconds, as the ledger cuts them."""
    found: Hours = defaultdict(int)
    for agent, states in timelines(events).items():
        for (from_ms, state), (to_ms, _) in pairwise(states):
            at, end = from_ms // 1000, to_ms // 1000
            while at < end:
                edge = min(end, (at // 3600 + 1) * 3600)
                found[agent, at // 3600, WORK.get(state, state)] += edge - at
                at = edge
    return found


def exposure(hours: Hours) -> Hours:
    found: Hours = defaultdict(int)
    for (agent, hour, state), amount in hours.items():
        found[agent, hour, "exposed" if state in WORK else state] += amount
    return found


def test_the_seconds_of_every_hour_are_those_of_the_whole_day(
    simulator: Simulator, whole_day: list[SimulatedEvent]
) -> None:
    whole, coarse = seconds(whole_day), seconds(simulator.outline(whole_day))
    assert exposure(coarse) == exposure(whole)
    assert {name for name in whole.keys() ^ coarse.keys() if whole.get(name, 0) + coarse.get(name, 0) > 60} == set()
    # A stretch of work loses no second, its parts lose the halves of seconds of some dozens of changes.
    assert max(abs(whole[name] - coarse[name]) for name in coarse) < 60
    for state in ("talk", "hold", "wrap", "available"):
        assert f"state_{state}_s" in INDEX
        of = [sum(amount for (_, _, each), amount in hours.items() if each == state) for hours in (whole, coarse)]
        assert abs(of[0] - of[1]) < 0.01 * of[0], state


def test_everything_but_states_and_snapshots_is_as_it_was(
    simulator: Simulator, whole_day: list[SimulatedEvent]
) -> None:
    coarse = simulator.outline(whole_day)
    left_out = {"agent.state", "queue.snapshot", "campaign.snapshot"}
    kept = [event for event in whole_day if event.type not in left_out]
    assert Counter(e.id for e in coarse if e.type != "agent.state") == Counter(e.id for e in kept)
    assert len(coarse) < 0.36 * len(whole_day)
    assert all(before.sent_ms <= after.sent_ms for before, after in pairwise(coarse))


def test_nobody_is_in_two_states_and_all_go_home(simulator: Simulator, whole_day: list[SimulatedEvent]) -> None:
    for states in timelines(simulator.outline(whole_day)).values():
        assert all(before[0] < after[0] for before, after in pairwise(states))
        assert states[-1][1] == "offline"
        assert states[0][0] > START_MS - HOUR_MS
