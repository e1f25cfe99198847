"""JSON in, JSON out: a question or an act of a person becomes an answer, or the error that web/errors.py has for it."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.acting_person import Actor, Refused
from dashboard.web.errors import ERRORS, answer_error, json_response
from dashboard.web.heavy_reads import HeavyReads
from dashboard.web.thread_pools import pools_of

MOST_BYTES = 16_384
_JSON = "application/json"


def json_route(method: str, path: str, handler: Callable[[Request], Awaitable[Response]]) -> Route:
    """A route whose handler may raise ERRORS."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except ERRORS as error:
            return answer_error(error)

    return Route(path, endpoint, methods=[method])


async def act(request: Request, kind: Any, do: Callable[[Actor, Any], Any]) -> Response:
    """A POST by ``?as=<id>`` with a body of the msgspec type ``kind`` -> 201 with what ``do(id, body)`` returns."""
    _require_json(request)
    who = request.query_params.get("as", "")
    if not who:
        raise Refused(400, "nobody", "say who acts: ?as=<id>")
    body = decode_body(await read_body(request, MOST_BYTES), kind)
    try:
        done = await pools_of(request).acts.run(do, Actor(f"unverified:{who}", who), body)
    finally:
        _reads_of(request).clear()
    return json_response(done, 201)


async def answer(request: Request, ask: Callable[..., Any], *arguments: Any) -> Response:
    """Calls ``ask`` in a thread, so that streams go on -> 200 with what it returns, as of ``read_json``."""

    def ask_in_thread() -> bytes:
        return msgspec.json.encode(ask(*arguments))

    return await read_json(request, lambda: pools_of(request).reads.run(ask_in_thread))


async def read_json(request: Request, make: Callable[[], Awaitable[bytes]]) -> Response:
    """200 with the JSON that ``make`` gives, made once for the same question of the same viewer; 429 who asks too often."""
    question = request.url.path, tuple(sorted(request.query_params.multi_items()))
    body = await _reads_of(request).read(_viewer_of(request), question, make)
    return Response(body, media_type=_JSON, headers={"Cache-Control": "no-store"})


def _reads_of(request: Request) -> HeavyReads:
    reads: HeavyReads = request.app.state.heavy_reads
    return reads


def _viewer_of(request: Request) -> Hashable:
    """All that decides what the viewer may see; without sign-in the address they ask from."""
    viewer: Hashable = getattr(request.state, "viewer", None)
    return viewer or (request.client.host if request.client else "")


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


def _require_json(request: Request) -> None:
    """Raises Refused for another content type: a form of another page could send it."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
        raise Refused(415, "not_json", f"send {_JSON}")
