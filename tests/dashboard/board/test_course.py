"""The course of the month: each day's end as the roll-up would have said it then; its forecast ends where the month's does."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from msgspec import to_builtins

from dashboard.board.rollup_now import course
from dashboard.floor.day_ring import COLUMNS
from dashboard.floor.month_course import DAYS_AT_ONCE, MonthCourse, PastDays, ahead, past_days
from streams.metrics import COUNT, INDEX, Rows
from streams.site_time import Bucket, day_key
from streams.store.reader import Cells
from tests.dashboard.board.rollup_floor import Month, floor
from tests.dashboard.planned import DAY, at
from tests.layouts.rolled import rollup_snapshot

FIRST = DAY.replace(day=1)
LINES = ["agent-0-0", "agent-0-1", "agent-1-0", "~unattributed", "~campaign:c1"]
PER_DAY = {"handled": 40, "complaints_confirmed": 3}


def cells() -> Rows:
    rows = np.zeros((len(LINES), COUNT), np.int64)
    for name, count in PER_DAY.items():
        rows[:, INDEX[name]] = count
    return rows


class Kept:
    """A store of two partitions that has some days of the month, the same counts in each."""

    partitions = range(2)

    def __init__(self, days: list[date]) -> None:
        self.days = {day_key(day) for day in days}

    def cells(self, partition: int, kind: str, keys: Any) -> list[Cells]:
        assert kind == "d"
        return [
            (Bucket("d", key), LINES, cells()) if key in self.days else (Bucket("d", key), [], cells()[:0])
            for key in keys
        ]


def month() -> Month:
    return Month(floor(), [(20, 1)] * 7, [(400, 20)] * 7, at(14))


def days_before_today() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((DAY - FIRST).days)]


def read(days: list[date]) -> PastDays:
    here = month()
    return past_days(Kept(days), here.site, here.time, here.now_ms)


def found(past: PastDays, here: Month) -> Any:
    """All days, however many turns that takes."""
    own = MonthCourse()
    for _ in range(len(past.days) // DAYS_AT_ONCE + 1):
        own.add_days(past, here.now.month)
    return own.days


def test_only_what_adds_up_to_the_site_is_read() -> None:
    past = read([DAY - timedelta(days=1), DAY])
    assert past.columns == COLUMNS
    assert list(past.days) == [DAY - timedelta(days=1)], "today is not over, and of the other days there is nothing"
    lines, rows = past.days[DAY - timedelta(days=1)][0]
    assert lines == LINES[:4]
    assert rows[0].tolist() == [PER_DAY.get(name, 0) for name in COLUMNS]


def test_each_day_adds_to_the_one_before_and_the_last_owes_what_the_plan_says() -> None:
    here, past = month(), read(days_before_today())
    days = found(past, here)
    plan = here.now.month.board.plan
    assert days[-1].due == pytest.approx(float(np.nansum(plan.asked["month"].earlier[plan.assessed])))
    assert all(a.due < b.due and a.net < b.net and a.label < b.label for a, b in pairwise(days))
    # Three of the lines are agents who are assessed: each day adds both partitions' calls less complaints.
    # A weekend owes nothing: it has no point of its own and counts with the next day that does.
    assert days[-1].net == days[-1].label.day * 2 * 3 * (PER_DAY["handled"] - PER_DAY["complaints_confirmed"])


def test_days_before_the_first_count_are_unknown_and_not_nought() -> None:
    last = days_before_today()[-3:]
    assert [each.label for each in found(read(last), month())] == [day for day in last if day.weekday() < 5]


def test_the_forecast_ends_where_that_of_the_month_does() -> None:
    here = month()
    last, site = ahead(here.now.month)[-1], here.rollup_json()["site"]
    assert last.due == pytest.approx(site["target"])
    for name in ("expected", "low", "high"):
        assert getattr(last, name) == pytest.approx(site["forecast"][name], abs=1)
    assert last.low95 < last.low < last.expected < last.high < last.high95


def test_nothing_is_told_before_the_days_are_read_and_the_shape_is_the_pages() -> None:
    here, own = month(), MonthCourse()
    assert own.add_days(None, here.now.month) is None
    told = to_builtins(course(found(read(days_before_today()), here), here.now.month, here.time))
    shape = rollup_snapshot()["course"]
    for part in ("past", "ahead"):
        assert told[part][0].keys() == shape[part][0].keys()
    assert [each["at"] for each in told["past"]] == sorted(each["at"] for each in told["past"])
    assert told["ahead"][0]["at"] == here.time.day_of(DAY).start_ms
