"""The routes of explanations and appeals: GET /explain and /curve, GET and POST /appeals, POST /decisions. JSON in, JSON out.

Until sign-in exists the acting person is ``?as=<id>``, recorded as unverified; the server answers this machine only.
"""

from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.acting_person import Actor, Refused
from dashboard.actions.appeal_messages import Ruling
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.curve_service import CurveService, published_curve
from dashboard.board.topics import curve_topic
from dashboard.web.json_api import act, answer, json_route, read_json
from dashboard.web.me_routes import Snapshot
from dashboard.web.thread_pools import pools_of

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


def appeal_routes(appeals: AppealService, snapshot: Snapshot) -> list[Route]:
    """The routes of one site's appeals; ``snapshot``: the newest of a topic."""
    curves = CurveService(appeals)

    async def explain(request: Request) -> Response:
        """?agent=&period=day|month&date=&as=: the numbers of an agent with the records behind them."""
        asked = request.query_params
        agent, period, day, reader = _agent(request), asked.get("period", "day"), asked.get("date"), asked.get("as")
        return await answer(request, appeals.explain, agent, period, day, reader)

    async def curve(request: Request) -> Response:
        """?agent=: the sums of the running shift every five minutes, and the scores; 4xx where there is nothing to draw."""
        agent = _agent(request)
        reads = pools_of(request).reads

        async def make() -> bytes:
            team = await reads.run(curves.team_of, agent)
            # Without a snapshot the curve has the agent's calls alone.
            raw = None if team is None else await snapshot(curve_topic(team))
            return msgspec.json.encode(await reads.run(curves.read_curves, agent, published_curve(raw, agent)))

        return await read_json(request, make)

    async def list_appeals(request: Request) -> Response:
        """?agent=&state=open|granted|refused: appeals with before, after and person."""
        agent, state = (request.query_params.get(name) for name in ("agent", "state"))
        if state not in (None, *_STATES):
            raise Refused(400, "bad_state", f"state is one of {', '.join(_STATES)}")
        return await answer(request, lambda: {"appeals": appeals.list_appeals(agent, state)})

    async def file(request: Request) -> Response:
        """Files an appeal: 201, or 4xx with the reason."""
        return await act(request, Filing, lambda who, body: appeals.file(who, body.ref, body.text))

    async def decide(request: Request) -> Response:
        """Decides an appeal: 201, or 4xx with the reason."""

        def decide(who: Actor, body: Deciding) -> dict[str, Any]:
            return appeals.decide(who, body.ref, Ruling(body.decision, body.reason, body.score), body.agent)

        return await act(request, Deciding, decide)

    return [
        json_route("GET", "/explain", explain),
        json_route("GET", "/curve", curve),
        json_route("GET", "/appeals", list_appeals),
        json_route("POST", "/appeals", file),
        json_route("POST", "/decisions", decide),
    ]


def _agent(request: Request) -> str:
    """The agent that the address names. Raises Refused where it names none."""
    agent = request.query_params.get("agent", "")
    if not agent:
        raise Refused(400, "no_agent", "name the agent: ?agent=<id>")
    return agent
