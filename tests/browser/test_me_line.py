"""An agent's own page over the real line: what they file goes through Kafka into Redis and comes back with its deadline."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from dashboard.actions.appeal_rules import last_day
from tests import patient_http, signing
from tests.browser.conftest import Seen, watched
from tests.browser.real_board import tabs
from tests.services.acting import SITE, TIME
from tests.services.test_appeals import Floor, a_day, floor, publishing_now

__all__ = ["floor"]
pytestmark = [pytest.mark.browser, pytest.mark.services]


@pytest.fixture
def mine(floor: Floor, redis_url: str, browser: Browser) -> Iterator[Seen]:
    """The page of a1, on a phone, after a day of five calls and two complaints."""
    a_day(floor, floor.at_ms)
    with publishing_now(floor, redis_url):
        page = browser.new_page(viewport={"width": 390, "height": 844})
        seen = Seen(page, watched(page))
        signing.enter(page, f"{floor.address}/me?lang=en", signing.agent("a1"))
        seen.until("document.querySelectorAll('.ro').length === 4")
        yield seen
        page.close()
    assert seen.complaints == []


def _firm(floor: Floor) -> str:
    return f'.ro[data-ref="firm-{floor.at_ms}"]'


def _day(floor: Floor, days: int) -> str:
    """The last day of a deadline of so many working days that begins now, as the page writes it."""
    return f"{last_day(TIME.day(floor.at_ms).label, days, SITE.calendar):%m-%d}"


def test_an_appeal_is_filed_answered_and_the_number_moves(mine: Seen, floor: Floor) -> None:
    assert mine.page.locator("[data-me=net_today]").inner_text() == "3"
    row = mine.page.locator(_firm(floor))
    assert f"appeal by {_day(floor, 3)}" in row.inner_text()
    row.get_by_role("button", name="Appeal").click()
    mine.page.keyboard.type("they asked for another product")
    mine.page.keyboard.press("Enter")
    mine.until(f"document.querySelector('{_firm(floor)} .s')?.innerText === 'Under appeal'")
    answer_by = last_day(TIME.day(floor.at_ms).label, 5, SITE.calendar) + timedelta(days=1)
    assert row.locator(".act").inner_text() == f"to be answered by {answer_by:%m-%d}"
    floor.post("/decisions", "qa2", ref=f"firm-{floor.at_ms}", decision="overturned", reason="process")
    mine.until("document.querySelector('[data-me=net_today]').innerText === '4'")
    assert "qa2: −1 became 0, process" in row.locator(".said").inner_text()


def test_what_a_lead_says_is_read_and_answered(mine: Seen, floor: Floor) -> None:
    given = floor.post("/feedback", "boss", kind="feedback.given", agent="a1", text="steady afternoons")
    assert (given.status_code, given.json()["counted"]) == (201, True)
    mine.until("document.querySelector('[data-me=feedback]').innerText.includes('steady afternoons')")
    mine.page.get_by_role("button", name="I understand").click()
    mine.until("document.querySelectorAll('.steps .on').length === 2")
    again = floor.post("/feedback", "a1", kind="feedback.seen", ref=given.json()["action_id"])
    assert (again.status_code, again.json()["error"]) == (409, "already_said")
    other = patient_http.get(f"{floor.address}/me.json", who=signing.agent("a2")).json()
    assert (other["feedback"], other["records"], other["appeals"]) == ([], [], [])


def test_in_ten_tabs_the_first_and_the_last_can_act_and_each_person_sees_their_own(
    floor: Floor, redis_url: str, browser: Browser
) -> None:
    a_day(floor, floor.at_ms)
    rows = "document.querySelectorAll('.ro').length"
    with publishing_now(floor, redis_url), tabs(browser) as tab, tabs(browser) as stranger:
        mine = [tab(f"{floor.address}/me?lang=en", signing.agent("a1")) for _ in range(9)]
        other = stranger(f"{floor.address}/me?lang=en", signing.agent("a2"))
        for one in mine:
            one.until(f"{rows} === 4")
        assert other.page.evaluate(rows) == 0
        row = mine[0].page.locator(_firm(floor))
        row.get_by_role("button", name="Appeal").click()
        mine[0].page.keyboard.type("another product was asked for")
        mine[0].page.keyboard.press("Enter")
        for one in mine:  # the tab that acted, and all the others
            one.page.bring_to_front()
            one.until(f"document.querySelector('{_firm(floor)} .s')?.innerText === 'Under appeal'")
        lead = signing.person("boss", "lead:dawn")
        for text in ("steady afternoons", "calm with callers"):
            given = {"kind": "feedback.given", "agent": "a2", "text": text}
            answer = patient_http.post(f"{floor.address}/feedback", who=lead, json=given)
            assert answer.json().get("counted") is True, answer.text
        other.until("document.querySelector('[data-me=feedback]').innerText.includes('steady afternoons')")
        assert "steady afternoons" not in mine[0].page.locator("[data-me=feedback]").inner_text()
