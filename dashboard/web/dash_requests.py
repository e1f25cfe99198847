"""Refuses requests to Dash's routes that no page sends: Dash would answer them with a 500 and log them as faults of ours."""

from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.actions.acting_person import Refused
from dashboard.web.errors import answer_error
from dashboard.web.json_api import decode_body, read_body

_UPDATE = "/_dash-update-component"
_MOST_BYTES = 64 * 1024


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
        try:
            body = await read_body(Request(scope, receive), _MOST_BYTES)
            decode_body(body, PageRequest, 400)
        except Refused as refused:
            await answer_error(refused)(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, send)
