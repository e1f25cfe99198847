"""The routes of flags: GET and POST /flags, for those who may see persons. JSON in, JSON out.

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


class FlagRoutes:
    """The routes of one site's flags."""

    def __init__(self, flags: FlagService) -> None:
        self._flags = flags

    def routes(self) -> list[Route]:
        """The routes to add to the application."""
        return [
            json_route("GET", "/flags", self.list_flags),
            json_route("POST", "/flags", self.act),
        ]

    async def list_flags(self, request: Request) -> Response:
        """?team=&agent=&state=open|snoozed|acknowledged|over: episodes with their numbers and the actions on them."""
        asked = request.query_params
        state = asked.get("state")
        if state not in (None, *STATES):
            raise Refused(400, "bad_state", f"state is one of {', '.join(STATES)}")
        return await answer(lambda: self._flags.list_flags(asked.get("team"), asked.get("agent"), state))

    async def act(self, request: Request) -> Response:
        """Acknowledges, snoozes, notes, contests, plans or closes a coaching: 201, or 4xx with the reason."""
        return await act(request, Acting, self._flags.act)
