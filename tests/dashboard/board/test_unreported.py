"""A board of calls alone: states, deductions, quality and surveys are unknown with their reason, until a first fact comes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.rollup_now import EVERY_MS
from dashboard.board.topics import rollup_topic, team_topic
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import day_period, moment_of
from dashboard.floor.single_agent import judge_of
from dashboard.floor.visible_groups import EVERYONE
from dashboard.site.load import Site
from dashboard.site.types import Alerts
from streams.metrics import NAMES
from streams.site_time import MINUTE_MS, SiteTime
from tests.dashboard.partitions import NOON_MS, Partition, call, complaint, event, heartbeat, reader, state
from tests.dashboard.planned import DAY, site

pytestmark = pytest.mark.services
CLOCK = SiteTime("Asia/Shanghai")
PLANNED = replace(site(), alerts=Alerts(naive_pace=0.9))
"""Targets and shifts: what is judged would be judged."""


def calls(count: int = 3, agent: str = "a1") -> list[tuple[str, bytes]]:
    return [call(agent, f"{agent}-{n}", NOON_MS - MINUTE_MS) for n in range(count)]


def topics(client: Any, of: Site = PLANNED) -> dict[str, Any]:
    """Every topic after the roll-up was written: its snapshot."""
    model, frames, found = ReadModel(reader(client), of), Frames("e", boards={"main": "alias"}), {}
    for now_ms in range(NOON_MS, NOON_MS + EVERY_MS + 1000, 250):
        view = model.tick(now_ms)
        assert view is not None
        found |= {one.topic: json.loads(one.snapshot) for one in frames.write_tick(view)}
    return found


def row(found: dict[str, Any], agent: str = "a1") -> dict[str, Any]:
    table = found[team_topic(EVERYONE)]["agents"]
    return next(dict(zip(table["columns"], each, strict=True)) for each in table["rows"] if each[0] == agent)


def everywhere(found: dict[str, Any], name: str) -> list[Any]:
    """A figure of floor, a team, everyone, the roll-up's site and its first row."""
    rolled = found["rollup"]["rollup"]
    return [
        found["floor"]["floor"][name],
        found["floor"]["teams"][0][name],
        found[team_topic(EVERYONE)]["teams"][0][name],
        rolled["site"][name],
        rolled["rows"][0][name],
    ]


def test_with_calls_alone_nothing_else_is_a_number(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls(), heartbeat(NOON_MS))
    found = topics(store_client)
    floor, agent = found["floor"]["floor"], row(found)
    assert {kind for kind, reason in floor["missing"].items() if reason is None} == {"calls"}
    assert floor["missing"] == found["rollup"]["rollup"]["missing"]
    assert floor["missing"]["complaints"] == "no_complaint_source"
    for name in ("deducted", "pending", "complaints", "repeat_enquiries", "net_low", "net_high", "net_if_withdrawn"):
        assert everywhere(found, name) == [None] * 5, name
    assert everywhere(found, "handled")[0] == everywhere(found, "net")[0] == agent["net"] == 3
    assert (floor["quality"], floor["last30"]["deducted"]) == ({"score": None, "n": None}, None)
    assert {*floor["survey"].values(), *floor["surveys"].values()} == {None}
    assert {name: value for name, value in floor["states"].items() if value is not None} == {"total": 4}
    for name in ("deducted", "pending", "scored", "satisfied", "answered", "state", "since"):
        assert agent[name] is None, name
    opened = found[rollup_topic(floor_team(found))]
    cells = [dict(zip(opened["columns"], each, strict=True)) for each in opened["rows"]]
    assert {each[name] for each in cells for name in ("deducted", "scored", "points", "score")} == {None}
    assert {each[7] for each in found["wall:main/people"]["seats"]["rows"]} == {None}


def floor_team(found: dict[str, Any]) -> str:
    return str(found["floor"]["teams"][0]["id"])


