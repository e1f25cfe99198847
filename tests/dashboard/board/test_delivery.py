"""Publisher, bus and web server together on a real Redis: what a browser gets, and what it gets after a fault."""

import gzip
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from dashboard.board.bus import FrameWriter, Lease, LeaseHeld, channel, snapshot_key
from dashboard.board.frames import Frames
from dashboard.board.publish import Publisher, wall_clock_ms
from dashboard.board.read_model import ReadModel
from dashboard.board.topics import TopicFrame, evidence_topic
from streams.site_time import MINUTE_MS
from streams.store.client import open_redis
from tests import patient_http, signing
from tests.dashboard.board.test_frames import World, laid_on
from tests.dashboard.partitions import MIDNIGHT_MS, NOON_MS, SITE, Partition, call, complaint, reader
from tests.dashboard.running import Clock, Event, published, publishing, serving, snapshot, streaming
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


def test_a_stream_begins_with_the_snapshot_and_its_frames_follow(redis_url: str, store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(call("a1", "c1", NOON_MS))
    with publishing(redis_url, Clock()), serving(redis_url) as address:
        published(address)
        with streaming(address, "team:dawn") as events:
            first = next(event for event in events if event.name != "outage")
            assert first.name == "snapshot"
            partition.write(call("a1", "c2", NOON_MS), complaint("a1", "x", NOON_MS))
            shown = first.data
            while shown["floor"]["handled"] < 2:
                frame = next(events)
                assert (frame.name, frame.data["seq"]) == ("frame", shown["seq"] + 1)
                shown = laid_on(shown, frame.data)
        row = dict(zip(shown["agents"]["columns"], shown["agents"]["rows"][0], strict=True))
        assert (row["handled"], row["deducted"], row["net"]) == (2, 1, 1)
        assert shown["teams"][0]["net"] == 1


def test_snapshot_etag_304_gzip_and_errors(redis_url: str, store_client: Any) -> None:
    frames = {one.topic: one for one in Frames("e").write_tick(World().view())}
    FrameWriter(store_client).publish(frames.values())
    with serving(redis_url) as address:
        published(address)
        whole = snapshot(address, "floor", **{"accept-encoding": "identity"})
        assert (whole.headers["etag"], whole.headers["content-type"]) == ('"e-1"', "application/json")
        for known in ('"e-1"', "*"):
            assert snapshot(address, "floor", **{"if-none-match": known}).status_code == 304
        with patient_http.stream(
            "GET", f"{address}/snapshot?topic=floor", headers={"accept-encoding": "gzip"}
        ) as packed:
            assert packed.headers["content-encoding"] == "gzip"
            assert json.loads(gzip.decompress(b"".join(packed.iter_raw())))["seq"] == 1
        unknown = snapshot(address, "team:none")
        assert (unknown.status_code, unknown.json()["error"]) == (404, "unknown_topic")
        assert patient_http.get(f"{address}/stream?topic=team:none").status_code == 404
        store_client.delete(snapshot_key("team:lake"))
        missing = snapshot(address, "team:lake")
        assert (missing.status_code, missing.json()["error"]) == (503, "no_publisher")


def test_the_evidence_of_a_team_is_a_topic_of_its_own_and_none_under_a_works_council(
    redis_url: str, store_client: Any
) -> None:
    head = next(iter(Frames("e").write_tick(World().view()))).frame.split(b',"floor"')[0]
    laid = TopicFrame(evidence_topic("dawn"), head + b',"at":5,"agents":{}}', None)
    FrameWriter(store_client).publish([laid])
    with serving(redis_url) as address:
        assert published(address, laid.topic)["at"] == 5
    with serving(redis_url, replace(SITE, works_council="count")) as address:
        assert snapshot(address, laid.topic).status_code == 404


def test_a_snapshot_nobody_renews_is_as_old_as_it_is(redis_url: str, store_client: Any) -> None:
    frames = {one.topic: one for one in Frames("e").write_tick(World().view())}
    old = frames["floor"].snapshot.replace(str(NOON_MS).encode(), str(wall_clock_ms() - 60_000).encode())
    FrameWriter(store_client).publish([frames["floor"]._replace(snapshot=old)])
    with serving(redis_url) as address:
        assert published(address)["age_s"] == pytest.approx(60.4, abs=2)


def test_a_gap_in_the_subscription_gives_everybody_the_snapshot(redis_url: str, store_client: Any) -> None:
    world, frames, writer = World(), Frames("e"), FrameWriter(store_client)

    def tick() -> dict[str, Any]:
        world.apply([])
        return {one.topic: one for one in frames.write_tick(world.view())}

    writer.publish(tick().values())
    with serving(redis_url) as address, streaming(address, "floor") as one, streaming(address, "floor") as other:
        for events in (one, other):
            assert next(event for event in events if event.name != "outage").data["seq"] == 1
        tick()
        writer.publish(tick().values())
        for events in (one, other):
            assert (found := next(events)).name == "snapshot" and found.data["seq"] == 3


def test_a_new_publisher_gives_everybody_the_snapshot(redis_url: str, store_client: Any) -> None:
    writer = FrameWriter(store_client)
    writer.publish(Frames("old").write_tick(World().view()))
    with serving(redis_url) as address, streaming(address, "floor") as events:
        assert next(event for event in events if event.name != "outage").data["epoch"] == "old"
        writer.publish(Frames("new").write_tick(World().view()))
        found = next(events)
        assert (found.name, found.data["epoch"]) == ("snapshot", "new")


def test_a_second_publisher_is_refused_by_name(redis_url: str) -> None:
    with publishing(redis_url, Clock()), serving(redis_url) as address:
        published(address)
        client = open_redis(redis_url)
        second = Publisher(ReadModel(reader(client), SITE), FrameWriter(client), Lease(client))
        with pytest.raises(LeaseHeld, match="another publisher is at work"):
            second.run(threading.Event())


def test_redis_stopped_and_back(redis_server: RedisServer, redis_url: str, store_client: Any) -> None:
    Partition(store_client, 0).write(call("a1", "c1", NOON_MS), call("a1", "c2", NOON_MS))
    with publishing(redis_url, Clock()), serving(redis_url) as address, streaming(address, "floor") as events:
        assert following(events, "snapshot").data["floor"]["handled"] == 2
        redis_server.stop()
        assert following(events, "outage").data == {"source": "redis"}
        assert snapshot(address).json()["error"] == "redis_away"
        redis_server.start()
        # What was lost in between is seen by its gap; where nothing was, frames simply go on.
        back = following(events, "snapshot", "frame")
        assert back.data.get("floor", {"handled": 2})["handled"] == 2
        assert published(address)["floor"]["handled"] == 2


def test_redis_back_without_its_data_shows_no_number_until_rebuilt(
    redis_server: RedisServer, redis_url: str, store_client: Any
) -> None:
    Partition(store_client, 0).write(call("a1", "c1", NOON_MS), call("a1", "c2", NOON_MS))
    clock = Clock()
    with publishing(redis_url, clock), serving(redis_url) as address, streaming(address, "floor") as events:
        assert following(events, "snapshot").data["floor"]["handled"] == 2
        store_client.delete(
            *(key for key in store_client.scan_iter() if not key.startswith(b"cfs:"))
        )  # not the sessions
        wait_until(lambda: store_client.get("callfloor:publisher"), PATIENCE_S, "the lease taken again")
        rebuilt = Partition(store_client, 0)
        rebuilt.write(call("a1", "c1", NOON_MS))
        rebuilt.write(call("a1", "c2", NOON_MS))
        back = following(events, "snapshot", "frame")
        assert back.data.get("floor", {"handled": 2})["handled"] == 2


def test_the_day_rolls_over_on_the_stream(redis_url: str, store_client: Any) -> None:
    end_ms = MIDNIGHT_MS + 24 * 60 * MINUTE_MS
    Partition(store_client, 0).write(call("a1", "c1", end_ms - MINUTE_MS))
    clock = Clock(end_ms - 5000)
    with publishing(redis_url, clock), serving(redis_url) as address, streaming(address, "floor") as events:
        assert following(events, "snapshot").data["floor"]["handled"] == 1
        clock.set(end_ms)
        changed = next(event for event in events if event.data.get("floor", {}).get("empty"))
        assert changed.data["floor"]["handled"] == 0
        assert changed.data["floor"]["last30"]["handled"] == 1


def test_a_slow_viewer_gets_the_snapshot_and_not_the_backlog(redis_url: str, store_client: Any) -> None:
    world, frames, writer = World(), Frames("e"), FrameWriter(store_client)
    world.apply([(0, "handled", 1, 1)])
    writer.publish(frames.write_tick(world.view()))
    with serving(redis_url) as address, streaming(address, "floor") as events:
        following(events, "snapshot")
        # More than fits into any buffer between the two, without reading.
        filler = b" " * 2_000_000
        for _ in range(40):
            world.apply([(0, "handled", 1, 1)])
            for one in frames.write_tick(world.view()):
                writer.publish([one._replace(frame=one.frame[:-1] + filler + b"}")])
        seen: list[Event] = []
        while not seen or seen[-1].data["seq"] < 41:
            seen.append(next(events))
    assert "snapshot" in [event.name for event in seen]
    assert len(seen) < 40


def test_the_server_stops_at_once_under_open_streams(redis_url: str) -> None:
    with publishing(redis_url, Clock()), serving(redis_url) as address:
        published(address)
        client = httpx.Client(timeout=20, headers=signing.headers(address))
        request = client.build_request("GET", f"{address}/stream?topic=floor")
        answer = client.send(request, stream=True)
        assert answer.status_code == 200
        chunks = answer.iter_raw()
        begun = next(chunks)
    assert b"event: snapshot" in b"".join([begun, *chunks])
    client.close()


def following(events: Iterator[Event], *names: str) -> Event:
    """The next event of one of these names."""
    return next(event for event in events if event.name in names)


def test_one_subscription_serves_all_viewers_of_a_worker(redis_url: str, store_client: Any) -> None:
    with publishing(redis_url, Clock()), serving(redis_url) as address:
        published(address)
        with streaming(address, "floor") as one, streaming(address, "floor") as other:
            following(one, "snapshot"), following(other, "snapshot")
            name = channel("floor")
            assert dict(store_client.pubsub_numsub(name)) == {name.encode(): 1}
        wait_until(
            lambda: dict(store_client.pubsub_numsub(name)) == {name.encode(): 0}, PATIENCE_S, "nobody subscribed"
        )
