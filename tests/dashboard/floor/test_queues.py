"""Queues on the floor: what their lines count today, and what the telephone system said last."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from dashboard.board.read_model import ReadModel
from dashboard.site.load import load_site
from streams.site_time import MINUTE_MS, rfc3339
from tests.dashboard.partitions import MIDNIGHT_MS, NOON_MS, SITE, Partition, call, event, reader
from tests.golden import ROOT

pytestmark = pytest.mark.services


def snapshot(queue: str, at_ms: int, waiting: int, **more: Any) -> tuple[str, bytes]:
    """What a telephone system says of a queue."""
    return f"~queue:{queue}", event("queue.snapshot", at_ms, {"queue": queue, "waiting": waiting} | more)


def came(
    agent: str | None, call_id: str, wait_s: int | None, outcome: str = "handled", queue: str = "care"
) -> tuple[str, bytes]:
    """A call that came in through a queue."""
    how = {"direction": "inbound", "queue": queue, "outcome": outcome, "wait_s": wait_s}
    return call(agent, call_id, NOON_MS - MINUTE_MS, **how)


def shown(client: Any, now_ms: int = NOON_MS) -> list[dict[str, Any]]:
    found = ReadModel(reader(client), SITE).tick(now_ms)
    assert found is not None
    return [structs.asdict(queue) for queue in found.floor.queues]


def test_a_queue_adds_up_over_the_partitions(store_client: Any) -> None:
    first, second = Partition(store_client, 0), Partition(store_client, 1)
    first.write(came("b1", "c1", 5), came("b1", "c2", 21), came(None, "c3", 40, "abandoned"))
    second.write(came("a1", "c4", 20), came("a1", "c5", 3, queue="sales"))
    second.write(snapshot("care", NOON_MS - 2000, 4, longest_wait_s=31, agents_ready=2))
    assert shown(store_client) == [
        {
            "id": "care", "name": "care", "name_en": "care", "at": NOON_MS - 2000, "waiting": 4, "longest_wait_s": 31,
            "ready": 2, "offered": 4, "answered": 3, "in_time": 2, "timed": 4, "in_time_share": 0.5, "abandoned": 1,
        },
        {
            "id": "sales", "name": "sales", "name_en": "sales", "at": None, "waiting": None, "longest_wait_s": None,
            "ready": None, "offered": 1, "answered": 1, "in_time": 1, "timed": 1, "in_time_share": 1.0, "abandoned": 0,
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
    (care,) = found.floor.queues
    assert (care.offered, care.waiting) == (2, 7)


CASE = ROOT / "tests" / "cases" / "field" / "09-wait-unknown"


def lately(at_ms: int) -> Iterator[tuple[str, bytes]]:
    """The calls of the field case, moved to an instant."""
    for line in (CASE / "events.jsonl").read_text("utf-8").splitlines():
        data = json.loads(line)["data"] | {"ended_at": rfc3339(at_ms)}
        yield data["agent"], event("call.ended", at_ms, data)


def test_calls_whose_wait_nobody_gives_are_not_late_and_raise_no_alert(store_client: Any) -> None:
    Partition(store_client, 0).write(*lately(NOON_MS - MINUTE_MS))
    found = ReadModel(reader(store_client), load_site(CASE / "site.toml")).tick(NOON_MS)
    assert found is not None
    (vip,) = found.floor.queues
    assert (vip.offered, vip.answered, vip.timed, vip.in_time_share) == (10, 10, 0, None)
    assert found.floor.alerts == []


@pytest.mark.parametrize(
    ("waits", "abandoned", "timed", "share"),
    [
        ([5, 5, 30, None, None], 0, 3, 0.6667),  # over the waits that are known
        ([None, None], 3, 0, None),  # the abandoned alone would make a bad share of an unknown one
        ([], 4, 4, 0.0),  # a queue that nobody answers
        ([5, None], 1, 2, 0.5),
    ],
)
def test_the_share_in_time_is_over_calls_of_which_it_is_known(
    waits: list[int | None], abandoned: int, timed: int, share: float | None, store_client: Any
) -> None:
    answered = [came("b1", f"c{n}", wait_s) for n, wait_s in enumerate(waits)]
    left = [came(None, f"l{n}", None, "abandoned") for n in range(abandoned)]
    Partition(store_client, 0).write(*answered, *left)
    (care,) = shown(store_client)
    assert (care["timed"], care["in_time_share"], care["abandoned"]) == (timed, share, abandoned)


def test_what_goes_out_through_a_queue_was_not_offered(store_client: Any) -> None:
    outbound = {"direction": "outbound", "queue": "care"}
    left = call(None, "c3", NOON_MS - MINUTE_MS, **outbound, outcome="abandoned")
    Partition(store_client, 0).write(
        came("b1", "c1", 5), call("b1", "c2", NOON_MS - MINUTE_MS, **outbound, wait_s=3), left
    )
    (care,) = shown(store_client)
    counts = ("offered", "answered", "in_time", "timed", "abandoned", "in_time_share")
    assert [care[name] for name in counts] == [1, 1, 1, 1, 0, 1.0]
