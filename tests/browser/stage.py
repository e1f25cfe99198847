"""A stage for the pages: the real layouts and scripts in a real Dash on FastAPI, with a stream that follows a script.

The server is real HTTP; what it sends is decided by the test (outages, gaps, old figures, an old age), which no real
counting line could be made to do on time. Bounds, origins and headers are the product's.
"""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from dash import Dash, html
from dash.backends._fastapi import FastAPIDashServer
from dash.development.base_component import Component
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from dashboard.web.app import NO_SCRIPT_OF_A_PAGE
from dashboard.web.outer_layer import OuterLayer
from dashboard.web.route_rules import MOST_BODY_BYTES, RouteRules
from layouts.shell import index_string
from tests.services.https import usual_endpoint

ASSETS = Path(__file__).resolve().parents[2] / "assets"
_CLOSE = ("close", b"")


class Stage:
    """What the server shows (``page``) and what its streams say; every method may be called from the test's thread."""

    def __init__(self) -> None:
        self.page: Component = html.Div()
        self.snapshot: dict[str, Any] | None = None
        self.refuse = False
        self.connections = 0
        self.answers: dict[str, tuple[int, Any]] = {}
        """``GET /explain`` -> status and JSON; what is not there is 404."""
        self.asked: list[tuple[str, str, Any]] = []
        """Method and path, query and body of every question, in their order."""
        self.streamed: set[str] = set()
        """Topics that some page looks at: of these ``/snapshot`` has the newest too."""
        self.url = ""
        self.app: Dash | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._viewers: set[asyncio.Queue[tuple[str, bytes]]] = set()

    def push(self, kind: str = "frame", **changes: Any) -> None:
        """Send ``changes`` as one event to every viewer; a frame's epoch, seq, now and age default to the next ones."""
        if kind == "frame":
            changes = self._next(changes)
        self._say((kind, json.dumps(changes, ensure_ascii=False).encode()))

    def cut(self) -> None:
        """End every stream and refuse new ones until ``mend``."""
        self.refuse = True
        self._say(_CLOSE)

    def mend(self) -> None:
        self.refuse = False

    def reset(self, page: Component, snapshot: dict[str, Any] | None) -> None:
        self._say(_CLOSE)
        self.page, self.snapshot, self.refuse, self.connections = page, snapshot, False, 0
        self.answers, self.asked = {}, []

    def deploy(self, build: str, density: str = "wall") -> None:
        """From now on the server sends the pages of this build."""
        assert self.app is not None
        self.app.index_string = index_string("zh", "dark", density, "callfloor", build)

    async def answer(self, request: Request) -> JSONResponse:
        """What the test has put under ``METHOD /path``."""
        if request.query_params.get("topic") in self.streamed:
            return JSONResponse(self.snapshot, 503 if self.refuse or self.snapshot is None else 200)
        name, raw = f"{request.method} {request.url.path}", await request.body()
        self.asked.append((name, request.url.query, json.loads(raw) if raw else None))
        status, body = self.answers.get(name, (404, {"error": "no_answer", "message": "nothing was put here"}))
        return JSONResponse(body, status)

    def _next(self, changes: dict[str, Any]) -> dict[str, Any]:
        assert self.snapshot is not None
        frame = (
            {key: self.snapshot[key] for key in ("epoch", "now", "age_s")} | {"seq": self.snapshot["seq"] + 1} | changes
        )
        self.snapshot = self.snapshot | {key: frame[key] for key in ("epoch", "seq", "now", "age_s")}
        return frame

    def _say(self, event: tuple[str, bytes]) -> None:
        if self._loop is not None and self._viewers:
            self._loop.call_soon_threadsafe(lambda: [queue.put_nowait(event) for queue in self._viewers])

    async def events(self, topics: list[str]) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._viewers.add(queue)
        self.streamed.update(topics)
        self.connections += 1
        try:
            yield b": hello\n\n"
            for topic in topics if self.snapshot else ():
                yield _event(topic, "snapshot", json.dumps(self.snapshot).encode())
            while (event := await queue.get()) is not _CLOSE:
                for topic in topics:
                    yield _event(topic, *event)
        finally:
            self._viewers.discard(queue)


def _event(topic: str, kind: str, data: bytes) -> bytes:
    """As the product's server sends it: the id names tick and topic."""
    of = json.loads(data)
    stamp = f"{of['epoch']}-{of['seq']}" if "epoch" in of else "-"
    return f"id: {stamp} {topic}\nevent: {kind}\ndata: ".encode() + data + b"\n\n"


def build(stage: Stage) -> OuterLayer:
    """The app: pages at every path, ``/stream``, ``/snapshot``, ``/explain`` and what people do from the stage."""
    FastAPIDashServer.websocket_capability = False
    server = FastAPI()

    @server.get("/stream", response_model=None)
    async def stream(request: Request) -> StreamingResponse:
        if stage.refuse:
            return StreamingResponse(iter(()), status_code=503)
        topics = request.query_params.getlist("topic")
        return StreamingResponse(
            stage.events(topics), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    for path in (
        "/explain",
        "/curve",
        "/appeals",
        "/decisions",
        "/flags",
        "/snapshot",
        "/me.json",
        "/feedback",
        "/health.json",
        "/displays.json",
        "/audit.json",
        "/audit/verify",
        "/letters",
    ):
        server.add_api_route(path, stage.answer, methods=["GET", "POST"], response_model=None)
    app = Dash(__name__, server=server, assets_folder=str(ASSETS), update_title="", assets_ignore=NO_SCRIPT_OF_A_PAGE)
    app.index_string = index_string("zh", "light", "desk", "callfloor")
    app.layout = lambda: stage.page
    # Dash looks for assets at its first own request; a page that came before would be without them.
    app._setup_server()  # type: ignore[no-untyped-call]  # noqa: SLF001
    stage.app = app
    return OuterLayer(server, app.csp_hashes(), lambda method, path: RouteRules(MOST_BODY_BYTES, is_page=True))


def config_of(stage: Stage, port: int) -> uvicorn.Config:
    """The settings of a server with the stage on it; in a run on https it speaks TLS."""
    tls = usual_endpoint().tls
    return uvicorn.Config(
        build(stage),
        host="127.0.0.1",
        port=port,
        log_level="error",
        timeout_graceful_shutdown=1,
        ssl_context_factory=(lambda *_: tls.server_context()) if tls else None,
    )


def url_of(port: int) -> str:
    """The address of such a server."""
    return replace(usual_endpoint(), listen=f"127.0.0.1:{port}").url


def _wait(done: Callable[[], bool], deadline_s: float = 10) -> None:
    end = time.monotonic() + deadline_s
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("the stage did not open")
        time.sleep(0.01)


@contextmanager
def serve(stage: Stage) -> Iterator[Stage]:
    """Serve on a free port of the loopback until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(config_of(stage, port))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _wait(lambda: server.started)
    stage.url = url_of(port)
    try:
        yield stage
    finally:
        stage.cut()
        server.should_exit = True
        thread.join(timeout=10)
