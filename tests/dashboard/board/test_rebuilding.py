"""Counters that come again are announced as such: how far they are, when they are right, and never a figure as if it were one."""

from typing import Any

import pytest

from dashboard.board.frame_types import RebuildProgress
from dashboard.board.read_model import ReadModel
from dashboard.board.rebuilding import Rebuilding
from dashboard.board.tick import Tick
from streams.site_time import DAY_MS
from tests.dashboard.partitions import (
    NOON_MS,
    SITE,
    Partition,
    call,
    heartbeat,
    reader,
)
from tests.dashboard.running import Clock, publishing, serving, snapshot, streaming


def test_of_a_store_that_went_back_the_positions_say_how_far_it_is() -> None:
    seen = Rebuilding()
    owed = {0: 1000, 1: 1000}
    told = [
        seen.after_loss(NOON_MS + n * 500, {0: min(1000, 100 * n), 1: min(1200, 50 * n)}, owed, NOON_MS)
        for n in range(10)
    ]
    assert told[:4] == [None] * 4, "shorter than anybody could read"
    assert told[4] == RebuildProgress(0.3, 4.7, NOON_MS)
    assert told[8] == RebuildProgress(0.6, 2.7, NOON_MS)


def test_one_that_stands_does_not_say_when_it_is_over() -> None:
    seen = Rebuilding()
    told = [seen.after_loss(NOON_MS + n * 1000, {0: 10}, {0: 100}, NOON_MS) for n in range(20)]
    assert told[-1] == RebuildProgress(0.1, None, NOON_MS)


@pytest.mark.parametrize(
    ("per_second_s", "told"),
    [(0, None), (1, None), (3600, RebuildProgress(0.333, 16.0, NOON_MS + 8000))],
    ids=["stands", "keeps up", "catches up"],
)
def test_of_a_log_counted_from_long_ago_the_heartbeats_in_it_say_how_far_it_is(
    per_second_s: int, told: RebuildProgress | None
) -> None:
    seen, found = Rebuilding(), None
    for second in range(9):
        found = seen.while_late(NOON_MS + second * 1000, 24 * 3600 + second - per_second_s * second)
    assert found == told


def test_it_is_over_where_figures_are_shown_again() -> None:
    seen = Rebuilding()
    ages = [90_000, 45_000, 10_000, 300, 40, 3]
    told = [seen.while_late(NOON_MS + n * 1000, age) is not None for n, age in enumerate(ages)]
    assert told == [False, True, True, False, False, False]
    assert seen.while_late(NOON_MS + 9000, None) is None


def _tick(model: ReadModel, now_ms: int) -> Tick:
    found = model.tick(now_ms)
    assert found is not None
    return found


@pytest.mark.services
def test_an_emptied_store_is_told_of_after_two_seconds_and_until_it_is_as_far_as_it_was(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    for n in range(4):
        partition.write(call("a1", f"c{n}", NOON_MS))
    model = ReadModel(reader(store_client), SITE)
    assert _tick(model, NOON_MS).rebuilding is None
    store_client.flushall()
    assert model.tick(NOON_MS + 1000) is None
    rebuilt = Partition(store_client, 0)
    rebuilt.write(call("a1", "c0", NOON_MS))
    assert model.tick(NOON_MS + 2000) is None
    rebuilt.write(call("a1", "c1", NOON_MS))
    found = _tick(model, NOON_MS + 4000)
    assert found.rebuilding is not None
    assert (found.rebuilding.share, found.rebuilding.plan_at_ms) == (0.5, NOON_MS)
    assert found.now_ms == NOON_MS + 4000
    for n in (2, 3):
        rebuilt.write(call("a1", f"c{n}", NOON_MS))
    again = _tick(model, NOON_MS + 4250)
    assert (again.rebuilding, again.floor.handled) == (None, 4)


@pytest.mark.services
def test_a_publisher_that_begins_while_the_log_is_counted_from_the_start_says_so(store_client: Any) -> None:
    partitions = [Partition(store_client, at) for at in (0, 1)]
    for each in partitions:
        each.write(heartbeat(NOON_MS - 2 * DAY_MS))
    model = ReadModel(reader(store_client), SITE)
    assert _tick(model, NOON_MS).rebuilding is None, "it may as well be a line that stands"
    for each in partitions:
        each.write(heartbeat(NOON_MS - DAY_MS))
    found = _tick(model, NOON_MS + 2000).rebuilding
    assert found is not None and (round(found.share, 2), found.plan_at_ms) == (0.5, NOON_MS + 2000)
    assert found.left_s == pytest.approx(2, abs=0.1)
    for each in partitions:
        each.write(heartbeat(NOON_MS + 2000))
    assert _tick(model, NOON_MS + 2250).rebuilding is None


@pytest.mark.services
def test_every_viewer_is_told(redis_url: str, store_client: Any) -> None:
    Partition(store_client, 0).write(call("a1", "c1", NOON_MS), call("a1", "c2", NOON_MS))
    with publishing(redis_url, Clock()), serving(redis_url) as address, streaming(address, "team:dawn") as events:
        assert next(event for event in events if event.name == "snapshot").data["floor"]["handled"] == 2
        store_client.delete(
            *(key for key in store_client.scan_iter() if not key.startswith(b"cfs:"))
        )  # not the sessions
        rebuilt = Partition(store_client, 0)
        rebuilt.write(call("a1", "c1", NOON_MS))
        told = next(event for event in events if "rebuilding" in event.data)
        assert told.data["rebuilding"]["share"] == 0.5
        assert snapshot(address, "team:dawn").json()["rebuilding"]["share"] == 0.5
        rebuilt.write(call("a1", "c2", NOON_MS))
        back = next(event for event in events if event.name == "frame" and "rebuilding" not in event.data)
        assert back.data.get("floor", {"handled": 2})["handled"] == 2
