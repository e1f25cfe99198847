"""JSON in, JSON out: the body of a request becomes a value, and what a route returns an answer."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dashboard.access.refusals import Refused
from dashboard.web.heavy_reads import HeavyReads
from dashboard.web.request_door import door_of
from dashboard.web.thread_pools import pools_of

MOST_BYTES = 16_384
_JSON = "application/json"
_NO_STORE = {"Cache-Control": "no-store"}


async def act(request: Request, kind: Any, do: Callable[[Any], Any]) -> Response:
    """A POST with a body of the msgspec type ``kind`` -> 201 with what ``do(body)`` returns."""
    body = await read_body_as(request, kind)
    try:
        done = await pools_of(request).acts.run(do, body)
    finally:
        _reads_of(request).clear()
    return Response(door_of(request).encode(done), 201, media_type=_JSON, headers=_NO_STORE)


async def answer(request: Request, ask: Callable[..., Any], *arguments: Any) -> Response:
    """Calls ``ask`` in a thread, so that streams go on -> 200 with what it returns, as of ``read_json``."""

    def ask_in_thread() -> bytes:
        return door_of(request).encode(ask(*arguments))

    return await read_json(request, lambda: pools_of(request).reads.run(ask_in_thread))


async def read_json(request: Request, make: Callable[[], Awaitable[bytes]]) -> Response:
    """200 with the JSON that ``make`` gives, made once for the same question of the same viewer; 429 who asks too often."""
    question = request.url.path, tuple(sorted(request.query_params.multi_items()))
    # The viewer with all grants: nobody gets an answer that was made for somebody who may see more.
    body = await _reads_of(request).read(door_of(request).viewer, question, make)
    return Response(body, media_type=_JSON, headers=_NO_STORE)


def _reads_of(request: Request) -> HeavyReads:
    reads: HeavyReads = request.app.state.heavy_reads
    return reads


async def read_body_as(request: Request, kind: Any) -> Any:
    """The body of a request as the msgspec type ``kind``. Raises Refused."""
    # Forms of other pages cannot send this type without asking first, and they are refused when they ask.
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
        raise Refused(415, "not_json", f"send {_JSON}")
    return decode_body(await read_body(request, MOST_BYTES), kind)


async def read_body(request: Request, most_bytes: int) -> bytes:
    """Raises Refused at the first byte too many: the rest is not taken into memory. Also for a client that leaves halfway."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most_bytes:
                raise Refused(413, "too_long", f"a body has at most {most_bytes} bytes")
    except ClientDisconnect as error:
        raise Refused(400, "bad_body", "the client left before the end of the body") from error
    return body


def decode_body(raw: bytes, kind: Any, status: int = 422) -> Any:
    """JSON -> the msgspec type ``kind``. Raises Refused with ``status``."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(status, "bad_body", f"not what is expected here: {error}") from error
