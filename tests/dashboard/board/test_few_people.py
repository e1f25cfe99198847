"""Figures of the assessed beside sums of all, and rows of totals and sheets in which few people count something."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import asdict
from msgspec.structs import replace as struct_replace

from dashboard.actions.closing_rows import SealedRows
from dashboard.board.few_view import few_in_month, few_now, floor_without_few, teams_without_pace
from dashboard.board.frame_types import QueueFigures, TeamFigures
from dashboard.board.tick import TickMaker
from dashboard.floor.day_ring import NOBODY as NOBODY_LINES
from dashboard.floor.periods import parse_month
from dashboard.floor.tick_facts import HalfHours
from dashboard.rules.small_groups import LEAST_MEMBERS
from dashboard.site.load import Spell, Team
from dashboard.site.works_council import LEVELS, Level
from tests.dashboard.board.council_floor import Agents, CouncilFloor

OF_ASSESSED = ("gap", "not_assessed_net", "due", "attainment", "pace")


def floor(assessed: int, others: int, level: Level = "count") -> CouncilFloor:
    """A team of so many, and a team of twelve of whom all are assessed; everybody has a call."""
    sizes = (("t0", assessed, False), ("t0", others, True), ("t1", 12, False))
    people = [(team, probation) for team, count, probation in sizes for _ in range(count)]
    roster = tuple(
        Spell(f"a{n:02}", "人", "Person", None, team, None, None, has_probation=probation)
        for n, (team, probation) in enumerate(people)
    )
    agents: Agents = frozenset(spell.agent for spell in roster)
    teams = tuple(Team(f"t{n}", "组", "Team", "outbound") for n in range(2))
    return CouncilFloor(roster, teams, (), agents, agents, agents, agents, target=21 * 80, level=level)


def team_of(found: CouncilFloor) -> TeamFigures:
    return found.tick.teams[0]


@pytest.mark.parametrize(
    ("assessed", "others", "missing"),
    [
        (12, 0, ()),
        (12, 8, ("gap", "not_assessed_net")),
        (12, 1, ("gap", "not_assessed_net", "due", "attainment")),
        (7, 8, OF_ASSESSED),
    ],
)
def test_no_sum_of_the_assessed_stands_beside_that_of_all(assessed: int, others: int, missing: tuple[str, ...]) -> None:
    found, open_ = (asdict(team_of(floor(assessed, others, level))) for level in LEVELS[1::-1])
    assert {name for name in OF_ASSESSED if found[name] is None} == {*missing}
    assert not [name for name in OF_ASSESSED if open_[name] is None]
    assert found["net"] == open_["net"] and found["handled"] == open_["handled"]
    if missing and found["pace"] is not None:
        assert found["pace"] == round(open_["pace"], 2)
    assert (found["reason"] == "small_team") == ("pace" in missing)


@pytest.mark.parametrize("period", ["day", "month"])
def test_a_sheet_has_no_sum_of_the_assessed_beside_that_of_all(period: str) -> None:
    rows = {row["team"]: row for row in floor(12, 1).rows_of_sheet(period) if "team" in row}
    judged = {name: rows["t0"][name] for name in ("target_by_now", "attainment", "required_rate")}
    assert judged == dict.fromkeys(judged)
    assert rows["t0"]["pace"] == round(rows["t0"]["pace"], 2) and rows["t1"]["target_by_now"] is not None


def test_where_persons_are_judged_nothing_is_withheld() -> None:
    found = floor(3, 1, "judge")
    assert few_in_month(found.judged.month, found.site.least_members) is None
    assert team_of(found).handled and found.tick.floor.gap is not None and found.tick.hidden == set()


def test_the_floor_has_no_sum_of_the_assessed_where_few_are_not() -> None:
    whole: Any = floor(12, 1).tick.floor
    assert (whole.last30.assessed_net, whole.half_hours.due, whole.month.due) == (None, [], None)


@pytest.mark.parametrize(("eighth", "handled"), [("x9", 255), *((line, None) for line in NOBODY_LINES)])
def test_calls_of_nobody_and_of_erased_people_are_of_no_person_more(eighth: str, handled: int | None) -> None:
    roster = tuple(Spell(f"a{n}", "人", "Person", None, "t0", None, None) for n in range(7))
    agents: Agents = frozenset(spell.agent for spell in roster) | {eighth}
    teams = (Team("t0", "组", "Team", "outbound"),)
    found = CouncilFloor(roster, teams, (eighth,), agents, agents, agents, agents, target=21 * 80)
    assert (found.tick.floor.handled, found.rollup.site.handled) == (handled, handled)
    assert found.tick.hidden == {0} and "t0" not in {row.id for row in found.rollup.rows if row.handled is not None}


def test_an_agent_who_came_since_the_month_was_judged_changes_nothing_of_it() -> None:
    month = floor(12, 1).judged.month
    before = few_in_month(month, LEAST_MEMBERS)
    month.lines.rows(["newcomer"])
    after = few_in_month(month, LEAST_MEMBERS)
    assert before and after and before.few.silent == after.few.silent and before.few.detail[:2] == after.few.detail[:2]


def test_where_few_are_signed_in_a_queue_does_not_say_how_many_are_ready() -> None:
    queue = QueueFigures("q", "q", "q", None, 3, 9, 2, 10, 8, 7, 8, None, 2)
    found = floor(12, 0)
    for here, ready in ((found.signed_in, 2), (frozenset({"a00"}), None)):
        judged = replace(found, signed_in=here).judged
        month = few_in_month(judged.month, LEAST_MEMBERS)
        few = few_now(judged, month, LEAST_MEMBERS)
        assert few is not None
        (shown,) = floor_without_few(struct_replace(found.tick.floor, queues=[queue]), few).queues
        assert (shown.ready, shown.waiting) == (ready, 3)


class _Written(SealedRows):
    """With one sealed row and one adjustment."""

    def _rows(self, period: Any, by: Any) -> list[Any]:
        return [{"period": name, by: "x", "reasons": []} for name in ("2026-10 sealed", "adjustment of 2026-09")]


@pytest.mark.parametrize(("level", "kept"), [("judge", 2), ("count", 1), ("teams", 1)])
def test_an_adjustment_is_of_one_person_and_in_no_row_of_a_team(level: Level, kept: int) -> None:
    rows = _Written(floor(9, 0, level).site, Any).rows(parse_month("2026-10"), "team")
    assert len(rows) == kept and rows[0]["period"] == "2026-10 sealed"


@pytest.mark.parametrize(
    ("level", "called", "named"), [("judge", 2, True), ("count", 12, True), ("count", 2, False), ("count", 7, False)]
)
def test_the_pace_of_a_team_of_few_is_in_no_alert_either(level: Level, called: int, named: bool) -> None:
    found = floor(12, 0, level)
    callers = frozenset(sorted(found.called)[:called]) | {f"a{n}" for n in range(12, 24)}
    withheld = teams_without_pace(replace(found, called=callers).judged, found.site.least_members)
    assert (0 not in withheld) == named


def test_a_half_hour_in_which_few_had_a_call_has_no_bar() -> None:
    """Eight had a call in the first half hour of the day, in one or the other quarter, three in the second, none in the third."""
    judged = floor(12, 0).judged
    quarters = np.zeros((len(judged.facts.lines), 6), np.int32)
    quarters[:5, 0] = quarters[3:8, 1] = quarters[:3, 2] = 1
    half = HalfHours(judged.board.plan.day.start_ms, [10, 3, 0], [10.0, 3.0, 0.0])
    facts = replace(judged.facts, quarters=quarters, half_hours=half)
    floor_now = TickMaker(floor(12, 0).site).make(replace(judged, facts=facts), floor(12, 0).people).floor
    assert (floor_now.half_hours.handled, floor_now.half_hours.net) == ([10, None, 0], [10.0, None, 0.0])
