"""When people are expected, by the real planner, and who has arrived, by what was counted."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from dashboard.board.alert_facts import NO_DUTY, arrived, duty
from dashboard.floor.lines import Lines
from dashboard.floor.planner import Planner
from dashboard.floor.tick_facts import FORGOTTEN_MS, NO_STATE, STATE_CODES
from dashboard.site.types import Interval, LeaveDay, ShiftTimes, Whose
from streams.metrics import COUNT, INDEX
from streams.site_time import SiteTime
from tests.dashboard.planned import DAY, at, site, training

TIME = SiteTime("Asia/Shanghai")


def expected(day: date = DAY, **changes: Any) -> dict[str, tuple[int, int]]:
    """Agent -> (start, end) of the day in ms."""
    of = site(**changes)
    lines = Lines(of, day)
    lines.rows(["stranger"])
    plan = Planner(of, TIME).plan(lines, TIME.day_of(day))
    found = duty(plan)
    pairs = zip(found.start_ms.tolist(), found.end_ms.tolist(), strict=True)
    return dict(zip((person.id for person in lines.people), pairs, strict=True))


def test_who_has_a_shift_is_expected_from_its_start_to_its_end_and_who_is_on_leave_or_in_no_team_is_not() -> None:
    nobody = (NO_DUTY, NO_DUTY)
    day = (at(9), at(18))
    assert expected() == {"a1": day, "a2": day, "b1": day, "b2": nobody, "stranger": nobody}
    assert set(expected(date(2026, 11, 22)).values()) == {nobody}, "a Sunday"
    assert set(expected(shifts=()).values()) == {nobody}


def test_a_training_is_attended_and_an_outage_or_hourly_leave_at_the_start_moves_it() -> None:
    assert expected(schedule=(training("09:00", "10:00"),))["a1"] == (at(9), at(18))
    times = datetime(2026, 11, 23, 9), datetime(2026, 11, 23, 10, 30)
    assert expected(schedule=(Interval(Whose("a1"), "leave", *times),))["a1"] == (at(10, 30), at(18))
    assert expected(schedule=(Interval(Whose("a1"), "leave", *times),))["a2"] == (at(9), at(18))
    assert expected(leave=(LeaveDay("a1", DAY, 0.5),))["a1"][0] == at(9)


def test_shifts_that_begin_late_are_expected_late() -> None:
    assert expected(shifts=(ShiftTimes("late", "13:00", "22:00"),))["a1"] == (at(13), at(22))


@pytest.mark.parametrize(
    ("state", "since_ms", "seconds", "there"),
    [
        ("", 0, {}, False),
        ("offline", at(9), {}, False),
        ("available", at(9), {}, True),
        ("ringing", at(9), {}, True),
        ("break", at(9), {}, True),
        ("offline", at(9), {"state_other_s": 1}, True),
        ("", 0, {"state_available_s": 1}, True),
        ("offline", at(9), {"attempts": 1}, True),
        ("offline", at(9), {"complaints_pending": 1}, False),
        ("talk", at(10) - FORGOTTEN_MS - 1, {}, False),
    ],
)
def test_who_is_or_was_signed_in_today_has_arrived(
    state: str, since_ms: int, seconds: dict[str, int], there: bool
) -> None:
    day = np.zeros((2, COUNT), np.int64)
    for name, amount in seconds.items():
        day[0, INDEX[name]] = amount
    code = STATE_CODES.index(state) if state else NO_STATE
    states, since = np.array([code, STATE_CODES.index("talk")]), np.array([since_ms, at(9)])
    assert arrived(day, states, since, at(10)).tolist() == [there, True]


def test_where_no_states_are_sent_nobody_is_said_to_be_missing() -> None:
    unknown = np.full(3, NO_STATE)
    assert arrived(np.zeros((3, COUNT), np.int64), unknown, np.zeros(3, np.int64), at(10)).all()


def test_a_plan_that_has_grown_expects_nobody_more() -> None:
    of = replace(site(), roster=())
    lines = Lines(of, DAY)
    lines.rows(["one", "two"])
    assert duty(Planner(of, TIME).plan(lines, TIME.day_of(DAY))).start_ms.tolist() == [NO_DUTY, NO_DUTY]
