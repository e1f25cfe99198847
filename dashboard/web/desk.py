"""The routes of what people ask and do: GET /explain, GET and POST /appeals, POST /decisions. JSON in, JSON out.

Until sign-in exists the acting person is ``?as=<id>``, kept as unverified; the server answers this machine only.
"""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.appeals.answers import Refused
from dashboard.appeals.desk import Desk
from dashboard.appeals.records import Ruling
from dashboard.live.bus import AWAY
from dashboard.past.periods import BadPeriod
from dashboard.web.headers import is_local
from streams.ledger_reader import LedgerBusy
from streams.produce import ProduceFailed

MOST_BYTES = 16_384
_JSON = "application/json"
_STATES = ("open", "granted", "refused")


class Filing(msgspec.Struct, frozen=True):
    """The body of POST /appeals. ``ref``: the id of a complaint, evaluation or conduct record, or a closed month."""

    ref: str
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Deciding(msgspec.Struct, frozen=True):
    """The body of POST /decisions."""

    ref: str
    decision: str
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    score: float | None = None
    agent: str | None = None


class DeskRoutes:
    """The routes over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """What the application adds before its pages."""
        return [
            Route("/explain", self.explain, methods=["GET"]),
            Route("/appeals", self.appeals, methods=["GET"]),
            Route("/appeals", self.file, methods=["POST"]),
            Route("/decisions", self.decide, methods=["POST"]),
        ]

    async def explain(self, request: Request) -> Response:
        """?agent=&period=day|month&date=: what the numbers of an agent are made of."""
        asked = request.query_params
        agent, period = asked.get("agent", ""), asked.get("period", "day")
        if not agent:
            return error(400, "no_agent", "name the agent: ?agent=<id>")
        return await _run(lambda: self._desk.explain(agent, period, asked.get("date")))

    async def appeals(self, request: Request) -> Response:
        """?agent=&state=open|granted|refused: appeals with before, after and who."""
        asked = request.query_params
        state = asked.get("state")
        if state not in (None, *_STATES):
            return error(400, "bad_state", f"state is one of {', '.join(_STATES)}")
        return await _run(lambda: {"appeals": self._desk.appeals(asked.get("agent"), state)})

    async def file(self, request: Request) -> Response:
        """Files an appeal: 201, or 4xx with the reason."""
        return await self._act(request, Filing, lambda who, body: self._desk.file(who, body.ref, body.text))

    async def decide(self, request: Request) -> Response:
        """Decides an appeal: 201, or 4xx with the reason."""

        def act(who: str, body: Deciding) -> dict[str, Any]:
            return self._desk.decide(who, body.ref, Ruling(body.decision, body.reason, body.score), body.agent)

        return await self._act(request, Deciding, act)

    async def _act(self, request: Request, kind: Any, act: Callable[[str, Any], dict[str, Any]]) -> Response:
        if refusal := _refusal(request):
            return refusal
        who = request.query_params.get("as", "")
        if not who:
            return error(400, "nobody", "say who acts: ?as=<id>")
        raw = await request.body()
        if len(raw) > MOST_BYTES:
            return error(413, "too_long", f"a body has at most {MOST_BYTES} bytes")
        try:
            body = msgspec.json.decode(raw, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            return error(422, "bad_body", f"not what is expected here: {fault}")
        return await _run(lambda: act(who, body), 201)


def error(status: int, word: str, message: str) -> Response:
    """An error as every route gives it."""
    return _answer({"error": word, "message": message}, status)


def _refusal(request: Request) -> Response | None:
    """No form and no script of another page may act here: both would be in a name that somebody else chose."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
        return error(415, "not_json", f"send {_JSON}")
    origin = request.headers.get("origin")
    if origin is not None and not is_local(urlsplit(origin).netloc):
        return error(403, "foreign_page", "a page of another server may not act here")
    return None


async def _run(ask: Callable[[], dict[str, Any]], status: int = 200) -> Response:
    """Runs it beside the streams -> its answer, or the error that it ended in."""
    try:
        return _answer(await run_in_threadpool(ask), status)
    except Refused as refused:
        return error(refused.status, refused.word, str(refused))
    except BadPeriod as bad:
        return error(400, "bad_period", str(bad))
    except LedgerBusy as busy:
        return error(503, "busy", str(busy))
    except AWAY:
        return error(503, "redis_away", "Redis cannot be reached; ask again once it can.")
    except ProduceFailed:
        return error(503, "kafka_away", "Kafka did not take it; nothing is lost by trying again.")


def _answer(body: dict[str, Any], status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(body), status, media_type=_JSON, headers=headers)
