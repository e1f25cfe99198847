"""The bus on a real Redis and a real Redis Cluster: what is published, and who may."""

import asyncio
from collections.abc import Callable

import pytest

from dashboard.board.bus import LEASE_KEY, RENEW_MS, FrameReader, FrameWriter, Lease, LeaseHeld, Message, snapshot_key
from dashboard.board.topics import TopicFrame
from streams.store.client import open_redis

pytestmark = pytest.mark.services
FRAMES = [TopicFrame("floor", b"whole", b"part"), TopicFrame("team:dawn", b"team", b"row")]


@pytest.fixture(params=["redis_url", "redis_cluster"])
def url(request: pytest.FixtureRequest) -> str:
    """The same contract on both."""
    found: str = request.getfixturevalue(request.param)
    return found


async def received(url: str, publish: Callable[[], None]) -> tuple[list[Message], bytes | None]:
    """The first two messages of the floor's subscriber after ``publish``, and the snapshot."""
    bus = FrameReader(url)
    found: list[Message] = []
    await bus.connect()
    await bus.subscribe(["floor"])
    try:
        async with asyncio.timeout(10):
            while len(found) < 2:
                message = await bus.receive(0.1)
                if message is not None and message.topic:
                    found.append(message)
                    publish()
        return found, await bus.snapshot("team:dawn")
    finally:
        await bus.close()


def test_frames_reach_the_subscriber_and_snapshots_stay(url: str) -> None:
    writer = FrameWriter(open_redis(url))
    found, kept = asyncio.run(received(url, lambda: writer.publish(FRAMES)))
    assert [(message.topic, message.frame) for message in found] == [("floor", None), ("floor", b"part")]
    assert kept == b"team"


def test_a_snapshot_does_not_outlive_its_publisher_by_more_than_five_minutes(url: str) -> None:
    client = open_redis(url)
    FrameWriter(client).publish(FRAMES)
    assert 0 < client.pttl(snapshot_key("floor")) <= 300_000


def test_a_second_publisher_is_refused_while_the_first_renews(url: str) -> None:
    client = open_redis(url)
    now_ms = 0
    first = Lease(client, lambda: now_ms)
    first.acquire()
    first.hold()

    def wait(seconds: float) -> None:
        nonlocal now_ms
        now_ms += RENEW_MS
        first.hold()

    with pytest.raises(LeaseHeld, match=r"another publisher is at work: process \d+ on "):
        Lease(client).acquire(wait)


def test_a_dead_publishers_lease_is_waited_out(url: str) -> None:
    client = open_redis(url)
    Lease(client).acquire()
    client.pexpire(LEASE_KEY, 300)
    second = Lease(client)
    second.acquire()
    second.hold()


def test_who_lost_the_lease_may_not_publish(url: str) -> None:
    client = open_redis(url)
    first = Lease(client)
    first.acquire()
    client.delete(LEASE_KEY)
    Lease(client).acquire()
    with pytest.raises(LeaseHeld):
        first.hold()


def test_an_emptied_redis_gives_the_lease_back_to_who_asks_first(url: str) -> None:
    client = open_redis(url)
    lease = Lease(client)
    lease.acquire()
    client.delete(LEASE_KEY)
    lease.hold()
    assert client.get(LEASE_KEY)


def test_release_leaves_the_lease_of_another_alone(url: str) -> None:
    client = open_redis(url)
    lease = Lease(client)
    lease.acquire()
    client.set(LEASE_KEY, "another")
    lease.release()
    assert client.get(LEASE_KEY) == b"another"
