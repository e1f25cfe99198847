"""Ten tabs of one browser on a real board: one stream, equal figures, and each tab can ask and act."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Seen
from tests.browser.opened import DRAWN
from tests.browser.real_board import HANDLED, Board, board, tabs

__all__ = ["board"]
pytestmark = [pytest.mark.browser, pytest.mark.services]
PATHS = ("/wall/main", "/team/dawn", "/team/lake", "/rollup", "/health", "/campaigns")
ASK = "callfloorApp.getJson('/snapshot', {topic: 'team:dawn'}).then((found) => found.epoch)"
KILL = "window.SharedWorker = class { constructor() { throw new DOMException('forbidden', 'SecurityError'); } }"


def alike(seen: list[Seen], more: int) -> None:
    """Waits until all of the tabs show so many calls of the floor."""
    for one in seen:
        one.until(f"{HANDLED} === {more}")


def test_ten_tabs_have_one_stream_equal_figures_and_can_ask(board: Board, browser: Browser) -> None:
    with tabs(browser) as tab:
        seen = [tab(board.url + "/wall/main") for _ in range(10)]
        board.until_streams(1)
        for _ in range(3):
            board.count_call()
        alike(seen, 6)
        for one in (seen[0], seen[9]):
            assert one.page.evaluate(ASK), "an answer while all tabs are open"
            assert (one.told("gaps"), one.told("state"), one.told("source")) == (0, "live", "calls")
        for at in (0, 9, 4):  # the first, the last, one in the middle
            seen[at].page.close()
        board.count_call()
        alike([one for at, one in enumerate(seen) if at not in (0, 9, 4)], 7)
        board.until_streams(1)
    board.until_streams(0)


def test_tabs_with_different_pages_share_the_stream_and_get_their_own(board: Board, browser: Browser) -> None:
    with tabs(browser) as tab:
        wall = tab(board.url + "/wall/main")
        before = wall.told("applied")
        others = [tab(board.url + path) for path in PATHS[1:]]
        board.until_streams(1)
        board.count_call()
        teams = "callfloorApp.page.store.teams.get('{0}').handled"
        others[0].until(f"{teams.format('dawn')} === 4")
        wall.until(f"{teams.format('dawn')} === 4")
        assert not others[1].page.evaluate("callfloorApp.page.store.teams.has('dawn')"), "of its own topic alone"
        assert all((one.told("gaps"), one.told("reopened")) == (0, 0) for one in [wall, *others])
        assert wall.told("applied") > before
        for one in others:
            one.page.close()
        board.count_call()
        wall.until(f"{teams.format('dawn')} === 5")
        assert wall.told("reopened") == 0
        board.until_streams(1)


def test_a_page_that_is_left_for_another_has_its_figures_at_once(board: Board, browser: Browser) -> None:
    with tabs(browser) as tab:
        one, other = tab(board.url + "/wall/main"), tab(board.url + "/wall/main")
        for path in PATHS:
            one.page.goto(board.url + path)
            one.until(DRAWN)
        board.until_streams(1)
        assert (other.told("gaps"), other.told("reopened")) == (0, 0)


def test_where_there_is_no_shared_worker_each_tab_has_a_stream_of_its_own(board: Board, browser: Browser) -> None:
    with tabs(browser, KILL) as tab:
        seen = [tab(board.url + "/wall/main") for _ in range(3)]
        board.until_streams(3)
        board.count_call()
        alike(seen, 4)


def test_a_worker_that_ended_is_followed_by_another(board: Board, browser: Browser) -> None:
    with tabs(browser) as tab:
        seen = [tab(board.url + "/wall/main") for _ in range(2)]
        board.until_streams(1)
        targets = browser.new_browser_cdp_session()
        worker = next(one for one in targets.send("Target.getTargets")["targetInfos"] if one["type"] == "shared_worker")
        targets.send("Target.closeTarget", {"targetId": worker["targetId"]})
        board.until_streams(0)
        board.until_streams(1)
        board.count_call()
        alike(seen, 4)
        assert all(one.told("state") == "live" for one in seen)
