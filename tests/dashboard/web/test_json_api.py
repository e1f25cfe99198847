"""A POST by which somebody acts: whatever is sent, it is done or refused with a word; no body is a fault of the server's."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Scope

from dashboard.access.board_services import board_services
from dashboard.access.door import Door
from dashboard.access.viewer import Viewer
from dashboard.board.bus import FrameReader
from dashboard.site.watch import SiteWatch
from dashboard.web.dash_requests import PageRequests
from dashboard.web.errors import ERRORS, answer_error
from dashboard.web.heavy_reads import HeavyReads
from dashboard.web.json_api import MOST_BYTES, act
from dashboard.web.request_door import keep_door
from dashboard.web.thread_pools import make_pools
from streams.simulator.embedded import free_port
from tests.dashboard.partitions import SITE
from tests.dashboard.running import AuditInMemory

JSON = {"content-type": "application/json"}


class Said(msgspec.Struct):
    ref: str


DOOR = Door(
    Viewer("oidc:1", "Gu"),
    board_services(SiteWatch.fixed(SITE), FrameReader(f"redis://127.0.0.1:{free_port()}"), AuditInMemory()),
)


async def said(request: Request) -> Response:
    keep_door(request.scope, DOOR)
    try:
        return await act(request, Said, lambda body: {"ref": body.ref})
    except ERRORS as error:
        return answer_error(error)


def application() -> Starlette:
    app = Starlette(routes=[Route("/", said, methods=["POST"])])
    app.state.pools, app.state.heavy_reads = make_pools(), HeavyReads()
    return app


def posted(content: Any, headers: dict[str, str]) -> httpx.Response:
    async def post() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=application()), base_url="http://here"
        ) as client:
            return await client.post("/", content=content, headers=JSON | headers)

    return asyncio.run(post())


def test_what_is_in_order_is_done() -> None:
    answer = posted(b'{"ref": "k"}', {})
    assert (answer.status_code, answer.json()) == (201, {"ref": "k"})


@pytest.mark.parametrize(
    ("content", "headers", "refusal"),
    [
        (b'{"ref": "k", "zz": ' + b"[" * 8000, {}, (422, "bad_body")),
        (b'{"ref": "k", "zz": ' + b"[" * 6000 + b"]" * 6000 + b"}", {}, (422, "bad_body")),
        (b'{"ref": "\xff"}', {}, (422, "bad_body")),
        (b'{"ref": 1}', {}, (422, "bad_body")),
        (b" " * (MOST_BYTES + 1), {}, (413, "too_long")),
        (b'{"ref": "k"}', {"content-type": "text/plain"}, (415, "not_json")),
    ],
)
def test_what_is_not_is_refused_with_a_word(content: bytes, headers: Any, refusal: Any) -> None:
    answer = posted(content, headers)
    assert (answer.status_code, answer.json()["error"]) == refusal


def test_of_a_body_that_does_not_end_no_more_is_read_than_is_allowed() -> None:
    sent = []

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(1000):
            sent.append(1)
            yield b" " * 1024

    assert posted(parts(), {}).status_code == 413
    assert len(sent) < 20


@pytest.mark.parametrize("path", ["/", "/_dash-update-component"])
def test_a_client_that_leaves_halfway_is_no_fault_of_ours(path: str) -> None:
    come: list[Message] = [{"type": "http.request", "body": b'{"ref', "more_body": True}, {"type": "http.disconnect"}]
    gone: list[Message] = []

    async def receive() -> Message:
        return come.pop(0)

    async def send(message: Message) -> None:
        gone.append(message)

    headers = [(b"content-type", b"application/json")]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "query_string": b"as=a1", "headers": headers}
    asyncio.run(PageRequests(Starlette(routes=[Route("/", said, methods=["POST"])]))(scope, receive, send))
    assert gone[0]["status"] == 400


def test_an_act_clears_what_was_read_before() -> None:
    async def ask(reads: HeavyReads, text: bytes) -> bytes:
        async def make() -> bytes:
            return text

        return await reads.read("a", "q", make)

    async def ask_and_act() -> list[bytes]:
        app, reads = application(), HeavyReads(clock_s=lambda: 0.0)
        app.state.heavy_reads = reads
        found = [await ask(reads, b"before"), await ask(reads, b"never made")]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://here") as client:
            assert (await client.post("/", json={"ref": "k"})).status_code == 201
        return [*found, await ask(reads, b"after")]

    assert asyncio.run(ask_and_act()) == [b"before", b"before", b"after"]
