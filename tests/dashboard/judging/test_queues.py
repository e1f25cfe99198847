"""Queues on the floor: what their lines count today, and what the telephone system said last."""

from typing import Any

import pytest

from dashboard.live.read_model import ReadModel
from tests.dashboard.partitions import MIDNIGHT_MS, MINUTE_MS, NOON_MS, SITE, Partition, call, event, reader

pytestmark = pytest.mark.services


def snapshot(queue: str, at_ms: int, waiting: int, **more: Any) -> tuple[str, bytes]:
    """What a telephone system says of a queue."""
    return f"~queue:{queue}", event("queue.snapshot", at_ms, {"queue": queue, "waiting": waiting} | more)


def came(
    agent: str | None, call_id: str, wait_s: int, outcome: str = "handled", queue: str = "care"
) -> tuple[str, bytes]:
    """A call that came in through a queue."""
    how = {"direction": "inbound", "queue": queue, "outcome": outcome, "wait_s": wait_s}
    return call(agent, call_id, NOON_MS - MINUTE_MS, **how)


def shown(client: Any, now_ms: int = NOON_MS) -> list[dict[str, Any]]:
    found = ReadModel(reader(client), SITE).tick(now_ms)
    assert found is not None
    queues: list[dict[str, Any]] = found.floor["queues"]
    return queues


def test_a_queue_adds_up_over_the_partitions(store_client: Any) -> None:
    first, second = Partition(store_client, 0), Partition(store_client, 1)
    first.write(came("b1", "c1", 5), came("b1", "c2", 21), came(None, "c3", 40, "abandoned"))
    second.write(came("a1", "c4", 20), came("a1", "c5", 3, queue="sales"))
    second.write(snapshot("care", NOON_MS - 2000, 4, longest_wait_s=31, agents_ready=2))
    assert shown(store_client) == [
        {
            "id": "care", "name": "care", "name_en": "care", "at": NOON_MS - 2000, "waiting": 4, "longest_wait_s": 31,
            "ready": 2, "offered": 4, "answered": 3, "in_time": 2, "in_time_share": 0.5, "abandoned": 1,
        },
        {
            "id": "sales", "name": "sales", "name_en": "sales", "at": None, "waiting": None, "longest_wait_s": None,
            "ready": None, "offered": 1, "answered": 1, "in_time": 1, "in_time_share": 1.0, "abandoned": 0,
        },
    ]  # fmt: skip


def test_what_nobody_said_lately_is_not_known(store_client: Any) -> None:
    Partition(store_client, 0).write(
        snapshot("care", NOON_MS - 5 * MINUTE_MS - 1, 4, longest_wait_s=31),
        snapshot("sales", NOON_MS - 5 * MINUTE_MS, 0),
        snapshot("night", MIDNIGHT_MS - 1, 3),
    )
    care, sales = shown(store_client)
    assert (care["waiting"], care["longest_wait_s"], care["at"]) == (None, None, NOON_MS - 5 * MINUTE_MS - 1)
    assert (sales["waiting"], sales["longest_wait_s"], sales["ready"], sales["in_time_share"]) == (0, None, None, None)


def test_queues_follow_the_feed_and_the_newest_word_stands(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    model = ReadModel(reader(store_client), SITE)
    partition.write(came("b1", "c1", 5), snapshot("care", NOON_MS - 1000, 2))
    assert model.tick(NOON_MS)
    partition.write(came("b1", "c2", 5), snapshot("care", NOON_MS, 7), snapshot("care", NOON_MS - 500, 9))
    found = model.tick(NOON_MS + 250)
    assert found is not None
    (care,) = found.floor["queues"]
    assert (care["offered"], care["waiting"]) == (2, 7)
