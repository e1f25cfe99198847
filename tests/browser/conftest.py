"""One stage and one Chromium for all browser tests; each test has a fresh page that may not complain."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from layouts.team import team
from layouts.wall import wall
from tests.browser.stage import Stage, serve
from tests.layouts.example import example_site, floor_snapshot, team_snapshot

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
DEADLINE_S = 15.0
SIZES = {"wall": {"width": 1920, "height": 1080}, "team": {"width": 1440, "height": 900}}


@dataclass(frozen=True)
class Show:
    """A page on the stage."""

    stage: Stage
    page: Page
    complaints: list[str]

    def text(self, path: str) -> str:
        return self.page.locator(f'[data-live="text"][data-path="{path}"]').first.inner_text()

    def until(self, condition: str) -> None:
        """Waits until the JavaScript expression holds; Playwright's own wait needs eval, which the content policy forbids."""
        end = time.monotonic() + DEADLINE_S
        while not self.page.evaluate(condition):
            if time.monotonic() > end:
                raise TimeoutError(f"never came true: {condition}; the page said {self.complaints}")
            self.page.wait_for_timeout(20)

    def until_drawn(self, state: str) -> None:
        """Waits until the page has been drawn in that state: live, stale, hidden."""
        self.until(f"document.getElementById('callfloor').classList.contains('is-{state}')")

    def told(self, name: str) -> Any:
        return self.page.evaluate(f"window.callfloor.{name}")


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with serve(Stage()) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs Chromium on PATH")
    with sync_playwright() as playwright:
        yield (launched := playwright.chromium.launch(executable_path=path, args=ARGUMENTS))
        launched.close()


@pytest.fixture
def show(stage: Stage, browser: Browser) -> Iterator[Callable[..., Show]]:
    """``show("wall", lang=…, theme=…, snapshot=…)`` opens a page; its errors fail the test, outages excepted."""
    opened: list[Show] = []

    def make(kind: str, lang: str = "zh", theme: str = "dark", clock: bool = False, **how: Any) -> Show:
        layout = wall(lang, theme, example_site()) if kind == "wall" else team("dawn", lang, theme, example_site())
        stage.reset(
            layout, how["snapshot"] if "snapshot" in how else (floor_snapshot if kind == "wall" else team_snapshot)()
        )
        page = browser.new_page(viewport=SIZES[kind])
        seen = Show(stage, page, [])
        page.on(
            "console",
            lambda message: seen.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        if clock:
            page.clock.install()
        page.goto(stage.url)
        seen.until(
            "window.callfloor && window.callfloor.latency" + (" && callfloor.seq !== null" if stage.snapshot else "")
        )
        opened.append(seen)
        return seen

    yield make
    for one in opened:
        one.page.close()
    assert [text for one in opened for text in one.complaints if "/stream" not in text and "503" not in text] == []
