"""Signing in with a company account: to the provider, back from it, and what it says when it has signed somebody out."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.access.attempts import DEPARTURE, Locked, network_of
from dashboard.access.company_sign_in import Arrival, CompanySignIn
from dashboard.access.oidc_provider import OidcAway, OidcRefused
from dashboard.access.refusals import REFUSALS, NotYours, Refused, refusal_of
from dashboard.access.sign_in import SignInService
from dashboard.web.cookies import SessionCookie
from dashboard.web.forms import local_path
from dashboard.web.json_api import MOST_BYTES, read_body
from dashboard.web.request_door import token_of
from dashboard.web.sign_in_log import SignInLog
from dashboard.web.sign_in_pages import SignInPages
from dashboard.web.web_address import WebAddress, address_of

_NO_STORE = {"Cache-Control": "no-store"}
_CALLBACK = "/sign-in/callback"
_LIFE_S = 600


@dataclass(frozen=True)
class CompanyRoutes:
    """The routes over the sign-in of a worker; ``cookie``: of its sessions, ``address``: where the provider sends people back."""

    sign_in: SignInService
    cookie: SessionCookie
    address: WebAddress
    log: SignInLog

    @property
    def browser_cookie(self) -> SessionCookie:
        """Holds which browser began a sign-in, until it is back from the provider."""
        return SessionCookie(self.cookie.is_secure, "callfloor-company", _LIFE_S)

    @property
    def pages(self) -> SignInPages:
        """The sign-in page."""
        return SignInPages(self.sign_in)

    async def depart(self, request: Request) -> Response:
        """Leads to the provider. ``confirm``: the person of the session proves again who they are; ``other``: another account."""
        onward, query = local_path(request.query_params.get("next", "")), request.query_params
        account = None
        try:
            company = self._company()
            if query.get("confirm"):
                session = await self.sign_in.find_session(token_of(request))
                if session is None:
                    return self.pages.say(request, "ended", 401)
                account = session.identity.account
            await self.sign_in.attempts.count(DEPARTURE, account or _network_of(request), self.sign_in.clock_ms())
            again = 0 if account or query.get("other") else None
            departure = await company.start(
                self.browser_cookie.token_of(request),
                self.address.page_of(request, _CALLBACK),
                onward,
                max_age_s=again,
                account=account,
            )
        except (OidcAway, OidcRefused) as error:
            return self._say(request, error, onward)
        except Locked as locked:
            return self.pages.say_locked(request, locked.until_ms, onward, "departures")
        except NotYours:
            raise
        except REFUSALS as error:
            return self.pages.say_closed(request, refusal_of(error), onward)
        answer = RedirectResponse(departure.url, 303, _NO_STORE)
        self.browser_cookie.hand_out(answer, departure.browser)
        return answer

    async def arrive(self, request: Request) -> Response:
        """Back from the provider: 303 onward with a session, or the page with what was refused."""
        try:
            arrival = await self._company().finish(request.query_params, self.browser_cookie.token_of(request))
            await self.sign_in.attempts.take_back(
                DEPARTURE, arrival.identity.account if arrival.confirms else _network_of(request)
            )
            answer = (
                await self._confirmed(request, arrival) if arrival.confirms else await self._begun(request, arrival)
            )
        except (OidcAway, OidcRefused) as error:
            answer = self._say(request, error, "")
        except NotYours:
            raise
        except REFUSALS as error:
            answer = self.pages.say_closed(request, refusal_of(error), "")
        self.browser_cookie.drop(answer)
        return answer

    async def end_sessions(self, request: Request) -> Response:
        """What the provider posts when it has signed somebody out (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8)."""
        body = await read_body(request, MOST_BYTES)
        try:
            await self._company().end_sessions(body)
        except OidcRefused as error:
            raise Refused(400, "invalid_request", f"the logout token is refused: {error.word}") from error
        except OidcAway as error:
            raise Refused(503, "provider_away", "the provider's keys cannot be asked for now; send it again") from error
        return Response(status_code=200, headers=_NO_STORE)

    async def _begun(self, request: Request, arrival: Arrival) -> Response:
        onward = local_path(arrival.next)
        if not self.sign_in.has_role(arrival.identity):
            self.log.note_no_role(request, arrival.identity)
            return self.pages.say_no_role(request, arrival.identity, onward)
        self.log.note_sign_in(request, arrival.identity)
        await self.sign_in.end(token_of(request))
        answer = RedirectResponse(onward, 303, _NO_STORE)
        self.cookie.hand_out(answer, await self.sign_in.begin_company(arrival))
        return answer

    async def _confirmed(self, request: Request, arrival: Arrival) -> Response:
        if await self.sign_in.is_person_of(token_of(request), arrival):
            self.log.note_sign_in(request, arrival.identity, "confirmation")
            await self.sign_in.confirm(token_of(request))
            return RedirectResponse(local_path(arrival.next), 303, _NO_STORE)
        return self.pages.say(request, "ended", 401, onward=arrival.next)

    def _company(self) -> CompanySignIn:
        if self.sign_in.company is None:
            raise NotYours
        return self.sign_in.company

    def _say(self, request: Request, error: OidcAway | OidcRefused, onward: str) -> Response:
        if isinstance(error, OidcRefused):
            return self.pages.say(request, "refused", 403, {"word": error.word}, onward, company="again")
        return self.pages.say(request, "provider_away", 503, onward=onward, company="again")


def _network_of(request: Request) -> str:
    return network_of(address_of(request))
