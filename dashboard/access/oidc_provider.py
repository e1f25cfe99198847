"""The provider of company accounts over HTTP: what it says of itself, its keys, and the exchange of a code for tokens.

Metadata and keys are kept for an hour. A provider that does not answer within five seconds is not asked again for five more:
meanwhile every sign-in is refused at once, so that nobody waits in a row.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import msgspec
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dashboard.access.oidc_settings import OidcSettings
from streams.security import TlsFiles, is_this_machine

Answer = TypeVar("Answer")
WAIT_S = 5.0
"""So long an answer may take, and so long a provider that gave none is left in peace."""
LIFE_S = 3600.0
KEYS_AGAIN_S = 10.0
"""Keys are asked for again at most this often, however many tokens come with a key that is not among them."""

_NO_ANSWER = (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, msgspec.DecodeError, JoseError)
"""Also an answer that cannot be read. A time-out is an OSError; a secret that cannot be read is a ValueError."""


class OidcRefused(Exception):
    """A sign-in or a sign-out that must not be believed.

    ``word`` names the check that failed and may be shown; ``detail`` is for the log: it may quote the provider.
    """

    def __init__(self, word: str, detail: str) -> None:
        super().__init__(f"{word}: {detail}")
        self.word = word
        self.detail = detail


class OidcAway(ConnectionError):
    """The provider cannot be asked now; the message says why."""


class ProviderMetadata(msgspec.Struct, frozen=True):
    """The fields in use of the provider's document (OpenID Connect Discovery and RP-Initiated Logout, RFC 8414, RFC 9207)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    def endpoints(self) -> tuple[str, ...]:
        """The URLs that are followed."""
        optional = (self.end_session_endpoint,) if self.end_session_endpoint else ()
        return (self.authorization_endpoint, self.token_endpoint, self.jwks_uri, *optional)


class _Keys(msgspec.Struct):
    keys: list[dict[str, Any]]


class OidcProvider:
    """One provider, for one event loop. Every method raises OidcAway, and OidcRefused where the provider is not the one meant."""

    def __init__(self, settings: OidcSettings, clock_s: Callable[[], float] = time.monotonic) -> None:
        """Raises BadTls. ``clock_s`` measures durations."""
        self._settings = settings
        self._clock_s = clock_s
        self._tls = TlsFiles(ca=settings.ca).context()
        self._loading = asyncio.Lock()
        self._metadata: ProviderMetadata | None = None
        self._metadata_s = 0.0
        self._keys: KeySet | None = None
        self._keys_s = 0.0
        self._ask_again_s = float("-inf")

    async def metadata(self) -> ProviderMetadata:
        """The provider's document, at most an hour old."""
        async with self._loading:
            return await self._load_metadata()

    async def key_set(self, *, newer: bool = False) -> KeySet:
        """The keys that sign tokens, at most an hour old; ``newer``: at most ten seconds."""
        async with self._loading:
            life_s = KEYS_AGAIN_S if newer else LIFE_S
            if self._keys is None or self._clock_s() - self._keys_s >= life_s:
                self._keys = await self._get((await self._load_metadata()).jwks_uri, _key_set)
                self._keys_s = self._clock_s()
            return self._keys

    async def authorization_url(self, verifier: str, **parameters: str | int) -> str:
        """The page of the provider where the person signs in; only who has the ``verifier`` can use what it answers."""
        endpoint = (await self.metadata()).authorization_endpoint
        async with self._client("none") as client:
            url, _ = client.create_authorization_url(endpoint, code_verifier=verifier, **parameters)
            return str(url)

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """The tokens that a code stands for. Raises OidcRefused("code") where the provider does not take the code."""
        metadata = await self.metadata()
        url = metadata.token_endpoint
        sent = {"code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
        try:
            async with self._asking(url), self._client(self._method(metadata)) as client:
                return dict(await client.fetch_token(url, grant_type="authorization_code", **sent))
        except OAuthError as error:
            raise OidcRefused("code", f"{url} answers {str(error)[:200]!r}") from error
        except httpx2.HTTPStatusError as error:
            raise OidcRefused("code", f"{url} answers {error.response.status_code}") from error

    async def _load_metadata(self) -> ProviderMetadata:
        if self._metadata is None or self._clock_s() - self._metadata_s >= LIFE_S:
            url = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            _require_safe(url, "oidc-issuer")
            metadata = await self._get(url, lambda raw: msgspec.json.decode(raw, type=ProviderMetadata))
            if metadata.issuer != self._settings.issuer:
                raise OidcRefused("metadata", f"{url} is of {metadata.issuer!r}, not of {self._settings.issuer!r}")
            for endpoint in metadata.endpoints():
                _require_safe(endpoint, url)
            self._metadata, self._metadata_s = metadata, self._clock_s()
        return self._metadata

    def _method(self, metadata: ProviderMetadata) -> str:
        """How this client proves who it is (OpenID Connect Core 1.0, 9)."""
        if not self._settings.secret:
            return "none"
        basic, post = "client_secret_basic", "client_secret_post"
        methods = metadata.token_endpoint_auth_methods_supported
        return post if post in methods and basic not in methods else basic

    def _client(self, method: str) -> Any:
        """A client for one exchange: it keeps what was answered, and people who sign in at once share nothing."""
        return AsyncOAuth2Client(
            self._settings.client,
            "" if method == "none" else self._settings.secret.read(),
            token_endpoint_auth_method=method,
            scope=self._settings.scope,
            code_challenge_method="S256",
            verify=self._tls,
            timeout=WAIT_S,
        )

    async def _get(self, url: str, read: Callable[[bytes], Answer]) -> Answer:
        try:
            async with self._asking(url), httpx2.AsyncClient(verify=self._tls, timeout=WAIT_S) as client:
                return read((await client.get(url)).raise_for_status().content)
        except httpx2.HTTPStatusError as error:
            raise OidcRefused(
                "metadata", f"{url} answers {error.response.status_code}: is oidc-issuer right?"
            ) from error

    @asynccontextmanager
    async def _asking(self, url: str) -> AsyncIterator[None]:
        """What goes wrong on the way becomes OidcAway, and the provider is left in peace for a while.

        Raises httpx2.HTTPStatusError for 4xx: the provider is there, and nobody can shut it for others by a strange code.
        """
        if self._clock_s() < self._ask_again_s:
            raise OidcAway(f"{self._settings.issuer} did not answer a moment ago")
        try:
            async with asyncio.timeout(WAIT_S):
                yield
        except _NO_ANSWER as error:
            if isinstance(error, httpx2.HTTPStatusError) and error.response.is_client_error:
                raise
            self._ask_again_s = self._clock_s() + WAIT_S
            raise OidcAway(f"no answer from {url}: {str(error) or type(error).__name__}") from error


def _key_set(raw: bytes) -> KeySet:
    return KeySet.import_key_set({"keys": msgspec.json.decode(raw, type=_Keys).keys})


def _require_safe(url: str, source: str) -> None:
    """https, or http that does not leave this machine."""
    try:
        scheme, host = urlsplit(url).scheme, urlsplit(url).hostname or ""
    except ValueError:
        scheme, host = "", ""
    if not host or not (scheme == "https" or (scheme == "http" and is_this_machine(host))):
        raise OidcRefused("metadata", f"{source} names {url!r}, which is no https URL")
