"""Signing in and out. Forms of our own page, without a script; programs may choose a role of the demo in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.access.door import Door
from dashboard.access.identity import Identity
from dashboard.access.refusals import Refused
from dashboard.access.requests import DemoSignIn
from dashboard.access.sign_in import SignInService
from dashboard.web.cookies import SessionCookie
from dashboard.web.errors import json_response
from dashboard.web.json_api import MOST_BYTES, read_body, read_body_as
from dashboard.web.pages import look_of
from dashboard.web.request_door import token_of
from layouts.sign_in import sign_in_html
from streams.site_time import rfc3339

_FORM = "application/x-www-form-urlencoded"
_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class SignInRoutes:
    """The routes over the sign-in of a worker; ``cookie``: how its browsers keep the token."""

    sign_in: SignInService
    cookie: SessionCookie

    async def page(self, request: Request) -> Response:
        """The page on which people sign in; in the demo they choose a role there."""
        site = self.sign_in.sites.site
        look = look_of(request.query_params, "desk", site.language)
        onward = local_path(request.query_params.get("next", ""))
        people = self.sign_in.demo_people() if self.sign_in.is_demo else ()
        html = sign_in_html(look.lang, look.theme, site.name if look.lang == "zh" else site.name_en, onward, people)
        return HTMLResponse(html, headers=_NO_STORE)

    async def use_link(self, request: Request) -> Response:
        """Signs the user of this machine in by the link that the terminal shows. 404: used up, too late, or none."""
        identity = self.sign_in.use_link(request.query_params.get("code", ""))
        return await self._signed_in(request, identity, RedirectResponse("/", 303, _NO_STORE))

    async def choose_role(self, request: Request) -> Response:
        """The demo: signs in the person who holds a role. 204 to a program, and onward to a page."""
        if request.headers.get("content-type", "").startswith(_FORM):
            fields = form_fields(await read_body(request, MOST_BYTES))
            asked = DemoSignIn(fields.get("role", ""), fields.get("team"), fields.get("agent"))
            answer: Response = RedirectResponse(local_path(fields.get("next", "")), 303, _NO_STORE)
        else:
            asked, answer = await read_body_as(request, DemoSignIn), Response(status_code=204, headers=_NO_STORE)
        return await self._signed_in(request, self.sign_in.choose_role(asked), answer)

    async def sign_out(self, request: Request, door: Door) -> Response:
        """Ends the session -> 200 with where the page goes on to; the browser drops what it stored."""
        await self.sign_in.end(token_of(request))
        answer = json_response({"to": "/sign-in"})
        self.cookie.take_back(answer)
        return answer

    async def session(self, request: Request, door: Door) -> Response:
        """The person who is signed in, and until when."""
        session = await self.sign_in.find_session(token_of(request))
        viewer = door.viewer
        ends = None if session is None else rfc3339(session.ends_ms)
        return json_response(
            {
                "name": viewer.name,
                "account": viewer.account,
                "agent": viewer.agent,
                "roles": sorted(viewer.roles),
                "leads": sorted(viewer.leads),
                "ends_at": ends,
            }
        )

    async def go_on(self, request: Request, door: Door) -> Response:
        """The person is there: the idle time begins anew."""
        await self.sign_in.note_act(token_of(request))
        return await self.session(request, door)

    async def _signed_in(self, request: Request, identity: Identity, answer: Response) -> Response:
        """The answer with a new session; the one of before ends, so no token outlives a sign-in."""
        await self.sign_in.end(token_of(request))
        self.cookie.hand_out(answer, await self.sign_in.begin(identity))
        return answer


def local_path(text: str) -> str:
    """A path of this board, to go on to; anything else becomes ``/``. Browsers take a backslash for a slash."""
    plain = text.replace("\\", "/")
    is_path = text.isprintable() and plain.startswith("/") and not plain.startswith("//")
    return text if is_path and not urlsplit(text).netloc else "/"


def form_fields(raw: bytes) -> Mapping[str, str]:
    """The fields of a form. Raises Refused."""
    try:
        return dict(parse_qsl(raw.decode(), strict_parsing=True))
    except ValueError as error:
        raise Refused(400, "bad_body", "not what a form sends") from error
