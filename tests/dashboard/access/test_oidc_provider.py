"""How often the provider is asked: metadata and keys are kept, newer keys are found, and one that is down holds nobody up."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.access import oidc_provider
from dashboard.access.oidc import OidcClient
from dashboard.access.oidc_provider import KEYS_AGAIN_S, LIFE_S, WAIT_S, OidcAway, OidcRefused
from dashboard.access.oidc_settings import OidcSettings
from streams.security import BadTls, Secret
from tests.dashboard.access.lying_provider import CLIENT, SECRET, LyingProvider, running
from tests.services.certificates import Authority

METADATA, KEYS, TOKEN = "/.well-known/openid-configuration", "/keys", "/token"
CALLBACK = "https://board.example.com/sign-in/callback"


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def provider() -> Iterator[LyingProvider]:
    with running() as found:
        yield found


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def client(provider: LyingProvider, watch: Watch) -> OidcClient:
    return OidcClient(OidcSettings(provider.issuer, CLIENT, Secret(value=SECRET)), clock_s=watch)


async def sign_in(client: OidcClient, provider: LyingProvider) -> None:
    url, attempt = await client.start(CALLBACK, "/")
    await client.finish(provider.sign_in(url), attempt)


async def sign_out(client: OidcClient, token: str) -> str:
    """The word by which a logout token is refused; "" for one that is taken."""
    try:
        await client.read_logout_token(f"logout_token={token}".encode())
    except OidcRefused as refused:
        return refused.word
    return ""


def test_metadata_and_keys_are_read_once_an_hour(client: OidcClient, provider: LyingProvider, watch: Watch) -> None:
    async def story() -> None:
        await sign_in(client, provider)
        await sign_in(client, provider)
        assert provider.requests == [METADATA, TOKEN, KEYS, TOKEN]
        watch.now_s += LIFE_S
        await sign_in(client, provider)
        assert provider.requests[4:] == [METADATA, TOKEN, KEYS]

    asyncio.run(story())


def test_many_who_come_at_once_share_one_answer(client: OidcClient, provider: LyingProvider) -> None:
    async def story() -> None:
        await asyncio.gather(*(sign_in(client, provider) for _ in range(20)))

    asyncio.run(story())
    assert (provider.requests.count(METADATA), provider.requests.count(KEYS)) == (1, 1)


def test_a_new_key_is_found_and_unknown_ones_ask_once_in_ten_seconds(
    client: OidcClient, provider: LyingProvider, watch: Watch
) -> None:
    async def story() -> None:
        await sign_in(client, provider)
        provider.algorithm = "ES256"  # from now on another key signs
        watch.now_s += KEYS_AGAIN_S
        await sign_in(client, provider)
        assert provider.requests.count(KEYS) == 2
        provider.lies.header = lambda header: header.update(kid="another")
        strange = provider.logout_token()
        assert set(await asyncio.gather(*(sign_out(client, strange) for _ in range(20)))) == {"key"}
        assert provider.requests.count(KEYS) == 2
        watch.now_s += KEYS_AGAIN_S
        assert set(await asyncio.gather(*(sign_out(client, strange) for _ in range(20)))) == {"key"}
        assert provider.requests.count(KEYS) == 3

    asyncio.run(story())


def test_a_provider_that_hangs_is_asked_once_by_all_who_wait(
    client: OidcClient, provider: LyingProvider, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc_provider, "WAIT_S", 0.3)
    provider.hangs = True

    async def story() -> None:
        answers = [client.start(CALLBACK, "/") for _ in range(50)]
        refusals = await asyncio.gather(*answers, return_exceptions=True)
        assert {type(refusal) for refusal in refusals} == {OidcAway}
        assert provider.requests == [METADATA]
        provider.hangs = False
        with pytest.raises(OidcAway, match="did not answer a moment ago"):
            await client.start(CALLBACK, "/")
        assert provider.requests == [METADATA]
        watch.now_s += WAIT_S
        await sign_in(client, provider)

    asyncio.run(story())


def test_a_provider_that_fails_at_the_exchange_is_left_in_peace(
    client: OidcClient, provider: LyingProvider, watch: Watch
) -> None:
    async def story() -> None:
        url, attempt = await client.start(CALLBACK, "/")
        back = provider.sign_in(url)
        provider.fails = 500
        for _ in range(2):
            with pytest.raises(OidcAway):
                await client.finish(back, attempt)
        assert provider.requests == [METADATA, TOKEN]
        provider.fails = None
        watch.now_s += WAIT_S
        await sign_in(client, provider)

    asyncio.run(story())


@pytest.mark.parametrize("status", [400, 403, 414])
def test_a_code_that_the_provider_dislikes_shuts_nobody_else_out(
    client: OidcClient, provider: LyingProvider, status: int
) -> None:
    async def story() -> None:
        url, attempt = await client.start(CALLBACK, "/")
        back = provider.sign_in(url)
        provider.fails = status  # a page of HTML, as a proxy in front of the provider answers
        with pytest.raises(OidcRefused, match=f"^code: .* answers {status}"):
            await client.finish(back, attempt)
        provider.fails = None
        await sign_in(client, provider)

    asyncio.run(story())


def test_an_issuer_without_metadata_is_named(client: OidcClient, provider: LyingProvider) -> None:
    provider.fails = 404
    with pytest.raises(OidcRefused, match="^metadata: .* answers 404: is oidc-issuer right"):
        asyncio.run(client.start(CALLBACK, "/"))


def test_the_certificate_of_the_provider_is_of_the_named_authority(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path, "ours"), Authority(tmp_path, "other")
    with running(ours.sign("provider", hosts=("127.0.0.1",))) as provider:
        trusting = OidcClient(OidcSettings(provider.issuer, CLIENT, Secret(value=SECRET), ca=str(ours.ca)))
        asyncio.run(sign_in(trusting, provider))
        for ca in (str(other.ca), ""):
            with pytest.raises(OidcAway, match="CERTIFICATE_VERIFY_FAILED"):
                asyncio.run(OidcClient(OidcSettings(provider.issuer, CLIENT, ca=ca)).start(CALLBACK, "/"))
    with running(ours.sign("elsewhere", hosts=("login.example.com",))) as provider:
        strict = OidcClient(OidcSettings(provider.issuer, CLIENT, ca=str(ours.ca)))
        with pytest.raises(OidcAway, match="CERTIFICATE_VERIFY_FAILED"):
            asyncio.run(strict.start(CALLBACK, "/"))


def test_a_provider_that_is_not_there_is_away() -> None:
    with running() as provider:
        issuer = provider.issuer
    with pytest.raises(OidcAway, match=f"^no answer from {issuer}/.well-known"):
        asyncio.run(OidcClient(OidcSettings(issuer, CLIENT)).start(CALLBACK, "/"))


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": 7}, {"keys": [{"kty": "RSA", "n": "*", "e": "*"}]}])
def test_keys_that_cannot_be_read_are_an_answer_that_is_missing(
    client: OidcClient, provider: LyingProvider, keys: dict[str, object]
) -> None:
    def replace(document: dict[str, object]) -> None:
        document.clear()
        document.update(keys)

    provider.lies.keys = replace
    with pytest.raises(OidcAway, match=KEYS):
        asyncio.run(sign_in(client, provider))


def test_a_secret_that_cannot_be_read_is_named(provider: LyingProvider, tmp_path: Path) -> None:
    missing = tmp_path / "secret"
    client = OidcClient(OidcSettings(provider.issuer, CLIENT, Secret(file=str(missing))))
    with pytest.raises(OidcAway, match=str(missing)):
        asyncio.run(sign_in(client, provider))


def test_an_authority_that_cannot_be_read_is_named_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadTls, match=r"^ca: "):
        OidcClient(OidcSettings("https://login.example.com", CLIENT, ca=str(tmp_path / "ca.pem")))
