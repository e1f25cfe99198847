"""Signing in by a local account in a browser: who gets in, what a wrong try tells, and when a session ends."""

import re
import ssl
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from dashboard.access.account_file import Account, AccountFile
from dashboard.access.accounts import AccountService
from dashboard.access.passwords import PasswordHashes
from dashboard.access.web_endpoint import WebEndpoint
from dashboard.site.types import Grant
from dashboard.site.watch import SiteWatch
from dashboard.web.cookies import LOOPBACK_COOKIE
from dashboard.web.forms import LONGEST_PATH
from streams.security import TlsFiles
from streams.simulator.embedded import free_port
from tests.dashboard.partitions import SITE
from tests.dashboard.running import Clock, SignInWays, answering, board_server
from tests.services.certificates import Authority
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
GU, PASSWORD = "gu.ming", "a password of some length"
WEAK = PasswordHashes(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
"""Hashes that cost nothing; the times that matter are measured with those of the product."""
MINUTE_MS = 60_000


def granted(account: str, role: str, team: str | None = None, name: str | None = None) -> Grant:
    return Grant(account, None, role, team, None, None, None, name)


STAFFED = replace(
    SITE,
    duty_phone="8800",
    grants=(
        granted(f"local:{GU}", "supervisor", name="顾明"),
        granted("local:bai", "admin", name="白川"),
        granted("local:lin", "agent"),
    ),
)


class Site:
    """A board with local accounts: its file, its clock, and its server while ``running``."""

    def __init__(self, folder: Path, redis: str, hashes: PasswordHashes = WEAK) -> None:
        self.path = folder / "accounts"
        self.hashes = hashes
        self.clock = Clock()
        self.redis = redis
        self.write(self.account(GU), self.account("nobody"), self.account("lin", agent="a1"))

    def account(self, name: str, password: str = PASSWORD, **more: Any) -> Account:
        made = Account(name, self.hashes.make(name, password), None, self.clock() - 1000, name.title())
        return made._replace(**more)

    def write(self, *accounts: Account) -> None:
        file = AccountFile()
        for account in accounts:
            file.add(account)
        self.path.write_text(file.text, "utf-8")
        self.path.chmod(0o600)

    def server(self, **more: Any) -> Any:
        ways = SignInWays(AccountService(str(self.path), self.hashes), clock_ms=self.clock)
        return board_server(self.redis, SiteWatch.fixed(STAFFED), ways=ways, **more)


@pytest.fixture
def site(tmp_path: Path, redis_url: str) -> Site:
    return Site(tmp_path, redis_url)


@pytest.fixture
def browser(site: Site) -> Iterator[httpx.Client]:
    with answering(site.server()) as address, httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
        yield client


def sign_in(browser: httpx.Client, account: str = GU, password: str = PASSWORD, onward: str = "/") -> httpx.Response:
    return browser.post("/sign-in", data={"account": account, "password": password, "next": onward})


def words_of(answer: httpx.Response) -> str:
    found = re.search(r"role='alert'><b>(.*?)</b>(.*?)</div>", answer.text)
    return " / ".join(found.groups()) if found else ""


def test_a_person_signs_in_and_goes_where_they_wanted(browser: httpx.Client) -> None:
    assert browser.get("/rollup").headers["location"] == "/sign-in?next=%2Frollup"
    page = browser.get("/sign-in?next=%2Frollup")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "name='next' value='/rollup'" in page.text and "<script" not in page.text
    answer = sign_in(browser, onward="/rollup")
    assert (answer.status_code, answer.headers["location"]) == (303, "/rollup")
    found = browser.get("/session.json").json()
    assert (found["account"], found["roles"], found["idle_s"]) == (f"local:{GU}", ["supervisor"], None)
    assert browser.get("/rollup").status_code == 200


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/evil" + "x" * LONGEST_PATH,
        "",
    ],
)
def test_a_sign_in_leads_to_no_other_host(browser: httpx.Client, onward: str) -> None:
    assert sign_in(browser, onward=onward).headers["location"] == "/"
    assert "evil" not in browser.get("/sign-in", params={"next": onward}).text


