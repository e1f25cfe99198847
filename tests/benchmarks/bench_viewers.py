"""What a viewer costs the web server: 5,000 agents on one page, 100 rows changed per frame, four frames a second.

Beside it the plain way, in the same run and over the same frames: a stream of its own per viewer, which writes the frame as
JSON for each of them. The promise: 50 us of CPU per viewer and frame, 1,000 viewers on a quarter of a core.
"""

import asyncio
import json
import multiprocessing
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson
import psutil
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dashboard.access import rights_watch
from dashboard.access.identity import Identity
from dashboard.board.bus import FrameReader, FrameWriter
from dashboard.board.frames import Frames
from dashboard.board.publish import TICK_S, Beat, wall_clock_ms
from dashboard.board.read_model import ReadModel
from dashboard.board.topics import TopicFrame, team_topic
from dashboard.live import viewers
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from dashboard.web.cookies import LOOPBACK_COOKIE
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests import signing
from tests.benchmarks.bench_tick import NOW_MS, PARTITIONS, TICK_MS, TOPIC, Floor, site
from tests.benchmarks.viewers import Read, viewing
from tests.dashboard.running import board_server
from tests.waiting import wait_until

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
COUNTS, FRAMES = (200, 1_000), 60
SETTLED_S = 2 * rights_watch.ASK_EVERY_S + 1
"""By then the watch has found the viewer of each new stream, which costs about 0.1 ms a stream, once."""
TEAM = "t0"
WATCHED = team_topic(TEAM)


def one_team() -> Site:
    """Everybody on one page."""
    whole = site()
    return replace(whole, teams=whole.teams[:1], roster=tuple(spell._replace(team=TEAM) for spell in whole.roster))


def test_viewers(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        frames = made(client)
        length = sum(len(frame.frame or b"") for frame in frames[1:]) / FRAMES
        print(f"\n5,000 agents, 100 rows changed: {length:,.0f} bytes a frame, {len(frames[0].snapshot):,} a snapshot")
        for count in COUNTS:
            turns = [measured(*each, redis_url, FrameWriter(client), frames, count) for each in IN_TURNS]
            asked, never = turns[0] + turns[3], turns[1] + turns[2]
            print(
                f"asking whose the streams are, {count} viewers: {asked / never - 1:+.1%} by the mean of two in turns"
            )
        measured("plain way", plain, redis_url, FrameWriter(client), frames, COUNTS[0])  # more would take several cores


def made(client: Any) -> list[TopicFrame]:
    """The frames of the page, from the product's read model over commits of 100 agents each."""
    floor = Floor(client)
    floor.fill()
    model, frames = ReadModel(Reader(client, TOPIC, PARTITIONS), one_team()), Frames("bench")
    found = []
    for n in range(FRAMES + 1):
        view = model.tick(NOW_MS + TICK_MS * n)
        assert view is not None
        found += [frame for frame in frames.write_tick(view) if frame.topic == WATCHED]
        floor.change(n)
    return found


def measured(
    name: str, server: Callable[[str, int], None], url: str, writer: FrameWriter, frames: list[TopicFrame], count: int
) -> float:
    """Prints the CPU of a server while it sends all frames but the first to so many viewers -> us per viewer and frame."""
    writer.publish(frames[:1])
    signer = signing.Signer(url, SiteWatch.fixed(one_team()))
    tokens = [signer.token(Identity(f"os:viewer{n}", f"viewer {n}")) for n in range(count)]
    cookies = [f"{LOOPBACK_COOKIE.name}={token}" for token in tokens]
    with running(server, url) as (address, process), viewing(address, [WATCHED] * count, cookies) as reading:
        wait_until(lambda: reading.told().snapshots >= count, 120, "every viewer has its snapshot", 0.1)
        threading.Event().wait(SETTLED_S)
        before, since_s, from_s = reading.told(), cpu_s(process), time.monotonic()
        send(writer, frames[1:])
        wait_until(lambda: all_came(before, reading.told(), count), 120, "every viewer is at the last frame", 0.25)
        took_s, lasted_s, read = cpu_s(process) - since_s, time.monotonic() - from_s, reading.told()
    sent = count * (len(frames) - 1)
    print(f"{name}, {count} viewers at 4 Hz: {1e6 * took_s / sent:.1f} us CPU per viewer and frame", end=" ")
    print(f"(promise 50), {took_s / ((len(frames) - 1) * TICK_S):.1%} of a core;", end=" ")
    print(f"{read.frames - before.frames} of {sent} frames in {lasted_s:.1f} s,", end=" ")
    print(f"{read.snapshots - before.snapshots} snapshots in place of frames")
    assert read.alive == count
    return 1e6 * took_s / sent


def send(writer: FrameWriter, frames: list[TopicFrame]) -> None:
    """Four a second."""
    beat, never = Beat(TICK_S), threading.Event()
    for frame in frames:
        writer.publish([frame])
        never.wait(beat.until_next())


def all_came(before: Read, now: Read, count: int) -> bool:
    """Whether every viewer has all of it; whoever fell behind has a snapshot in place of what it missed."""
    return now.frames - before.frames >= count * FRAMES or now.snapshots > before.snapshots


def cpu_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


@contextmanager
def running(server: Callable[[str, int], None], url: str) -> Iterator[tuple[str, psutil.Process]]:
    """A web server in a process of its own, so that its CPU is its own -> its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=server, args=(url, port))
    process.start()
    try:
        wait_until(lambda: listens(port), 60, "the web server to start", 0.1)
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.join(30)


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def bound(port: int) -> socket.socket:
    line = socket.socket()
    line.bind(("127.0.0.1", port))
    return line


def shared(url: str, port: int) -> None:
    """The product's."""
    board_server(url, SiteWatch.fixed(one_team()), clock_ms=wall_clock_ms).server.run(sockets=[bound(port)])


def unasked(url: str, port: int) -> None:
    """The product's, but that it never asks again whether a topic is still the viewer's."""
    rights_watch.ASK_EVERY_S = viewers.TRUST_S = float("inf")
    shared(url, port)


IN_TURNS = (
    ("shared bytes", shared),
    ("the same, asked for no right", unasked),
    ("the same, asked for no right", unasked),
    ("shared bytes", shared),
)


def plain(url: str, port: int) -> None:
    """Each viewer has a queue of figures; each writes its own JSON."""
    queues: set[asyncio.Queue[dict[str, Any]]] = set()
    bus = FrameReader(url)

    async def listen() -> None:
        await bus.connect()
        await bus.subscribe([WATCHED])
        while True:
            message = await bus.receive(1.0)
            if message is not None and message.frame is not None:
                figures = orjson.loads(message.frame)
                for queue in queues:
                    queue.put_nowait(figures)

    async def events() -> AsyncIterator[bytes]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        queues.add(queue)
        yield event("snapshot", {})  # one of 5,000 rows for each of 1,000 viewers would take it minutes
        while True:
            yield event("frame", await queue.get())

    async def stream(request: Request) -> Response:
        return StreamingResponse(events(), media_type="text/event-stream")

    async def main() -> None:
        listening = asyncio.create_task(listen())
        app = Starlette(routes=[Route("/stream", stream)])
        await uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None)).serve(sockets=[bound(port)])
        listening.cancel()

    asyncio.run(main())


def event(name: str, figures: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(figures, ensure_ascii=False)}\n\n".encode()
