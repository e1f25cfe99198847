"""GET /health.json: how the line is, for the page /health and for whoever watches from outside. POST /letters: their replay."""

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.health.health_service import Health
from dashboard.health.letter_replay import Asked
from dashboard.web.json_api import act
from dashboard.web.viewers import Viewers


class HealthRoute:
    """The routes over one report and, if it has one, its desk of letters; ``viewers``: those of this web worker."""

    def __init__(self, health: Health, viewers: Viewers) -> None:
        self._health = health
        self._viewers = viewers

    def routes(self) -> list[Route]:
        """What the application adds before its pages."""
        asked = [Route("/health.json", self.report, methods=["GET"])]
        return asked if self._health.letters is None else [*asked, Route("/letters", self.replay, methods=["POST"])]

    async def report(self, request: Request) -> Response:
        """200; 503 with the same body while Redis cannot be reached."""
        report = await run_in_threadpool(self._health.report, self._viewers.report())
        status = 200 if report["redis"]["reachable"] else 503
        body = orjson.dumps(report, option=orjson.OPT_INDENT_2)
        return Response(body, status, {"Cache-Control": "no-store"}, "application/json")

    async def replay(self, request: Request) -> Response:
        """Begins to send dead letters again, of a reason or all: 201 with the run, whose end /health.json tells."""
        desk = self._health.letters
        assert desk is not None, "there is no such route without a desk"
        return await act(request, Asked, desk.begin)
