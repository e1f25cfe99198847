"""The routes of a screen without a seat: its page with a code, what became of the code, and the page of its board.

The token of a wall comes by a cookie alone: one in an address is ignored.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.access.attempts import Locked
from dashboard.access.board_services import BoardServices
from dashboard.access.display_service import DisplayService
from dashboard.access.door import Door
from dashboard.access.refusals import NotYours
from dashboard.access.requests import ScreenSize
from dashboard.access.walls import Display, Screen
from dashboard.web.errors import answer_locked, json_response
from dashboard.web.forms import local_path
from dashboard.web.json_api import read_body_as
from dashboard.web.page_routes import PageRoutes
from dashboard.web.pages import look_of
from dashboard.web.screen_cookies import ScreenCookies
from dashboard.web.web_address import address_of
from layouts.pair import pair_html

_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class PairRoutes:
    """``cookies``: how screens keep their tokens; ``pages``: the pages of boards."""

    services: BoardServices
    cookies: ScreenCookies
    pages: PageRoutes

    async def page(self, request: Request) -> Response:
        """The page of an unpaired screen; one that is paired goes on to its board."""
        token, address = self.cookies.wall.token_of(request), address_of(request)
        viewer = await self._displays.find_viewer(token, address)
        if viewer is not None:
            return RedirectResponse(board_path(viewer.board or ""), 303, _NO_STORE)
        site = self.services.sites.site
        onward = local_path(request.query_params.get("next", ""))
        query = dict(parse_qsl(urlsplit(onward).query)) | dict(request.query_params)
        look = look_of(query, "wall", site.language)
        html = pair_html(
            look.lang,
            site.zone,
            site.duty_phone or "",
            address,
            f"{request.url.netloc}/displays",
            f"/sign-in?{urlencode({'next': onward, 'lang': look.lang})}",
            _ended_ms(await self._displays.find_former(token)),
        )
        return HTMLResponse(html, headers=_NO_STORE)

    async def ask_code(self, request: Request) -> Response:
        """A code for the screen -> 201 with it, its id and for how long; 429 and 503 where too many were asked for."""
        size = await read_body_as(request, ScreenSize)
        screen = Screen(size.width, size.height, address_of(request))
        earlier = self.cookies.pairing.token_of(request) or self.cookies.wall.token_of(request)
        try:
            made = await self._displays.ask_code(screen, earlier)
        except Locked as error:
            return answer_locked(error)
        left_ms = made.code_ends_ms - self.now_ms
        answer = json_response({"id": made.id, "code": made.code, "left_ms": left_ms}, 201)
        self.cookies.pairing.hand_out(answer, made.token)
        return answer

    async def read_pairing(self, request: Request) -> Response:
        """What became of the code: ``waiting``, ``approved`` with the board and the wall's cookie, ``refused``, or ``none``."""
        token = self.cookies.pairing.token_of(request)
        pairing = await self._displays.read_pairing(token)
        if token is None or pairing is None:
            return json_response({"state": "none"})
        if pairing.state == "waiting":
            return json_response({"state": "waiting", "left_ms": pairing.code_ends_ms - self.now_ms})
        if pairing.state != "approved":
            return json_response({"state": "refused" if pairing.state == "refused" else "none"})
        made = await self._displays.collect(token, pairing.screen._replace(address=address_of(request)))
        if made is None:
            return json_response({"state": "none"})
        answer = json_response({"state": "approved", "to": board_path(made.board)})
        self.cookies.wall.hand_out(answer, made.token)
        return answer

    async def board(self, request: Request, door: Door) -> Response:
        """The page of a board. A wall gets the token that follows its own, where that is a day old."""
        answer = await self.pages.page(request, door)
        token = self.cookies.wall.token_of(request)
        if token is not None and door.viewer.board is not None and self.services.displays is not None:
            renewed = await self._displays.renew(token)
            if renewed is not None:
                self.cookies.wall.hand_out(answer, renewed)
        return answer

    @property
    def now_ms(self) -> int:
        """Now, by the clock of the pairings."""
        return self._displays.clock_ms()

    @property
    def _displays(self) -> DisplayService:
        if self.services.displays is None:
            raise NotYours
        return self.services.displays


def board_path(board: str) -> str:
    """The path of a board's page."""
    return f"/wall/{quote(board, safe='')}"


def _ended_ms(display: Display | None) -> int | None:
    if display is None:
        return None
    return display.expires_ms if display.revoked_ms is None else display.revoked_ms
