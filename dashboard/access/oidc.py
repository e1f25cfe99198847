"""Sign-in with a company account by OpenID Connect: the code flow with PKCE, nonce and state, and both ways of signing out.

``start`` gives the page of the provider and an attempt that stays on the server; ``finish`` makes an identity of the
provider's answer and that attempt, or refuses with a word. Whoever calls sees to it that an attempt is used once, by the browser
that began it (``company_sign_in``).
"""

import time
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode

import msgspec

from dashboard.access.identity import Identity
from dashboard.access.oidc_provider import OidcProvider, OidcRefused
from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.oidc_tokens import (
    LogoutToken,
    TokenParties,
    read_header,
    read_logout_claims,
    require_id_token,
    require_recent,
    verify_signature,
)
from dashboard.access.tokens import new_token

LONGEST_NAME = 200
LONGEST_HINT = 6_000
"""A longer ID token, of a person with many groups, does not fit into a URL: the provider asks before it signs them out."""


class SignInAttempt(msgspec.Struct, frozen=True):
    """A sign-in that has begun. It holds secrets and stays on the server.

    ``next``: the local path to go to then. ``max_age_s`` and ``account`` are set where a person confirms who they are: they sign
    in again, within so many seconds, with that account.
    """

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    next: str
    max_age_s: int | None = None
    account: str | None = None


class CompanyIdentity(NamedTuple):
    """A person as the provider vouches for them. ``id_token`` is for ``logout_url`` alone."""

    identity: Identity
    id_token: str


class OidcClient:
    """This server as a client of one provider. Every method raises OidcAway and OidcRefused."""

    def __init__(
        self,
        settings: OidcSettings,
        now_s: Callable[[], float] = time.time,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises BadTls. ``now_s`` is the wall clock, ``clock_s`` measures durations."""
        self._settings = settings
        self._now_s = now_s
        self._provider = OidcProvider(settings, clock_s)
        self._parties = TokenParties(settings.issuer, settings.client)

    async def start(
        self, redirect_uri: str, next_path: str, *, max_age_s: int | None = None, account: str | None = None
    ) -> tuple[str, SignInAttempt]:
        """The URL at the provider, and the attempt that ``finish`` needs.

        With ``max_age_s`` the provider asks for the password again, also where the person is signed in there.
        """
        state, nonce, verifier = (new_token() for _ in range(3))
        again: dict[str, str | int] = {} if max_age_s is None else {"prompt": "login", "max_age": max_age_s}
        url = await self._provider.authorization_url(
            verifier, redirect_uri=redirect_uri, state=state, nonce=nonce, **again
        )
        return url, SignInAttempt(state, nonce, verifier, redirect_uri, next_path, max_age_s, account)

    async def finish(self, query: Mapping[str, str], attempt: SignInAttempt) -> CompanyIdentity:
        """The identity behind the parameters with which the provider sends the browser back.

        Refused are, in this order: state, iss (RFC 9207), denied, answer, code, id_token; then the token itself by its
        format, alg, header, key, signature, or the claim that is wrong; account.
        """
        code = await self._code(query, attempt)
        answer = await self._provider.exchange(code, attempt.verifier, attempt.redirect_uri)
        id_token = answer.get("id_token")
        if not isinstance(id_token, str) or not id_token:
            raise OidcRefused("id_token", "the provider's answer has no ID token: does the scope have openid?")
        claims, header = await self._verified(id_token)
        now_s, access_token = self._now_s(), answer.get("access_token")
        require_id_token(claims, header, self._parties, now_s, nonce=attempt.nonce, access_token=access_token)
        if attempt.max_age_s is not None:
            require_recent(claims, now_s, attempt.max_age_s)
        identity = self._identity(claims)
        if attempt.account is not None and identity.account != attempt.account:
            raise OidcRefused("account", f"{identity.account} confirms what {attempt.account} began")
        return CompanyIdentity(identity, id_token)

    async def logout_url(self, redirect_uri: str, id_token: str | None) -> str | None:
        """Where the person's browser goes to sign out at the provider too, and comes back from; None: it offers no such page."""
        endpoint = (await self._provider.metadata()).end_session_endpoint
        if endpoint is None:
            return None
        hint = {"id_token_hint": id_token} if id_token and len(id_token) <= LONGEST_HINT else {}
        query = urlencode({"client_id": self._settings.client, "post_logout_redirect_uri": redirect_uri, **hint})
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"

    async def read_logout_token(self, body: bytes) -> LogoutToken:
        """The form that the provider posts when it has signed a person out. Whether the token was used before is not checked."""
        try:
            (text,) = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=8)["logout_token"]
        except (ValueError, KeyError) as error:
            raise OidcRefused("format", "the body is no form with one logout_token") from error
        claims, header = await self._verified(text)
        return read_logout_claims(claims, header, self._parties, self._now_s())

    async def _code(self, query: Mapping[str, str], attempt: SignInAttempt) -> str:
        if not compare_digest(query.get("state", "").encode("utf-8", "surrogatepass"), attempt.state.encode()):
            raise OidcRefused("state", "the answer belongs to another sign-in")
        promised = (await self._provider.metadata()).authorization_response_iss_parameter_supported
        issuer = query.get("iss")
        if issuer != self._settings.issuer and (promised or issuer is not None):
            raise OidcRefused("iss", f"the answer is of {issuer!r}, not of {self._settings.issuer!r}")
        if "error" in query:
            raise OidcRefused("denied", f"the provider answers {query['error'][:100]!r}")
        if not (code := query.get("code")):
            raise OidcRefused("answer", "neither a code nor an error")
        return code

    async def _verified(self, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Claims and header of a token that the provider signed; its keys are asked for again if they lack the token's."""
        header = read_header(text)
        claims = verify_signature(text, await self._provider.key_set())
        if claims is None:
            claims = verify_signature(text, await self._provider.key_set(newer=True))
        if claims is None:
            raise OidcRefused("key", f"the provider has no key {header.get('kid')!r} for {header['alg']}")
        return claims, header

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        names = [_printable(claims.get(claim)) for claim in ("name", "preferred_username", "sub")]
        session = claims.get("sid")
        return Identity(
            account=account_of(claims["sub"]),
            name=next(filter(None, names)),
            agent=_agent(claims.get(self._settings.agent_claim)),
            groups=_groups(claims.get(self._settings.groups_claim)),
            provider_session=session if isinstance(session, str) and session else None,
        )


def account_of(subject: str) -> str:
    """The account of a subject of the provider; one site has one provider."""
    return f"oidc:{subject}"


def _printable(claim: object) -> str:
    text = claim if isinstance(claim, str) else ""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST_NAME]


def _agent(claim: object) -> str | None:
    """The id of the roster, as text; providers send numbers, and lists of one, as well."""
    if isinstance(claim, list) and len(claim) == 1:
        (claim,) = claim
    if isinstance(claim, int) and not isinstance(claim, bool):
        claim = str(claim)
    return claim if isinstance(claim, str) and claim and claim.isprintable() else None


def _groups(claim: object) -> tuple[str, ...]:
    found = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return tuple(dict.fromkeys(group for group in found if isinstance(group, str) and group))
