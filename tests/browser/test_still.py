"""Who wants no motion gets none, who has set the colours sees every shape, and no status is told by its colour alone."""

import io
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from PIL import Image

from layouts.parts.glyphs import GLYPHS
from tests.browser.conftest import Show
from tests.browser.views import OPENINGS
from tests.layouts.example import team_snapshot

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
MOVING = """() => [...document.querySelectorAll('*')].filter((node) => ['', '::before', '::after'].some((part) => {
    const { transitionDuration, animationName } = getComputedStyle(node, part || null);
    return transitionDuration.split(', ').some((time) => parseFloat(time) > 0) || animationName !== 'none';
})).map((node) => `${node.nodeName} ${node.className}`)"""
SHAPES = """(names) => { const box = document.createElement('div'); box.id = 'shapes';
    box.style = 'position:fixed;z-index:99;inset:0 auto auto 0;background:Canvas;color:CanvasText;line-height:40px';
    for (const name of names) { const one = document.createElement('span'); one.className = `g g-${name}`;
        one.style = 'width:28px;height:28px;margin:6px;display:inline-block;vertical-align:top'; box.append(one); }
    document.body.append(box); }"""
SIDE_PX = 40
LEAST_INK, LEAST_DIFFERENCE = 12, 20
ALIKE = {frozenset(pair) for pair in (("dot", "pace"), ("other", "clock"))}
"""Shapes that never stand in the same place: the dot of the word Live; a clock has its hands."""


def test_no_motion_is_none_at_all(show: Opener) -> None:
    opening = OPENINGS["team"]
    seen = show("team", theme="light", **opening.how)
    seen.page.emulate_media(reduced_motion="reduce")
    opening.steps[0][1](seen)
    opening.steps[1][1](seen)
    row = next(list(row) for row in team_snapshot()["agents"]["rows"] if row[0] == "8101")
    row[5], row[8] = 999, 995
    seen.stage.push(agents={"rows": [row]})
    seen.until("document.querySelector('.ag-row[row-id=\"8101\"] [col-id=handled]').innerText === '999'")
    assert seen.page.evaluate(MOVING) == []
    assert seen.page.evaluate("document.getAnimations().length") == 0
    flash = "getComputedStyle(document.querySelector('.ag-row[row-id=\"8101\"] [col-id=handled]')).backgroundColor"
    assert seen.page.evaluate(flash) == "rgba(0, 0, 0, 0)"


def _shapes(seen: Show) -> dict[str, set[tuple[int, int]]]:
    """Each shape as the places where it has ink."""
    seen.page.evaluate(SHAPES, list(GLYPHS))
    picture: Any = Image.open(io.BytesIO(seen.page.locator("#shapes").screenshot())).convert("L")
    ground = picture.getpixel((0, 0))
    return {name: _ink(picture, ground, at * SIDE_PX) for at, name in enumerate(GLYPHS)}


def _ink(picture: Any, ground: int, left: int) -> set[tuple[int, int]]:
    places = [(x, y) for x in range(SIDE_PX) for y in range(SIDE_PX)]
    return {(x, y) for x, y in places if abs(picture.getpixel((left + x, y)) - ground) > 96}


@pytest.mark.parametrize("forced", [False, True])
def test_every_shape_is_seen_and_is_unlike_every_other(show: Opener, forced: bool) -> None:
    seen = show("campaigns", theme="light")
    if forced:
        seen.page.emulate_media(forced_colors="active")
    shapes = _shapes(seen)
    assert [name for name, ink in shapes.items() if len(ink) < LEAST_INK] == []
    pairs = [pair for pair in combinations(shapes, 2) if frozenset(pair) not in ALIKE]
    assert [pair for pair in pairs if len(shapes[pair[0]] ^ shapes[pair[1]]) < LEAST_DIFFERENCE] == []


def test_bars_and_lines_are_seen_in_forced_colours(show: Opener) -> None:
    """What is drawn by a ground alone would be gone: marks take the colour of the text."""
    seen = show("board", theme="dark")
    seen.page.emulate_media(forced_colors="active")
    ground = "getComputedStyle(document.body).backgroundColor"
    marks = "[...document.querySelectorAll('.wpage.on .fill, .wpage.on .due-tick:not(.off)')]"
    assert seen.page.evaluate(f"{marks}.length") > 10
    assert seen.page.evaluate(f"{marks}.filter((m) => getComputedStyle(m).backgroundColor === {ground}).length") == 0
    bars = "[...document.querySelectorAll('.trend rect')]"
    assert seen.page.evaluate(f"{bars}.filter((m) => getComputedStyle(m).fill === {ground}).length") == 0
