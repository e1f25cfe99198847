"""A provider of company accounts in this process, honest by default, which a test lets lie in one thing.

It checks what a provider must check (client secret, redirect URI, PKCE, a code once): an honest walk proves the client too.
"""

import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, cast
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwk
from joserfc.jws import JWSRegistry

from tests.services.certificates import Signed

CLIENT, SECRET = "callfloor", "the secret of the client"
SUBJECT, SESSION = "2f1c-77", "session-1"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
KEYS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "RS384": "RSA", "ES384": "EC"}
_CURVES: dict[str, Any] = {"RSA": 2048, "EC": "P-256", "OKP": "Ed25519"}
Document = dict[str, Any]


def unchanged(document: Document) -> None:
    """The truth."""


@dataclass
class Lies:
    """What the provider changes: each function changes the document that an honest provider sends."""

    metadata: Callable[[Document], None] = unchanged
    keys: Callable[[Document], None] = unchanged
    redirect: Callable[[Document], None] = unchanged
    answer: Callable[[Document], None] = unchanged
    header: Callable[[Document], None] = unchanged
    claims: Callable[[Document], None] = unchanged
    signing_key: Any = None
    sign: Callable[[bytes, "LyingProvider"], bytes] | None = None


@dataclass
class _Grant:
    challenge: str
    redirect_uri: str
    nonce: str | None
    max_age: str | None


@dataclass
class LyingProvider:
    """The provider. ``requests``: the paths that were asked for; ``hangs``: it takes connections and never ends an
    answer; ``fails``: the status of every answer."""

    issuer: str
    algorithm: str = "RS256"
    lies: Lies = field(default_factory=Lies)
    profile: Document = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    released: Event = field(default_factory=Event)
    hangs: bool = False
    fails: int | None = None
    secret_in_body: bool = False
    now_s: Callable[[], float] = time.time
    _grants: dict[str, _Grant] = field(default_factory=dict)

    def sign_in(self, url: str) -> dict[str, str]:
        """A person opens the URL and enters a password -> the parameters with which the browser is sent back."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self._grants)}"
        self._grants[code] = _Grant(
            asked["code_challenge"], asked["redirect_uri"], asked.get("nonce"), asked.get("max_age")
        )
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        self.lies.redirect(back)
        return back

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Document]:
        """Status and document for a request."""
        self.requests.append(path)
        if self.fails:
            return self.fails, {}
        match path:
            case "/.well-known/openid-configuration":
                return 200, self._metadata()
            case "/keys":
                document: Document = {"keys": [signing_key(self.algorithm).as_dict(private=False)]}
                self.lies.keys(document)
                return 200, document
            case "/token":
                return self._tokens(form, authorization)
        return 404, {}

    def id_token(self, nonce: str | None, **more: Any) -> str:
        """An ID token for the client."""
        now_s = int(self.now_s())
        claims = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": CLIENT,
            "exp": now_s + 60,
            "iat": now_s,
            "nonce": nonce,
            "sid": SESSION,
            "name": "Gu Ming",
            "employee_number": "8101",
            "groups": ["leads", "dawn"],
            "at_hash": _at_hash("access", self.algorithm),
            **self.profile,
            **more,
        }
        return self.signed({"typ": "JWT"}, {name: value for name, value in claims.items() if value is not None})

    def logout_token(self, **more: Any) -> str:
        """A logout token for the client; a claim that is None is left out."""
        now_s = int(self.now_s())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now_s,
            "exp": now_s + 60,
            "jti": "jti-1",
            "sub": SUBJECT,
            "sid": SESSION,
            "events": {LOGOUT_EVENT: {}},
            **more,
        }
        return self.signed({"typ": "logout+jwt"}, {name: value for name, value in claims.items() if value is not None})

    def signed(self, header: Document, claims: Document) -> str:
        """A compact token, with the lies about header, claims, key and signature."""
        header = {"alg": self.algorithm, "kid": signing_key(self.algorithm).kid, **header}
        self.lies.claims(claims)
        self.lies.header(header)
        body = f"{_segment(header)}.{_segment(claims)}".encode()
        signature = self.lies.sign(body, self) if self.lies.sign else self._signature(body, header["alg"])
        return f"{body.decode()}.{_base64(signature)}"

    def _signature(self, body: bytes, algorithm: str) -> bytes:
        key = self.lies.signing_key or signing_key(algorithm)
        return cast(bytes, JWSRegistry.algorithms[algorithm].sign(body, key))

    def _metadata(self) -> Document:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
            "id_token_signing_alg_values_supported": ["none", "HS256", *KEYS],
            "token_endpoint_auth_methods_supported": [
                "client_secret_post" if self.secret_in_body else "client_secret_basic"
            ],
            "authorization_response_iss_parameter_supported": True,
        }
        self.lies.metadata(document)
        return document

    def _tokens(self, form: dict[str, str], authorization: str) -> tuple[int, Document]:
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        in_body = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not (in_body if self.secret_in_body else authorization == basic):
            return 401, {"error": "invalid_client"}
        grant = self._grants.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if grant is None or grant.challenge != _base64(verifier) or grant.redirect_uri != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant", "error_description": "no such code\r\nfor this client"}
        signed_in = int(self.now_s()) if grant.max_age else None
        document = {
            "access_token": "access",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.id_token(grant.nonce, auth_time=signed_in),
        }
        self.lies.answer(document)
        return 200, document


@cache
def signing_key(algorithm: str) -> Any:
    """The provider's key for an algorithm; keys of one type are the same key."""
    return _key(KEYS[algorithm])


@cache
def _key(kind: str) -> Any:
    return jwk.generate_key(cast(Any, kind), _CURVES[kind], {"use": "sig"}, auto_kid=True)


@cache
def foreign_key() -> Any:
    """Somebody else's key, under the key id of the provider's."""
    return jwk.generate_key("RSA", 2048, {"use": "sig", "kid": signing_key("RS256").kid})


def hmac_with(secret: bytes) -> Callable[[bytes, LyingProvider], bytes]:
    """The signature of HS256."""
    return lambda body, _: hmac.new(secret, body, hashlib.sha256).digest()


@contextmanager
def running(certificate: Signed | None = None, **more: Any) -> Iterator[LyingProvider]:
    """A provider that listens on a port of this machine, with TLS where it has a certificate."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.cert, certificate.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if certificate else "http"
    provider = LyingProvider(f"{scheme}://127.0.0.1:{server.server_address[1]}", **more)
    server.provider = provider  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        provider.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({name: values[0] for name, values in parse_qs(raw.decode()).items()})

    def log_message(self, *_: object) -> None:
        """Nothing to the terminal."""

    def _answer(self, form: dict[str, str]) -> None:
        provider = cast(LyingProvider, cast(Any, self.server).provider)
        status, document = provider.answer(self.path, form, self.headers.get("Authorization", ""))
        body = json.dumps(document).encode() if document else b"<html>"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if provider.hangs:
            provider.released.wait()
        else:
            self.wfile.write(body)


def _at_hash(access_token: str, algorithm: str) -> str:
    name = "sha512" if algorithm == "EdDSA" else f"sha{algorithm[2:]}"
    hashed = hashlib.new(name, access_token.encode()).digest()
    return _base64(hashed[: len(hashed) // 2])


def _segment(document: Document) -> str:
    return _base64(json.dumps(document).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
