"""A real Chromium by Playwright: the one named in CALLFLOOR_CHROMIUM, the installed one, or Playwright's own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.absence import absent
from tests.services.https import https_of_run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable(playwright: Playwright) -> str:
    """Path of the browser, or the test is not run."""
    named = os.environ.get("CALLFLOOR_CHROMIUM")
    if named:
        return named
    on_path = next((found for name in NAMES if (found := shutil.which(name))), None)
    own = playwright.chromium.executable_path
    if on_path is None and not Path(own).exists():
        absent("no Chromium (install it, or name it in CALLFLOOR_CHROMIUM)")
    return on_path or own


def environment() -> dict[str, str] | None:
    """The environment of a Chromium, where it is another one than that of the tests."""
    https = https_of_run()
    return {**https.browser_environment} if https else None


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one file of tests. Not longer: Playwright keeps an event loop in this thread while it runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(playwright), args=list(ARGUMENTS), env=environment()
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of a wall's size in a context of its own; an uncaught error of the page's script fails the test."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
