"""The gate of the web server: finds the route of a request in the table, and the viewer, and lets no other pass.

Pure ASGI. A request that passes has its door in its scope. What the table does not have is no route, whatever the application
behind would answer; without a session data routes answer 401, and pages lead to the sign-in.
"""

from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.access.bearers import Bearer, find_viewer
from dashboard.access.board_services import BoardServices
from dashboard.access.door import Door
from dashboard.access.rate_limit import Rate, RateLimiter
from dashboard.access.refusals import REFUSALS, NotYours, Refusal
from dashboard.access.sign_in import SignInService
from dashboard.access.viewer import Viewer
from dashboard.access.viewer_log import Origin
from dashboard.web.cookies import SessionCookie
from dashboard.web.errors import answer_error, answer_refusal
from dashboard.web.request_door import keep_bearer, keep_door
from dashboard.web.routes import BoardRoute, RouteTable
from dashboard.web.screen_cookies import ScreenCookies
from dashboard.web.web_address import address_of

_SIGNED_OUT = Refusal(401, "signed_out", "Sign in first.")
_CONFIRM_FIRST = Refusal(
    403, "confirm_first", "Confirm at /sign-in/confirm that it is you; this needs it once an hour."
)


ACT_RATE = Rate(burst=30, per_s=1.0)
"""Acts wait for Kafka in a few threads: who acts faster than people do would hold up everybody else."""


class Gate:
    """``not_found`` makes the page for an address that is none, or is not the viewer's; ``acts`` counts those of each account."""

    def __init__(
        self,
        app: ASGIApp,
        table: RouteTable,
        services: BoardServices,
        sign_in: SignInService,
        cookie: SessionCookie,
        not_found: Callable[[Request, Door], Response],
        acts: RateLimiter,
    ) -> None:
        self._app = app
        self._table = table
        self._services = services
        self._sign_in = sign_in
        self._cookie = cookie
        self._screens = ScreenCookies(cookie.is_secure)
        self._not_found = not_found
        self._acts = acts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request that may not pass, and hands any other on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            refused = await self._refuse(scope)
        except REFUSALS as error:
            refused = answer_error(error)
        await (refused or self._app)(scope, receive, send)

    async def _refuse(self, scope: Scope) -> Response | None:
        """The answer to a request that may not pass; None: it passes, and has what routes need in its scope."""
        row = self._table.find(scope["method"], scope["path"])
        if row is None:
            raise NotYours
        connection = HTTPConnection(scope)
        bearer = self._bearer_of(connection)
        keep_bearer(scope, bearer)
        if row.is_for_anybody:
            return None
        viewer = await find_viewer(bearer, self._sign_in, self._services.displays)
        if viewer is None:
            return self._to_sign_in(scope) if row.rules.is_page else answer_refusal(_SIGNED_OUT)
        door = Door(viewer, self._services, Origin(connection.url.path, bearer.address))
        keep_door(scope, door)
        if row.who.allows(door.scope, {}):
            return await self._pass(row, viewer, bearer.session or None)
        if row.rules.is_page:
            return self._not_found(Request(scope), door)
        door.log.note_denied()
        raise NotYours

    async def _pass(self, row: BoardRoute, viewer: Viewer, token: str | None) -> Response | None:
        """An act is counted, and noted, since the person is there; some ask first whether it is still the same person."""
        if row.is_act:
            self._acts.count(viewer.account)
        if row.rules.needs_confirmation and not await self._sign_in.is_confirmed(token):
            return answer_refusal(_CONFIRM_FIRST)
        if row.is_act:
            await self._sign_in.note_act(token)
        return None

    def _bearer_of(self, connection: HTTPConnection) -> Bearer:
        session, wall = self._cookie.token_of(connection), self._screens.wall.token_of(connection)
        return Bearer(session or "", wall or "", address_of(connection))

    def _to_sign_in(self, scope: Scope) -> Response:
        """A page leads to the sign-in, and from there back; that of a board to the pairing of screens."""
        query = scope["query_string"].decode("latin-1")
        here = scope["path"] + (f"?{query}" if query else "")
        first = "/pair" if here.startswith("/wall/") else "/sign-in"
        return RedirectResponse(f"{first}?next={quote(here, safe='')}", 303, {"Cache-Control": "no-store"})
