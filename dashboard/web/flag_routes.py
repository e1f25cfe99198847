"""Flags and what people do about them: JSON in, JSON out."""

from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.door import Door
from dashboard.access.requests import Acting
from dashboard.web.json_api import act, answer


async def list_flags(request: Request, door: Door) -> Response:
    """?team=&agent=&state=open|snoozed|acknowledged|over: episodes with their numbers and the actions on them."""
    team, agent, state = (request.query_params.get(name) for name in ("team", "agent", "state"))
    return await answer(request, door.list_flags, team, agent, state)


async def act_on_flag(request: Request, door: Door) -> Response:
    """Acknowledges, snoozes, notes, contests, plans or closes a coaching: 201, or 4xx with the reason."""
    return await act(request, Acting, door.act_on_flag)
