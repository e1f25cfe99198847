"""Signing in with Chromium at a real Keycloak: in, onward, out by its back channel with the stream, and out on both sides."""

import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser, Page

from dashboard.access.web_endpoint import LOOPBACK
from dashboard.site.types import Grant
from dashboard.site.watch import SiteWatch
from streams.store.client import open_redis
from tests.browser.conftest import DESK, Seen
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, Partition, heartbeat
from tests.dashboard.running import Clock, SignInWays, answering, board_server, publishing
from tests.services.keycloak import Keycloak, sign_in_on_page
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.browser, pytest.mark.services]
GRANTED = replace(SITE, grants=(Grant(None, "supervisors", "supervisor", None, None, None, None),))
DEAD_S = 5.0
_MS = PATIENCE_S * 1000


@pytest.fixture
def address(redis_url: str, keycloak: Keycloak) -> Iterator[str]:
    client = open_redis(redis_url)
    for at in range(PARTITIONS):
        Partition(client, at).write(heartbeat(NOON_MS - 200))
    clock, ways = Clock(), SignInWays(oidc=keycloak.settings)
    # Always by http, as this provider: it would not trust the authority of a run on https.
    server = board_server(redis_url, SiteWatch.fixed(GRANTED), web=LOOPBACK, ways=ways, clock_ms=clock)
    with publishing(redis_url, clock, GRANTED), answering(server) as found:
        keycloak.set_client(**{"backchannel.logout.url": f"{found}/sign-out/back-channel"})
        yield found
    client.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    made = context.new_page()
    made.set_default_timeout(_MS)
    yield made
    context.close()


def sign_in(page: Page, address: str, user: str = "fang.jun") -> None:
    page.goto(f"{address}/team/dawn")
    page.get_by_role("link", name="用公司账号登录").click()
    sign_in_on_page(page, user)


def test_a_person_signs_in_and_the_provider_ends_the_stream_with_the_session(
    address: str, page: Page, keycloak: Keycloak
) -> None:
    sign_in(page, address)
    page.wait_for_url(f"{address}/team/dawn")
    Seen(page, []).until("window.callfloorApp && callfloorApp.page && callfloorApp.page.fresh.frame")
    assert page.locator("details.account summary").inner_text().strip() == "Jun Fang，现场主管"
    (token,) = (cookie for cookie in page.context.cookies(address) if cookie["name"] == "callfloor")
    with httpx.Client(timeout=PATIENCE_S) as http:
        cookies = {"cookie": f"callfloor={token['value']}"}
        with http.stream("GET", f"{address}/stream?topic=team:dawn", headers=cookies) as stream:
            assert stream.status_code == 200
            keycloak.log_out("fang.jun")
            began_s = time.monotonic()
            for _ in stream.iter_lines():
                assert time.monotonic() - began_s < PATIENCE_S
            assert time.monotonic() - began_s < DEAD_S
        assert http.get(f"{address}/session.json", headers=cookies).status_code == 401
    page.wait_for_url(lambda url: url.startswith(f"{address}/sign-in?next=%2Fteam%2Fdawn"))


def test_signing_out_here_signs_out_there(address: str, page: Page) -> None:
    sign_in(page, address)
    page.wait_for_url(f"{address}/team/dawn")
    page.locator("details.account summary").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(f"{address}/sign-in**")
    page.get_by_role("link", name="用公司账号登录").click()
    page.wait_for_selector("#kc-login")  # Keycloak asks for the password again


def test_an_account_without_a_role_can_be_changed_for_another(address: str, page: Page) -> None:
    sign_in(page, address, "lin.yue")
    page.get_by_text("你的账号还没有角色").wait_for()
    page.get_by_role("link", name="换一个账号").click()
    page.wait_for_selector("#kc-login")
