"""A sign-in with a company account is finished once, by the browser that began it; the provider ends sessions, once a token."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import redis

from dashboard.access.company_sign_in import Arrival, CompanySignIn
from dashboard.access.identity import Identity
from dashboard.access.oidc import OidcClient
from dashboard.access.oidc_provider import OidcRefused
from dashboard.access.oidc_settings import OidcSettings
from dashboard.access.one_use import LIFE_MS, OneUseStore
from dashboard.access.sessions import SessionLimits, SessionStore
from dashboard.access.tokens import is_token, new_token
from streams.security import Secret
from streams.simulator.embedded import free_port
from streams.store.async_client import AsyncRedis
from tests.dashboard.access.lying_provider import CLIENT, SECRET, SESSION, SUBJECT, Lies, LyingProvider, running
from tests.dashboard.access.stories import KEY, run_story

pytestmark = pytest.mark.services
CALLBACK = "https://board.example.com/sign-in/callback"
SIGN_IN = "https://board.example.com/sign-in"
GU_MING = Identity(f"oidc:{SUBJECT}", "Gu Ming", "8101", ("leads", "dawn"), SESSION)
LIMITS = SessionLimits(None, 3_600_000)


@pytest.fixture(scope="module")
def running_provider() -> Iterator[LyingProvider]:
    with running() as found:
        yield found


@pytest.fixture
def provider(running_provider: LyingProvider) -> LyingProvider:
    """An honest provider."""
    running_provider.lies = Lies()
    return running_provider


def company_of(provider: LyingProvider, client: AsyncRedis, sessions: SessionStore) -> CompanySignIn:
    oidc = OidcClient(OidcSettings(provider.issuer, CLIENT, Secret(value=SECRET)))
    return CompanySignIn(oidc, OneUseStore(client, KEY), sessions)


def run(url: str, provider: LyingProvider, story: Callable[[CompanySignIn, SessionStore], Awaitable[Any]]) -> Any:
    def with_stores(client: AsyncRedis) -> Awaitable[Any]:
        sessions = SessionStore(client, KEY)
        return story(company_of(provider, client, sessions), sessions)

    return run_story(url, with_stores)


async def begin(company: CompanySignIn, provider: LyingProvider, browser: str | None = None) -> tuple[Any, str]:
    """The parameters of the callback, and the token of the browser."""
    url, browser = await company.start(browser, CALLBACK, "/team/dawn")
    return provider.sign_in(url), browser


async def word_of(finishing: Awaitable[Any]) -> str:
    """The word of a refusal; "" where there is none."""
    try:
        await finishing
    except OidcRefused as refused:
        return refused.word
    return ""


def now_ms() -> int:
    return int(time.time() * 1000)


def logout(token: str) -> bytes:
    return urlencode({"logout_token": token}).encode()


def test_a_person_arrives_where_they_wanted_to_go(url: str, provider: LyingProvider) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> Arrival:
        query, browser = await begin(company, provider)
        assert is_token(browser)
        return await company.finish(query, browser)

    arrival = run(url, provider, story)
    assert (arrival.identity, arrival.next, arrival.confirms) == (GU_MING, "/team/dawn", False)


def test_of_many_who_finish_at_once_one_arrives(url: str, provider: LyingProvider) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> list[str]:
        query, browser = await begin(company, provider)
        return await asyncio.gather(*(word_of(company.finish(query, browser)) for _ in range(20)))

    words = run(url, provider, story)
    assert (words.count(""), words.count("state")) == (1, 19)


@pytest.mark.parametrize("other", [None, "", "x", "q" * 43, "\ud800"])
def test_another_browser_cannot_finish(redis_url: str, provider: LyingProvider, other: str | None) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> list[str]:
        query, browser = await begin(company, provider)
        return [await word_of(company.finish(query, other)), await word_of(company.finish(query, browser))]

    assert run(redis_url, provider, story) == ["browser", "state"]  # and then it is used up


@pytest.mark.parametrize("state", [None, "", "x", "q" * 43, "\ud800"])
def test_a_state_that_nobody_began_with_is_refused(redis_url: str, provider: LyingProvider, state: str | None) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> str:
        query, browser = await begin(company, provider)
        del query["state"]
        return await word_of(company.finish(query | ({} if state is None else {"state": state}), browser))

    assert run(redis_url, provider, story) == "state"


def test_two_tabs_of_a_browser_sign_in(redis_url: str, provider: LyingProvider) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> list[str]:
        first, browser = await begin(company, provider)
        second, same = await begin(company, provider, browser)
        assert same == browser
        return [await word_of(company.finish(first, browser)), await word_of(company.finish(second, browser))]

    assert run(redis_url, provider, story) == ["", ""]


def test_a_cookie_that_is_no_token_is_replaced(redis_url: str, provider: LyingProvider) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> str:
        return (await begin(company, provider, "chosen by somebody"))[1]

    assert is_token(run(redis_url, provider, story))


def test_redis_holds_an_attempt_for_minutes_and_no_token_of_a_browser(redis_url: str, provider: LyingProvider) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> tuple[str, str]:
        query, browser = await begin(company, provider)
        return query["state"], browser

    state, browser = run(redis_url, provider, story)
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        (key,) = client.keys("*")
        assert state not in key and browser not in client.get(key)
        assert 0 < client.pttl(key) <= LIFE_MS


def test_a_confirmation_is_of_the_same_person(redis_url: str, provider: LyingProvider) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> tuple[Arrival, str]:
        async def confirm(account: str) -> Arrival:
            url, browser = await company.start(None, CALLBACK, "/me", max_age_s=300, account=account)
            return await company.finish(provider.sign_in(url), browser)

        return await confirm(GU_MING.account), await word_of(confirm("oidc:another"))

    arrival, word = run(redis_url, provider, story)
    assert (arrival.identity, arrival.confirms, word) == (GU_MING, True, "account")


def test_the_id_token_goes_back_to_the_provider_once(redis_url: str, provider: LyingProvider) -> None:
    async def story(company: CompanySignIn, sessions: SessionStore) -> list[str | None]:
        query, browser = await begin(company, provider)
        arrival = await company.finish(query, browser)
        session = await sessions.begin(arrival.identity, LIMITS, now_ms())
        await company.keep_id_token(session, arrival.id_token)
        urls = [await company.logout_url(each, SIGN_IN) for each in (new_token(), session, session)]
        return [dict(parse_qsl(urlsplit(url or "").query)).get("id_token_hint") for url in urls]

    other, hint, again = run(redis_url, provider, story)
    assert hint and hint.count(".") == 2
    assert (other, again) == (None, None)


def test_signing_out_goes_on_without_the_provider(redis_url: str) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> str | None:
        return await company.logout_url(new_token(), SIGN_IN)

    away = LyingProvider(f"http://127.0.0.1:{free_port()}")
    assert run(redis_url, away, story) is None


@pytest.mark.parametrize(
    ("claims", "left"),
    [
        ({}, (False, True, True)),
        ({"sub": None}, (False, True, True)),
        ({"sid": None}, (False, False, True)),
        ({"sid": "of nobody here"}, (False, False, True)),
        ({"sid": "of nobody here", "sub": None}, (True, True, True)),
    ],
)
def test_the_provider_ends_a_session_or_all_of_a_person(
    url: str, provider: LyingProvider, claims: dict[str, None], left: tuple[bool, ...]
) -> None:
    async def story(company: CompanySignIn, sessions: SessionStore) -> tuple[bool, ...]:
        people = (GU_MING, Identity(GU_MING.account, "", provider_session="another"), Identity("oidc:b", "", None))
        tokens = [await sessions.begin(person, LIMITS, now_ms()) for person in people]
        await company.end_sessions(logout(provider.logout_token(**claims)))
        return tuple([await sessions.find(token, now_ms()) is not None for token in tokens])

    assert run(url, provider, story) == left


def test_a_logout_token_is_used_once(url: str, provider: LyingProvider) -> None:
    async def story(company: CompanySignIn, sessions: SessionStore) -> tuple[str, str, bool]:
        body = logout(provider.logout_token(sid=None))
        await company.end_sessions(body)
        token = await sessions.begin(GU_MING, LIMITS, now_ms())  # the person signed in again
        again = await word_of(company.end_sessions(body))
        return again, await word_of(company.end_sessions(b"")), await sessions.find(token, now_ms()) is not None

    assert run(url, provider, story) == ("jti", "format", True)


def test_a_logout_that_failed_may_come_again(redis_url: str, provider: LyingProvider) -> None:
    async def story(client: AsyncRedis) -> bool:
        sessions, away = SessionStore(client, KEY), SessionStore(AsyncRedis(f"redis://127.0.0.1:{free_port()}/0"), KEY)
        body = logout(provider.logout_token())
        token = await sessions.begin(GU_MING, LIMITS, now_ms())
        with pytest.raises(redis.ConnectionError):
            await company_of(provider, client, away).end_sessions(body)
        await company_of(provider, client, sessions).end_sessions(body)
        return await sessions.find(token, now_ms()) is None

    assert run_story(redis_url, story)


def test_a_refusal_is_logged_with_its_detail(
    redis_url: str, provider: LyingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> str:
        query, browser = await begin(company, provider)
        provider.lies = Lies(claims=lambda claims: claims.update(aud="another"))
        return await word_of(company.finish(query, browser))

    assert run(redis_url, provider, story) == "aud"
    (message,) = caplog.messages
    assert message.startswith("sign-in with the company account refused: aud: Invalid claim: 'aud' 'another'")


def test_whoever_sends_rubbish_again_and_again_fills_no_log(
    redis_url: str, provider: LyingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(company: CompanySignIn, _: SessionStore) -> list[str]:
        finished = [await word_of(company.finish({"state": str(number)}, None)) for number in range(50)]
        return [*finished, *[await word_of(company.end_sessions(b"")) for _ in range(50)]]

    assert run(redis_url, provider, story) == ["state"] * 50 + ["format"] * 50
    assert len(caplog.messages) == 2