def test_wrong_tries_say_how_many_are_left_and_then_the_end_of_the_pause(browser: httpx.Client, site: Site) -> None:
    answers = [sign_in(browser, password="wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 4 + [429] * 2
    assert [words_of(answer) for answer in answers[:2]] == [
        f"账号或密码不对 / 再错 {left} 次将暂停登录 15 分钟。" for left in (4, 3)
    ]
    assert re.fullmatch(r"登录暂停到 \d\d:\d\d / 连续多次不对。急用请打值班电话 8800。", words_of(answers[4]))
    assert 0 < int(answers[5].headers["retry-after"]) <= 900
    assert sign_in(browser).status_code == 429  # the right password too, and nobody is signed in
    assert browser.get("/session.json").status_code == 401
    site.clock.set(site.clock() + 15 * MINUTE_MS)
    assert sign_in(browser).status_code == 303


def test_accounts_that_are_there_answer_as_those_that_are_not(browser: httpx.Client) -> None:
    def answers(account: str) -> list[tuple[int, str]]:
        tried = [sign_in(browser, account, "wrong") for _ in range(6)]
        return [(answer.status_code, answer.text.replace(account, "?")) for answer in tried]

    assert answers(GU) == answers("who.is.this")


def test_the_right_password_begins_the_count_anew(browser: httpx.Client) -> None:
    for _ in range(3):
        assert [sign_in(browser, password="wrong").status_code for _ in range(4)] == [401] * 4
        assert sign_in(browser).status_code == 303


def test_a_session_is_new_at_each_sign_in_and_dead_after_the_sign_out(browser: httpx.Client) -> None:
    def token() -> str:
        return browser.cookies[LOOPBACK_COOKIE.name]

    sign_in(browser)
    first = token()
    sign_in(browser)
    second = token()
    assert first != second and len(second) == 43

    def status(token: str) -> int:
        return httpx.get(f"{browser.base_url}/session.json", cookies={LOOPBACK_COOKIE.name: token}).status_code

    assert (status(first), status(second)) == (401, 200)
    answer = browser.post("/sign-out", json={})
    assert (answer.status_code, answer.json()) == (200, {"to": "/sign-in"})
    # Not "cookies": browsers would drop those of every host of the domain, other applications' and the wall's among them.
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert answer.headers.get_list("set-cookie")[0].startswith('callfloor=""; expires=') and len(browser.cookies) == 0
    assert status(second) == 401
    forged = "0" * 43
    assert (status(forged), status("eyJfaWQiOiJhZG1pbiJ9.forged.forged")) == (401, 401)


def test_a_planted_session_is_not_taken_over(browser: httpx.Client) -> None:
    planted = "A" * 43
    browser.cookies.set(LOOPBACK_COOKIE.name, planted)
    sign_in(browser)
    tokens = {cookie.value for cookie in browser.cookies.jar if cookie.domain}
    assert tokens and planted not in tokens


def test_the_cookie_on_this_machine_and_on_https(browser: httpx.Client, site: Site, tmp_path: Path) -> None:
    assert attributes(sign_in(browser)) == ("callfloor", {"HttpOnly", "Path=/", "SameSite=lax"})
    authority = Authority(tmp_path)
    signed = authority.sign("board", ("board.test", "127.0.0.1"))
    web = WebEndpoint("127.0.0.1:0", "https://board.test", TlsFiles(cert=str(signed.cert), key=str(signed.key)))
    with (
        answering(site.server(web=web)) as address,
        httpx.Client(
            base_url=address, verify=ssl.create_default_context(cafile=authority.ca), headers={"host": "board.test"}
        ) as secure,
    ):
        answer = sign_in(secure)
        assert attributes(answer) == ("__Host-callfloor", {"HttpOnly", "Path=/", "SameSite=lax", "Secure"})
        assert "max-age=31536000" in answer.headers["strict-transport-security"]


def attributes(answer: httpx.Response) -> tuple[str, set[str]]:
    """Name and attributes of the only cookie of an answer; a __Host- cookie has no domain."""
    value, *rest = answer.headers["set-cookie"].split("; ")
    return value.partition("=")[0], set(rest)


def test_an_account_without_a_role_learns_whom_to_ask(browser: httpx.Client) -> None:
    answer = sign_in(browser, "nobody")
    assert (answer.status_code, words_of(answer)) == (
        403,
        "你的账号还没有角色 / 账号 local:nobody。请管理员白川开通，开通后重试。",
    )
    assert browser.get("/session.json").status_code == 401


@pytest.mark.parametrize("change", ["disabled", "removed", "a new password", "unreadable"])
def test_a_session_ends_with_its_account(browser: httpx.Client, site: Site, change: str) -> None:
    sign_in(browser)
    assert browser.get("/session.json").status_code == 200
    account = site.account(GU)
    after = {
        "disabled": [account._replace(is_disabled=True)],
        "removed": [site.account("other")],
        "a new password": [account._replace(changed_ms=site.clock() + 1000)],
        "unreadable": [account],
    }[change]
    site.write(*after)
    if change == "unreadable":
        site.path.chmod(0o644)
        expected = 503
    else:
        expected = 401
    wait_until(lambda: browser.get("/session.json").status_code == expected, PATIENCE_S, "the session to end")


def test_an_idle_agent_is_signed_out_and_one_who_acts_is_not(browser: httpx.Client, site: Site) -> None:
    sign_in(browser, "lin")
    assert browser.get("/session.json").json()["idle_s"] == 1800
    for _ in range(3):
        site.clock.set(site.clock() + 20 * MINUTE_MS)
        assert browser.get("/snapshot?topic=line").status_code != 401
        assert browser.post("/session/continue", json={}).status_code == 200
    site.clock.set(site.clock() + 31 * MINUTE_MS)
    assert browser.get("/session.json").status_code == 401


def test_decisions_need_a_confirmation_within_the_hour(browser: httpx.Client, site: Site) -> None:
    def decide() -> dict[str, Any]:
        found: dict[str, Any] = browser.post("/decisions", json={"ref": "none", "decision": "upheld"}).json()
        return found

    sign_in(browser)
    assert decide()["error"] != "confirm_first"
    site.clock.set(site.clock() + 61 * MINUTE_MS)
    assert decide()["error"] == "confirm_first"
    page = browser.get("/sign-in/confirm?next=/team/dawn")
    assert page.status_code == 200 and "确认是你本人" in page.text and "name='account'" not in page.text
    assert browser.post("/sign-in/confirm", data={"password": "wrong"}).status_code == 401
    assert decide()["error"] == "confirm_first"
    answer = browser.post("/sign-in/confirm", data={"password": PASSWORD, "next": "/team/dawn"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/team/dawn")
    assert decide()["error"] != "confirm_first"


def test_strangers_do_not_keep_a_person_from_confirming_and_a_thief_of_a_session_has_five_tries(
    browser: httpx.Client, site: Site
) -> None:
    def confirm(password: str) -> int:
        return browser.post("/sign-in/confirm", data={"password": password}).status_code

    sign_in(browser)
    with httpx.Client(base_url=browser.base_url, timeout=PATIENCE_S) as stranger:
        assert [sign_in(stranger, password="wrong").status_code for _ in range(5)] == [401] * 4 + [429]
        assert sign_in(stranger).status_code == 429
        assert confirm(PASSWORD) == 303
        site.clock.set(site.clock() + 15 * MINUTE_MS)
        assert [confirm("wrong") for _ in range(5)] + [confirm(PASSWORD)] == [401] * 4 + [429] * 2
        assert sign_in(stranger).status_code == 303, "and that is no lock of the sign-in"


def test_the_link_of_a_start_signs_in_once_and_for_ten_minutes(site: Site) -> None:
    server = site.server()
    codes = [server.sign_in.make_link("tester") for _ in range(3)]
    with answering(server) as address:

        def use(code: str) -> int:
            return httpx.get(f"{address}/sign-in/link", params={"code": code}, timeout=PATIENCE_S).status_code

        assert [use(codes[0]), use(codes[0]), use("another")] == [303, 404, 404]
        site.clock.set(site.clock() + 9 * MINUTE_MS)
        assert use(codes[1]) == 303
        site.clock.set(site.clock() + MINUTE_MS)
        assert use(codes[2]) == 404


def test_nobody_signs_in_while_the_sessions_cannot_be_reached(site: Site) -> None:
    site.redis = f"redis://127.0.0.1:{free_port()}/0"
    with answering(site.server()) as address:
        answer = httpx.post(f"{address}/sign-in", data={"account": GU, "password": PASSWORD}, timeout=PATIENCE_S)
        assert answer.status_code == 503 and "set-cookie" not in answer.headers
        assert words_of(answer) == "现在无法登录 / 不是你的问题：会话存储没有应答。急用请打值班电话 8800。"


def test_a_form_of_another_page_signs_nobody_in(browser: httpx.Client) -> None:
    form = {"account": GU, "password": PASSWORD}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = browser.post("/sign-in", data=form, headers=headers)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert browser.post("/sign-in", json=form).status_code == 415


def test_forged_addresses_share_one_limit(browser: httpx.Client) -> None:
    statuses = [
        browser.post(
            "/sign-in",
            data={"account": f"account{n}", "password": "wrong"},
            headers={"x-forwarded-for": f"203.0.113.{n}", "x-forwarded-user": GU, "forwarded": f"for=203.0.113.{n}"},
        ).status_code
        for n in range(21)
    ]
    assert statuses == [401] * 19 + [429] * 2


def test_the_time_of_an_answer_tells_no_account(tmp_path: Path, redis_url: str) -> None:
    """Tries in pairs, so a busy machine slows both. A hash costs more than the bound: leaving one out would show."""
    site = Site(tmp_path, redis_url, PasswordHashes(PasswordHasher(time_cost=1, memory_cost=65_536, parallelism=1)))
    site.write(*(site.account(f"there{number}") for number in range(4)))
    differences, shortest_s = [], 1.0
    with answering(site.server()) as address, httpx.Client(base_url=address, timeout=PATIENCE_S) as browser:
        for number in range(50):
            site.clock.set(site.clock() + 4 * MINUTE_MS)
            there, absent = f"there{number % 4}", f"absent{number % 4}"
            spent = {}
            for account in (there, absent) if number % 2 else (absent, there):
                began_s = time.perf_counter()
                assert sign_in(browser, account, "wrong").status_code == 401
                spent[account] = time.perf_counter() - began_s
            differences.append(spent[there] - spent[absent])
            shortest_s = min(shortest_s, *spent.values())
    # 20 ms; on a busy machine a quarter of the cheapest hash, which is what an answer without one would save four times.
    assert abs(statistics.median(differences)) < max(0.020, shortest_s / 4)
    assert shortest_s > 0.020
