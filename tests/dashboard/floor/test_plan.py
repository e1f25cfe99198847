"""Plans: what a month and its days ask of everybody; parts of a target sum to it whatever the schedule."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.floor.lines import Lines
from dashboard.floor.plan import Plan
from dashboard.floor.planner import Planner
from dashboard.site.load import Site
from dashboard.site.types import Calendar, EmploymentFrom, LeaveDay, RotaDay, ShiftTimes, Spell, Whose
from tests.dashboard.planned import DAY, SHIFT, WORKDAYS, at, block, site, training

DAYS = [date(2026, 11, 1) + timedelta(days=n) for n in range(30)]
LATE = ShiftTimes("late", "20:00", "04:00")


def plan_of(site: Site, day: date = DAY) -> Plan:
    clock = site.time
    return Planner(site, clock).plan(Lines(site, day), clock.day_of(day))


def now(hour: int, minute: int = 0) -> int:
    return at(hour, minute) // 1000


def test_ten_calls_an_hour_by_the_middle_of_the_shift() -> None:
    owed = plan_of(site()).owed("day", now(14))
    assert owed.target[0] == pytest.approx(80)
    assert owed.by_now[0] == pytest.approx(40)
    assert (owed.planned_s[0], owed.left_s[0]) == (8 * 3600, 4 * 3600)


def test_the_month_owes_the_days_before_and_today_by_its_hours() -> None:
    owed = plan_of(site()).owed("month", now(10))
    assert owed.target[0] == pytest.approx(WORKDAYS * 80)
    assert owed.by_now[0] == pytest.approx(15 * 80 + 10)
    assert owed.left_s[0] == (5 * 8 + 7) * 3600


def test_a_day_off_owes_nothing_and_has_no_planned_time() -> None:
    owed = plan_of(site(), date(2026, 11, 22)).owed("day", now(14) - 86400)
    assert (owed.target[0], owed.planned_s[0]) == (0, 0)


def test_training_lies_in_the_schedule_of_adherence_and_moves_the_target_elsewhere() -> None:
    plan = plan_of(site(schedule=(training("09:00", "11:00", Whose(team="dawn")),)))
    assert plan.owed("month", now(23)).target[0] == pytest.approx(WORKDAYS * 80)
    assert plan.owed("day", now(23)).target[0] == pytest.approx(WORKDAYS * 80 * 6 / (8 * WORKDAYS - 2))
    attended = plan.attended.end_s - plan.attended.start_s
    assert attended[plan.timetable].sum(axis=1).tolist()[:2] == [8 * 3600] * 2


def test_leave_takes_its_share_of_the_target_and_half_a_day_the_afternoon() -> None:
    leave = (LeaveDay("a1", DAY, 1.0), LeaveDay("a2", DAY, 0.5))
    plan = plan_of(site(leave=leave))
    month, today = plan.owed("month", now(23)), plan.owed("day", now(23))
    assert month.target[:2].tolist() == pytest.approx([(WORKDAYS - 1) * 80, (WORKDAYS - 0.5) * 80])
    assert today.target[:2].tolist() == pytest.approx([0, 40])
    assert plan.owed("day", now(13)).left_s[1] == 3600  # until 14:00: four of the eight hours


def test_who_comes_in_mid_month_and_counting_that_begins_then_owe_from_then_on() -> None:
    first = date(2026, 11, 16)
    joined = site(roster=(Spell("a1", "a", "a", None, "dawn", first, None),))
    since = site(counting_since=first)
    for floor in (joined, since):
        owed = plan_of(floor).owed("month", now(23))
        assert owed.target[0] == pytest.approx(11 * 80)
        assert owed.by_now[0] == pytest.approx(6 * 80)


def test_an_agents_own_target_and_the_shapes_of_the_day() -> None:
    arrival = tuple(2.0 if hour == 9 else 1.0 for hour in range(24))
    own = block()
    own = replace(own, profiles={name: replace(each, arrival=arrival) for name, each in own.profiles.items()})
    spell = replace_target(site().roster[0], WORKDAYS * 90)
    plan = plan_of(site(policies=(own,), roster=(spell,)))
    assert plan.owed("day", now(10)).by_now[0] == pytest.approx(20)
    assert plan.owed("day", now(11)).by_now[0] == pytest.approx(30)


def replace_target(spell: Spell, target: int) -> Spell:
    return spell._replace(month_target=target)


def test_who_is_not_assessed_and_why() -> None:
    employment = (EmploymentFrom("a2", date(2026, 1, 1), "temporary"),)
    plan = plan_of(site(employment=employment))
    words = [[str(reason) for reason in each.reasons] for each in plan.judging.standings]
    assert words == [[], ["temporary_or_external"], ["probation"], []]
    assert plan.assessed.tolist() == [True, False, False, True]


def test_a_site_without_shifts_has_targets_and_no_planned_time_and_assesses_everybody() -> None:
    plan = plan_of(site(shifts=()))
    assert plan.asked["month"].has_target.all()
    assert not plan.asked["month"].planned_s.any()
    assert plan.assessed.tolist() == [True, True, False, True]


def test_who_appears_without_being_on_the_roster_has_no_plan() -> None:
    plan = plan_of(site()).grown(6)
    assert len(plan) == 6
    assert plan.assessed[4:].tolist() == [False, False]
    assert np.isnan(plan.owed("day", now(14)).target[4:]).all()
    assert [str(reason) for reason in plan.judging.standings[5].reasons] == ["not_in_roster"]


def test_a_month_is_planned_by_the_block_in_force_in_it() -> None:
    blocks = (block(2100, version="old", effective_from=date.min), block(8400, effective_from=date(2026, 12, 1)))
    floor = site(policies=blocks)
    assert plan_of(floor).block.version == "old"
    assert plan_of(floor).owed("month", now(23)).target[0] == pytest.approx(2100)
    later = plan_of(floor, date(2026, 12, 1))
    assert later.owed("month", now(23)).target[0] == pytest.approx(8400)


def test_a_shift_that_crosses_midnight_is_owed_where_the_clock_lies() -> None:
    rota = tuple(RotaDay("a1", day, "late") for day in (date(2026, 10, 31), DAY))
    plan = plan_of(site(shifts=(SHIFT, LATE), rota=rota))
    # 4 hours of the shift of 31 October lie in November; of the shift of the 23rd half lies on the 24th.
    assert plan.owed("month", now(23)).planned_s[0] == 12 * 3600
    assert plan.owed("day", now(22)).left_s[0] == 2 * 3600


rotas = st.lists(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(["day", "late"])), max_size=40, unique_by=lambda d: d[0]
)
leaves = st.lists(st.tuples(st.sampled_from(DAYS), st.sampled_from([0.25, 0.5, 1.0])), max_size=6)
weekdays = st.tuples(*[st.sampled_from([0.5, 1.0, 1.25])] * 7)
trainings = st.lists(st.sampled_from([("09:00", "10:00"), ("11:30", "13:30"), ("17:00", "21:00")]), max_size=2)


@settings(deadline=None)
@given(rotas, leaves, weekdays, trainings, st.integers(1, 9999), st.sampled_from(DAYS))
def test_the_parts_of_a_target_sum_to_it(
    rota: list[Any], leave: list[Any], weights: Any, trained: list[Any], target: int, day: date
) -> None:
    floor = site(
        policies=(block(target),),
        rota=(*(RotaDay("a1", on, shift) for on, shift in rota), RotaDay("nobody", DAY, "day")),
        shifts=(SHIFT, LATE),
        leave=tuple(LeaveDay("a1", on, part) for on, part in leave),
        calendar=Calendar(None, frozenset({DAYS[3]}), frozenset(), weights),
        schedule=tuple(training(*each) for each in trained),
    )
    plan = plan_of(floor, day)
    owed = plan.asked["month"].target[0]
    parts = plan.shares[0].sum()
    assert parts == pytest.approx(0.0 if np.isnan(owed) else owed)
    # By the end of a day the days before it and its own share are owed, as far as they have planned time.
    end_s = plan.day.end_ms // 1000
    by_end = plan.owed("month", end_s).by_now[0]
    assert by_end == pytest.approx(plan.shares[0, : plan.at + 1].sum())
    edges = [plan.day.start_ms // 1000 + 1800 * n for n in range(49)]
    alone = replace(plan, judging=replace(plan.judging, assessed=np.arange(len(plan)) == 0))
    assert np.diff(alone.due_at(edges)).sum() == pytest.approx(plan.owed("day", end_s).by_now[0])
    assert alone.due_at([]).tolist() == []
