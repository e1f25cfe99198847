"""The cast: who stands in the pictures of the design, and floors of other sizes."""

from collections import Counter
from datetime import date

import pytest

from streams.simulator.floor import SimulatedFloor, build_floor


def test_demo_has_the_teams_of_the_design(floor: SimulatedFloor) -> None:
    assert [team["id"] for team in floor.teams()] == (
        ["dawn", "voyage", "pine", "swan", "sail", "spring", "bedrock", "lake", "compass"]
    )
    assert [team["profile"] for team in floor.teams()] == ["outbound"] * 5 + ["inbound"] * 4
    assert set(Counter(row["team"] for row in floor.roster()).values()) == {20}


def test_first_team_is_the_one_of_the_design(floor: SimulatedFloor) -> None:
    first = floor.roster()[0]
    assert (first["agent"], first["name"], first["name_en"], first["alias"]) == (
        "8100",
        "林晓芸",
        "Lin Xiaoyun",
        "拾光",
    )
    assert [row["name"] for row in floor.roster()[17:20]] == ["梁博", "宋佳", "高远"]


def test_nobody_of_the_demo_is_there_twice(floor: SimulatedFloor) -> None:
    for key in ("agent", "name", "alias", "alias_en"):
        assert max(Counter(row[key] for row in floor.roster()).values()) == 1, key
    assert all(len(row["alias"]) == 2 and len(row["agent"]) == 4 for row in floor.roster())


def test_campaigns_run_today(floor: SimulatedFloor) -> None:
    today = date(2026, 11, 23)
    renewal, gigabit = floor.campaigns(today)
    assert (renewal["id"], renewal["name"], renewal["starts"]) == ("renewal-11", "宽带续约", date(2026, 11, 2))
    assert renewal["ends"] == date(2026, 11, 27)
    assert gigabit["success_dispositions"] == ["sale"]


def test_same_seed_same_floor() -> None:
    assert build_floor(seed=4) == build_floor(seed=4) != build_floor(seed=5)


@pytest.mark.parametrize(("agents", "teams"), [(1, 1), (30, 7), (5000, 250)])
def test_any_size(agents: int, teams: int) -> None:
    floor = build_floor(agents, teams)
    assert len({agent.id for agent in floor.agents}) == agents
    assert {agent.team for agent in floor.agents} == {team.id for team in floor.crews}
    assert len(floor.crews) == teams


def test_more_teams_than_agents_is_refused() -> None:
    with pytest.raises(ValueError, match="each team needs one agent"):
        build_floor(3, 4)
