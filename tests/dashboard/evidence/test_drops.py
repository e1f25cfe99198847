"""Who was fine and then drops is found in the shift itself; a floor that moves as a whole is nobody's drop."""

from typing import Any

import numpy as np
import pytest

from tests.dashboard.evidence.floor import HOUR_MS, OPENS_MS, Floor, names
from tests.dashboard.partitions import NOON_MS

pytestmark = pytest.mark.services
SLOW = "agent-03"
BEFORE_HOURS = 2


@pytest.fixture
def floor(store_client: Any) -> Floor:
    """20 calls an hour; two hours of today have passed as usual."""
    floor = Floor(store_client, names(20), per_hour=20.0)
    for day in range(4, 0, -1):
        floor.work(day)
    floor.work(0, hours=BEFORE_HOURS)
    return floor


def later(floor: Floor, agents: list[str]) -> None:
    """Four more hours, in which only these agents take calls."""
    opens_ms = OPENS_MS + BEFORE_HOURS * HOUR_MS
    records = [record for agent in agents for record in floor.shift(agent, opens_ms, 4, ends=False)]
    floor.write([record for record in records if b"agent.state" not in record[1]])


def test_one_who_drops_is_found_and_stays_so_for_the_shift(floor: Floor) -> None:
    later(floor, [agent for agent in floor.agents if agent != SLOW])
    board, history = floor.board(), floor.history()
    dropped = {hour: np.nonzero(board.now(OPENS_MS + hour * HOUR_MS, history).drop)[0].tolist() for hour in range(1, 7)}
    at = board.row(SLOW)
    assert dropped == {1: [], 2: [], 3: dropped[3], 4: [at], 5: [at], 6: [at]}
    assert dropped[3] in ([], [at])
    assert not board.now(NOON_MS, None).drop.any()


def test_a_floor_that_runs_dry_is_nobodys_drop(floor: Floor) -> None:
    later(floor, floor.agents[:1])
    found = floor.board().now(OPENS_MS + 6 * HOUR_MS, floor.history())
    assert not found.drop.any()
