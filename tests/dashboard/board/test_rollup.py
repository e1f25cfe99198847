"""The roll-up: rows add up to the site, the forecast is that of the rules on what ``judge`` says, no person is in the topic."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dashboard.board.frames import Frames
from dashboard.board.rollup_frames import RollupFrames, team_agents
from dashboard.board.rollup_now import RollupNow
from dashboard.board.rollup_view import NO_TEAM_ID, shown_rows, whole_due
from dashboard.board.topics import CAMPAIGNS, ROLLUP, rollup_topic, topics_of
from dashboard.rules.forecast import forecast
from tests.dashboard.board.rollup_floor import Month, floor
from tests.dashboard.planned import at, block
from tests.layouts.rolled import rollup_snapshot

counts = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 400)), min_size=7, max_size=7)
VOLUMES = ("handled", "volume", "deducted", "pending", "floored", "net", "not_assessed_net")


@settings(deadline=None, max_examples=40)
@given(counts, counts, st.integers(9, 20))
def test_rows_add_up_to_the_site(today: Any, earlier: Any, hour: int) -> None:
    month = Month(floor(), today, earlier, at(hour))
    found = month.rollup_json()
    for name in VOLUMES:
        assert sum(row[name] for row in found["rows"]) == pytest.approx(found["site"][name])
    site = found["site"]
    assert site["volume"] - site["deducted"] + site["floored"] == pytest.approx(site["net"])
    for place, row in enumerate(found["rows"][:2]):
        agents = [structs.asdict(each) for each in team_agents(month.now.month, place)]
        assert sum(agent["net"] for agent in agents) == row["net"]
        assert sum(agent["due"] or 0 for agent in agents) == int(np.floor(row["due"] + 0.5))
        assert [agent["id"] for agent in agents] == sorted(agent["id"] for agent in agents)


@settings(deadline=None, max_examples=40)
@given(counts, counts, st.integers(9, 20))
def test_the_forecast_is_that_of_the_rules_by_plan(today: Any, earlier: Any, hour: int) -> None:
    """L is what is owed by now, the rest of the month what the plan owes from now on, k 100: of the assessed."""
    month = Month(floor(), today, earlier, at(hour))
    found = month.rollup_json()
    judged, lines = month.now.month.judged, month.lines
    for place, row in enumerate(found["rows"][:2]):
        own = (lines.team == place) & judged.assessed
        net, target, due = (
            np.array([values[own].sum()]) for values in (judged.facts.net, judged.pace.target, judged.pace.by_now)
        )
        chance = forecast(100.0, net, due, target - due, target).p_reach.value[0]
        assert row["forecast"]["chance"] == pytest.approx(chance, abs=1e-4)
        expected = net[0] + (100 + net[0]) * (target[0] - due[0]) / (100 + due[0])
        assert row["forecast"]["expected"] == pytest.approx(expected, abs=0.51)
        assert row["forecast"]["low"] <= row["forecast"]["expected"] + 1 <= row["forecast"]["high"] + 2
        if target[0] > due[0]:
            assert row["forecast"]["needs"] == pytest.approx(
                max(0, target[0] - net[0]) / (target[0] - due[0]), abs=1e-4
            )


def test_reached_is_certain_and_over_is_over() -> None:
    reached = Month(floor(), [(0, 0)] * 5, [(10_000, 0)] * 5)
    assert reached.rollup_json()["site"]["forecast"]["chance"] == 1.0
    last = replace(floor(), policies=(block(month_target=None),))
    unasked = Month(last, [(5, 0)] * 5, [])
    nothing = unasked.rollup_json()["site"]
    assert set(nothing["forecast"].values()) == {None}
    assert (nothing["reason"], nothing["pace"], nothing["due"]) == ("no_target", None, None)


def test_days_are_those_of_which_something_is_owed() -> None:
    month = Month(floor(), [], [])
    found = month.rollup_json()
    assert (found["day"], found["days"]) == (16, 21)


def test_flags_are_counts_and_add_up() -> None:
    month = Month(floor(), [], [])
    found = month.rollup_json(["review", None, "watch", "watch", "drop"])
    assert found["rows"][0]["flags"] == {"review": 1, "drop": 0, "quality": 0, "watch": 1}
    assert found["site"]["flags"] == {"review": 1, "drop": 1, "quality": 0, "watch": 2}


def test_the_dots_tell_nobody_apart() -> None:
    """By place, not in the order of the roster, and equal ones once."""
    month = Month(floor(), [(30, 0), (10, 0), (20, 0), (10, 0), (50, 0)], [])
    dots = month.rollup_json()["today"]["agents"]
    assert dots == sorted(dots)
    assert len(dots) == 4


def now_of(month: Month) -> RollupNow:
    return RollupNow(month.rollup(), [], month.now.month if month.site.judges_persons else None)


HEAD = {"epoch": "e", "seq": 77, "now": 5, "age_s": 0.4, "tz_offset_min": 480}


def test_no_person_is_in_the_topic_and_those_of_an_opened_team_have_an_id_alone() -> None:
    frames, now = RollupFrames(), now_of(Month(floor(), [(3, 1)] * 7, []))
    whole, listed = frames.write_tick(HEAD, now)
    head = {"epoch": "e", "seq": 1, "now": 5, "age_s": 0.4, "tz_offset_min": 480}
    assert (listed.topic, json.loads(listed.snapshot)) == (CAMPAIGNS, head | {"campaigns": []})
    assert b"agent-" not in whole.snapshot and b"Person" not in whole.snapshot
    assert "人".encode() not in whole.snapshot
    opened = list(frames.write_tick(HEAD, now)) + list(frames.write_tick(HEAD, now))
    assert [one.topic for one in opened] == [rollup_topic("t0"), rollup_topic("t1")]
    assert all(one.frame is None and b"Person" not in one.snapshot for one in opened)
    rows = json.loads(opened[0].snapshot)["rows"]
    assert [row[0] for row in rows] == ["agent-0-0", "agent-0-1", "agent-0-2"]
    (last,) = frames.write_tick(HEAD, now)
    assert (last.topic, [row[0] for row in json.loads(last.snapshot)["rows"]]) == (
        rollup_topic(NO_TEAM_ID), ["stranger", "~unattributed"],
    )  # fmt: skip
    assert list(frames.write_tick(HEAD, now)) == []


def test_the_topic_counts_by_itself_and_says_again_only_what_changed() -> None:
    month, frames = Month(floor(), [(3, 1)] * 7, []), RollupFrames()
    first, _ = frames.write_tick(HEAD, now_of(month))
    assert json.loads(first.snapshot)["seq"] == 1
    for second in frames.write_tick(HEAD, now_of(month)):
        assert second.frame is not None
        assert json.loads(second.frame) == {"epoch": "e", "seq": 2, "now": 5, "age_s": 0.4, "tz_offset_min": 480}
    assert list(Frames("e")._rollup.write_tick(HEAD, None)) == []  # noqa: SLF001


def test_under_a_works_council_small_teams_are_one_row_and_no_agent_is_a_dot() -> None:
    month = Month(floor((9, 5, 4, 8), council=True), [(3, 1)] * 28, [])
    found = month.rollup_json(["review"])
    assert [(row["id"], row["teams"], row["agents"]) for row in found["rows"][:3]] == [
        ("t0", 1, 9), ("t3", 1, 8), (None, 2, 10),
    ]  # fmt: skip
    assert {json.dumps(row["flags"]) for row in [found["site"], *found["rows"]]} == {"null"}
    assert found["today"]["agents"] is None
    assert [one["teams"] for one in found["today"]["teams"]] == [1, 1, 2]
    assert sum(row["net"] for row in found["rows"]) == found["site"]["net"]
    whole, _ = RollupFrames().write_tick(HEAD, now_of(month))
    assert whole.topic == ROLLUP
    assert not [topic for topic in topics_of(["t0"], evidence=False) if topic.startswith("rollup:")]


def test_a_single_small_team_takes_another_with_it() -> None:
    """Alone in its row it would be what is left of the site."""
    month = Month(floor((9, 4, 12), council=True), [], [])
    assert shown_rows(month.lines, month.small_rows()) == [(2,), (0, 1, 3)]


def test_a_team_without_agents_leaves_every_row_its_own_figures() -> None:
    month = Month(floor((0, 9, 12), council=True), [(1, 0)] * 9 + [(2, 0)] * 12, [], strangers=())
    found = month.rollup_json()
    handled = [(row["id"], row["agents"], row["handled"]) for row in found["rows"]]
    assert handled == [("t1", 9, 9), ("t2", 12, 24), ("t0", 0, 0)]


@given(st.lists(st.floats(0.01, 9e4), min_size=1, max_size=30))
def test_what_is_owed_is_told_in_whole_calls_that_add_up(due: list[float]) -> None:
    parts = whole_due(np.array([*due, np.nan]))
    assert parts[-1] is None
    assert sum(part or 0 for part in parts) == int(np.floor(np.array(due).sum() + 0.5))
    assert all(abs((part or 0) - each) <= 1.001 for part, each in zip(parts, due, strict=False))


def shape_of(value: Any) -> Any:
    """The names of everything in it."""
    if isinstance(value, dict):
        return {name: shape_of(each) for name, each in value.items()}
    return None


def test_the_pages_are_tested_with_what_there_is() -> None:
    """The example of the page tests has the shape of the real topic."""
    month, example = Month(floor(), [(3, 1)] * 7, []), rollup_snapshot()["rollup"]
    found = month.rollup_json()
    assert shape_of(example["site"]) == shape_of(found["site"])
    for one, other in ((example["rows"], found["rows"]), (example["today"]["teams"], found["today"]["teams"])):
        assert {*one[0]} == {*other[0]}
    assert {*example} == {*found} and {*example["today"]} == {*found["today"]}
