"""What is planted on the floor: slow in every shift, slow from an hour of the first shift on, worse calls since then."""

from collections import Counter
from dataclasses import replace
from random import Random
from statistics import mean

import pytest

from streams.simulator.floor import Agent, SimulatedFloor, build_floor
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.shift import form_of_day
from streams.simulator.simulator import Simulator
from streams.site_time import HOUR_MS
from tests.streams.simulator.conftest import START_MS
from tests.streams.simulator.test_scale import handled

AGENT = Agent("1", "name", "name", "alias", "alias", "dawn", "outbound", "renewal-11")
SLOW = ["8100", "8101", "8188", "8212", "8247"]
SLUMPS, FALLS = "8151", "8166"


def test_days_differ_around_the_usual_pace() -> None:
    paces = [form_of_day(AGENT, START_MS, -n, Random(n)).agent.pace for n in range(1, 400)]
    assert 0.99 < mean(paces) < 1.02
    assert 0.75 < min(paces) < max(paces) < 1.3


def test_a_slump_begins_in_the_first_shift_and_is_over_with_it() -> None:
    agent = replace(AGENT, slump_h=3.0)
    form = form_of_day(agent, START_MS, 0, Random(1))
    assert form.at(START_MS + 3 * HOUR_MS - 1) is form.agent
    assert form.at(START_MS + 3 * HOUR_MS).pace == pytest.approx(0.3 * form.agent.pace)
    for day in (-1, 1):
        assert form_of_day(agent, START_MS, day, Random(1)).at(START_MS + 9 * HOUR_MS).pace > 0.8


def test_quality_falls_with_the_first_shift_and_stays_down() -> None:
    agent = replace(AGENT, falls_by=15.0)
    scores = [form_of_day(agent, START_MS, day, Random(1)).agent.quality for day in (-1, 0, 1)]
    assert scores == [agent.quality, agent.quality - 15, agent.quality - 15]


def test_the_planted_stand_in_different_teams_and_are_never_away(floor: SimulatedFloor, simulator: Simulator) -> None:
    steady = [agent for agent in floor.agents if agent.is_steady]
    assert [agent.id for agent in steady] == sorted([*SLOW, SLUMPS, FALLS])
    assert len({agent.team for agent in steady}) == 6
    for day in simulator.working_days_before(20):
        assert all(simulator.duties(day)[agent.id].sign_in_ms for agent in steady)


def test_the_slow_have_about_seventy_percent_of_their_teams_calls(
    floor: SimulatedFloor, whole_day: list[SimulatedEvent]
) -> None:
    calls, team_of = handled(whole_day), {agent.id: agent.team for agent in floor.agents}
    full = {agent.id for agent in floor.agents if agent.shift == "day" and calls[agent.id] and agent.id not in SLOW}
    for slow in SLOW:
        peers = mean(calls[other] for other in full if team_of[other] == team_of[slow])
        assert 0.55 < calls[slow] / peers < 0.85, slow


def test_one_drops_in_mid_shift_and_one_loses_quality(whole_day: list[SimulatedEvent]) -> None:
    hours = Counter((e.time_ms - START_MS) // HOUR_MS for e in whole_day if is_handled_by(SLUMPS, e))
    assert hours[4] + hours[5] < 0.7 * (hours[0] + hours[1])
    scores = [e.data["score"] for e in whole_day if e.type == "evaluation.scored" and e.key == FALLS]
    assert len(scores) >= 6
    assert mean(scores) < 82


def is_handled_by(agent: str, event: SimulatedEvent) -> bool:
    return event.type == "call.ended" and event.key == agent and event.data["outcome"] == "handled"


@pytest.mark.parametrize("agents", [7, 30, 400])
def test_something_is_planted_on_floors_of_any_size(agents: int) -> None:
    planted = [agent for agent in build_floor(agents, 3).agents if agent.is_steady]
    assert len(planted) == pytest.approx(7 * max(1, agents / 180), abs=4)
