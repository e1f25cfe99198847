"""Refuses requests to Dash's routes that no page sends: Dash would answer them with a 500 and log them as faults of ours."""

from typing import Literal

import msgspec
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.actions.acting_person import Refused
from dashboard.web.errors import NO_SCRIPT, answer_error

_UPDATE = "/_dash-update-component"
_LONGEST = 64 * 1024


class AddressInput(msgspec.Struct):
    """One property of the page's address."""

    id: str
    property: str
    value: str | None = None


class PageRequest(msgspec.Struct):
    """The one request of a page by POST: its content, from its address (dashboard.web.app.build)."""

    output: Literal["page.children"]
    inputs: tuple[AddressInput, AddressInput]


class PageRequests:
    """Passes a POST to Dash on if a page can have sent it; else answers 400, or 413 if it is longer than a page's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != _UPDATE:
            await self._app(scope, receive, send)
            return
        body = await _read_body(receive)
        try:
            _check(body)
        except Refused as refused:
            await answer_error(refused)(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, send)


def refuse_unknown_scripts(server: FastAPI) -> None:
    """Answers 404 for a script that no component has."""
    for kind in NO_SCRIPT:
        server.add_exception_handler(kind, _no_script)


async def _no_script(request: Request, error: Exception) -> Response:
    return answer_error(error)


async def _read_body(receive: Receive) -> bytes:
    """The body up to a little more than the longest allowed."""
    body = b""
    while len(body) <= _LONGEST:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


def _check(body: bytes) -> None:
    if len(body) > _LONGEST:
        raise Refused(413, "too_long", "that is longer than any request of a page")
    try:
        msgspec.json.decode(body, type=PageRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, "bad_body", f"that is no request of a page: {error}") from error
