"""The routes of flags: GET and POST /flags, for those who may see persons. JSON in, JSON out.

Until sign-in exists the acting person is ``?as=<id>``, kept as unverified; the server answers this machine only.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.actions.flag_actions import Acting
from dashboard.actions.flag_service import FlagService
from dashboard.actions.flag_standing import STATES
from dashboard.web.json_api import act, answered, error


class FlagRoutes:
    """The routes over one desk."""

    def __init__(self, desk: FlagService) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """What the application adds before its pages."""
        return [
            Route("/flags", self.flags, methods=["GET"]),
            Route("/flags", self.act, methods=["POST"]),
        ]

    async def flags(self, request: Request) -> Response:
        """?team=&agent=&state=open|snoozed|acknowledged|over: episodes with their numbers and what was done about them."""
        asked = request.query_params
        state = asked.get("state")
        if state not in (None, *STATES):
            return error(400, "bad_state", f"state is one of {', '.join(STATES)}")
        return await answered(lambda: self._desk.flags(asked.get("team"), asked.get("agent"), state))

    async def act(self, request: Request) -> Response:
        """Acknowledges, snoozes, notes, contests, plans or closes a coaching: 201, or 4xx with the reason."""
        return await act(request, Acting, self._desk.act)
