"""Logout tokens of the provider: the honest one names a person, and each lie is refused with its word."""

import asyncio
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.oidc import OidcClient
from dashboard.access.oidc_provider import OidcRefused
from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.oidc_tokens import LogoutToken
from tests.dashboard.access.lying_provider import (
    CLIENT,
    LOGOUT_EVENT,
    SESSION,
    SUBJECT,
    Document,
    Lies,
    LyingProvider,
    foreign_key,
    running,
)

NOW_S = time.time()


@pytest.fixture(scope="module")
def provider() -> Iterator[LyingProvider]:
    with running(now_s=lambda: NOW_S) as found:
        yield found


@pytest.fixture(scope="module")
def client(provider: LyingProvider) -> OidcClient:
    return OidcClient(OidcSettings(provider.issuer, CLIENT), now_s=lambda: NOW_S)


def read(client: OidcClient, token: str) -> LogoutToken:
    return asyncio.run(client.read_logout_token(urlencode({"logout_token": token}).encode()))


def refusal(client: OidcClient, token: str) -> str:
    with pytest.raises(OidcRefused) as refused:
        read(client, token)
    return refused.value.word


@pytest.mark.parametrize(
    ("claims", "subject", "session"),
    [
        ({}, SUBJECT, SESSION),
        ({"sub": None}, None, SESSION),
        ({"sid": None}, SUBJECT, None),
        ({"events": {LOGOUT_EVENT: {}, "https://another.example/event": {}}}, SUBJECT, SESSION),
        ({"iat": int(NOW_S) + 5}, SUBJECT, SESSION),
        ({"aud": [CLIENT]}, SUBJECT, SESSION),
    ],
)
def test_the_honest_token_names_a_person(
    provider: LyingProvider, client: OidcClient, claims: Document, subject: str | None, session: str | None
) -> None:
    found = read(client, provider.logout_token(exp=int(NOW_S) + 60, **claims))
    assert found == LogoutToken(subject, session, "jti-1", int(NOW_S) + 70)


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"iss": "https://attacker.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": [CLIENT, "another"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"iat": None}, "iat"),
        ({"iat": int(NOW_S) + 60}, "iat"),
        ({"exp": None}, "exp"),
        ({"exp": int(NOW_S) - 60}, "exp"),
        ({"exp": int(NOW_S) + 7200}, "exp"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 7}, "jti"),
        ({"nonce": "n"}, "nonce"),
        ({"events": None}, "events"),
        ({"events": {}}, "events"),
        ({"events": {LOGOUT_EVENT: 1}}, "events"),
        ({"events": [LOGOUT_EVENT]}, "events"),
        ({"sub": None, "sid": None}, "sub"),
        ({"sub": None, "sid": ""}, "sub"),
        ({"sub": None, "sid": 7}, "sub"),
        ({"sub": 7}, "sub"),
    ],
)
def test_a_lying_claim_is_refused(provider: LyingProvider, client: OidcClient, claims: Document, word: str) -> None:
    assert refusal(client, provider.logout_token(**claims)) == word


@pytest.mark.parametrize(
    ("header", "lies", "word"),
    [
        ({"alg": "none"}, Lies(sign=lambda *_: b""), "alg"),
        ({"typ": "JWT"}, Lies(), "typ"),
        ({"typ": ""}, Lies(), "typ"),
        ({"typ": 7}, Lies(), "signature"),
        ({}, Lies(signing_key=foreign_key()), "signature"),
        ({"jku": "https://attacker.example/keys"}, Lies(), "header"),
        ({"kid": "another"}, Lies(), "key"),
    ],
)
def test_a_lying_signature_is_refused(
    provider: LyingProvider, client: OidcClient, header: Document, lies: Lies, word: str
) -> None:
    lies.header = lambda document: document.update(header)
    provider.lies = lies
    token = provider.logout_token()
    provider.lies = Lies()
    assert refusal(client, token) == word


def test_an_id_token_is_no_logout_token(provider: LyingProvider, client: OidcClient) -> None:
    assert refusal(client, provider.id_token("n")) == "typ"


@pytest.mark.parametrize("body", [b"", b"logout_token", b"logout_token=a&logout_token=b", b"another=a", b"\xff", b"[]"])
def test_a_body_that_is_no_form_is_refused(client: OidcClient, body: bytes) -> None:
    with pytest.raises(OidcRefused, match="^format"):
        asyncio.run(client.read_logout_token(body))


@given(place=st.integers(0, 10_000), letter=st.sampled_from("AQaz09-_."))
def test_a_token_with_another_letter_is_no_token(
    provider: LyingProvider, client: OidcClient, place: int, letter: str
) -> None:
    token = provider.logout_token()
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    try:
        found = read(client, changed)
    except OidcRefused as refused:
        assert refused.word in {"format", "alg", "header", "key", "signature"}
    else:  # the last letter of a signature has bits that nobody reads
        assert (found.subject, found.session) == (SUBJECT, SESSION)
        assert changed == token or place == len(token) - 1
