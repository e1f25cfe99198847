"""What is no frame ends no stream: it is dropped, counted and named. A task of the hub that ends takes the worker with it."""

import logging
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

import pytest

from dashboard.board.bus import FrameReader, Message, channel, snapshot_key
from dashboard.health.health_service import HealthService
from dashboard.live.hub import Hub
from dashboard.live.malformed import MalformedFrames
from dashboard.site.watch import SiteWatch
from tests import patient_http
from tests.dashboard.partitions import SITE, reader
from tests.dashboard.running import (
    BoardServer,
    Clock,
    answering,
    board_server,
    published,
    publishing,
    snapshot,
    streaming,
)
from tests.dashboard.web.raw_http import connecting
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


@pytest.mark.parametrize("sent", [b"not a frame", b"", b'{"epoch":"e","seq":1}', b"\xff\x00", b"{\nid: x\n\n"])
def test_a_message_that_is_no_frame_ends_no_stream(
    redis_url: str, store_client: Any, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    clock, sites = Clock(), SiteWatch.fixed(SITE)
    health = HealthService(sites, lambda: reader(store_client), clock)
    with publishing(redis_url, clock), answering(_server(redis_url, clock, health)) as address:
        published(address)
        with streaming(address, "floor") as events:
            next(event for event in events if event.name == "snapshot")
            heard = [store_client.publish(channel("floor"), sent) for _ in range(5)]
            assert all(heard), "the worker listens"
            assert [event.name for event in islice((each for each in events if each.name == "frame"), 4)] == [
                "frame"
            ] * 4
        assert snapshot(address).status_code == 200
        to_do = patient_http.get(f"{address}/health.json").json()["to_do"]
    assert {"code": "malformed", "n": 5, "topic": "floor"} in to_do
    assert len([record for record in caplog.records if "dropped on topic floor" in record.message]) == 1


def test_a_snapshot_that_is_none_is_like_no_snapshot(redis_url: str, store_client: Any) -> None:
    with answering(_server(redis_url, Clock())) as address:
        store_client.set(snapshot_key("floor"), b"not a snapshot")
        answers = [wait_until(lambda: _answered(address), PATIENCE_S, "an answer over Redis") for _ in range(2)]
        assert answers == ["no_publisher", "no_publisher"]
        with streaming(address, "floor") as events:
            assert next(events).name in ("outage", "pulse")


def test_what_was_dropped_is_forgotten_after_a_while() -> None:
    now_ms = [1_000_000]
    malformed = MalformedFrames(lambda: now_ms[0])
    assert malformed.report() == {"malformed": 0, "malformed_topic": None}
    malformed.note("floor", ValueError("x"))
    assert malformed.report() == {"malformed": 1, "malformed_topic": "floor"}
    now_ms[0] += 600_001
    assert malformed.report() == {"malformed": 0, "malformed_topic": None}


class Broken(FrameReader):
    async def receive(self, timeout_s: float) -> Message | None:
        raise RuntimeError("nobody foresaw this")


def _break_pulse(hub: Hub) -> None:
    def pulse(*_: object) -> NoReturn:
        raise RuntimeError("nobody foresaw this")

    hub._pulse = pulse  # type: ignore[method-assign]  # noqa: SLF001


@pytest.mark.parametrize("task", ["_stay_connected", "_keep_alive"])
def test_a_task_of_the_hub_that_ends_takes_the_worker_with_it(
    redis_url: str, task: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    server = _server(redis_url, clock, bus=Broken(redis_url) if task == "_stay_connected" else None)
    if task == "_keep_alive":
        _break_pulse(server.server.services.hub)
    with publishing(redis_url, clock), answering(server) as address:
        if task == "_keep_alive":
            for _ in _lines(address):  # a viewer, for whom there is a pulse; until the worker ends its stream
                pass
        wait_until(lambda: not _listens(address), PATIENCE_S, "the end of the worker")
    assert str(server.server.services.hub.fault) == "nobody foresaw this"
    assert [record.levelno for record in caplog.records if "the worker ends with them" in record.message] == [
        logging.CRITICAL
    ]


def _lines(address: str) -> Iterator[str]:
    with patient_http.stream("GET", f"{address}/stream?topic=floor") as answer:
        yield from answer.iter_lines()


def _listens(address: str) -> bool:
    try:
        with connecting(address):
            return True
    except ConnectionRefusedError:
        return False


def _server(url: str, clock: Clock, health: HealthService | None = None, bus: FrameReader | None = None) -> BoardServer:
    return board_server(url, SiteWatch.fixed(SITE), bus=bus, health=health, clock_ms=clock)


def _answered(address: str) -> str | None:
    word: str = snapshot(address).json()["error"]
    return None if word == "redis_away" else word
