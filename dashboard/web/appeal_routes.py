"""The routes of explanations and appeals: GET /explain, GET and POST /appeals, POST /decisions. JSON in, JSON out.

Until sign-in exists the acting person is ``?as=<id>``, recorded as unverified; the server answers this machine only.
"""

from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_messages import Ruling
from dashboard.actions.appeal_service import AppealService
from dashboard.web.json_api import act, answer, json_route

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


class AppealRoutes:
    """The routes of one site's appeals."""

    def __init__(self, appeals: AppealService) -> None:
        self._appeals = appeals

    def routes(self) -> list[Route]:
        """The routes to add to the application."""
        return [
            json_route("GET", "/explain", self.explain),
            json_route("GET", "/appeals", self.list_appeals),
            json_route("POST", "/appeals", self.file),
            json_route("POST", "/decisions", self.decide),
        ]

    async def explain(self, request: Request) -> Response:
        """?agent=&period=day|month&date=: the numbers of an agent with the records behind them."""
        asked = request.query_params
        agent, period = asked.get("agent", ""), asked.get("period", "day")
        if not agent:
            raise Refused(400, "no_agent", "name the agent: ?agent=<id>")
        return await answer(lambda: self._appeals.explain(agent, period, asked.get("date")))

    async def list_appeals(self, request: Request) -> Response:
        """?agent=&state=open|granted|refused: appeals with before, after and person."""
        asked = request.query_params
        state = asked.get("state")
        if state not in (None, *_STATES):
            raise Refused(400, "bad_state", f"state is one of {', '.join(_STATES)}")
        return await answer(lambda: {"appeals": self._appeals.list_appeals(asked.get("agent"), state)})

    async def file(self, request: Request) -> Response:
        """Files an appeal: 201, or 4xx with the reason."""
        return await act(request, Filing, lambda who, body: self._appeals.file(who, body.ref, body.text))

    async def decide(self, request: Request) -> Response:
        """Decides an appeal: 201, or 4xx with the reason."""

        def decide(who: str, body: Deciding) -> dict[str, Any]:
            return self._appeals.decide(who, body.ref, Ruling(body.decision, body.reason, body.score), body.agent)

        return await act(request, Deciding, decide)
