"""Opens a page of a board that is still starting."""

import urllib.error
import urllib.request

from playwright.sync_api import Page

from tests.waiting import PATIENCE_S, wait_until

DRAWN = "Boolean(window.callfloor && callfloor.painted && callfloor.painted.seq !== undefined)"
"""Whether a page has drawn figures; until then there are none in it to be read."""


def opened(page: Page, url: str, within_s: float = PATIENCE_S) -> None:
    """Waits for the board, goes to the page, waits for its first figures."""
    wait_until(lambda: answers(url), PATIENCE_S, "the board answers")
    page.goto(url)
    wait_until(lambda: page.evaluate(DRAWN), within_s, "the first snapshot")


def answers(url: str) -> bool:
    """Whether somebody listens there. The browser is sent only then: its own page of errors outlives the refusal."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return answer.status == 200
    except urllib.error.URLError as error:
        assert isinstance(error.reason, ConnectionRefusedError), error
        return False
