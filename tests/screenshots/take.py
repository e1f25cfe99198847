"""Takes pictures: opens a page whose clocks stand, waits until nothing changes any more, and writes a PNG."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import signing
from tests.screenshots.acts import ACTS, ROUTES
from tests.screenshots.table import AGENT, PHONE, Picture
from tests.services.chromium import ARGUMENTS, executable
from tests.waiting import PATIENCE_S, wait_until

_STILL = (Path(__file__).parent / "still.js").read_text(encoding="utf-8")
_LOOKS, _EVERY_S = 4, 0.15
"""So many looks in a row must find the same page."""
_SHOWN = (
    "new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(() => "
    "then(document.fonts.status + (window.moment ? moment.asking() : 0) + document.body.innerHTML))))"
)
_AWAITED = {"team": ".ag-row", "health": "#health[data-state=sound]", "me": "[data-me=name]:not(:empty)"}


class Camera:
    """Pictures of the server at ``url``. Pages of one size share a context, so that what they have in common comes once."""

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self._browser, self._url, self._folder = browser, url, folder
        self._contexts: dict[tuple[int, int], BrowserContext] = {}

    def take(self, picture: Picture, now_ms: int) -> Path:
        """One picture of what the server shows at ``now_ms`` -> its file. Raises AssertionError if the page does not come up."""
        context = self._context(picture.size)
        page = context.new_page()
        try:
            self._open(page, picture, now_ms)
            path = self._folder / f"{picture.name}.png"
            page.screenshot(path=path, full_page=picture.whole, animations="disabled")
        finally:
            page.close()
            context.set_offline(False)
        return path

    def _open(self, page: Page, picture: Picture, now_ms: int) -> None:
        page.add_init_script(_STILL.replace("__NOW__", str(now_ms)))
        if picture.act in ROUTES:
            page.route(*ROUTES[picture.act])
        page.context.add_cookies(signing.browser_cookies(self._url, _viewer(picture)))
        page.goto(self._url + picture.url, wait_until="domcontentloaded")
        wait_until(lambda: page.evaluate(_needed(picture)), PATIENCE_S, f"{picture.name}: the page to be up", _EVERY_S)
        _settle(page, picture)
        if picture.act in ACTS:
            ACTS[picture.act](page)
            _settle(page, picture)

    def _context(self, size: tuple[int, int]) -> BrowserContext:
        if size not in self._contexts:
            width, height = size
            view, is_phone = {"width": width, "height": height}, size == PHONE
            scale = 2 if is_phone else 1
            made = self._browser.new_context(viewport=view, device_scale_factor=scale, has_touch=is_phone)
            self._contexts[size] = made
        return self._contexts[size]


def _viewer(picture: Picture) -> signing.Identity:
    """The person whose page it is; scenes without a list of grants have the user of the machine."""
    if picture.url.startswith("/me"):
        return signing.agent(AGENT)
    if picture.url.startswith("/audit"):
        return signing.person("秦岳")
    return signing.OPERATOR


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def _needed(picture: Picture) -> str:
    """What holds once the page shows its figures; the ones of some states have none."""
    if picture.state == "no_permission":
        return "document.readyState === 'complete'"
    if picture.state == "loading":
        return "Boolean(window.callfloor)"
    painted = "Boolean(window.callfloor && callfloor.painted)"
    return f"{painted} && document.querySelector({json.dumps(_awaited(picture))}) !== null"


def _awaited(picture: Picture) -> str:
    """The CSS selector of what a page has once it shows its figures."""
    page = picture.path.split("?")[0].split("/")[1]
    return picture.awaits or _AWAITED.get(page, "#callfloor")


def _settle(page: Page, picture: Picture) -> None:
    """Waits until typefaces and answers are there and the page has stopped changing."""
    seen: list[str] = []

    def is_still() -> bool:
        seen.append(page.evaluate(_SHOWN))
        last = seen[-_LOOKS:]
        return len(last) == _LOOKS and len(set(last)) == 1 and last[0].startswith("loaded0")

    wait_until(is_still, PATIENCE_S, f"{picture.name}: the page to be still", _EVERY_S)
