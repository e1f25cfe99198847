"""What a shared PC keeps on its disk: after a visit, the browser's cache holds files of the board and no answer about people."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import signing
from tests.browser.conftest import Seen, watched
from tests.browser.opened import DRAWN
from tests.browser.real_board import Board, board
from tests.services.chromium import ARGUMENTS, environment, executable

__all__ = ["board"]
pytestmark = [pytest.mark.browser, pytest.mark.services]
PERSONAL = (b"/snapshot?", b"/team/dawn", b"/_dash-layout", b"/_dash-dependencies", b"/health.json")


def test_the_disk_keeps_files_and_no_answer_about_people(board: Board, tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=executable(playwright), args=list(ARGUMENTS), env=environment()
        )
        context.add_cookies(signing.browser_cookies(board.url))  # type: ignore[arg-type]
        page = context.new_page()
        seen = Seen(page, watched(page))
        for path in ("/health?lang=en", "/team/dawn?lang=en"):
            page.goto(f"{board.url}{path}")
            seen.until(DRAWN)
        page.evaluate("() => fetch('/snapshot?topic=evidence:dawn').then((answer) => answer.text())")
        context.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "Cache_Data" in path.parts)
    assert b"/assets/10-tokens.css" in kept, "the cache is in use"
    assert [name for name in PERSONAL if name in kept] == []
