"""The client of company accounts against a provider that lies in one thing: each lie is refused with its word, no truth is."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from joserfc import jwk

from dashboard.access.identity import Identity
from dashboard.access.oidc import LONGEST_HINT, CompanyIdentity, OidcClient, SignInAttempt
from dashboard.access.oidc_provider import OidcRefused
from dashboard.access.oidc_settings import OidcSettings
from streams.security import Secret
from tests.dashboard.access.lying_provider import (
    CLIENT,
    SECRET,
    SESSION,
    SUBJECT,
    Document,
    Lies,
    LyingProvider,
    foreign_key,
    hmac_with,
    running,
    signing_key,
)

CALLBACK = "https://board.example.com/sign-in/callback"
GU_MING = Identity(f"oidc:{SUBJECT}", "Gu Ming", "8101", ("leads", "dawn"), SESSION)


@pytest.fixture
def provider() -> Iterator[LyingProvider]:
    with running() as found:
        yield found


def client_of(provider: LyingProvider, now_s: Callable[[], float] = time.time, **more: Any) -> OidcClient:
    return OidcClient(OidcSettings(provider.issuer, CLIENT, Secret(value=SECRET), **more), now_s)


async def walk(client: OidcClient, provider: LyingProvider, **how: Any) -> CompanyIdentity:
    url, attempt = await client.start(CALLBACK, "/me", **how)
    return await client.finish(provider.sign_in(url), attempt)


def walked(provider: LyingProvider, **how: Any) -> Identity:
    return asyncio.run(walk(client_of(provider), provider, **how)).identity


def refusal(provider: LyingProvider, **how: Any) -> str:
    with pytest.raises(OidcRefused) as refused:
        walked(provider, **how)
    return refused.value.word


def changed(**values: Any) -> Callable[[Document], None]:
    """Sets fields of a document; None takes a field out."""

    def change(document: Document) -> None:
        document.update(values)
        for name in [name for name, value in values.items() if value is None]:
            del document[name]

    return change


def moved(name: str, seconds: float) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document[name] += seconds

    return change


def public_pem() -> bytes:
    return bytes(signing_key("RS256").as_pem(private=False))


ATTACKER = "https://attacker.example"
LIES = {
    # What comes back with the browser.
    "state of another": (Lies(redirect=changed(state="another")), "state"),
    "no state": (Lies(redirect=changed(state=None)), "state"),
    "issuer of another": (Lies(redirect=changed(iss=ATTACKER)), "iss"),
    "issuer promised, missing": (Lies(redirect=changed(iss=None)), "iss"),
    "issuer of another, not promised": (
        Lies(
            redirect=changed(iss=ATTACKER),
            metadata=changed(authorization_response_iss_parameter_supported=False),
        ),
        "iss",
    ),
    "an error": (Lies(redirect=changed(code=None, error="access_denied")), "denied"),
    "no code": (Lies(redirect=changed(code=None)), "answer"),
    "a code of its own making": (Lies(redirect=changed(code="code-77")), "code"),
    # What it says of itself.
    "metadata of another issuer": (Lies(metadata=changed(issuer=ATTACKER)), "metadata"),
    "token endpoint without TLS": (Lies(metadata=changed(token_endpoint="http://attacker.example/token")), "metadata"),
    "keys without TLS": (Lies(metadata=changed(jwks_uri="http://attacker.example/keys")), "metadata"),
    "sign-in page is a script": (Lies(metadata=changed(authorization_endpoint="javascript:alert(1)")), "metadata"),
    "sign-out page without TLS": (Lies(metadata=changed(end_session_endpoint="http://attacker.example/")), "metadata"),
    # What it gives for the code.
    "no ID token": (Lies(answer=changed(id_token=None)), "id_token"),
    "an ID token that is none": (Lies(answer=changed(id_token="abc")), "format"),
    "an ID token that is a number": (Lies(answer=changed(id_token=7)), "id_token"),
    "another access token": (Lies(answer=changed(access_token="another")), "at_hash"),
    # How it signs. The metadata lists none and HS256.
    "alg none": (Lies(header=changed(alg="none"), sign=lambda *_: b""), "alg"),
    "alg None": (Lies(header=changed(alg="None"), sign=lambda *_: b""), "alg"),
    "no alg": (Lies(header=changed(alg=None), sign=lambda *_: b""), "format"),
    "alg that is a list": (Lies(header=changed(alg=["RS256"]), sign=lambda *_: b""), "alg"),
    "HS256 with the public key": (Lies(header=changed(alg="HS256"), sign=hmac_with(public_pem())), "alg"),
    "HS256 with the secret": (Lies(header=changed(alg="HS256"), sign=hmac_with(SECRET.encode())), "alg"),
    "an algorithm that is not pinned": (Lies(header=changed(alg="RS384")), "alg"),
    "alg of another key": (Lies(header=changed(alg="ES256"), sign=lambda *_: b"x" * 64), "signature"),
    "no signature": (Lies(sign=lambda *_: b""), "signature"),
    "foreign key under the same kid": (Lies(signing_key=foreign_key()), "signature"),
    "foreign key in the header": (
        Lies(header=changed(jwk=jwk.generate_key("EC", "P-256").as_dict(private=False))),
        "header",
    ),
    "address of keys in the header": (Lies(header=changed(jku=f"{ATTACKER}/keys")), "header"),
    "address of certificates in the header": (Lies(header=changed(x5u=f"{ATTACKER}/chain")), "header"),
    "certificates in the header": (Lies(header=changed(x5c=["MIIB"])), "header"),
    "critical extension": (Lies(header=changed(crit=["exp"], exp=1)), "header"),
    "unknown kid": (Lies(header=changed(kid="another")), "key"),
    # What it signs.
    "token of another issuer": (Lies(claims=changed(iss=ATTACKER)), "iss"),
    "no issuer": (Lies(claims=changed(iss=None)), "iss"),
    "token for another client": (Lies(claims=changed(aud="another")), "aud"),
    "no audience": (Lies(claims=changed(aud=None)), "aud"),
    "audiences without azp": (Lies(claims=changed(aud=[CLIENT, "another"])), "azp"),
    "audiences with azp": (Lies(claims=changed(aud=[CLIENT, "another"], azp=CLIENT)), "aud"),
    "azp of another": (Lies(claims=changed(azp="another")), "azp"),
    "expired for 60 s": (Lies(claims=moved("exp", -120)), "exp"),
    "no expiry": (Lies(claims=changed(exp=None)), "exp"),
    "expiry that is no number": (Lies(claims=changed(exp="never")), "exp"),
    "issued in an hour": (Lies(claims=moved("iat", 3600)), "iat"),
    "issued in 60 s": (Lies(claims=moved("iat", 60)), "iat"),
    "no time of issue": (Lies(claims=changed(iat=None)), "iat"),
    "not valid yet": (Lies(claims=changed(nbf=time.time() + 3600)), "nbf"),
    "another nonce": (Lies(claims=changed(nonce="another")), "nonce"),
    "no nonce": (Lies(claims=changed(nonce=None)), "nonce"),
    "no subject": (Lies(claims=changed(sub=None)), "sub"),
    "empty subject": (Lies(claims=changed(sub="")), "sub"),
    "subject that is a number": (Lies(claims=changed(sub=7)), "sub"),
    "subject with a line break": (Lies(claims=changed(sub="a\nb")), "sub"),
    "audience of another type": (Lies(claims=changed(aud={"a": 1})), "aud"),
}


@pytest.mark.parametrize(("lies", "word"), LIES.values(), ids=LIES.keys())
def test_a_lie_is_refused_with_its_word(provider: LyingProvider, lies: Lies, word: str) -> None:
    provider.lies = lies
    assert refusal(provider) == word


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_the_honest_provider_is_believed(algorithm: str) -> None:
    with running(algorithm=algorithm) as provider:
        assert walked(provider) == GU_MING


HONEST = {
    "issuer not promised and missing": Lies(
        redirect=changed(iss=None), metadata=changed(authorization_response_iss_parameter_supported=False)
    ),
    "a list of one audience": Lies(claims=changed(aud=[CLIENT])),
    "azp is this client": Lies(claims=changed(azp=CLIENT)),
    "clocks differ by five seconds": Lies(claims=moved("exp", -65)),
    "issued in five seconds": Lies(claims=moved("iat", 5)),
    "one key and no kid": Lies(header=changed(kid=None)),
    "no hash of the access token": Lies(claims=changed(at_hash=None)),
    "a thumbprint in the header": Lies(header=changed(x5t="abc")),
    "keys of kinds that do not exist yet": Lies(keys=lambda keys: keys["keys"].append({"kty": "AKP", "pub": "x"})),
    "no sign-out page": Lies(metadata=changed(end_session_endpoint=None)),
}


@pytest.mark.parametrize("lies", HONEST.values(), ids=HONEST.keys())
def test_what_the_specification_allows_is_believed(provider: LyingProvider, lies: Lies) -> None:
    provider.lies = lies
    assert walked(provider) == GU_MING


def test_the_secret_goes_into_the_body_where_the_provider_wants_it() -> None:
    with running(secret_in_body=True) as provider:
        assert walked(provider) == GU_MING


def test_a_wrong_secret_is_refused(provider: LyingProvider) -> None:
    client = OidcClient(OidcSettings(provider.issuer, CLIENT, Secret(value="wrong")))
    with pytest.raises(OidcRefused, match="^code: .*invalid_client"):
        asyncio.run(walk(client, provider))


def test_an_issuer_without_tls_is_not_asked() -> None:
    client = OidcClient(OidcSettings("http://login.example.com", CLIENT))
    with pytest.raises(OidcRefused, match="^metadata: oidc-issuer"):
        asyncio.run(client.start(CALLBACK, "/"))


def test_a_code_is_good_once(provider: LyingProvider) -> None:
    async def twice() -> None:
        client = client_of(provider)
        url, attempt = await client.start(CALLBACK, "/")
        query = provider.sign_in(url)
        await client.finish(query, attempt)
        await client.finish(query, attempt)

    with pytest.raises(OidcRefused, match="^code: .*invalid_grant") as refused:
        asyncio.run(twice())
    assert "\n" not in str(refused.value)  # what the provider says goes to the log as one line


def test_a_wrong_verifier_is_refused_by_the_provider(provider: LyingProvider) -> None:
    async def stolen() -> None:
        client = client_of(provider)
        url, _ = await client.start(CALLBACK, "/")
        query = provider.sign_in(url)
        _, another = await client.start(CALLBACK, "/")
        await client.finish(query | {"state": another.state}, another)

    with pytest.raises(OidcRefused, match="^code: .*invalid_grant"):
        asyncio.run(stolen())


def test_the_url_holds_neither_the_verifier_nor_more_than_it_must(provider: LyingProvider) -> None:
    url, attempt = asyncio.run(client_of(provider).start(CALLBACK, "/team/dawn"))
    asked = dict(parse_qsl(urlsplit(url).query))
    assert attempt.verifier not in url
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert (asked["state"], asked["nonce"], attempt.next) == (attempt.state, attempt.nonce, "/team/dawn")
    assert len({attempt.state, attempt.nonce, attempt.verifier}) == 3


@pytest.mark.parametrize(
    ("profile", "identity"),
    [
        ({"employee_number": 8101}, {"agent": "8101"}),
        ({"employee_number": ["8101"]}, {"agent": "8101"}),
        ({"employee_number": ["8101", "8102"]}, {"agent": None}),
        ({"employee_number": None}, {"agent": None}),
        ({"employee_number": ""}, {"agent": None}),
        ({"employee_number": True}, {"agent": None}),
        ({"employee_number": "81\n01"}, {"agent": None}),
        ({"groups": "leads"}, {"groups": ("leads",)}),
        ({"groups": ["leads", 7, "leads", ""]}, {"groups": ("leads",)}),
        ({"groups": {"a": 1}}, {"groups": ()}),
        ({"groups": None}, {"groups": ()}),
        ({"name": None, "preferred_username": "gu.ming"}, {"name": "gu.ming"}),
        ({"name": "\u202e\n", "preferred_username": None}, {"name": SUBJECT}),
        ({"name": "顾明\u202e\x1b[31m"}, {"name": "顾明[31m"}),
        ({"sid": None}, {"provider_session": None}),
    ],
)
def test_an_identity_is_made_of_claims(provider: LyingProvider, profile: Document, identity: dict[str, object]) -> None:
    provider.profile = profile
    found = walked(provider)
    assert {name: getattr(found, name) for name in identity} == identity
    assert found.account == GU_MING.account


def test_the_claims_have_the_names_of_the_settings(provider: LyingProvider) -> None:
    provider.profile = {"staff": "9", "https://example.com/roles": ["hr"]}
    client = client_of(provider, agent_claim="staff", groups_claim="https://example.com/roles")
    identity = asyncio.run(walk(client, provider)).identity
    assert (identity.agent, identity.groups) == ("9", ("hr",))


def test_a_confirmation_asks_for_the_password_again(provider: LyingProvider) -> None:
    url, _ = asyncio.run(client_of(provider).start(CALLBACK, "/", max_age_s=300))
    assert {("prompt", "login"), ("max_age", "300")} <= set(parse_qsl(urlsplit(url).query))
    assert walked(provider, max_age_s=300, account=GU_MING.account) == GU_MING


@pytest.mark.parametrize(
    ("lie", "word"),
    [
        (changed(auth_time=None), "auth_time"),
        (moved("auth_time", -400), "auth_time"),
        (moved("auth_time", 400), "auth_time"),
        (changed(auth_time="now"), "auth_time"),
        (changed(sub="somebody else"), "account"),
    ],
)
def test_a_confirmation_must_be_new_and_of_the_same_person(
    provider: LyingProvider, lie: Callable[[Document], None], word: str
) -> None:
    provider.lies = Lies(claims=lie)
    assert refusal(provider, max_age_s=300, account=GU_MING.account) == word


def test_signing_out_goes_to_the_page_of_the_provider(provider: LyingProvider) -> None:
    async def out(hint: str | None) -> str | None:
        return await client_of(provider).logout_url("https://board.example.com/sign-in", hint)

    url = asyncio.run(out("the token"))
    assert url and url.startswith(f"{provider.issuer}/logout?")
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "client_id": CLIENT,
        "id_token_hint": "the token",
        "post_logout_redirect_uri": "https://board.example.com/sign-in",
    }
    for no_hint in (None, "x" * (LONGEST_HINT + 1)):
        assert "id_token_hint" not in str(asyncio.run(out(no_hint)))
    provider.lies = Lies(metadata=changed(end_session_endpoint=None))
    assert asyncio.run(out("the token")) is None


def test_an_attempt_survives_its_way_through_redis(provider: LyingProvider) -> None:
    _, attempt = asyncio.run(client_of(provider).start(CALLBACK, "/", max_age_s=1, account="oidc:a"))
    assert msgspec.json.decode(msgspec.json.encode(attempt), type=SignInAttempt) == attempt
