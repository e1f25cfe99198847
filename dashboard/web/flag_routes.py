"""The routes of flags: GET and POST /flags. JSON in, JSON out.

Until sign-in exists the acting person is ``?as=<id>``, recorded as unverified; the server answers this machine only.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.acting_person import Refused
from dashboard.actions.flag_actions import Acting
from dashboard.actions.flag_service import FlagService
from dashboard.actions.flag_standing import STATES
from dashboard.web.json_api import act, answer, json_route


def flag_routes(flags: FlagService) -> list[Route]:
    """The routes of one site's flags."""

    async def list_flags(request: Request) -> Response:
        """?team=&agent=&state=open|snoozed|acknowledged|over: episodes with their numbers and the actions on them."""
        team, agent, state = (request.query_params.get(name) for name in ("team", "agent", "state"))
        if state not in (None, *STATES):
            raise Refused(400, "bad_state", f"state is one of {', '.join(STATES)}")
        return await answer(request, flags.list_flags, team, agent, state)

    async def act_on_flag(request: Request) -> Response:
        """Acknowledges, snoozes, notes, contests, plans or closes a coaching: 201, or 4xx with the reason."""
        return await act(request, Acting, flags.act)

    return [json_route("GET", "/flags", list_flags), json_route("POST", "/flags", act_on_flag)]
