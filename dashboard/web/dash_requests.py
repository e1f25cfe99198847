"""What Dash's own routes may be asked. Dash answers nonsense with a 500 and a log entry, as if it were a fault of ours."""

from typing import Literal

import msgspec
from dash.exceptions import DependencyException, InvalidResourceError
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_UPDATE = "/_dash-update-component"
_LONGEST = 64 * 1024


class Input(msgspec.Struct):
    """One property of the page's address."""

    id: str
    property: str
    value: str | None = None


class Asked(msgspec.Struct):
    """The one thing a page asks by POST: its content, from its address (dashboard.web.app.build)."""

    output: Literal["page.children"]
    inputs: tuple[Input, Input]


class PageRequests:
    """Lets a POST to Dash through if it is what a page sends; else 400, or 413 if it is longer than a page's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != _UPDATE:
            await self._app(scope, receive, send)
            return
        body = await _body(receive)
        refusal = _refusal(body)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, send)


def refuse_unknown_scripts(server: FastAPI) -> None:
    """A script that no component has is a 404."""
    for kind in (DependencyException, InvalidResourceError):
        server.add_exception_handler(kind, _no_script)


async def _no_script(request: Request, error: Exception) -> Response:
    return PlainTextResponse("There is no such script.\n", 404)


async def _body(receive: Receive) -> bytes:
    """What is sent, up to a little more than the longest allowed."""
    body = b""
    while len(body) <= _LONGEST:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


def _refusal(body: bytes) -> Response | None:
    if len(body) > _LONGEST:
        return PlainTextResponse("That is longer than anything a page asks.\n", 413)
    try:
        msgspec.json.decode(body, type=Asked)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return PlainTextResponse(f"That is not what a page asks: {error}\n", 400)
    return None
