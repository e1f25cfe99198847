"""Signing in with Chromium on a board that runs: the form, the end of a session, a right that goes, the people of the demo."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser

from dashboard.access.account_file import Account, AccountFile
from dashboard.access.accounts import AccountService
from dashboard.access.passwords import PasswordHashes
from dashboard.site.types import Grant
from dashboard.site.watch import SiteState, SiteWatch
from streams.store.client import open_redis
from tests import signing
from tests.browser.conftest import DESK, Seen, watched
from tests.browser.opened import DRAWN
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, Partition, call, heartbeat
from tests.dashboard.running import BoardServer, Clock, SignInWays, answering, board_server, publishing
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.browser, pytest.mark.services]
PASSWORD = "a password of some length"
HASHES = PasswordHashes(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
LEAD, AGENT = signing.person("周岚", "lead:dawn"), signing.agent("a1")
STAFFED = replace(
    SITE,
    grants=(*signing.grants("dawn"), Grant("local:gu.ming", None, "supervisor", None, None, None, None, "顾明")),
)
DEMO_GRANTS = (
    Grant("local:han", None, "manager", None, None, None, None, "韩静"),
    Grant("local:zhou", None, "lead", "dawn", None, None, None, "周岚"),
    Grant(None, "agents", "agent", None, None, None, None, None),
)
FIGURES = "window.callfloorApp && callfloorApp.page && callfloorApp.page.painted && callfloorApp.page.fresh.frame"
MINUTE_MS = 60_000
_NOISE = ("401", "404")


class Board(NamedTuple):
    """A board at work; ``sites`` and ``clock`` are the test's to change."""

    address: str
    server: BoardServer
    sites: SiteWatch
    clock: Clock


@contextmanager
def at_work(redis: str, folder: Path, is_demo: bool = False) -> Iterator[Board]:
    client: Any = open_redis(redis)
    for at in range(PARTITIONS):
        Partition(client, at).write(call("a1", f"c{at}", NOON_MS - MINUTE_MS), heartbeat(NOON_MS - 200))
    file, clock = AccountFile(), Clock()
    file.add(Account("gu.ming", HASHES.make("gu.ming", PASSWORD), None, 1, "顾明"))
    path = folder / "accounts"
    path.touch(0o600)
    path.write_text(file.text, "utf-8")
    sites, sessions = SiteWatch.fixed(STAFFED), Clock(int(time.time() * 1000))
    ways = SignInWays(None if is_demo else AccountService(str(path), HASHES), clock_ms=sessions)
    server = board_server(redis, sites, is_demo=is_demo, ways=ways, clock_ms=clock)
    with publishing(redis, clock, STAFFED), answering(server) as address:
        yield Board(address, server, sites, sessions)
    client.close()


@pytest.fixture
def board(redis_url: str, tmp_path: Path) -> Iterator[Board]:
    with at_work(redis_url, tmp_path) as made:
        yield made


@pytest.fixture
def demo(redis_url: str, tmp_path: Path) -> Iterator[Board]:
    with at_work(redis_url, tmp_path, is_demo=True) as made:
        yield made


@contextmanager
def opened(browser: Browser, url: str, who: signing.Identity | None = None) -> Iterator[Seen]:
    """A browser of its own, signed in as a person or as nobody."""
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    seen = Seen(page, watched(page))
    if who is not None:
        context.add_cookies(signing.browser_cookies(url, who))  # type: ignore[arg-type]
    page.goto(url)
    yield seen
    context.close()
    assert [text for text in seen.complaints if not any(sign in text for sign in _NOISE)] == []


def until_at(seen: Seen, path: str) -> None:
    """Waits until the browser is at an address that begins so."""
    seen.page.wait_for_url(
        lambda url: url.partition("//")[2].partition("/")[2].startswith(path[1:]), timeout=PATIENCE_S * 1000
    )


def test_a_person_signs_in_with_the_keyboard_and_has_figures_at_once(board: Board, browser: Browser) -> None:
    with opened(browser, f"{board.address}/sign-in?next=%2Fwall%2Fmain") as seen:
        seen.page.keyboard.type("gu.ming")
        seen.page.keyboard.press("Tab")
        seen.page.keyboard.type("not this one")
        seen.page.keyboard.press("Enter")
        alert = seen.page.get_by_role("alert")
        alert.wait_for()
        assert alert.inner_text().split() == ["账号或密码不对", "再错", "4", "次将暂停登录", "15", "分钟。"]
        seen.page.keyboard.type(PASSWORD)  # the account is still there
        began_s = time.perf_counter()
        seen.page.keyboard.press("Enter")
        until_at(seen, "/wall/main")
        seen.until(FIGURES)
        sys.stdout.write(
            f"from the sign-in to the first figures: {time.perf_counter() - began_s:.2f} s (promise: 2 s)\n"
        )
        assert seen.page.evaluate("document.cookie") == ""


