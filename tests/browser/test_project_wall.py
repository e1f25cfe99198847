"""The board of one project: its sums, its campaigns and its queues fit, and of a project of few it says why it is empty."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Show
from tests.browser.fitting import misfits
from tests.layouts.projected import project_snapshot

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_project_fits_on_its_wall(show: Opener, lang: str) -> None:
    seen = show("project", lang=lang)
    assert seen.text("project.handled") == "123,456" and seen.text("project.score") == "88.4"
    assert seen.page.locator(".wpage.on .cp tbody tr").count() == 3
    assert misfits(seen, "project") == []
    seen.page.evaluate("callfloorApp.page.kiosk.turnTo(1)")
    assert seen.page.locator(".wpage.on .qr:not(.qh)").count() == 7
    assert misfits(seen, "wall queues") == []


@pytest.mark.parametrize(("lang", "words"), [("zh", "人数过少"), ("en", "Too few people")])
def test_a_project_of_few_says_so(show: Opener, lang: str, words: str) -> None:
    seen = show("project", lang=lang, snapshot=project_snapshot("small_team"))
    assert seen.text("project.handled") == "—"
    assert words in seen.page.locator(".project-why").inner_text()
