"""Targets and pace against the independent oracle; parts of a target sum to it whatever the schedule."""

from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dashboard.floor import schedule
from dashboard.rules import targets
from dashboard.rules.figures import Figures, Reason, Whole
from dashboard.rules.months import days_of_month
from dashboard.rules.targets import Owed, Pace, pace
from streams.site_time import Day, SiteTime, parse_rfc3339
from tests.golden import differences, rule_cases

DAYS = 7
weights = arrays.arrays(np.int64, (5, DAYS), elements=st.integers(0, 40_000))


class Month:
    """The planned month of a case, before and after leave."""

    def __init__(self, given_input: dict[str, Any]) -> None:
        site, month = given_input["site"], date.fromisoformat(given_input["month"] + "-01")
        self.time = SiteTime(site["zone"], site["business_day_start"])
        self.days = [self.time.day_of(label) for label in days_of_month(month)]
        self.now_s = parse_rfc3339(given_input["now"]) // 1000
        self.arrival = given_input.get("profile") or []
        holidays, leave = (dates(given_input.get(name)) for name in ("holidays", "leave"))
        shifts = schedule.starts_on_none(self.time, shifts_of(given_input["shifts"]), holidays)
        kept = schedule.starts_on_none(self.time, shifts, leave)
        self.before = self._by_day(shifts)
        self.after = self._by_day(kept)

    def _by_day(self, shifts: list[schedule.PlannedShift]) -> list[list[schedule.Span]]:
        return schedule.by_day(schedule.planned(self.time, shifts), self.days)

    def pieces(self, at: int) -> targets.Pieces:
        hours = schedule.clock_hours(self.time.zone, self.days[at])
        return schedule.pack([schedule.pieces(self.after[at], hours, self.arrival)])

    def passed(self) -> list[targets.Passed]:
        return [targets.passed(self.pieces(at), self.now_s) for at in range(len(self.days))]


def dates(texts: list[str] | None) -> set[date]:
    return {date.fromisoformat(text) for text in texts or ()}


def wall(pair: list[str]) -> schedule.Wall:
    return schedule.Wall(*(datetime.fromisoformat(text) for text in pair))


def shifts_of(shifts: list[dict[str, Any]]) -> list[schedule.PlannedShift]:
    return [
        schedule.PlannedShift(
            *wall([shift["start"], shift["end"]]), tuple(wall(pair) for pair in shift.get("breaks", []))
        )
        for shift in shifts
    ]


def planned_s(days: list[list[schedule.Span]]) -> Whole:
    return np.array([[schedule.seconds(day) for day in days]])


