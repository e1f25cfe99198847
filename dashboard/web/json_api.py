"""What the routes on which people ask and act share: JSON in, JSON out, who acts, and the error that each fault becomes."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboard.actions.acting_person import Refused
from dashboard.board.bus import AWAY
from dashboard.floor.periods import BadPeriod
from dashboard.health.letter_replay import ReplayRefused
from dashboard.web.headers import is_local
from streams.actions import ProduceFailed
from streams.store.errors import advice_of, error_text, is_mistake, passes
from streams.store.ledger_reader import LedgerBusy

log = logging.getLogger(__name__)
MOST_BYTES = 16_384
_JSON = "application/json"


async def act(request: Request, kind: Any, do: Callable[[str, Any], Any]) -> Response:
    """A POST: its body as a msgspec type, and who acts -> 201 with the answer, or 4xx and 503 with the reason."""
    if refusal := _refusal(request):
        return refusal
    who = request.query_params.get("as", "")
    if not who:
        return error(400, "nobody", "say who acts: ?as=<id>")
    raw = await _body(request)
    if len(raw) > MOST_BYTES:
        return error(413, "too_long", f"a body has at most {MOST_BYTES} bytes")
    try:
        body = msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        return error(422, "bad_body", f"not what is expected here: {fault}")
    return await answered(lambda: do(who, body), 201)


async def answered(ask: Callable[[], Any], status: int = 200) -> Response:
    """Runs it beside the streams -> its answer, or the error that it ended in."""
    try:
        return _answer(await run_in_threadpool(ask), status)
    except (Refused, ReplayRefused) as refused:
        return error(refused.status, refused.word, str(refused))
    except BadPeriod as bad:
        return error(400, "bad_period", str(bad))
    except LedgerBusy as busy:
        return error(503, "busy", str(busy))
    except AWAY as fault:
        return store_fault(fault)
    except ProduceFailed:
        return error(503, "kafka_away", "Kafka did not take it; nothing is lost by trying again.")


def store_fault(fault: Exception) -> Response:
    """The answer while Redis cannot be asked: 503, with the reason where waiting does not help."""
    if passes(fault):
        return error(503, "redis_away", "Redis cannot be reached; ask again once it can.")
    log.error("Redis refuses: %s", error_text(fault), exc_info=fault if is_mistake(fault) else None)
    return error(503, "redis_refuses", f"Redis refuses: {error_text(fault)}; {advice_of(fault)}.")


def error(status: int, word: str, message: str) -> Response:
    """An error as every route gives it."""
    return _answer({"error": word, "message": message}, status)


async def _body(request: Request) -> bytes:
    """What is sent, up to a little more than the longest allowed: the rest is not taken into memory."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            break
    return body


def _refusal(request: Request) -> Response | None:
    """No form and no script of another page may act here: both would be in a name that somebody else chose."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
        return error(415, "not_json", f"send {_JSON}")
    origin = request.headers.get("origin")
    if origin is not None and not _is_ours(origin):
        return error(403, "foreign_page", "a page of another server may not act here")
    return None


def _is_ours(origin: str) -> bool:
    try:
        return is_local(urlsplit(origin).netloc)
    except ValueError:
        return False  # no address at all: http://[::1


def _answer(body: Any, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status, media_type=_JSON, headers=headers)
