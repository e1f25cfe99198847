"""Guards Dash: only what a page asks for reaches it, and its faults reach the log.

Dash answers a body that it does not expect with a 500, and logs no failure at all.
"""

import logging
from typing import Annotated, Literal

import msgspec
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access.refusals import Refused
from dashboard.web.errors import answer_error
from dashboard.web.json_api import decode_body, read_body

log = logging.getLogger(__name__)
DASH = "/_dash-"
_UPDATE = "/_dash-update-component"
_MOST_BYTES = 64 * 1024
_Text = Annotated[str, msgspec.Meta(max_length=4096)]
_OUTPUT = {"output": "page.children", "outputs": {"id": "page", "property": "children"}}
_CHANGED = {"changedPropIds": ["address.pathname"], "state": []}


class PathInput(msgspec.Struct):
    """The path of the page's address."""

    id: Literal["address"]
    property: Literal["pathname"]
    value: _Text | None = None


class SearchInput(msgspec.Struct):
    """The query of the page's address."""

    id: Literal["address"]
    property: Literal["search"]
    value: _Text | None = None


class PageRequest(msgspec.Struct):
    """The one request of a page by POST: its content, from its address (dashboard.web.app.build)."""

    output: Literal["page.children"]
    inputs: tuple[PathInput, SearchInput]


class PageRequests:
    """Passes a POST to Dash on as a page sends it, whatever else it held; else answers 400, or 413 if it is too long."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands a request on."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != _UPDATE:
            await self._app(scope, receive, send)
            return
        try:
            body = _rebuild(await read_body(Request(scope, receive), _MOST_BYTES))
        except Refused as refused:
            await answer_error(refused)(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        described = {b"content-type": b"application/json", b"content-length": str(len(body)).encode()}
        headers = [each for each in scope["headers"] if each[0] not in described] + [*described.items()]
        await self._app({**scope, "headers": headers}, again, send)


class DashFaults:
    """Logs a fault inside of Dash's routes, around which Dash answers a 500 without a word. Goes inside of Dash."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands a request on."""
        try:
            await self._app(scope, receive, send)
        except Exception:
            if scope["type"] == "http" and scope["path"].startswith(DASH):
                log.exception("%s %s failed", scope["method"], scope["path"])
            raise


def _rebuild(body: bytes) -> bytes:
    """The body of a page, made of its address alone. Raises Refused."""
    asked: PageRequest = decode_body(body, PageRequest, 400)
    return msgspec.json.encode({**_OUTPUT, "inputs": asked.inputs, **_CHANGED})
