"""Slow agents are found over days, and nobody else."""

from typing import Any

import pytest

from dashboard.evidence.shifts import HOUR_S
from tests.dashboard.evidence.floor import Floor, names
from tests.dashboard.partitions import NOON_MS

pytestmark = pytest.mark.services
SLOW = "agent-03"


@pytest.fixture
def floor(store_client: Any) -> Floor:
    """25 agents over 20 shifts of which today's is half over; one of them takes 60 % of the calls of the others."""
    floor = Floor(store_client, names(25), {SLOW: 0.6})
    for day in range(19, 0, -1):
        floor.work(day)
    floor.work(0, hours=3)
    return floor


def test_a_slow_agent_comes_to_a_review_and_nobody_else(floor: Floor) -> None:
    board, history = floor.board(), floor.history()
    found = board.now(NOON_MS, history)
    words = board.verdicts(found)
    assert {agent for agent, word in words.items() if word in ("review", "watch")} == {SLOW}
    at = board.row(SLOW)
    assert words[SLOW] == "review"
    assert found.shifts.tolist() == [20] * 25
    assert found.window_ratio[at] == pytest.approx(0.6, abs=0.1)
    assert found.window_low[at] < 0.6 < found.window_high[at]
    assert found.exposure_s[at] == 3 * HOUR_S
    assert not found.drop.any()