def test_the_first_fact_of_each_kind_turns_it_into_numbers(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(*calls(), heartbeat(NOON_MS))
    model = ReadModel(reader(store_client), PLANNED)
    before = model.tick(NOON_MS)
    partition.write(
        complaint("a1", "x", NOON_MS), state("a1", NOON_MS, "talk"),
        ("a1", event("evaluation.scored", NOON_MS, {"evaluation_id": "e", "version": 1, "agent": "a1", "score": 90})),
        ("a1", event("survey.answered", NOON_MS, {"survey_id": "s", "agent": "a1", "score": 5, "scale": [1, 5]})),
    )  # fmt: skip
    after = model.tick(NOON_MS + 250)
    assert before is not None and after is not None
    was, now = before.floor, after.floor
    assert (was.deducted, was.net, now.deducted, now.net) == (None, 3, 1, 2)
    assert (now.net_low, now.net_high) == (2, 3)
    assert (now.quality.n, now.survey.n, now.states.talk, now.states.signed_in) == (1, 1, 1, 1)
    assert after.teams[-1].deducted == 0


def test_without_states_there_is_no_adherence_and_nobody_is_late(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls(), heartbeat(NOON_MS))
    view = ReadModel(reader(store_client), PLANNED).tick(NOON_MS)
    assert view is not None
    assert not view.judged.day.counted.scheduled_s.any()
    kinds = {alert.kind for lead in view.people.leads for alert in lead.alerts}
    assert not kinds & {"not_arrived", "idle", "state_over_limit"}
    assert "source_silent" not in {alert.kind for alert in view.floor.alerts}
    at = view.lines.find_row("a1")
    assert view.judged.day.indices[at, 3] != view.judged.day.indices[at, 3]  # conduct is missing, not 0


def test_without_calls_nothing_is_held_against_what_is_due(store_client: Any) -> None:
    Partition(store_client, 0).write(state("a1", NOON_MS - MINUTE_MS, "talk"), heartbeat(NOON_MS))
    found = topics(store_client)
    for name in ("pace", "attainment", "gap"):
        assert everywhere(found, name) == [None] * 5, name
    assert found["floor"]["floor"]["due"] > 0
    assert {*found["rollup"]["rollup"]["site"]["forecast"].values()} == {None}
    assert found["rollup"]["rollup"]["today"]["agents"] == []
    alerts = [each["kind"] for each in found[team_topic(EVERYONE)]["desk"]["alerts"]]
    assert "naive_pace" not in alerts


def test_a_sheet_has_empty_cells_and_says_why_and_totals_stay(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls(), heartbeat(NOON_MS))
    board = BoardJudge(reader(store_client), PLANNED, CLOCK).judge("day", moment_of(None, NOON_MS, CLOCK))
    for by in sheet.BY:
        for shown, counted in zip(sheet.shown_rows(board, by), sheet.rows(board, by), strict=True):
            assert tuple(shown) == tuple(sheet.columns(by))
            for name in (
                "deducted",
                "pending",
                "net_low",
                "net_high",
                "evaluations",
                "surveys_answered",
                "state_talk_s",
            ):
                assert (shown[name], counted[name] is None) == (None, False), name
            assert shown["handled"] == counted["handled"] and shown["net"] == counted["net"]
            reasons = shown["reasons"]
            assert {"no_complaint_source", "no_state_source", "no_evaluation_source", "no_conduct_source"} <= {*reasons}
            assert not {"no_scheduled_time", "no_evaluations"} & {*reasons}
    assert {name for name in NAMES if sheet.shown_rows(board, "site")[0][name] is None} == {
        name
        for name in NAMES
        if name.startswith(("complaints_", "repeat_", "eval", "critical", "survey", "conduct", "state_"))
    }


def test_an_explanation_has_no_row_of_what_nobody_reports(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls(), heartbeat(NOON_MS))
    found = judge_of(reader(store_client), PLANNED, CLOCK, lambda: NOON_MS)("a1", day_period(DAY))
    assert found is not None
    assert (found["net"], found["deducted"], found["adherence"], found["conduct"]) == (3, None, None, None)
    assert "no_complaint_source" in found["reasons"]


@pytest.mark.parametrize("refused", [b"no event", calls()[0][1].replace(b"call.ended", b"call_ended")])
def test_an_empty_board_says_how_many_records_came_that_could_not_be_counted(store_client: Any, refused: bytes) -> None:
    """Refused, or of a type that is not known: the board is empty, and not for want of calls."""
    partition = Partition(store_client, 0)
    partition.write(heartbeat(NOON_MS), *[("a1", refused)] * 3)
    found = topics(store_client)
    for name in ("floor", team_topic(EVERYONE)):
        assert (found[name]["floor"]["none_counted"], found[name]["floor"]["empty"]) == (3, False)
        assert found[name]["floor"]["missing"]["calls"] is None, "one reason is enough"
        assert [each["kind"] for each in found[name]["floor"]["alerts"]] == ["none_counted"]
    assert found["rollup"]["rollup"]["none_counted"] == 3
    partition.write(heartbeat(NOON_MS), *calls(1))
    assert topics(store_client)["floor"]["floor"]["none_counted"] == 0, "one was counted"


def test_an_empty_board_says_how_many_records_came_that_no_agent_could_be_given(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(heartbeat(NOON_MS), *[("7f3c", value) for _, value in calls(3)])
    found = topics(store_client)
    for name in ("floor", team_topic(EVERYONE)):
        assert (found[name]["floor"]["none_given"], found[name]["floor"]["empty"]) == (3, False)
        assert [each["kind"] for each in found[name]["floor"]["alerts"]] == ["none_given"]
    assert found["rollup"]["rollup"]["none_given"] == 3
    partition.write(heartbeat(NOON_MS), *calls(1, "a2"))
    assert topics(store_client)["floor"]["floor"]["none_given"] == 0, "one could be given"
