"""The health of the line for its admins, and the replay of dead letters."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.door import Door
from dashboard.access.requests import ReplayRequest
from dashboard.web.json_api import act
from dashboard.web.thread_pools import pools_of


async def health_report(request: Request, door: Door) -> Response:
    """200; 503 with the same body while Redis cannot be reached."""
    report = await pools_of(request).health.run(door.health_report)
    status = 200 if report.redis["reachable"] else 503
    body = msgspec.json.format(msgspec.json.encode(report), indent=2)
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")


async def replay_letters(request: Request, door: Door) -> Response:
    """Begins to send dead letters again, of one reason or all: 201 with the replay; /health.json reports its progress."""
    return await act(request, ReplayRequest, lambda body: door.replay_letters(body.reason))
