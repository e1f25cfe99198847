"""A wall is read at 8 m: nothing overflows or touches, and no figure that must be read there is too small, in either language."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Show
from tests.browser.hanging import hung, turn_to
from tests.browser.stage import Stage
from tests.layouts.seated import BOARD, example_queues, seats_snapshot

pytestmark = pytest.mark.browser
Hang = Callable[..., Show]
WIDE = """() => [...document.querySelectorAll('#callfloor *')]
    .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1 && !node.closest('.unseen'))
    .map((node) => `${node.className}: ${node.textContent}`)"""
OUTSIDE = """() => { const { width, height } = { width: innerWidth, height: innerHeight };
    return [...document.querySelectorAll('.wpage.on *, header *')].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width && (box.right > width + 1 || box.bottom > height + 1 || box.left < 0 || box.top < 0);
    }).map((node) => `${node.className}: ${node.textContent}`); }"""
SMALL = """([selector, least]) => [...document.querySelectorAll(selector)].filter((node) => node.offsetParent)
    .filter((node) => parseFloat(getComputedStyle(node).fontSize) * node.currentCSSZoom <
        least * document.querySelector('.wall').currentCSSZoom)
    .map((node) => `${node.className}: ${node.textContent}`)"""
FAR = (
    (".big b, .kpi b, .pin .fig, .qr b.fig, .tr:not(.th) > .r .fig, .wall .clock", 60),
    (".tr:not(.th) > .nm, .qr:not(.qh) > .nm, .wall h1", 48),
    (".eq .fig, .kv b", 48),
    (".lab > span, .sub, .eq .w", 32),
)  # fmt: skip
"""What must be read at 8 m, the parts of a sum, and what only regulars need."""


@pytest.fixture
def hang(stage: Stage, browser: Browser) -> Iterator[Hang]:
    with ExitStack() as open_:
        yield lambda **how: open_.enter_context(hung(stage, browser, **how))


def _looks_right(seen: Show, far: bool = True) -> None:
    for page in BOARD.pages:
        turn_to(seen, page)
        for script in (WIDE, OUTSIDE):  # a typeface that comes late is fitted at the next tick
            seen.until(f"({script})().length === 0")
        for selector, least in FAR if far and page != "agents" else ():
            assert seen.page.evaluate(SMALL, [selector, least]) == [], (page, selector)
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("age_s", "state"), [(0.4, "live"), (40.2, "stale"), (378.0, "hidden")])
def test_every_page_is_legible(hang: Hang, lang: str, age_s: float, state: str) -> None:
    seen = hang(lang=lang, snapshot=seats_snapshot(age_s=age_s))
    seen.until_drawn(state)
    _looks_right(seen)


def test_in_light_too(hang: Hang) -> None:
    _looks_right(hang(lang="en", theme="light"))


def test_a_screen_of_4k_shows_the_same_twice_as_large(hang: Hang) -> None:
    seen = hang(size={"width": 3840, "height": 2160})
    assert seen.page.evaluate("document.querySelector('.wall').style.zoom") == "2"
    _looks_right(seen)


def _large() -> dict[str, Any]:
    """Five thousand agents."""
    snapshot = seats_snapshot()
    counts = {"net": 751_319, "handled": 785_951, "deducted": 34_632, "net_if_withdrawn": 756_447}
    due = {"due": 755_437, "gap": -14_227, "not_assessed_net": 10_009}
    last30 = {"handled": 52_660, "deducted": 1_036, "net": 51_624, "assessed_net": 51_124, "due": 51_728}
    snapshot["floor"] |= counts | due | {"last30": last30, "queues": example_queues(11)}
    teams = [team | {"net": 32_236, "gap": -12_350} for team in snapshot["teams"]]
    return snapshot | {"teams": teams}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_figures_of_a_large_floor_fit(hang: Hang, lang: str) -> None:
    _looks_right(hang(lang=lang, snapshot=_large()), far=False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_headline_does_not_touch_its_parts(hang: Hang, lang: str) -> None:
    seen = hang(lang=lang)
    gap = """() => { const [big, made] = ['.big b', '.hero .r3 b'].map((name) => document.querySelector(name));
        const canvas = document.createElement('canvas').getContext('2d');
        const place = (node) => { const s = getComputedStyle(node); canvas.font = `${s.fontWeight} ${s.fontSize} ${s.fontFamily}`;
            const m = canvas.measureText(node.textContent); const box = node.getBoundingClientRect();
            const [up, down] = [m.fontBoundingBoxAscent, m.fontBoundingBoxDescent];
            const base = box.top + (box.height - up - down) / 2 + up;
            return [base - m.actualBoundingBoxAscent, base + m.actualBoundingBoxDescent]; };
        return place(made)[0] - place(big)[1]; }"""
    assert seen.page.evaluate(gap) >= 16
