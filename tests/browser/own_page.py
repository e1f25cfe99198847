"""An agent's own page on the stage, as its tests open it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser

from layouts.agent import me
from layouts.parts.page_site import PageViewer
from tests.browser.conftest import Show, watched
from tests.browser.drawn import nothing_yet
from tests.browser.opened import DRAWN
from tests.browser.stage import Stage
from tests.browser.told import AGENT, told
from tests.layouts.example import example_site, floor_snapshot

Opener = Callable[..., Show]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WIDE = """() => [...document.querySelectorAll('#callfloor *')].filter((node) => !node.closest('.unseen, .skip'))
    .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1)
    .map((node) => `${node.className}: ${node.textContent}`)"""


@pytest.fixture
def show(stage: Stage, browser: Browser) -> Iterator[Opener]:
    """``show(told=…)`` opens the page."""
    opened: list[Show] = []

    def make(lang: str = "zh", theme: str = "light", size: Any = DESK, site: Any = None, **how: Any) -> Show:
        own = replace(site or example_site(), viewer=PageViewer(agent=AGENT, roles=("agent",)))
        stage.reset(me(lang, theme, own), how.get("snapshot", floor_snapshot()))
        usual = {
            "GET /me.json": how.get("answer", (200, how.get("told", told()))),
            "GET /curve": (200, nothing_yet(AGENT)),
        }
        stage.answers = usual | how.get("answers", {})
        page = browser.new_page(viewport=size)
        seen = Show(page, watched(page), stage)
        opened.append(seen)
        page.goto(f"{stage.url}/")
        seen.until(DRAWN)
        seen.until(how.get("until", "document.querySelectorAll('.ro').length > 0"))
        return seen

    yield make
    for one in opened:
        one.page.close()
    assert [text for one in opened for text in one.complaints] == []


def text_of(seen: Show, name: str) -> str:
    return " ".join(seen.page.locator(f"[data-me={name}]").inner_text().split())


def posted(seen: Show) -> list[tuple[str, str, Any]]:
    return [each for each in seen.stage.asked if each[0].startswith("POST")]
