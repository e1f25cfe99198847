"""Where there is no page it is said why, in words and in both languages; a wall asks again by itself."""

import asyncio
from typing import NoReturn

import httpx
import pytest

from dashboard.access.board_services import board_services
from dashboard.access.sign_in import sign_in_service
from dashboard.board.bus import FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.site.watch import SiteWatch
from dashboard.web.app import build
from dashboard.web.pages import Page
from dashboard.web.policies import VIEWERS
from tests.dashboard.partitions import SITE
from tests.dashboard.running import AuditInMemory

HTML = "text/html,application/xhtml+xml"
UNFORESEEN = RuntimeError("nobody foresaw this")


def _pages(error: Exception) -> tuple[Page, ...]:
    def broken(*_: object) -> NoReturn:
        raise error

    return tuple(Page(path, VIEWERS, "desk", broken, broken) for path in (r"/wall/(?P<board>[^/]+)", r"/rollup"))


def _get(path: str, accept: str = HTML, error: Exception = UNFORESEEN) -> httpx.Response:
    async def ask() -> httpx.Response:
        sites, away = SiteWatch.fixed(SITE), "redis://127.0.0.1:1"
        sign_in = sign_in_service(away, bytes(32), sites, wall_clock_ms, is_demo=True)
        server = build(board_services(sites, FrameReader(away), AuditInMemory()), sign_in, pages=_pages(error)).server
        transport = httpx.ASGITransport(app=server, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path, headers={"accept": accept})

    return asyncio.run(ask())


def test_a_page_that_failed_says_so_and_can_be_asked_for_again() -> None:
    answer = _get("/rollup?lang=en")
    assert answer.status_code == 500
    assert "是系统的问题" in answer.text and "it is our fault" in answer.text
    assert "<a href='/rollup?lang=en'>重试 / Try again</a>" in answer.text and "href='/health'" in answer.text
    assert "nobody foresaw this" not in answer.text and "Traceback" not in answer.text
    assert "refresh" not in answer.headers


def test_the_way_back_is_never_to_another_host() -> None:
    assert "href='//" not in _get("//evil.example/x").text


def test_a_wall_that_failed_is_dark_and_asks_again_by_itself() -> None:
    answer = _get("/wall/main")
    assert (answer.status_code, answer.headers["refresh"]) == (500, "30")
    assert "data-theme='dark' data-density='wall'" in answer.text


@pytest.mark.parametrize("error", [UNFORESEEN, FileNotFoundError(2, "no such file"), OSError("anything")])
def test_a_script_is_told_in_json_that_it_is_our_fault_and_not_that_of_redis(error: Exception) -> None:
    answer = _get("/rollup", "application/json", error)
    assert (answer.status_code, answer.json()["error"]) == (500, "failed")


@pytest.mark.parametrize("path", ["/nothing", "/<script>", "/{braces}"])
def test_what_is_not_there_names_itself_and_the_walls(path: str) -> None:
    answer = _get(path)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text and "There is no such page" in answer.text
    assert "<a href='/wall/main'>" in answer.text and "<script>" not in answer.text
