"""Company accounts with a real Keycloak: people sign in, confirm, and sign out on both ways."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import pytest

from dashboard.access.oidc import OidcClient, SignInAttempt
from dashboard.access.oidc_provider import OidcRefused
from streams.security import Secret
from tests.services.keycloak import Keycloak, company_browser, sign_in
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.services
CALLBACK = "http://127.0.0.1:8050/sign-in/callback"
AFTER = "http://127.0.0.1:8050/sign-in"


@pytest.fixture
def client(keycloak: Keycloak) -> OidcClient:
    return OidcClient(keycloak.settings)


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with company_browser() as found:
        yield found


def started(client: OidcClient, **how: Any) -> tuple[str, SignInAttempt]:
    return asyncio.run(client.start(CALLBACK, "/", **how))


def query_of(url: str) -> dict[str, str]:
    assert url.startswith(f"{CALLBACK}?")
    return dict(parse_qsl(urlsplit(url).query))


def walk(client: OidcClient, browser: httpx.Client, user: str, **how: Any) -> Any:
    url, attempt = started(client, **how)
    return asyncio.run(client.finish(query_of(sign_in(browser, url, user)), attempt))


@pytest.mark.parametrize(
    ("user", "name", "agent", "groups"),
    [
        ("gu.ming", "Ming Gu", "8101", set()),
        ("lin.yue", "Yue Lin", None, {"dawn-leads"}),
        ("fang.jun", "Jun Fang", None, {"supervisors", "auditors"}),
    ],
)
def test_a_person_signs_in(
    client: OidcClient, browser: httpx.Client, user: str, name: str, agent: str | None, groups: set[str]
) -> None:
    identity = walk(client, browser, user).identity
    assert (identity.name, identity.agent, set(identity.groups)) == (name, agent, groups)
    assert identity.account.startswith("oidc:") and len(identity.account) > 20
    assert identity.provider_session


def test_the_account_stays_the_same(client: OidcClient) -> None:
    accounts = set()
    for _ in range(2):
        with company_browser() as browser:
            accounts.add(walk(client, browser, "gu.ming").identity.account)
    assert len(accounts) == 1


def test_keycloak_refuses_a_wrong_verifier_and_a_code_twice(client: OidcClient, browser: httpx.Client) -> None:
    url, attempt = started(client)
    query = query_of(sign_in(browser, url, "gu.ming"))
    forged = msgspec.structs.replace(attempt, verifier="x" * 64)
    with pytest.raises(OidcRefused, match="^code: .*invalid_grant.*PKCE"):
        asyncio.run(client.finish(query, forged))
    url, attempt = started(client)
    query = query_of(sign_in(browser, url, "gu.ming"))
    assert asyncio.run(client.finish(query, attempt)).identity.agent == "8101"
    with pytest.raises(OidcRefused, match="^code: .*invalid_grant"):
        asyncio.run(client.finish(query, attempt))


def test_keycloak_refuses_a_sign_in_without_a_challenge(client: OidcClient, browser: httpx.Client) -> None:
    url, attempt = started(client)
    plain = httpx.URL(url).copy_remove_param("code_challenge").copy_remove_param("code_challenge_method")
    with pytest.raises(OidcRefused, match="^denied: .*invalid_request"):
        asyncio.run(client.finish(query_of(browser.get(plain).headers["Location"]), attempt))


def test_keycloak_refuses_a_wrong_secret(keycloak: Keycloak, browser: httpx.Client) -> None:
    client = OidcClient(replace(keycloak.settings, secret=Secret(value="wrong")))
    with pytest.raises(OidcRefused, match="^code: .*unauthorized_client"):
        walk(client, browser, "gu.ming")


def test_a_confirmation_asks_for_the_password_again(client: OidcClient, browser: httpx.Client) -> None:
    account = walk(client, browser, "gu.ming").identity.account
    assert browser.get(started(client)[0]).has_redirect_location  # Keycloak knows the browser
    url, attempt = started(client, max_age_s=300, account=account)
    assert not browser.get(url).has_redirect_location
    back = query_of(sign_in(browser, url, "gu.ming"))
    assert asyncio.run(client.finish(back, attempt)).identity.account == account


def test_signing_out_here_signs_out_at_keycloak(client: OidcClient, browser: httpx.Client) -> None:
    id_token = walk(client, browser, "gu.ming").id_token
    url = asyncio.run(client.logout_url(AFTER, id_token))
    assert url
    assert browser.get(url).headers["Location"] == AFTER
    assert not browser.get(started(client)[0]).has_redirect_location  # it asks for a password again


def test_keycloak_says_whom_it_signed_out(keycloak: Keycloak, client: OidcClient, browser: httpx.Client) -> None:
    posted: Queue[bytes] = Queue()
    with listening(posted.put) as url:
        keycloak.set_client(**{"backchannel.logout.url": url})
        signed_in = walk(client, browser, "gu.ming")
        browser.get(asyncio.run(client.logout_url(AFTER, signed_in.id_token)) or "")
        body = posted.get(timeout=PATIENCE_S)
    named = asyncio.run(client.read_logout_token(body))
    assert named.session == signed_in.identity.provider_session
    assert f"oidc:{named.subject}" == signed_in.identity.account


@contextmanager
def listening(hear: Callable[[bytes], None]) -> Iterator[str]:
    """A web server that takes what Keycloak posts -> its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hear(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sign-out/back-channel"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
