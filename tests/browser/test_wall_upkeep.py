"""A wall that nobody tends: loaded anew after a deploy, for memory and at night, and never while the server is away."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from streams.site_time import HOUR_MS
from tests.browser.conftest import Show
from tests.browser.hanging import beat, goes_on, hung, is_kept, mark, send, until_loaded_anew
from tests.browser.stage import Stage
from tests.layouts.example import NOW_MS
from tests.layouts.seated import seats_snapshot
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.browser
Hang = Callable[..., Show]
JITTER = "Math.random = () => 0.5;"
"""Half a minute after a deploy, 25 minutes into the quiet hour."""
HEAP = "Object.defineProperty(performance, 'memory', {{value: {{usedJSHeapSize: {mib} * 2 ** 20}}}});"


@pytest.fixture
def hang(stage: Stage, browser: Browser) -> Iterator[Hang]:
    with ExitStack() as open_:
        yield lambda script="", **how: open_.enter_context(
            hung(stage, browser, clock=True, script=JITTER + script, **how)
        )


def _asked(seen: Show) -> list[str]:
    """Marks the page; what it asks the server by itself from now on, the stream apart."""
    asked: list[str] = []
    seen.page.on("request", lambda request: asked.append(request.url) if request.resource_type == "fetch" else None)
    mark(seen)
    return asked


def test_after_a_deploy_it_is_loaded_anew_but_not_at_once(hang: Hang) -> None:
    seen = hang()
    asked = _asked(seen)
    goes_on(seen, 10, build="b1")
    seen.stage.deploy("b2")
    goes_on(seen, 25, build="b2")
    assert is_kept(seen) and asked == []
    until_loaded_anew(seen, build="b2")
    assert seen.page.evaluate("document.documentElement.dataset.build") == "b2"


def test_while_the_server_still_has_the_old_page_it_stays(hang: Hang) -> None:
    seen = hang()
    asked = _asked(seen)
    goes_on(seen, 35, build="b2")
    wait_until(lambda: beat(seen, build="b2") or asked, PATIENCE_S, "the server is asked")
    goes_on(seen, 20, build="b2")
    assert is_kept(seen) and len(asked) == 1
    seen.stage.deploy("b2")
    until_loaded_anew(seen, build="b2")


def test_a_deploy_that_is_taken_back_changes_nothing(hang: Hang) -> None:
    seen = hang()
    asked = _asked(seen)
    goes_on(seen, 10, build="b2")
    goes_on(seen, 60, build="b1")
    assert is_kept(seen) and asked == []


def _at_four(hang: Hang, before_ms: int) -> Show:
    """A wall that has hung so long when it is four o'clock in the morning."""
    four = NOW_MS - NOW_MS % HOUR_MS + 14 * HOUR_MS  # the example is from 14:32
    seen = hang(snapshot=seats_snapshot(four - before_ms))
    mark(seen)
    seen.page.clock.fast_forward(before_ms)
    beat(seen, before_ms // 1000)
    return seen


def test_in_the_quiet_hour_it_is_loaded_anew(hang: Hang) -> None:
    seen = _at_four(hang, 13 * HOUR_MS)
    goes_on(seen, 60)
    assert is_kept(seen)
    seen.page.clock.fast_forward(25 * 60_000)
    send(seen, 25 * 60)
    until_loaded_anew(seen)


def test_a_page_of_this_night_is_not(hang: Hang) -> None:
    seen = _at_four(hang, 2 * HOUR_MS)
    seen.page.clock.fast_forward(30 * 60_000)
    beat(seen, 30 * 60)
    goes_on(seen, 30)
    assert is_kept(seen)


@pytest.mark.parametrize(("mib", "stays"), [(390, True), (410, False)])
def test_when_memory_grows_it_is_loaded_anew(hang: Hang, mib: int, stays: bool) -> None:
    seen = hang(script=HEAP.format(mib=mib))
    mark(seen)
    goes_on(seen, 60)
    assert is_kept(seen), "a page that has just been loaded gains nothing by it"
    seen.page.clock.fast_forward(600_000)
    beat(seen, 600)
    if stays:
        goes_on(seen, 60)
        assert is_kept(seen)
    else:
        until_loaded_anew(seen)
