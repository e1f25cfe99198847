"""Who was fine and then drops is found in the shift itself; a floor that moves as a whole is nobody's drop."""

from typing import Any

import numpy as np
import pytest

from streams.site_time import HOUR_MS, MINUTE_MS
from tests.dashboard.partitions import NOON_MS, call, state
from tests.dashboard.people.evidence_floor import OPENS_MS, Floor, floor_site, names

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


@pytest.mark.parametrize("days", [0, 1])
def test_without_enough_history_there_is_no_drop(store_client: Any, days: int) -> None:
    """One finished shift of each agent says nothing of how much shifts differ: no phi, so no limit and no drop."""
    floor = Floor(store_client, names(20), per_hour=20.0)
    for day in range(days, 0, -1):
        floor.work(day)
    floor.work(0, hours=BEFORE_HOURS)
    later(floor, [agent for agent in floor.agents if agent != SLOW])
    found, at = floor.board().now(OPENS_MS + 6 * HOUR_MS, floor.history()), floor.board().row(SLOW)
    assert found.counted[at] < 0.5 * found.expected[at]
    assert np.isnan([found.phi[at], found.peer_ratio[at]]).all()
    assert not found.drop.any()


def test_a_floor_that_runs_dry_is_nobodys_drop(floor: Floor) -> None:
    later(floor, floor.agents[:1])
    found = floor.board().now(OPENS_MS + 6 * HOUR_MS, floor.history())
    assert not found.drop.any()


def test_what_comes_late_is_gone_through_again(floor: Floor) -> None:
    """A sign-in of four hours ago, then the calls of these hours: each time as if all had been known at once."""
    others = [agent for agent in floor.agents if agent != SLOW]
    later(floor, others)
    floor.site = floor_site([*floor.agents, "late"])
    history, board, now_ms = floor.history(), floor.board(), OPENS_MS + 6 * HOUR_MS
    at = board.row("late")

    def dropped(step: int) -> bool:
        kept, fresh = (each.now(now_ms + step * 5_000, history) for each in (board, floor.board()))
        assert (kept.drop == fresh.drop).all()
        return bool(kept.drop[at])

    assert not dropped(0)
    floor.write([state("late", OPENS_MS, "available")])
    assert dropped(1)
    floor.write([call("late", f"late-{n}", OPENS_MS + n * 3 * MINUTE_MS) for n in range(120)])
    assert not dropped(2)
    floor.write([state("late", OPENS_MS + 10 * MINUTE_MS, "break")])
    assert not dropped(3)