def owed_by_now(month: Month, target: np.ndarray, before: Whole, after: Whole, share: np.ndarray) -> np.ndarray:
    """Full shares of the days over, and today's by its arrival profile."""
    over = np.array([[day.end_ms // 1000 <= month.now_s for day in month.days]])
    mass = np.array([[bool(targets.has_mass(month.pieces(at))[0]) for at in range(len(month.days))]])
    part = np.array([[each.share[0] for each in month.passed()]])
    return targets.owed_before(target, before, after, over & mass) + (share * part * ~over).sum(axis=1)


def answer(given_input: dict[str, Any]) -> dict[str, Any]:
    month = Month(given_input)
    weekday = given_input.get("weekday_weights") or [1] * 7
    by_day = [weekday[day.label.weekday()] for day in month.days]
    before, after = (targets.day_weights(planned_s(days), by_day) for days in (month.before, month.after))
    target = np.array([np.nan if given_input["month_target"] is None else given_input["month_target"]], np.float64)
    found = targets.spread(target, before, after)
    by_now = owed_by_now(month, target, before, after, found.day_share)
    planned = planned_s(month.after).sum(axis=1)
    left = planned - sum(each.seconds for each in month.passed())
    off = np.array([float(given_input.get("deducted_in_target_mode") or 0)])
    where = pace(np.array([float(given_input["net"])]), Owed(target_of(target, found), by_now, planned, left), off)
    return shown(month.days, planned_s(month.after), found, where, int(left[0]))


def target_of(month_target: np.ndarray, found: targets.Spread) -> np.ndarray:
    return np.where(np.isnan(found.effective), month_target, found.effective)


def shown(days: list[Day], planned: Whole, found: targets.Spread, where: Pace, left: int) -> dict[str, Any]:
    labels = {at: day.label.isoformat() for at, day in enumerate(days) if planned[0, at]}
    return {
        "planned_s": {label: int(planned[0, at]) for at, label in labels.items()},
        "reason": Reason(where.attainment.reason[0]).word,
        "effective_target": float(found.effective[0]),
        "whole_target": int(found.whole[0]),
        "day_share": {label: float(found.day_share[0, at]) for at, label in labels.items()},
        "day_whole": {label: int(found.day_whole[0, at]) for at, label in labels.items()},
        "target_by_now": float(where.by_now[0]),
        "remaining_hours": left / 3600,
        **{name: one(getattr(where, name)) for name in ("attainment", "pace", "required_rate")},
    }


def one(found: Figures) -> dict[str, Any]:
    reason = Reason(found.reason[0])
    return {"value": None if reason else float(found.value[0]), "reason": reason.word}


@pytest.mark.parametrize("case", rule_cases("target_pace"))
def test_golden_case(case: dict[str, Any]) -> None:
    found, expected = answer(case["input"]), case["expected"]
    if found["reason"]:  # then nothing but the planned time and the reason is said
        found, expected = ({key: each.get(key) for key in ("planned_s", "reason")} for each in (found, expected))
    assert differences(found, expected, case["tolerance"]) == []


@given(st.lists(st.integers(0, 1_000_000), min_size=5, max_size=5), weights)
def test_whole_parts_sum_to_the_target_exactly_and_lie_within_one_call_of_their_share(
    wanted: list[int], planned: Whole
) -> None:
    found = targets.spread(np.array(wanted, np.float64), planned, planned)
    has_days = planned.sum(axis=1) > 0
    assert (found.day_whole.sum(axis=1) == np.where(has_days, wanted, 0)).all()
    assert (np.abs(found.day_whole - np.nan_to_num(found.day_share)) < 1 + 1e-6).all()
    assert (found.day_whole[planned == 0] == 0).all()


@given(st.integers(1, 100_000), weights, st.integers(0, DAYS))
def test_what_is_owed_grows_from_nothing_to_the_effective_target_exactly(wanted: int, planned: Whole, off: int) -> None:
    after = planned.copy()
    after[:, :off] = 0
    target = np.full(5, float(wanted))
    found = targets.spread(target, planned, after)
    days = np.ones_like(planned, np.bool_)
    steps = [targets.owed_before(target, planned, after, days & (np.arange(DAYS) < upto)) for upto in range(DAYS + 1)]
    owes = after.sum(axis=1) > 0
    assert (steps[-1][owes] == found.effective[owes]).all()
    assert all((b[owes] >= a[owes]).all() for a, b in pairwise(steps))
    assert (steps[0][owes] == 0).all()


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=8), st.integers(-10, 1100))
def test_a_day_passes_from_none_to_all_of_its_mass(stretches: list[tuple[int, int]], now: int) -> None:
    parts = schedule.merged(schedule.Span(start, start + length) for start, length in stretches)
    day = schedule.pack([[schedule.Piece(*part, 1.0) for part in parts]])
    gone = targets.passed(day, now)
    total = schedule.seconds(parts)
    assert gone.seconds[0] == sum(1 for second in range(1000) for a, b in parts if a <= second < b and second < now)
    assert gone.share[0] == (gone.seconds[0] / total if total else 0.0)


def test_without_a_target_or_hours_the_reason_is_said() -> None:
    owed = Owed(np.array([np.nan, 10.0]), np.zeros(2), np.array([60, 0]), np.array([60, 0]))
    found = pace(np.zeros(2), owed, np.zeros(2))
    assert [Reason(code).word for code in found.attainment.reason] == ["no_target", "no_planned_hours"]
    assert (found.pace.reason == found.attainment.reason).all()
