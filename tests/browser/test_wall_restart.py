"""The server goes away under a wall and comes back as another build: the wall stays, says so, and is loaded anew when it may."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.hanging import goes_on, hung, is_kept, mark, until_loaded_anew
from tests.browser.restarting import Restarting
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def server() -> Iterator[Restarting]:
    made = Restarting(Stage())
    made.start("b1")
    yield made
    made.stop()


def test_a_wall_lives_through_a_restart_without_a_flash(server: Restarting, browser: Browser) -> None:
    with hung(server.stage, browser, clock=True, script="Math.random = () => 0.5;") as seen:
        mark(seen)
        big = seen.page.locator(".big")
        assert big.inner_text() == "15,319"
        server.stop()
        seen.until("callfloor.source === 'network'")
        seen.page.clock.run_for(5_000)
        assert big.inner_text() == "15,319", "for a while the figures hold"
        seen.page.clock.run_for(12_000)
        seen.until_drawn("stale")
        assert big.inner_text() == "15,319" and seen.page.locator(".notice").is_visible()
        seen.page.clock.fast_forward(13 * 3_600_000)
        seen.page.clock.run_for(90_000)
        seen.until_drawn("hidden")
        assert big.inner_text() == "—"
        assert is_kept(seen), "a wall without a server keeps its page, whatever the hour"
        dark = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert dark == "rgb(12, 15, 18)"
        assert server.stage.snapshot is not None
        server.stage.snapshot |= {"seq": 70, "now": server.stage.snapshot["now"] + 14 * 3_600_000, "build": "b2"}
        server.start("b2")
        seen.page.clock.run_for(6_000)
        seen.until_drawn("live")
        assert big.inner_text() == "15,319" and is_kept(seen)
        goes_on(seen, 20, build="b2")
        assert is_kept(seen), "hundreds of walls do not come at once"
        until_loaded_anew(seen, build="b2")
        assert seen.page.evaluate("document.documentElement.dataset.build") == "b2"
        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
