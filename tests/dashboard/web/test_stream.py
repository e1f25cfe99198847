"""One stream with several topics over a real line: each topic begins with its snapshot and goes on in sequence."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from typing import Any

import pytest

from dashboard.access.identity import Identity
from dashboard.live.viewers import ACCOUNT_STREAMS, STREAMS
from dashboard.site.watch import SiteWatch
from streams.store.client import open_redis
from tests import patient_http, signing
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, Partition, call, heartbeat
from tests.dashboard.running import BoardServer, Clock, answering, board_server, published, publishing
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
ENOUGH = 12
MANY = 200


@pytest.fixture
def served(redis_url: str) -> Iterator[tuple[BoardServer, str]]:
    """A web server over a publisher at work, and its address."""
    client: Any = open_redis(redis_url)
    for at in range(PARTITIONS):
        Partition(client, at).write(call("a1" if at == 0 else "b1", f"c{at}", NOON_MS - 1000), heartbeat(NOON_MS - 200))
    clock = Clock()
    server = board_server(redis_url, SiteWatch.fixed(SITE), clock_ms=clock)
    with publishing(redis_url, clock), answering(server) as address:
        published(address)
        yield server, address
    client.close()


def events(address: str, *topics: str, viewer: str = "") -> Iterator[tuple[str, str, str]]:
    """(topic, kind, stamp) of what one stream carries, as it comes."""
    asked = [*(("topic", topic) for topic in topics), ("viewer", viewer)]
    with patient_http.stream("GET", f"{address}/stream", params=asked) as answer:
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store, no-transform"
        stamp = topic = ""
        for line in answer.iter_lines():
            if line.startswith("id: "):
                stamp, _, topic = line.removeprefix("id: ").partition(" ")
            elif line.startswith("event: "):
                yield topic, line.removeprefix("event: "), stamp


def test_each_topic_begins_with_a_snapshot_and_goes_on_in_sequence(served: tuple[BoardServer, str]) -> None:
    found: dict[str, list[tuple[str, str]]] = {"floor": [], "team:dawn": [], "team:lake": []}
    for topic, kind, stamp in events(served[1], *found):
        found[topic].append((kind, stamp))
        if all(len(each) >= ENOUGH for each in found.values()):
            break
    for each in found.values():
        assert each[0][0] == "snapshot"
        seqs = [int(stamp.rpartition("-")[2]) for kind, stamp in each if kind in ("snapshot", "frame")]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


def test_a_topic_that_there_is_not_leaves_the_others(served: tuple[BoardServer, str]) -> None:
    stream = events(served[1], "team:none", "floor", "floor")
    assert {next(stream)[0] for _ in range(3)} == {"floor"}
    assert patient_http.get(f"{served[1]}/stream?topic=team:none").status_code == 404
    assert patient_http.get(f"{served[1]}/stream?" + "topic=floor&" * 257).status_code == 400


def test_the_oldest_stream_of_a_browser_ends_and_none_is_left(served: tuple[BoardServer, str]) -> None:
    server, address = served
    with ExitStack() as leaving:
        streams = []
        for count in range(1, STREAMS + 2):
            streams.append(events(address, "floor", "team:dawn", viewer="one"))
            leaving.callback(streams[-1].close)
            next(streams[-1])
            most = min(count, STREAMS)
            wait_until(
                lambda most=most: server.server.services.hub.viewers.report()["streams"] == most, PATIENCE_S, "the cap"
            )
        assert len(list(islice(streams[0], MANY))) < MANY, "it ends"
        assert next(streams[-1])
    wait_until(lambda: server.server.services.hub.viewers.report()["streams"] == 0, PATIENCE_S, "none is left")


def test_who_asks_in_place_of_a_stream_is_counted(served: tuple[BoardServer, str]) -> None:
    server, address = served
    for viewer in ("one", "two"):
        answer = patient_http.get(f"{address}/snapshot", params={"topic": "floor", "viewer": viewer})
        assert answer.status_code == 200
    assert published(address)["seq"] > 0
    assert server.server.services.hub.viewers.report()["asking"] == 2


def test_a_person_has_twelve_streams_in_all_their_sessions_and_the_next_one_is_refused(
    served: tuple[BoardServer, str],
) -> None:
    server, address = served
    with ExitStack() as leaving:
        streams = [events(address, "floor", viewer=f"tab {tab}") for tab in range(ACCOUNT_STREAMS)]
        for stream in streams:
            server.signer.forget(signing.OPERATOR)
            leaving.callback(stream.close)
            next(stream)
        with patient_http.stream("GET", f"{address}/stream?topic=floor") as refused:
            assert refused.status_code == 429
            assert "too_many_streams" in refused.read().decode()
        with patient_http.stream("GET", f"{address}/stream?topic=floor", who=Identity("os:other", "other")) as another:
            assert another.status_code == 200, "each person has their own"
    wait_until(lambda: _opens(address), PATIENCE_S, "a stream once the others ended")


def _opens(address: str) -> bool:
    with patient_http.stream("GET", f"{address}/stream?topic=floor") as answer:
        return bool(answer.status_code == 200)
