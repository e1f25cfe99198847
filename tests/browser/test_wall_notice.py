"""What a wall tells of its line stands in whole words on every page; ids of agents differ as far as they can be seen."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser

from layouts.parts.page_site import PageBoard
from tests.browser.conftest import Show
from tests.browser.hanging import hung, turn_to
from tests.browser.stage import Stage
from tests.layouts.example import NOW_MS, example_site
from tests.layouts.judged import sort_of_alert
from tests.layouts.seated import BOARD, seats_snapshot

pytestmark = pytest.mark.browser
Hang = Callable[..., Show]
HALTS = ("halted_gap", "halted_codec", "halted_corrupt", "halted_broker")
SOURCES = {"short": "/acd/shanghai", "long": "urn:" + "n" * 196}
LEAST_PX = 26
CUT = """() => [...document.querySelectorAll('.told, .told > span')].filter((node) => {
    const [box, room] = [node.getBoundingClientRect(), document.querySelector('.told').getBoundingClientRect()];
    return box.right > room.right + 1 || (node.matches('.told') && node.scrollWidth > node.clientWidth + 1); }).length"""
SIZE = """() => { const one = document.querySelector('.told');
    return parseFloat(getComputedStyle(one).fontSize) * one.currentCSSZoom; }"""
FITS = """() => { const one = document.querySelector('.hero .r1.c1 .lab');
    return one.scrollWidth <= one.clientWidth && one.currentCSSZoom === 1; }"""
CUT_ENDS = """() => [...document.querySelectorAll('.half .who')].filter((node) => {
    const last = node.querySelector('.id-end') || node;
    const [end, room] = [last, node].map((one) => one.getBoundingClientRect().right);
    return last.scrollWidth > last.clientWidth + 1 || end > room + 1; }).length"""


@pytest.fixture
def hang(stage: Stage, browser: Browser) -> Iterator[Hang]:
    with ExitStack() as open_:
        yield lambda **how: open_.enter_context(hung(stage, browser, **how))


def alert(kind: str, name: str | None, value: int | None) -> dict[str, Any]:
    return sort_of_alert(kind) | {"id": name, "name": name, "name_en": name, "value": value, "limit": 10}


ALERTS = [
    *(alert(kind, "31", 31) for kind in HALTS),
    alert("none_given", None, 1_234_567),
    alert("none_counted", None, 1_234_567),
    alert("dead_letters", None, 1_234_567),
    *(alert(kind, source, 1_240) for kind in ("misrouted", "source_silent") for source in SOURCES.values()),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("told", ALERTS, ids=lambda told: f"{told['kind']}-{len(told['name'] or '')}")
def test_nothing_of_it_is_cut_off_on_any_page(hang: Hang, told: dict[str, Any], lang: str) -> None:
    snapshot = seats_snapshot()
    snapshot["floor"]["alerts"] = [told]
    seen = hang(lang=lang, snapshot=snapshot)
    seen.until("document.querySelector('.told').innerText !== ''")
    for page in BOARD.pages:
        turn_to(seen, page)
        seen.until(f"callfloor.state !== 'live' || ({CUT})() === 0")
        assert seen.told("state") == "live", "not until what is told was hidden"
        assert seen.page.evaluate(SIZE) >= LEAST_PX, page


@pytest.mark.parametrize("why", ["none_given", "none_counted"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_wall_says_why_beside_its_headline_in_full_size(hang: Hang, lang: str, why: str) -> None:
    snapshot = seats_snapshot()
    snapshot["floor"] |= {why: 123_456, "empty": False}
    seen = hang(lang=lang, snapshot=snapshot | {"floor": snapshot["floor"] | {"net": 0, "net_if_withdrawn": 0}})
    assert "123,456" in seen.page.locator(".hero .r1.c1").inner_text()
    seen.until("document.querySelector('.hero .r1.c1 .lab').fitted")
    assert seen.page.evaluate(FITS)


@pytest.mark.parametrize("state", ["talk", None])
def test_ids_that_differ_at_their_end_differ_on_the_wall(hang: Hang, state: str | None) -> None:
    ids = [f"agent-of-the-night-{n:05}" for n in range(9)] + [f"SIP/{n:06}" for n in range(9)]
    since = None if state is None else NOW_MS - 4_000_000
    snapshot = seats_snapshot()
    snapshot["seats"]["rows"] = [
        [seat, None, id, id, state, since, 1212, 1, 1211] for seat, id in enumerate(sorted(ids))
    ]
    site = replace(example_site(), teams=(), others=(), has_roster=False)
    seen = hang(site=site, board=PageBoard(), snapshot=snapshot)
    seen.until("document.querySelectorAll('.half .seat').length === 18")
    assert [tile.text_content() for tile in seen.page.locator(".half .who").all()] == sorted(ids)
    seen.until("document.querySelector('.hero .r1.c1 .lab').fitted")
    assert seen.page.evaluate(CUT_ENDS) == 0
