"""The route of the drawer's charts: GET /curve, for those who may see persons."""

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.acting_person import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.actions.curve_service import CurveService, published_curve
from dashboard.board.topics import curve_topic
from dashboard.web.errors import answer_error
from dashboard.web.json_api import answered
from dashboard.web.me_routes import Snapshot


class CurveRoutes:
    """The route of curves; ``snapshot``: the newest of a topic."""

    def __init__(self, appeals: AppealService, snapshot: Snapshot) -> None:
        self._curves = CurveService(appeals)
        self._snapshot = snapshot

    def routes(self) -> list[Route]:
        """What the application adds before its pages."""
        return [Route("/curve", self.curve, methods=["GET"])]

    async def curve(self, request: Request) -> Response:
        """?agent=: the sums of the running shift minute by minute, and the scores; 4xx where there is nothing to draw."""
        agent = request.query_params.get("agent", "")
        if not agent:
            return answer_error(Refused(400, "no_agent", "name the agent: ?agent=<id>"))
        found = await answered(lambda: {"team": self._curves.team_of(agent)})
        if found.status_code != 200:
            return found
        raw = await self._raw(orjson.loads(found.body)["team"])
        return await answered(lambda: self._curves.read_curves(agent, published_curve(raw, agent)))

    async def _raw(self, team: str | None) -> bytes | None:
        """None where the publisher says nothing now: then there are the agent's calls alone."""
        return None if team is None else await self._snapshot(curve_topic(team))
