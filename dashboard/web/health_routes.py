"""The routes of the page /health, which monitors may ask too: GET /health.json, and POST /letters to replay dead letters."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.health.health_service import HealthService
from dashboard.web.json_api import act, json_route
from dashboard.web.thread_pools import pools_of


class ReplayRequest(msgspec.Struct, frozen=True):
    """The body of POST /letters: the reason of the letters; none: every letter that may be sent again."""

    reason: str | None = None


def health_routes(health: HealthService, worker_report: Callable[[], Mapping[str, Any]]) -> list[Route]:
    """The routes over a health service and, if it has one, its replay service; ``worker_report``: as of ``Hub.report``."""
    letters = health.letters

    async def report(request: Request) -> Response:
        """200; 503 with the same body while Redis cannot be reached."""
        report = await pools_of(request).health.run(health.report, worker_report())
        status = 200 if report.redis["reachable"] else 503
        body = msgspec.json.format(msgspec.json.encode(report), indent=2)
        return Response(body, status, {"Cache-Control": "no-store"}, "application/json")

    async def replay(request: Request) -> Response:
        """Begins to send dead letters again, of one reason or all: 201 with the replay; /health.json reports its progress."""
        assert letters is not None, "there is no such route without a replay service"
        return await act(request, ReplayRequest, lambda who, body: letters.begin(who.recorded, body.reason))

    routes = [json_route("GET", "/health.json", report)]
    return routes if letters is None else [*routes, json_route("POST", "/letters", replay)]
