"""How many calls lead to a higher grade is said of one agent's row: so many do, one fewer does not."""

from typing import Any

import pytest

from dashboard.floor.periods import day_period
from dashboard.floor.single_agent import judge_of
from streams.site_time import MINUTE_MS, SiteTime
from tests.dashboard.partitions import Partition, call, event, reader
from tests.dashboard.planned import DAY, at, block, site

pytestmark = pytest.mark.services
CLOCK = SiteTime("Asia/Shanghai")
FLOOR = site(policies=(block(),))


def _calls(first: int, count: int) -> list[tuple[str, bytes]]:
    return [call("a1", f"c{n}", at(9) + n * 1000) for n in range(first, first + count)]


def test_so_many_calls_lead_to_the_next_grade_and_one_fewer_does_not(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    scored = {"evaluation_id": "e", "version": 1, "agent": "a1", "score": 60}
    partition.write(*_calls(0, 3), ("a1", event("evaluation.scored", at(9) + MINUTE_MS, scored)))
    judge = judge_of(reader(store_client), FLOOR, CLOCK, lambda: at(12))
    before = judge("a1", day_period(DAY))
    assert before is not None
    needed = before["calls_to_next"]
    assert needed > 1
    partition.write(*_calls(3, needed - 1))
    almost = judge("a1", day_period(DAY))
    partition.write(*_calls(2 + needed, 1))
    there = judge("a1", day_period(DAY))
    assert almost is not None and there is not None
    assert (almost["grade"], almost["calls_to_next"]) == (before["grade"], 1)
    assert there["grade"] != before["grade"]
    assert there["net"] == before["net"] + needed
