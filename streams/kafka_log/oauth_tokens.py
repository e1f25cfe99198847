"""Access tokens of an OAuth identity provider, by the client credentials grant (RFC 6749, 4.4).

A token is used by every client of the process until four fifths of its life are over.
"""

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlencode

from streams.security import BadSecret, BadTls, Secret, TlsFiles

_WAIT_S = 5.0
_LIFE_S = 60.0
"""The life of a token where the provider does not say."""
_LONGEST_ANSWER = 1024 * 1024


class NoToken(ConnectionError):
    """The provider gave no token; the message says why and which setting may be wrong. ``refused``: asking again is useless."""

    def __init__(self, words: str, *, refused: bool = False) -> None:
        super().__init__(words)
        self.refused = refused


class _Token(NamedTuple):
    text: str
    renew_s: float
    end_s: float


class OAuthTokens:
    """The token of the moment. Shared by threads; a caller waits up to a few seconds for a new one."""

    def __init__(
        self,
        url: str,
        client: str,
        secret: Secret,
        *,
        scope: str = "",
        extensions: Mapping[str, str] | None = None,
        tls: TlsFiles | None = None,
    ) -> None:
        """``url``: the token endpoint. ``extensions`` go to Kafka with the token. ``tls.ca`` is trusted too."""
        self.client = client
        self.extensions = dict(extensions or {})
        self._url = url
        self._secret = secret
        self._scope = scope
        self._tls = tls or TlsFiles()
        self._lock = threading.Lock()
        self._token: _Token | None = None

    def token(self) -> str:
        """A token that is valid now. Raises NoToken."""
        with self._lock:
            now_s, held = time.monotonic(), self._token
            if held is None or now_s >= held.renew_s:
                try:
                    self._token = held = self._fetch()
                except NoToken:
                    if held is None or now_s >= held.end_s:
                        raise
            return held.text

    def _fetch(self) -> _Token:
        asked_s = time.monotonic()
        answer = self._ask()
        text = answer.get("access_token")
        if not isinstance(text, str) or not text or not text.isascii() or "\x01" in text:
            raise NoToken(
                f"{self._url} answered without an access_token: is kafka-oauth-token-url right?", refused=True
            )
        life_s = _seconds(answer.get("expires_in"))
        return _Token(text, asked_s + 0.8 * life_s, asked_s + life_s)

    def _ask(self) -> dict[str, Any]:
        try:
            secret, context = self._secret.read(), self._context()
        except (BadSecret, BadTls) as error:
            raise NoToken(f"kafka-oauth: {error}", refused=True) from error
        try:
            return self._post(secret, in_header=True, context=context)
        except NoToken as refusal:
            if not refusal.refused:
                raise
        return self._post(secret, in_header=False, context=context)  # some accept the secret in the body only

    def _post(self, secret: str, *, in_header: bool, context: Any) -> dict[str, Any]:
        form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
        headers = {"Accept": "application/json"}
        if in_header:
            pair = f"{quote_plus(self.client)}:{quote_plus(secret)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": self.client, "client_secret": secret}
        request = urllib.request.Request(self._url, urlencode(form).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=_WAIT_S, context=context) as response:
                return _object(response.read(_LONGEST_ANSWER))
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error.code, _object(error.read(_LONGEST_ANSWER)), secret) from error
        except OSError as error:  # URLError, a timeout, TLS
            reason = getattr(error, "reason", error)
            raise NoToken(
                f"no answer from the token endpoint {self._url}: {reason}; is kafka-oauth-token-url right?"
            ) from error

    def _refusal(self, code: int, answer: dict[str, Any], secret: str) -> NoToken:
        answered = " ".join(str(answer[name]) for name in ("error", "error_description") if name in answer)
        answered = answered.replace(secret, "***")[:200]
        words = f"the token endpoint {self._url} refuses client {self.client!r} with {code} {answered}".rstrip()
        advice = "are kafka-oauth-client, its secret and kafka-oauth-scope right?"
        return NoToken(f"{words}: {advice}", refused=code in (400, 401, 403))

    def _context(self) -> Any:
        if not self._url.startswith("https:"):
            return None
        context = self._tls.context()
        context.load_default_certs()  # in addition to a CA of the centre
        return context


def _object(raw: bytes) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where the answer is no object."""
    try:
        answer = json.loads(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _seconds(expires_in: Any) -> float:
    try:
        life_s = float(expires_in)
    except (TypeError, ValueError):
        return _LIFE_S
    return life_s if 0 < life_s < 1e9 else _LIFE_S
