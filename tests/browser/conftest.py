"""One stage for all browser tests; each test has a fresh page of the module's Chromium, and it may not complain."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from dash.development.base_component import Component
from playwright.sync_api import Browser, Page

from layouts.agent import me
from layouts.audit import audit
from layouts.campaigns import campaigns
from layouts.displays import displays
from layouts.health import health
from layouts.parts.page_site import PageProject, PageSite, PageViewer
from layouts.rollup import rollup
from layouts.team import team
from layouts.wall import wall
from tests.browser.audit_answers import example_audit
from tests.browser.displayed import example_displays
from tests.browser.drawn import nothing_yet
from tests.browser.explained import appeals, explanation
from tests.browser.opened import DRAWN
from tests.browser.stage import Stage, serve
from tests.browser.told import AGENT as MYSELF
from tests.browser.told import told
from tests.layouts.ailing import example_health
from tests.layouts.example import example_agents, example_site, floor_snapshot, team_snapshot
from tests.layouts.judged import example_evidence
from tests.layouts.projected import PROJECT_BOARD, project_snapshot
from tests.layouts.rolled import rollup_snapshot
from tests.layouts.seated import BOARD, seats_snapshot
from tests.waiting import PATIENCE_S, wait_until

DESK = {"width": 1440, "height": 900}
WALL = {"width": 1920, "height": 1080}
SIZES = {"wall": WALL, "board": WALL, "project": WALL} | dict.fromkeys(
    ("team", "rollup", "campaigns", "client", "me", "health", "displays", "audit"), DESK
)
USUAL: dict[str, tuple[int, Any]] = {
    "GET /snapshot": (200, example_evidence([str(row[0]) for row in example_agents()])),
    "GET /flags": (200, {"flags": []}),
    "GET /explain": (200, explanation()),
    "GET /appeals": (200, appeals()),
    "GET /curve": (200, nothing_yet()),
    "GET /me.json": (200, told()),
    "GET /health.json": (200, example_health()),
    "GET /displays.json": (200, example_displays()),
    "GET /audit.json": (200, example_audit()),
}
"""What the server says unless a test says otherwise."""
_OF_AN_OUTAGE = ("/stream", "503", "ERR_")
_REFUSED = "status of 403"
_TELL_OF_THE_POLICY = """addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error(`the content policy forbids ${violatedDirective} ${blockedURI}`))"""


def _campaigns_of_client(lang: str, theme: str, site: PageSite) -> Component:
    projects = (PageProject("north", "北方", "North"), PageProject("south", "南方", "South"))
    return campaigns(lang, theme, replace(site, viewer=PageViewer(projects=projects)), "south")


KINDS: dict[str, tuple[Callable[..., Component], Callable[[], dict[str, Any]]]] = {
    "wall": (wall, floor_snapshot),
    "team": (partial(team, "dawn"), team_snapshot),
    "rollup": (rollup, rollup_snapshot),
    "campaigns": (campaigns, rollup_snapshot),
    "client": (_campaigns_of_client, rollup_snapshot),
    "board": (partial(wall, board=BOARD), seats_snapshot),
    "project": (partial(wall, board=PROJECT_BOARD), project_snapshot),
    "me": (me, floor_snapshot),
    "health": (health, floor_snapshot),
    "displays": (displays, floor_snapshot),
    "audit": (audit, floor_snapshot),
}
"""What draws a page, and the snapshot it usually shows; ``board``: a wall with all its pages."""
ADDRESSES = {"me": f"?as={MYSELF}", "health": "health", "displays": "displays", "audit": "audit"}
"""Where a page is that looks at its own address."""


@dataclass(frozen=True)
class Seen:
    """A page as a test sees it."""

    page: Page
    complaints: list[str]

    def text(self, path: str, team: str | None = None) -> str:
        """A figure as it is shown; ``team``: whose, where the path begins with ``team``."""
        around = "" if team is None else f"[data-team={json.dumps(team, ensure_ascii=False)}] "
        return self.page.locator(f'{around}[data-live="text"][data-path="{path}"]').first.inner_text()

    def until(self, condition: str) -> None:
        """Waits until the JavaScript expression holds and the page's type has come: with it lines have other heights.

        Playwright's own wait needs eval, which the content policy forbids.
        """
        drawn = f"document.fonts.check('16px Inter') && Boolean({condition})"
        wait_until(lambda: self.page.evaluate(drawn), PATIENCE_S, f"{condition}; the page said {self.complaints}")

    def until_drawn(self, state: str) -> None:
        """Waits until the page has been drawn in that state: live, stale, hidden."""
        self.until(f"document.getElementById('callfloor').classList.contains('is-{state}')")

    def told(self, name: str) -> Any:
        return self.page.evaluate(f"window.callfloor.{name}")


@dataclass(frozen=True)
class Show(Seen):
    """A page on the stage."""

    stage: Stage

    def until_painted(self) -> None:
        """Waits until the newest frame stands on the page. It is known to the page a moment before it is drawn."""
        assert self.stage.snapshot is not None
        self.until(f"callfloor.painted && callfloor.painted.seq === {self.stage.snapshot['seq']}")


def watched(page: Page, host: str = "127.0.0.1") -> list[str]:
    """What the page's console, its scripts and its content policy complain of from now on, and what it asks of others.

    Outages and refusals by the server are no complaints. ``host``: where the page comes from.
    """
    complaints: list[str] = []

    def note(text: str) -> None:
        if not any(sign in text for sign in (*_OF_AN_OUTAGE, _REFUSED)):
            complaints.append(text)

    page.on("console", lambda message: note(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: note(str(error)))
    page.on("request", lambda request: None if _is_own(request.url, host) else note(f"asked elsewhere: {request.url}"))
    page.add_init_script(_TELL_OF_THE_POLICY)
    return complaints


def _viewer_of(query: str) -> tuple[str, PageViewer]:
    """``team/dawn?as=8888&agent=8100`` -> the address without the viewer, and the viewer: that agent, with every role."""
    path, _, asked = query.partition("?")
    values = dict(parse_qsl(asked))
    who = values.pop("as", None)
    viewer = PageViewer(agent=who, roles=("admin", "lead", "quality", "supervisor")) if who else PageViewer()
    return f"{path}?{urlencode(values)}" if values else path, viewer


def hold_clock(page: Page) -> None:
    """The test moves the page's clock. Such a page holds its line itself: a shared worker has a clock of its own."""
    page.clock.install()
    page.add_init_script("delete window.SharedWorker")


