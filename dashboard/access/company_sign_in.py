"""Sign-in with a company account as a browser walks through it: each attempt is used once, by the browser that began it.

An attempt lies in Redis under its state, with the hash of a token that the browser holds in a cookie. The state travels in URLs;
whoever gets hold of one, or sends somebody theirs, cannot finish with it. Everything raises OidcRefused, whose word may be
shown, and OidcAway; both are logged here, with their detail. While Redis is away: what redis-py raises, and OSError.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hmac import compare_digest
from typing import NamedTuple

import msgspec

from dashboard.access.identity import Identity
from dashboard.access.oidc import OidcClient, SignInAttempt, account_of
from dashboard.access.oidc_provider import OidcAway, OidcRefused
from dashboard.access.one_use import OneUseStore
from dashboard.access.rare_warnings import RareWarnings
from dashboard.access.sessions import LONGEST_MS, SessionStore
from dashboard.access.tokens import is_token, new_token

log = logging.getLogger(__name__)

_ATTEMPT, _ID_TOKEN, _LOGOUT = "oidc attempt", "oidc id token", "oidc logout"


class Departure(NamedTuple):
    """Where the browser goes, and the token that it holds in a cookie meanwhile: HttpOnly, SameSite=Lax, for ten minutes."""

    url: str
    browser: str


class Arrival(NamedTuple):
    """A person who is back from the provider. ``confirms``: they confirmed a session, and did not begin one."""

    identity: Identity
    id_token: str
    next: str
    confirms: bool


class _Stored(msgspec.Struct, frozen=True):
    attempt: SignInAttempt
    browser: str


class CompanySignIn:
    """Sign-in and sign-out with accounts of the provider, for all web workers."""

    def __init__(
        self,
        client: OidcClient,
        records: OneUseStore,
        sessions: SessionStore,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._records = records
        self._sessions = sessions
        self._now_s = now_s
        self._warnings = RareWarnings(log)

    async def start(
        self,
        browser: str | None,
        redirect_uri: str,
        next_path: str,
        *,
        max_age_s: int | None = None,
        account: str | None = None,
    ) -> Departure:
        """Begins a sign-in, good for ten minutes. ``browser``: the token that the browser holds already, from another tab.

        With ``max_age_s`` the provider asks for the password again, so that another person can sign in. With ``account`` too,
        the person of a session confirms who they are.
        """
        with self._logged("sign-in"):
            url, attempt = await self._client.start(redirect_uri, next_path, max_age_s=max_age_s, account=account)
        browser = browser if browser and is_token(browser) else new_token()
        record = msgspec.json.encode(_Stored(attempt, _digest(browser)))
        await self._records.put(_ATTEMPT, attempt.state, record)
        return Departure(url, browser)

    async def finish(self, query: Mapping[str, str], browser: str | None) -> Arrival:
        """The person behind the parameters of the callback. ``browser``: the token from the cookie.

        Two words come before those of ``OidcClient.finish``: state (unknown, used or too old) and browser (another one began).
        """
        with self._logged("sign-in"):
            record = await self._records.redeem(_ATTEMPT, query.get("state", ""))
            if record is None:
                raise OidcRefused("state", "no such sign-in has begun, or it was finished, or it took too long")
            stored = msgspec.json.decode(record, type=_Stored)
            if not compare_digest(stored.browser, _digest(browser or "")):
                raise OidcRefused("browser", "another browser began this sign-in")
            identity, id_token = await self._client.finish(query, stored.attempt)
        return Arrival(identity, id_token, stored.attempt.next, stored.attempt.account is not None)

    async def keep_id_token(self, session_token: str, id_token: str) -> None:
        """Keeps an ID token for the sign-out of the session that it began."""
        await self._records.put(_ID_TOKEN, session_token, id_token.encode(), LONGEST_MS)

    async def logout_url(self, session_token: str, redirect_uri: str) -> str | None:
        """Where the browser goes to sign out at the provider too; None: it has no such page, or cannot be asked now."""
        id_token = await self._records.redeem(_ID_TOKEN, session_token)
        try:
            with self._logged("sign-out"):
                return await self._client.logout_url(redirect_uri, id_token.decode() if id_token else None)
        except (OidcAway, OidcRefused):
            return None

    async def end_sessions(self, body: bytes) -> None:
        """Ends the sessions that the provider's back-channel logout names; ``body`` is the form it posts.

        A token is noted as used when the sessions have ended, so the provider may send it again if that fails.
        """
        with self._logged("back-channel logout"):
            named = await self._client.read_logout_token(body)
            if await self._records.is_used(_LOGOUT, named.token_id):
                raise OidcRefused("jti", "the logout token was used before")
            ended = named.session is not None and await self._sessions.end_provider_session(named.session)
            if not ended and named.subject is not None:  # the provider may name a session as no ID token did
                await self._sessions.end_account(account_of(named.subject))
            life_ms = int((named.until_s - self._now_s()) * 1000)
            await self._records.note_use(_LOGOUT, named.token_id, max(life_ms, 1))

    @contextmanager
    def _logged(self, what: str) -> Iterator[None]:
        try:
            yield
        except OidcRefused as refused:
            self._warnings.note(f"{what} {refused.word}", f"{what} with the company account refused: {refused}")
            raise
        except OidcAway as away:
            self._warnings.note(what, f"{what} with the company account: {away}")
            raise


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode("utf-8", "surrogatepass")).hexdigest()