def test_an_idle_session_says_when_it_ends_and_goes_on(board: Board, browser: Browser) -> None:
    with opened(browser, f"{board.address}/sign-in") as seen:
        signing.cookies(board.address, AGENT)
        board.clock.set(board.clock() + 28 * MINUTE_MS + 10_000)
        seen.page.context.add_cookies(signing.browser_cookies(board.address, AGENT))  # type: ignore[arg-type]
        seen.page.goto(f"{board.address}/me")
        line = seen.page.locator(".session-line")
        line.wait_for(timeout=PATIENCE_S * 1000)
        assert line.inner_text().split("\n") == ["2 分钟后退出", "你 28 分钟没有操作", "继续"]
        line.get_by_role("button").click()
        seen.until("!document.querySelector('.session-line')")
        assert (
            seen.page.evaluate(
                "fetch('/session.json').then((answer) => answer.json()).then((found) => found.ends_in_s)"
            )
            > 1700
        )


def test_a_session_that_ends_hides_the_figures_and_leads_back(board: Board, browser: Browser) -> None:
    with opened(browser, f"{board.address}/team/dawn?lang=zh", LEAD) as seen:
        seen.until(DRAWN)
        board.clock.set(board.clock() + 13 * 60 * MINUTE_MS)
        until_at(seen, "/sign-in?next=%2Fteam%2Fdawn%3Flang%3Dzh&why=ended")
        assert seen.page.get_by_role("alert").inner_text().startswith("已退出")
        seen.page.fill("[name=account]", "gu.ming")
        seen.page.fill("[name=password]", PASSWORD)
        seen.page.click("form button")
        until_at(seen, "/team/dawn?lang=zh")


def test_a_text_that_is_being_written_outlives_the_session(board: Board, browser: Browser) -> None:
    with opened(browser, f"{board.address}/team/dawn", LEAD) as seen:
        seen.until(DRAWN)
        seen.page.evaluate("document.querySelector('#callfloor main').append(document.createElement('textarea'))")
        seen.page.locator("textarea").last.fill("half a sentence")
        board.clock.set(board.clock() + 13 * 60 * MINUTE_MS)
        line = seen.page.locator("[data-line=over]")
        line.wait_for(timeout=PATIENCE_S * 1000)
        assert "写到一半的字还在" in line.inner_text()
        shown = "[...document.querySelectorAll('#callfloor *')].filter((each) => getComputedStyle(each).visibility !== 'hidden')"
        assert seen.page.evaluate(f"{shown}.map((each) => each.tagName)") == ["TEXTAREA"]
        with seen.page.context.expect_page() as tab:
            line.get_by_role("link").click()
        seen.page.context.add_cookies(signing.browser_cookies(board.address, renewed(board)))  # type: ignore[arg-type]
        tab.value.close()
        seen.until(
            "!document.documentElement.classList.contains('is-signed-out') && !document.querySelector('.session-line')"
        )
        assert seen.page.locator("textarea").last.input_value() == "half a sentence"


def renewed(board: Board) -> signing.Identity:
    """The same person with a new session."""
    board.clock.set(int(time.time() * 1000))
    board.server.signer.forget(LEAD)
    return LEAD


def test_a_team_that_is_no_longer_led_is_gone_from_the_screen(board: Board, browser: Browser) -> None:
    with opened(browser, f"{board.address}/team/dawn", LEAD) as seen:
        seen.until(DRAWN)
        seen.until("callfloorApp.page.fresh.frame")
        board.sites.state = SiteState(replace(STAFFED, grants=signing.GRANTS), None, int(time.time() * 1000))
        seen.page.locator("main.said").wait_for(timeout=PATIENCE_S * 1000)
        assert "There is no such page" in seen.page.inner_text("main")


def test_the_menu_names_the_person_and_signs_out(board: Board, browser: Browser) -> None:
    with opened(browser, f"{board.address}/team/dawn", LEAD) as seen:
        seen.until(DRAWN)
        menu = seen.page.locator("details.account")
        assert menu.locator("summary").inner_text().strip() == "周岚，晨曦组班长"
        menu.locator("summary").click()
        menu.get_by_role("button", name="退出").click()
        until_at(seen, "/sign-in")
        seen.page.go_back()
        until_at(seen, "/sign-in")


@pytest.mark.parametrize(("lang", "theme"), [("zh", "light"), ("en", "dark")])
def test_the_demo_lets_choose_by_a_key_and_says_that_it_is_one(
    demo: Board, browser: Browser, lang: str, theme: str
) -> None:
    demo.sites.state = SiteState(replace(STAFFED, grants=DEMO_GRANTS), None, int(time.time() * 1000))
    with opened(browser, f"{demo.address}/wall/main") as seen:
        seen.until(DRAWN)
        seen.page.goto(f"{demo.address}/team/dawn?lang={lang}&theme={theme}")
        until_at(seen, "/sign-in?next=%2Fteam")
        seen.page.goto(f"{demo.address}/sign-in?lang={lang}&theme={theme}&next=%2Fteam%2Fdawn%3Flang%3D{lang}")
        assert seen.page.locator("li").count() == 4
        seen.page.keyboard.press("2")
        until_at(seen, f"/team/dawn?lang={lang}")
        seen.until(DRAWN)
        strip = seen.page.evaluate("getComputedStyle(document.documentElement, '::before').content")
        assert (
            strip.strip('"') == {"zh": "演示：人和数字都是模拟的", "en": "Demo: people and figures are simulated"}[lang]
        )
        assert seen.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        seen.page.locator("details.account summary").click()
        seen.page.get_by_role("link", name={"zh": "换人", "en": "Change person"}[lang]).click()
        until_at(seen, "/sign-in")
