"""A board turns its pages with the clock, stands still while it is stale, and drifts against burn-in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from layouts.parts.page_site import PageBoard, PageSite, PageTeam
from tests.browser.conftest import Show
from tests.browser.hanging import goes_on, hung, page_now, standing
from tests.browser.stage import Stage
from tests.layouts.example import example_teams
from tests.layouts.seated import seats_snapshot
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.browser
Hang = Callable[..., Show]


@pytest.fixture
def hang(stage: Stage, browser: Browser) -> Iterator[Hang]:
    with ExitStack() as open_:
        yield lambda **how: open_.enter_context(hung(stage, browser, clock=True, **how))


def test_pages_turn_and_what_says_where_the_floor_stands_stays(hang: Hang) -> None:
    seen = hang()
    found = [standing(seen)]
    for _ in range(4):
        goes_on(seen, 30)
        found.append(standing(seen))
        for path in ("floor.net", "floor.pace"):
            figure = seen.page.locator(f'.wpage.on [data-path="{path}"][data-live="text"]')
            assert figure.is_visible() and figure.inner_text() in ("15,319", "98.5")
        assert seen.page.locator(".fresh").is_visible() and seen.page.locator(".clock").is_visible()
    assert found == ["floor", "queues", "agents", "floor", "queues"]


def test_each_time_round_the_agents_are_the_next_sixty(hang: Hang) -> None:
    seen = hang(board=PageBoard(pages=("floor", "agents"), rotate_ms=20_000))
    shown = []
    for _ in range(4):
        goes_on(seen, 20)
        assert standing(seen) == "agents"
        shown.append(seen.page.locator(".title.on").inner_text().split()[1])
        goes_on(seen, 20)
    assert shown == ["1–60", "61–120", "121–180", "1–60"]


def test_a_board_of_one_page_does_not_turn(hang: Hang) -> None:
    seen = hang(board=PageBoard(pages=("queues",), rotate_ms=10_000))
    goes_on(seen, 30)
    assert standing(seen) == "queues"


def test_it_stands_still_while_it_is_stale_and_goes_on_when_it_is_live(hang: Hang) -> None:
    seen = hang()
    goes_on(seen, 30)
    assert standing(seen) == "queues"
    seen.stage.cut()
    seen.until("callfloor.source === 'network'")
    seen.page.clock.run_for(16_000)
    seen.until_drawn("stale")
    seen.page.clock.run_for(90_000)
    assert standing(seen) == "queues"
    assert seen.stage.snapshot is not None
    seen.stage.snapshot |= {"seq": 90, "now": page_now(seen)}
    seen.stage.mend()
    seen.page.clock.run_for(6_000)
    seen.until_drawn("live")
    wait_until(lambda: [goes_on(seen, 5), standing(seen)][1] != "queues", PATIENCE_S, "it goes on")
    assert standing(seen) == "agents"


def test_it_drifts_by_two_pixels_every_ten_minutes(hang: Hang) -> None:
    seen = hang()
    places = []
    for _ in range(5):
        seen.page.clock.fast_forward(600_000)
        seen.page.clock.run_for(1_000)
        places.append(seen.page.evaluate("document.querySelector('.wall').style.transform"))
    steps = ["translate(0px, 0px)", "translate(2px, 0px)", "translate(2px, 2px)", "translate(0px, 2px)"]
    first = steps.index(places[0])
    assert places == [steps[(first + n) % 4] for n in range(5)]
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_teams_that_do_not_fit_come_at_the_next_turn(hang: Hang) -> None:
    teams = tuple(PageTeam(f"t{n}", f"第{n}组", f"Team {n}", "outbound") for n in range(16))
    site = PageSite("一", "One", "Asia/Shanghai", "8800", teams)
    snapshot = seats_snapshot() | {"teams": [example_teams()[0] | {"id": f"t{n}"} for n in range(16)]}
    seen = hang(site=site, snapshot=snapshot, board=PageBoard(rotate_ms=20_000))
    rows = "[...document.querySelectorAll('.screen.on .nm')].map((node) => node.innerText)"
    assert seen.page.evaluate(rows) == [f"第{n}组" for n in range(8)]
    goes_on(seen, 20)
    assert seen.page.evaluate(rows) == [f"第{n}组" for n in range(8, 16)]
    assert seen.page.locator(".title.on").inner_text().split() == ["外呼", "2", "/", "2"]
