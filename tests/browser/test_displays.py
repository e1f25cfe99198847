"""Screens without a seat in Chromium, on a board that runs: the page with the code, its approval, the board, and its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from dashboard.site.load import Site
from dashboard.site.types import BoardPages
from dashboard.site.watch import SiteWatch
from streams.store.client import open_redis
from tests import signing
from tests.browser.conftest import DESK, WALL, Seen, Show, watched
from tests.browser.displayed import example_displays
from tests.browser.fitting import misfits
from tests.dashboard.partitions import NOON_MS, PARTITIONS, SITE, Partition, heartbeat
from tests.dashboard.running import Clock, answering, board_server, publishing
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services]
ADMIN = signing.person("白川", "admin")
BOARDS: Site = replace(
    SITE,
    boards=(
        BoardPages("main", ("floor", "queues", "agents")),
        BoardPages("inbound", ("queues", "floor"), 20_000, "none"),
    ),
    grants=signing.grants("dawn"),
    duty_phone="8800",
)
CODE = "[...document.querySelectorAll('[data-pair=code] span')].map((part) => part.textContent).join('')"
DARK_S = 5.0
_NOISE = ("401", "404", "422", "429")


@pytest.fixture
def address(redis_url: str) -> Iterator[str]:
    client: Any = open_redis(redis_url)
    for at in range(PARTITIONS):
        Partition(client, at).write(heartbeat(NOON_MS - 200))
    clock, sites = Clock(), SiteWatch.fixed(BOARDS)
    with publishing(redis_url, clock, BOARDS), answering(board_server(redis_url, sites, clock_ms=clock)) as address:
        yield address
    client.close()


@contextmanager
def opened(browser: Browser, url: str, who: Any = None, **how: Any) -> Iterator[Seen]:
    """A browser of its own."""
    context = browser.new_context(**{"viewport": WALL, **how})
    page = context.new_page()
    seen = Seen(page, watched(page))
    if who is not None:
        context.add_cookies(signing.browser_cookies(url, who))  # type: ignore[arg-type]
    page.goto(url)
    yield seen
    context.close()
    assert [text for text in seen.complaints if not any(sign in text for sign in _NOISE)] == []


def until_code(seen: Seen) -> str:
    seen.until(f"{CODE}.length === 8")
    code: str = seen.page.evaluate(CODE)
    return code


def attached(seen: Seen, selector: str) -> None:
    """Waits for an element across the change to another page."""
    seen.page.locator(selector).wait_for(state="attached", timeout=PATIENCE_S * 1000)


def type_code(admin: Seen, code: str) -> None:
    admin.until("document.querySelector('.code input')")
    admin.page.locator(".code input").first.click()
    admin.page.keyboard.type(code)


@pytest.mark.parametrize(("lang", "words"), [("zh", "这块屏还没有配对"), ("en", "This screen is not paired yet")])
def test_an_unpaired_screen_shows_its_code_and_where_to_type_it(
    address: str, browser: Browser, lang: str, words: str
) -> None:
    with opened(browser, f"{address}/wall/main?lang={lang}") as screen:
        code = until_code(screen)
        assert len(code) == 8 and screen.page.locator("[data-pair=why]").inner_text() == words
        text = screen.page.locator("main").inner_text()
        assert (
            f"{address.partition('//')[2]}/displays" in text
            and "1920 × 1080" in text
            and "D-" in text
            and "8800" in text
        )
        size = screen.page.evaluate("getComputedStyle(document.querySelector('[data-pair=code]')).fontSize")
        assert size == "264px" and misfits(screen, "pair") == []


def test_a_screen_is_approved_shown_and_revoked_and_goes_dark(address: str, browser: Browser) -> None:
    with (
        opened(browser, f"{address}/wall/main") as screen,
        opened(browser, f"{address}/displays", ADMIN, viewport=DESK) as admin,
    ):
        code = until_code(screen)
        type_code(admin, code.lower())
        admin.until("document.querySelector('.answered .g-yes')")
        admin.page.locator(".displays-panel input.inp").fill("三楼西墙")
        assert misfits(admin, "displays") == []
        admin.page.get_by_role("button", name="批准").click()
        attached(screen, ".wall[data-pages]")
        admin.until("document.querySelector('[data-display]')")
        admin.page.locator("[data-display]").click()
        admin.page.get_by_role("button", name="停用").click()
        begun = time.monotonic()
        attached(screen, "[data-ended]")
        assert time.monotonic() - begun < DARK_S
        assert screen.page.locator(".wall[data-pages]").count() == 0
        until_code(screen)
        assert "已停用" in screen.page.locator("[data-pair=why]").inner_text()
        admin.until("document.querySelectorAll('[data-display]').length === 0")


def test_the_code_boxes_take_typing_pasting_and_backspace(address: str, browser: Browser) -> None:
    with opened(browser, f"{address}/displays?lang=en", ADMIN, viewport=DESK) as admin:
        typed = "[...document.querySelectorAll('.code input')].map((box) => box.value).join('')"
        type_code(admin, "k7q")
        assert admin.page.evaluate(typed) == "K7Q"
        admin.page.keyboard.press("Backspace")
        admin.page.keyboard.press("Backspace")
        assert len(admin.page.evaluate(typed)) < 3
        paste = """(text) => { const data = new DataTransfer(); data.setData('text', text);
            const how = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', how)); }"""
        admin.page.evaluate(paste, "k7qm 4txp")
        assert admin.page.evaluate(typed) == "K7QM4TXP"
        admin.until("document.querySelector('.problem').textContent")
        assert (
            admin.page.locator(".displays-panel .problem").inner_text()
            == "No screen shows this code; look at the screen again."
        )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_fits_and_shows_no_figure_of_the_floor(address: str, browser: Browser, lang: str) -> None:
    with httpx.Client(base_url=address, timeout=PATIENCE_S) as screen:
        asked = screen.post("/pair", json={"width": 3840, "height": 2160}).json()
        headers = signing.headers(address, ADMIN)
        for board, people, where in (("main", "alias", "二楼东墙"), ("inbound", "none", "W" * 40)):
            wall = httpx.Client(base_url=address, timeout=PATIENCE_S)
            code = wall.post("/pair", json={"width": 1920, "height": 1080}).json()["code"]
            body = {"code": code, "location": where, "board": board, "people": people}
            assert httpx.post(f"{address}/displays/approve", json=body, headers=headers).status_code == 201
            assert wall.get("/pair.json").json()["state"] == "approved"
            wall.close()
        with opened(browser, f"{address}/displays?lang={lang}", ADMIN, viewport=DESK) as admin:
            admin.until("document.querySelectorAll('#displays-rows tr').length === 3")
            admin.until("!document.getElementById('callfloor').classList.contains('is-loading')")
            assert asked["id"] in admin.page.locator("#displays-rows tr").first.inner_text()
            assert [each for each in misfits(admin, "displays") if "W" * 10 not in each] == []
            panel = "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.getElementById('displays-panel'))"
            assert admin.page.evaluate(panel)
            assert admin.page.locator("[data-live=text]").count() == 0
            wait_until(
                lambda: admin.page.locator("[data-fact=on]").inner_text() == "2", PATIENCE_S, "two walls that are on"
            )


def test_what_happened_of_late_is_said_as_the_log_has_it(show: Callable[..., Show]) -> None:
    seen = show("displays", lang="zh", theme="light")
    lines = "[...document.querySelectorAll('#displays-recent li')].map((line) => line.lastChild.textContent)"
    seen.until(f"{lines}.length === 4")
    said = ["白川 拒绝 D-0C11", "白川 停用 前台屏 D-07AA", "白川 批准 二楼东墙 D-01A4"]
    assert seen.page.evaluate(lines) == ["呼入区 D-05B0 离线，配对仍在", *said]
    seen.stage.answers["GET /displays.json"] = (200, example_displays() | {"acts": None})
    seen.until(f"{lines}.length === 5")
    assert "白川 停用 前台屏 D-07AA" in seen.page.evaluate(lines), "while the log cannot be read the walls tell it"
