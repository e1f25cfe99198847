"""What is stale is judged as of the instant to which it is known: an outage lets nobody fall behind."""

from typing import Any

import pytest

from dashboard.board.read_model import ReadModel
from tests.dashboard.partitions import PARTITIONS, Partition, call, heartbeat, reader
from tests.dashboard.planned import at, site

pytestmark = pytest.mark.services
BEAT_MS = at(10)


@pytest.fixture
def model(store_client: Any) -> ReadModel:
    """Ten calls of the first hour, and a heartbeat at its end."""
    partitions = [Partition(store_client, number) for number in range(PARTITIONS)]
    partitions[0].write(*(call("a1", f"c{n}", at(9, 5 * n + 1)) for n in range(10)))
    for partition in partitions:
        partition.write(heartbeat(BEAT_MS))
    return ReadModel(reader(store_client), site())


def floor_after(model: ReadModel, seconds: int) -> Any:
    now_ms = BEAT_MS + seconds * 1000
    found = model.tick(now_ms)
    assert found is not None and found.now_ms == now_ms, "the clock goes on"
    return found.floor


def test_while_stale_the_plan_stands_with_the_counts_and_goes_on_once_they_are_hidden(model: ReadModel) -> None:
    fresh, later, hidden = (floor_after(model, seconds) for seconds in (0, 240, 301))
    names = ("net", "due", "gap", "pace", "last30")
    assert [getattr(later, name) for name in names] == [getattr(fresh, name) for name in names]
    assert fresh.net - fresh.due == fresh.gap == -10.0
    assert hidden.due > later.due


def test_until_it_is_stale_the_plan_goes_on(model: ReadModel) -> None:
    assert floor_after(model, 15).due > floor_after(model, 0).due
