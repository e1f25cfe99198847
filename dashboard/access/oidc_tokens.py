"""The checks of what a provider signs: ID tokens (OpenID Connect Core 1.0) and logout tokens (Back-Channel Logout 1.0).

The library checks signatures and claims. What it leaves to the provider's own word is refused here: algorithms outside a fixed
list, keys that come with the token, tokens for several audiences. Every refusal has a word of its own.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet

from dashboard.access.oidc_provider import OidcRefused

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Public keys only: what the provider's metadata lists does not count."""
LEEWAY_S = 10
"""So far the clocks of the provider and of this server may differ."""
LONGEST_LOGOUT_S = 3600
"""A logout token that is good for longer is refused: it is remembered for as long as it is good."""
_OWN_KEYS = ("jwk", "jku", "x5u", "x5c", "crit")
_LOGGED_CLAIMS = ("iss", "aud", "azp", "exp", "iat", "nbf")
"""Claims whose value helps to find the mistake, and says nothing of a person."""
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_TYPES = ("logout+jwt", "application/logout+jwt")


class TokenParties(NamedTuple):
    """The provider and the client that a token must be of."""

    issuer: str
    client: str


class LogoutToken(NamedTuple):
    """Whom the provider signed out: a session, or every session of a subject. ``until_s``: the token is good so long."""

    subject: str | None
    session: str | None
    token_id: str
    until_s: float


class _PinnedAlgorithms(jws.JWSRegistry):
    """The algorithms of ALGORITHMS, without the library's warning that EdDSA has a newer name."""

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"{name!r} is not among {', '.join(ALGORITHMS)}")
        return self.algorithms[name]


def read_header(text: str) -> dict[str, Any]:
    """The header of a token nobody has verified yet. Raises OidcRefused: format, alg, header."""
    try:
        header = jws.extract_compact(text.encode()).headers()
    except (JoseError, ValueError) as error:
        raise OidcRefused("format", f"not a signed token: {error}") from error
    if (algorithm := header.get("alg")) not in ALGORITHMS:
        raise OidcRefused("alg", f"signed by {algorithm!r}, and only {', '.join(ALGORITHMS)} are taken")
    if brought := [name for name in _OWN_KEYS if name in header]:
        raise OidcRefused("header", f"the header has {' and '.join(brought)}")
    return header


def verify_signature(text: str, keys: KeySet) -> dict[str, Any] | None:
    """The claims of a token whose header is read; None: none of the keys is the one it names. Raises OidcRefused."""
    try:
        return jwt.decode(text, keys, registry=_PinnedAlgorithms(strict_check_header=False)).claims
    except InvalidKeyIdError:
        return None
    except (JoseError, ValueError) as error:
        raise OidcRefused("signature", str(error)) from error


def require_id_token(
    claims: Mapping[str, Any], header: dict[str, Any], parties: TokenParties, now_s: float, **parameters: str | None
) -> None:
    """Refuses claims that are not those of an ID token for this client and this sign-in.

    ``parameters``: the ``nonce`` that was sent, and the ``access_token`` that came with the token. Raises OidcRefused with the
    claim as its word.
    """
    sent = {"client_id": parties.client, **parameters}
    _validate(CodeIDToken(claims, header, _options(parties), sent), now_s)
    _require_audience(claims, parties.client)
    if not claims["sub"].isprintable() or not 0 < len(claims["sub"]) < 256:
        raise OidcRefused("sub", "the subject is empty, too long or not printable")


def require_recent(claims: Mapping[str, Any], now_s: float, max_age_s: int) -> None:
    """Refuses claims without a proof that the person signed in within ``max_age_s``. Raises OidcRefused("auth_time")."""
    signed_in_s = claims.get("auth_time")
    if not isinstance(signed_in_s, int | float) or isinstance(signed_in_s, bool):
        raise OidcRefused("auth_time", "the provider does not say when the person signed in")
    if not -LEEWAY_S <= now_s - signed_in_s <= max_age_s + LEEWAY_S:
        raise OidcRefused("auth_time", f"signed in {now_s - signed_in_s:.0f} s ago, and {max_age_s} s are asked for")


def read_logout_claims(
    claims: Mapping[str, Any], header: dict[str, Any], parties: TokenParties, now_s: float
) -> LogoutToken:
    """Claims of a logout token -> whom it signs out (Back-Channel Logout 1.0, 2.6). Raises OidcRefused."""
    kind = header.get("typ")
    if not isinstance(kind, str) or kind.lower() not in _LOGOUT_TYPES:
        raise OidcRefused("typ", f"the token is of type {kind!r}, not logout+jwt")
    needed = {name: {"essential": True} for name in ("iat", "exp", "jti")}
    _validate(JWTClaims(claims, header, _options(parties) | needed), now_s)
    _require_audience(claims, parties.client)
    if "nonce" in claims:
        raise OidcRefused("nonce", "a logout token has no nonce")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_LOGOUT_EVENT), dict):
        raise OidcRefused("events", "the event is not a logout")
    if claims["exp"] - now_s > LONGEST_LOGOUT_S:
        raise OidcRefused("exp", f"good for more than {LONGEST_LOGOUT_S} s")
    subject, session = claims.get("sub"), claims.get("sid")
    for each in (subject, session):
        if each is not None and (not isinstance(each, str) or not each):
            raise OidcRefused("sub", "sub and sid are text")
    if subject is None and session is None:
        raise OidcRefused("sub", "neither sub nor sid: nobody is named")
    return LogoutToken(subject, session, claims["jti"], claims["exp"] + LEEWAY_S)


def _options(parties: TokenParties) -> dict[str, Any]:
    return {"iss": {"essential": True, "value": parties.issuer}, "aud": {"essential": True, "value": parties.client}}


def _validate(claims: JWTClaims, now_s: float) -> None:
    try:
        claims.validate(int(now_s), LEEWAY_S)
    except ClaimError as error:
        claim = error.claim.split(",")[0]
        value = f" {str(claims.get(claim))[:100]!r}, now {now_s:.0f}" if claim in _LOGGED_CLAIMS else ""
        raise OidcRefused(claim, f"{error.description}{value}") from error
    except (TypeError, ValueError) as error:
        raise OidcRefused("format", f"a claim is of another type: {error}") from error


def _require_audience(claims: Mapping[str, Any], client: str) -> None:
    """The library takes a token for several audiences where azp is this client; each of them could send it on."""
    if claims["aud"] not in (client, [client]):
        raise OidcRefused("aud", f"the token is for {claims['aud']!r}, not for {client!r} alone")
