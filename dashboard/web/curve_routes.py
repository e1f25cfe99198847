"""The route of the drawer's charts: GET /curve, for those who may see persons."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.curve_service import CurveService, published_curve
from dashboard.board.topics import curve_topic
from dashboard.web.json_api import answer, json_route
from dashboard.web.me_routes import Snapshot


class CurveRoutes:
    """The route of curves; ``snapshot``: the newest of a topic."""

    def __init__(self, appeals: AppealService, snapshot: Snapshot) -> None:
        self._curves = CurveService(appeals)
        self._snapshot = snapshot

    def routes(self) -> list[Route]:
        """The routes to add to the application."""
        return [json_route("GET", "/curve", self.curve)]

    async def curve(self, request: Request) -> Response:
        """?agent=: the sums of the running shift minute by minute, and the scores; 4xx where there is nothing to draw."""
        agent = request.query_params.get("agent", "")
        if not agent:
            raise Refused(400, "no_agent", "name the agent: ?agent=<id>")
        team = await run_in_threadpool(self._curves.team_of, agent)
        # Without a snapshot the curve has the agent's calls alone.
        raw = None if team is None else await self._snapshot(curve_topic(team))
        return await answer(lambda: self._curves.read_curves(agent, published_curve(raw, agent)))
