"""GET /health.json: how the line is, for the page /health and for whoever watches from outside."""

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.health import Health


class HealthRoute:
    """The route over one report."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def routes(self) -> list[Route]:
        """What the application adds before its pages."""
        return [Route("/health.json", self.report, methods=["GET"])]

    async def report(self, request: Request) -> Response:
        """200; 503 with the same body while Redis cannot be reached."""
        report = await run_in_threadpool(self._health.report)
        status = 200 if report["redis"]["reachable"] else 503
        body = orjson.dumps(report, option=orjson.OPT_INDENT_2)
        return Response(body, status, {"Cache-Control": "no-store"}, "application/json")
