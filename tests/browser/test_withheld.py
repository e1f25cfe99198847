"""Pages on which figures are withheld: "—" with the reason, and the page of a team of which no person is shown."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Show
from tests.layouts.example import example_site, floor_snapshot, team_snapshot
from tests.layouts.rolled import council_snapshot
from tests.layouts.withheld import rollup_without_figures, without_figures

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
REASON = {"zh": "人数过少", "en": "Too few people"}
BY_PERSONS = "[data-live=grid], #drawer, .chip, #look-first"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wall_without_figures_has_no_zero(show: Opener, lang: str) -> None:
    site = example_site(works_council="count")
    seen = show("wall", lang=lang, site=site, snapshot=without_figures(floor_snapshot()))
    seen.until("document.querySelector('[data-path=\"floor.net\"]').textContent === '—'")
    figures = (
        "[data-path='floor.handled'], [data-path='floor.net'], [data-path='floor.last30.net'], [data-path='team.net']"
    )
    assert {*seen.page.locator(figures).all_inner_texts()} <= {"—", ""}
    assert "NaN" not in seen.page.locator("body").inner_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("level", ["count", "teams"])
def test_a_team_of_few_says_why_it_has_no_figures(show: Opener, level: str, lang: str) -> None:
    site = example_site(works_council=level)
    seen = show("team", theme="light", lang=lang, site=site, snapshot=without_figures(team_snapshot()))
    seen.until("document.querySelector('.sum [data-path=\"team.net\"]').textContent === '—'")
    assert REASON[lang] in seen.page.locator(".sum").inner_text()
    assert (seen.page.locator(BY_PERSONS).count() == 0) == (level == "teams")
    assert "NaN" not in seen.page.locator("body").inner_text()


def test_where_no_person_is_shown_the_sums_and_alerts_of_a_team_stay(show: Opener) -> None:
    site = example_site(works_council="teams")
    snapshot = team_snapshot()
    snapshot["agents"]["rows"] = []
    seen = show("team", theme="light", lang="en", site=site, snapshot=snapshot)
    seen.until("document.querySelector('.sum [data-path=\"team.net\"]').textContent !== '—'")
    assert "no rows of persons" in seen.page.locator(".bar-row").inner_text()
    seen.page.locator("[data-bar=alerts]").click()
    seen.until("document.querySelector('#alerts').getAttribute('aria-hidden') === 'false'")


def test_a_row_of_the_rollup_of_few_has_its_reason(show: Opener) -> None:
    site = example_site(works_council="count")
    snapshot = rollup_without_figures(council_snapshot())
    seen = show("rollup", lang="en", theme="light", site=site, snapshot=snapshot)
    seen.until("document.querySelectorAll('.ru tbody tr').length >= 9")
    row = seen.page.locator(".ru tbody tr").nth(1)
    assert row.locator(".c-net").inner_text() == "—" and REASON["en"] in row.locator(".c-pace").inner_text()
    assert "NaN" not in seen.page.locator("body").inner_text()
