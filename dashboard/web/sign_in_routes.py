"""Signing in and out: by the form of a local account, by the link of this machine, by a role of the demo."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.access.accounts import PREFIX
from dashboard.access.attempts import Locked
from dashboard.access.demo_people import WALL
from dashboard.access.door import Door
from dashboard.access.identity import Identity
from dashboard.access.refusals import REFUSALS, NotYours, refusal_of
from dashboard.access.requests import DemoSignIn
from dashboard.access.sign_in import IDLE_MS, SignInService, WrongPassword
from dashboard.web.cookies import SessionCookie
from dashboard.web.errors import json_response
from dashboard.web.forms import is_form, local_path, read_form
from dashboard.web.json_api import read_body_as
from dashboard.web.request_door import token_of
from dashboard.web.sign_in_log import SignInLog
from dashboard.web.sign_in_pages import SignInPages
from dashboard.web.thread_pools import pools_of
from dashboard.web.web_address import WebAddress, address_of
from streams.site_time import MINUTE_MS, rfc3339

_NO_STORE = {"Cache-Control": "no-store"}
_SAYS = {"idle": {"minutes": str(IDLE_MS // MINUTE_MS)}, "ended": {}}
"""What a page that leads to the sign-in may let it say, by the word ``why``."""


@dataclass(frozen=True)
class SignInRoutes:
    """The routes over the sign-in of a worker; ``cookie``: how its browsers keep the token."""

    sign_in: SignInService
    cookie: SessionCookie
    address: WebAddress
    log: SignInLog

    @property
    def pages(self) -> SignInPages:
        """The sign-in page."""
        return SignInPages(self.sign_in)

    async def page(self, request: Request) -> Response:
        """The page on which people sign in; in the demo they choose a role there."""
        try:
            session = await self.sign_in.find_session(token_of(request))
        except REFUSALS as error:
            return self.pages.say_closed(request, refusal_of(error), "")
        if session is not None and not self.sign_in.is_demo:
            if not self.sign_in.has_role(session.identity):
                return self.pages.say_no_role(request, session.identity, "")
            if request.query_params.get("why") == "no_page":
                return self.pages.say(request, "no_page", 200, {"name": session.identity.name})
        why = request.query_params.get("why", "")
        return self.pages.say(request, why, 200, _SAYS[why]) if why in _SAYS else self.pages.offer(request)

    async def check_password(self, request: Request) -> Response:
        """Signs in by a local account: 303 onward, or the page again with 401, 429 locked, 403 without a role, 503 closed."""
        form = await read_form(request)
        onward, name = local_path(form.get("next", "")), form.get("account", "")
        try:
            identity = await self.sign_in.check_password(
                name, form.get("password", ""), address_of(request), pools_of(request).passwords.run
            )
            if not self.sign_in.has_role(identity):
                self.log.note_no_role(request, identity)
                return self.pages.say_no_role(request, identity, onward)
            return await self._signed_in(request, identity, RedirectResponse(onward, 303, _NO_STORE))
        except WrongPassword as wrong:
            self.log.note_wrong_password(request, name)
            return self.pages.say(request, "wrong", 401, {"left": str(wrong.left)}, onward, account=name)
        except Locked as locked:
            return self.pages.say_locked(request, locked.until_ms, onward, account=name)
        except NotYours:
            raise
        except REFUSALS as error:
            return self.pages.say_closed(request, refusal_of(error), onward, account=name)

    async def confirm_page(self, request: Request, door: Door) -> Response:
        """The page on which the person of a session proves again who they are."""
        return self.pages.offer(request, **self._ways_to_confirm(door))

    async def confirm(self, request: Request, door: Door) -> Response:
        """Confirms a session by the password of its local account; answers as ``check_password``."""
        form, token = await read_form(request), token_of(request)
        onward, ways = local_path(form.get("next", "")), self._ways_to_confirm(door)
        try:
            await self.sign_in.check_again(token, form.get("password", ""), pools_of(request).passwords.run)
            door.log.note_signed("signed_in", "confirmation")
            await self.sign_in.confirm(token)
            return RedirectResponse(onward, 303, _NO_STORE)
        except WrongPassword as wrong:
            door.log.note_denied("wrong_password")
            return self.pages.say(request, "wrong", 401, {"left": str(wrong.left)}, onward, **ways)
        except Locked as locked:
            return self.pages.say_locked(request, locked.until_ms, onward, **ways)
        except NotYours:
            raise
        except REFUSALS as error:
            return self.pages.say_closed(request, refusal_of(error), onward, **ways)

    async def use_link(self, request: Request) -> Response:
        """Signs the user of this machine in by the link that the terminal shows. 404: used up, too late, or none."""
        identity = self.sign_in.use_link(request.query_params.get("code", ""))
        return await self._signed_in(request, identity, RedirectResponse("/", 303, _NO_STORE))

    async def choose_role(self, request: Request) -> Response:
        """The demo: signs in the person who holds a role. 204 to a program, and onward to a page."""
        if is_form(request):
            form = await read_form(request)
            asked = DemoSignIn(form.get("role", ""), form.get("team"), form.get("agent"))
            answer: Response = RedirectResponse(local_path(form.get("next", "")), 303, _NO_STORE)
            if asked.role == WALL and self.sign_in.is_demo:
                return await self._signed_out(request, RedirectResponse("/wall/main", 303, _NO_STORE))
        else:
            asked, answer = await read_body_as(request, DemoSignIn), Response(status_code=204, headers=_NO_STORE)
        return await self._signed_in(request, self.sign_in.choose_role(asked), answer)

    async def sign_out(self, request: Request, door: Door) -> Response:
        """Ends the session -> 200 with where the page goes on to; the browser drops what it stored."""
        to = await self.sign_in.sign_out(token_of(request), self.address.page_of(request, "/sign-in"))
        self.log.note_sign_out(request, door.viewer)
        answer = json_response({"to": to or "/sign-in"})
        self.cookie.take_back(answer)
        return answer

    async def session(self, request: Request, door: Door) -> Response:
        """The person who is signed in, and until when."""
        session, viewer = await self.sign_in.find_session(token_of(request)), door.viewer
        if session is None:
            raise NotYours
        idle_ms = session.limits.idle_ms
        return json_response(
            {
                "name": viewer.name,
                "account": viewer.account,
                "agent": viewer.agent,
                "roles": sorted(viewer.roles),
                "leads": sorted(viewer.leads),
                "ends_at": rfc3339(session.ends_ms),
                "ends_in_s": max(0, session.ends_ms - self.sign_in.clock_ms()) / 1000,
                "idle_s": None if idle_ms is None else idle_ms / 1000,
                "confirmed_until": rfc3339(self.sign_in.confirmed_until(session)),
            }
        )

    async def go_on(self, request: Request, door: Door) -> Response:
        """The person is there: the idle time begins anew."""
        await self.sign_in.note_act(token_of(request))
        return await self.session(request, door)

    def _ways_to_confirm(self, door: Door) -> dict[str, Any]:
        is_local = door.viewer.account.startswith(PREFIX)
        company = "company_again" if self.sign_in.company and not is_local else ""
        return {"confirms": door.viewer.name, "company": company, "has_accounts": is_local}

    async def _signed_in(self, request: Request, identity: Identity, answer: Response) -> Response:
        """The answer with a new session; the one of before ends, so no token outlives a sign-in."""
        self.log.note_sign_in(request, identity)
        await self.sign_in.end(token_of(request))
        self.cookie.hand_out(answer, await self.sign_in.begin(identity))
        return answer

    async def _signed_out(self, request: Request, answer: Response) -> Response:
        await self.sign_in.end(token_of(request))
        self.cookie.drop(answer)
        return answer
