"""Signing in by a company account through the routes of a board that runs, with a provider in this process."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import redis

from dashboard.access.attempts import DEPARTURE
from dashboard.access.oidc_settings import OidcSettings
from dashboard.site.types import Grant
from dashboard.site.watch import SiteWatch
from dashboard.web.cookies import LOOPBACK_COOKIE
from streams.security import Secret
from tests.dashboard.access.lying_provider import CLIENT, SECRET, SUBJECT, Lies, LyingProvider, running
from tests.dashboard.partitions import SITE
from tests.dashboard.running import Clock, SignInWays, answering, board_server
from tests.dashboard.web.test_sign_in import words_of
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
GRANTED = replace(
    SITE,
    grants=(
        Grant(None, "leads", "supervisor", None, None, None, None),
        Grant("local:bai", None, "admin", None, None, None, None, "白川"),
    ),
)
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def running_provider() -> Iterator[LyingProvider]:
    with running() as found:
        yield found


@pytest.fixture
def provider(running_provider: LyingProvider) -> Iterator[LyingProvider]:
    """An honest provider."""
    running_provider.lies, running_provider.fails = Lies(), None
    yield running_provider
    running_provider.profile = {}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(redis_url: str, provider: LyingProvider, clock: Clock) -> Iterator[httpx.Client]:
    oidc = OidcSettings(provider.issuer, CLIENT, Secret(value=SECRET))
    server = board_server(redis_url, SiteWatch.fixed(GRANTED), ways=SignInWays(oidc=oidc, clock_ms=clock))
    with answering(server) as address, httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
        yield client


def walk(
    browser: httpx.Client, provider: LyingProvider, path: str = "/sign-in/company?next=%2Frollup"
) -> httpx.Response:
    """To the provider, where the person signs in, and back."""
    away = browser.get(path)
    assert away.status_code == 303 and away.headers["location"].startswith(f"{provider.issuer}/authorize?")
    back = dict(parse_qsl(urlsplit(away.headers["location"]).query))["redirect_uri"]
    assert back == f"{browser.base_url}/sign-in/callback"
    return browser.get("/sign-in/callback", params=provider.sign_in(away.headers["location"]))


def account(browser: httpx.Client) -> str | None:
    found: str | None = browser.get("/session.json").json().get("account")
    return found


def test_a_person_signs_in_and_goes_where_they_wanted(browser: httpx.Client, provider: LyingProvider) -> None:
    page = browser.get("/sign-in?next=/rollup").text
    assert "用公司账号登录" in page and "<input" not in page
    answer = walk(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/rollup")
    assert account(browser) == f"oidc:{SUBJECT}"
    assert [cookie.name for cookie in browser.cookies.jar] == [LOOPBACK_COOKIE.name]
    assert browser.get("/rollup").status_code == 200


def test_the_browser_that_leaves_holds_a_cookie_that_no_script_reads(browser: httpx.Client) -> None:
    name, *attributes = browser.get("/sign-in/company").headers["set-cookie"].split("; ")
    assert name.startswith("callfloor-company=")
    assert set(attributes) == {"HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax"}


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_sign_in_leads_to_no_other_host(browser: httpx.Client, provider: LyingProvider, onward: str) -> None:
    away = browser.get("/sign-in/company", params={"next": onward})
    answer = browser.get("/sign-in/callback", params=provider.sign_in(away.headers["location"]))
    assert answer.headers["location"] == "/"


def test_whoever_begins_again_and_again_fills_no_redis(
    redis_url: str, browser: httpx.Client, provider: LyingProvider, clock: Clock
) -> None:
    walk(browser, provider)
    for _ in range(DEPARTURE.most):
        walk(browser, provider)  # whoever comes back counts no more
    long = "/" + "x" * 14_000
    began = [browser.get("/sign-in/company", params={"next": long}) for _ in range(DEPARTURE.most + 3)]
    assert [answer.status_code for answer in began] == [303] * DEPARTURE.most + [429] * 3
    assert words_of(began[-1]).startswith("从你的网络开始而没有完成的登录太多 / ")
    assert 0 < int(began[-1].headers["retry-after"]) <= DEPARTURE.window_ms / 1000
    with redis.Redis.from_url(redis_url) as client:
        records = [client.get(key) or b"" for key in client.scan_iter("cfs:o:*")]
    begun = [record for record in records if b"verifier" in record]
    assert len(begun) == DEPARTURE.most and max(map(len, begun)) < 1000
    # The person of a session is not kept from confirming by those who share their network.
    assert browser.get("/sign-in/company?confirm=yes").status_code == 303
    clock.set(clock() + DEPARTURE.window_ms)
    assert browser.get("/sign-in/company").status_code == 303


def test_another_browser_cannot_finish_what_one_began(browser: httpx.Client, provider: LyingProvider) -> None:
    query = provider.sign_in(browser.get("/sign-in/company").headers["location"])
    with httpx.Client(base_url=browser.base_url, timeout=PATIENCE_S) as victim:
        answer = victim.get("/sign-in/callback", params=query)
        assert (answer.status_code, account(victim)) == (403, None)
        assert words_of(answer) == "公司账号没有登录成功 / 请重试；一再如此，请把这个词告诉管理员：browser。"


def test_a_callback_is_good_once(browser: httpx.Client, provider: LyingProvider) -> None:
    query = provider.sign_in(browser.get("/sign-in/company").headers["location"])
    statuses = [browser.get("/sign-in/callback", params=query).status_code for _ in range(2)]
    assert statuses == [303, 403]


def test_a_lie_signs_nobody_in(browser: httpx.Client, provider: LyingProvider) -> None:
    lies: list[Callable[[dict[str, Any]], None]] = [
        lambda claims: claims.update(nonce="another"),
        lambda claims: claims.update(aud="another"),
        lambda claims: claims.update(exp=1),
    ]
    for lie in lies:
        provider.lies = Lies(claims=lie)
        answer = walk(browser, provider)
        assert (answer.status_code, account(browser)) == (403, None)


def test_an_account_without_a_role_learns_its_id_and_whom_to_ask(
    browser: httpx.Client, provider: LyingProvider
) -> None:
    provider.profile = {"groups": ["nobody"]}
    answer = walk(browser, provider)
    assert (answer.status_code, account(browser)) == (403, None)
    assert words_of(answer) == f"你的账号还没有角色 / 账号 oidc:{SUBJECT}。请管理员白川开通，开通后重试。"
    assert ">重试</a>" in answer.text and ">换一个账号</a>" in answer.text and "other=yes" in answer.text


def test_a_provider_that_is_down_is_a_fault_of_the_system(browser: httpx.Client, provider: LyingProvider) -> None:
    provider.fails = 503
    answer = browser.get("/sign-in/company?lang=en")
    assert answer.status_code == 503 and "class='message fault'" in answer.text
    assert words_of(answer).startswith("The company sign-in does not answer / It is not you.")


def test_decisions_ask_a_company_account_to_confirm_at_the_provider(
    browser: httpx.Client, provider: LyingProvider, clock: Clock
) -> None:
    def word() -> str:
        found: str = browser.post("/decisions", json={"ref": "none", "decision": "upheld"}).json()["error"]
        return found

    walk(browser, provider)
    assert word() == "confirm_first"  # the provider may have let them in without a password
    page = browser.get("/sign-in/confirm?next=/team/dawn")
    assert "confirm=yes" in page.text and "<input" not in page.text
    answer = walk(browser, provider, "/sign-in/company?confirm=yes&next=%2Fteam%2Fdawn")
    assert (answer.status_code, answer.headers["location"]) == (303, "/team/dawn")
    assert word() != "confirm_first"
    clock.set(clock() + 61 * MINUTE_MS)
    assert word() == "confirm_first"


def test_signing_out_goes_on_to_the_provider(browser: httpx.Client, provider: LyingProvider) -> None:
    walk(browser, provider)
    to = browser.post("/sign-out", json={}).json()["to"]
    assert to.startswith(f"{provider.issuer}/logout?")
    query = dict(parse_qsl(urlsplit(to).query))
    assert query["post_logout_redirect_uri"] == f"{browser.base_url}/sign-in" and query["id_token_hint"].count(".") == 2
    assert account(browser) is None


def test_the_provider_signs_a_person_out(browser: httpx.Client, provider: LyingProvider) -> None:
    walk(browser, provider)
    foreign = {"origin": "https://login.example", "sec-fetch-site": "cross-site"}  # a program may send what it likes
    form = {"logout_token": provider.logout_token()}
    assert browser.post("/sign-out/back-channel", data={"logout_token": "x"}, headers=foreign).status_code == 400
    assert account(browser) == f"oidc:{SUBJECT}"
    answer = browser.post("/sign-out/back-channel", data=form, headers=foreign)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    wait_until(lambda: account(browser) is None, PATIENCE_S, "the session to end")
    assert browser.post("/sign-out/back-channel", data=form).status_code == 400  # once


def test_without_a_provider_there_is_no_such_way(redis_url: str) -> None:
    with answering(board_server(redis_url, SiteWatch.fixed(GRANTED))) as address:
        for path in ("/sign-in/company", "/sign-in/callback?code=x&state=y"):
            assert httpx.get(f"{address}{path}").status_code == 404
