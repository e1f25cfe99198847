"""A board behind proxies with bad habits: a page has its figures all the same, says how it gets them, and comes back in time."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Browser

from streams.simulator.embedded import free_port
from tests import patient_http, signing
from tests.browser.conftest import Seen
from tests.browser.opened import answers
from tests.browser.proxies import Proxy, between
from tests.browser.real_board import HANDLED, Board, board, tabs
from tests.services.https import https_of_run
from tests.waiting import PATIENCE_S, wait_until

__all__ = ["board"]
pytestmark = [pytest.mark.browser, pytest.mark.services]
CASE = Path(__file__).parents[1] / "cases" / "field" / "13-buffering-proxy" / "proxy.py"
BACK_WITHIN_S = 15
CONNECTIONS = 6
"""The most that a browser opens to one server."""
NO_WORKER = "delete window.SharedWorker"
ASKING = "callfloorApp.page.fresh.line.asking"
NOISE = ("Failed to load resource", "EventSource's response has a MIME type")
"""What a browser itself says of a proxy's answers, where the page holds its line."""


@pytest.fixture
def proxy(board: Board) -> Iterator[Proxy]:
    with between(board.url) as made:
        yield made


def health(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = patient_http.get(f"{board.url}/health.json").json()
    return found


def is_live(one: Seen) -> bool:
    return bool(one.told("state") == "live" and one.told("source") == "calls" and one.told("ageS") < 5)


def counts_on(board: Board, *pages: Seen) -> None:
    """A call that is counted now comes to each page."""
    before = [one.page.evaluate(HANDLED) for one in pages]
    board.count_call()
    for one, handled in zip(pages, before, strict=True):
        one.until(f"{HANDLED} === {handled + 1}")


def until_live(one: Seen) -> float:
    """Seconds until the page is live."""
    began_s = monotonic()
    wait_until(lambda: is_live(one), PATIENCE_S, "live")
    return monotonic() - began_s


@pytest.mark.parametrize("script", ["", NO_WORKER], ids=["shared", "own"])
def test_a_proxy_that_buffers_leaves_no_page_without_figures(
    board: Board, proxy: Proxy, browser: Browser, script: str
) -> None:
    proxy.mode = "buffer"
    with tabs(browser, script, NOISE) as tab:
        wall = tab(proxy.url + "/wall/main?lang=en")
        counts_on(board, wall)
        assert is_live(wall)
        wall.until(f"{ASKING} && document.querySelector('[data-live=fresh]').innerText === 'Live, every 2 s'")
        report = health(board)
        assert report["viewers"]["asking"] == 1
        assert {"code": "asking", "n": 1, "since": report["viewers"]["asking_since"]} in report["to_do"]
        assert wall.told("source") == "calls"
        proxy.mode = "pass"
        wall.until(f"!{ASKING}")
        counts_on(board, wall)
        wait_until(lambda: health(board)["viewers"]["asking"] == 0, PATIENCE_S, "nobody asks any more")
        board.until_streams(1)


@pytest.mark.parametrize("script", ["", NO_WORKER], ids=["shared", "own"])
def test_a_line_that_was_dropped_without_a_word_is_live_again_in_time(
    board: Board, proxy: Proxy, browser: Browser, script: str
) -> None:
    with tabs(browser, script, NOISE) as tab:
        walls = [tab(proxy.url + path) for path in ("/wall/main", "/team/dawn")]
        wait_until(lambda: all(is_live(one) for one in walls), PATIENCE_S, "live at first")
        proxy.begin_count()
        proxy.mode = "hole"
        walls[0].until_drawn("stale")
        walls[0].until("callfloor.source === 'network'")
        before = walls[0].page.evaluate("callfloor.ageS")
        walls[0].until(f"callfloor.ageS > {before + 15}")
        if not script:
            assert 0 < proxy.most < CONNECTIONS, "one is left for what people do"
        board.count_call()
        proxy.mode = "pass"
        took_s = until_live(walls[0]) + until_live(walls[1])
        assert took_s < BACK_WITHIN_S
        for one in walls:
            counts_on(board, one)
            one.until(f"!{ASKING}")
        board.until_streams(1 if not script else 2)


@contextmanager
def walls_behind(board: Board, browser: Browser, habits: Sequence[str]) -> Iterator[tuple[list[Proxy], list[Seen]]]:
    """A proxy of each habit, which it has from now on, and a wall that it is between: they wait at the same time."""
    with ExitStack() as stack:
        proxies = [stack.enter_context(between(board.url)) for _ in habits]
        opening = [stack.enter_context(tabs(browser, noise=NOISE)) for _ in habits]
        walls = [tab(proxy.url + "/wall/main") for tab, proxy in zip(opening, proxies, strict=True)]
        for proxy, habit in zip(proxies, habits, strict=True):
            proxy.turn(habit)
        yield proxies, walls


def until_all_are_as_before(board: Board, proxies: Sequence[Proxy], walls: Sequence[Seen]) -> None:
    """The proxies pass from now on; every wall is live in time, by a stream of its own."""
    for proxy in proxies:
        proxy.mode = "pass"
    assert sum(until_live(wall) for wall in walls) < BACK_WITHIN_S
    for wall in walls:
        wall.until(f"!{ASKING}")
    counts_on(board, *walls)
    board.until_streams(len(walls))


def test_a_proxy_that_spoils_the_stream_alone_leaves_every_figure_live(board: Board, browser: Browser) -> None:
    with walls_behind(board, browser, ("pack", "strip")) as (proxies, walls):
        for wall in walls:
            wall.until(ASKING)
        counts_on(board, *walls)
        assert [wall.told("state") for wall in walls] == ["live", "live"]
        until_all_are_as_before(board, proxies, walls)


def test_a_proxy_that_answers_nothing_is_told_as_the_network(board: Board, browser: Browser) -> None:
    with walls_behind(board, browser, ("bad_gateway", "time_out", "close", "refuse")) as (proxies, walls):
        for wall in walls:
            wall.until("callfloor.source === 'network'")
            wall.until_drawn("stale")
        until_all_are_as_before(board, proxies, walls)


@pytest.mark.parametrize("habit", ["cut", "delay"])
def test_a_proxy_that_only_annoys_leaves_the_stream(board: Board, proxy: Proxy, browser: Browser, habit: str) -> None:
    proxy.mode = habit
    with tabs(browser) as tab:
        wall = tab(proxy.url + "/wall/main")
        states = set()
        for cuts in (1, 2, 3):
            counts_on(board, wall)
            if habit == "cut":
                wall.until(f"callfloor.reopened >= {cuts}")
            states.add(wall.told("state"))
        assert states == {"live"}
        assert not wall.page.evaluate(ASKING)
        assert wall.told("gaps") == 0


@pytest.mark.skipif(https_of_run() is not None, reason="it looks for streams in what it passes on, and speaks no TLS")
def test_the_proxy_of_the_field(board: Board, browser: Browser, tmp_path: Path) -> None:
    """It holds streams back, then it swallows everything for a while, then it passes."""
    port, mode = free_port(), tmp_path / "proxy.mode"
    mode.write_text("buffer")
    command = [sys.executable, str(CASE), str(port), board.url.rpartition(":")[2]]
    with subprocess.Popen(command, cwd=tmp_path) as process:
        try:
            url = f"http://127.0.0.1:{port}/wall/main"
            wait_until(lambda: answers(url), PATIENCE_S, "the proxy listens")
            signing.share(url, board.url)
            with tabs(browser) as tab:
                wall = tab(url)
                counts_on(board, wall)
                mode.write_text("hole")
                wall.until_drawn("stale")
                mode.write_text("pass")
                assert until_live(wall) < BACK_WITHIN_S
                counts_on(board, wall)
                wall.until(f"!{ASKING}")
        finally:
            process.terminate()