def _is_own(url: str, host: str) -> bool:
    """Whether what a page asks for comes from its host or from the page itself."""
    return urlsplit(url).scheme in ("data", "blob", "about") or urlsplit(url).hostname == host


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with serve(Stage()) as opened:
        yield opened


@pytest.fixture
def show(stage: Stage, browser: Browser) -> Iterator[Callable[..., Show]]:
    """``show("wall", lang=…, theme=…, snapshot=…)`` opens a page of the stage."""
    opened: list[Show] = []

    def make(kind: str, lang: str = "zh", theme: str = "dark", clock: bool = False, **how: Any) -> Show:
        query, viewer = _viewer_of(how.get("query", ADDRESSES.get(kind, "")))
        site = replace(how.get("site") or example_site(), viewer=viewer)
        layout, usual = KINDS[kind]
        stage.reset(layout(lang, theme, site), how["snapshot"] if "snapshot" in how else usual())
        page = browser.new_page(viewport=how.get("size") or SIZES[kind])
        seen = Show(page, watched(page), stage)
        opened.append(seen)
        if clock:
            hold_clock(page)
        stage.answers = USUAL | dict(how.get("answers", {}))
        page.goto(f"{stage.url}/{query}")
        seen.until("Boolean(window.callfloor && window.callfloor.latency)")
        seen.until(DRAWN if stage.snapshot else "callfloor.state === 'loading'")
        return seen

    yield make
    for one in opened:
        one.page.close()
    assert [text for one in opened for text in one.complaints] == []
