"""A walk on the demo floor: the people who are slow in every shift are found, why is read, and once acknowledged they stay so.

Everything is real: the demo's own servers, its simulated floor with earlier shifts, and the team pages in Chromium.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from streams.simulator.embedded import NotInstalled, broker_program, free_port, redis_program
from tests import signing
from tests.absence import absent
from tests.browser.conftest import DESK, Seen, watched
from tests.browser.opened import DRAWN
from tests.dashboard.cli.program import started
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.services]
SHIFTS = 6
UP_S, LAID_S = 90.0, 400.0
"""Of work, not of the wall clock."""
LEAD = "周岚"
SLOW = {"8100": "dawn", "8101": "dawn"}
"""The agent of the first team who is planted at about 0.7 of the peers' pace."""
NEW_EVIDENCE = 3
ASK_EVERY_S = 1.0
"""Who asks more than twice a second for long is refused."""


@pytest.fixture
def board(tmp_path: Path) -> Iterator[str]:
    """The address of a demo whose earlier shifts are laid down."""
    try:
        broker_program(tmp_path)
        redis_program()
    except NotInstalled as missing:
        absent(str(missing))
    listen = f"127.0.0.1:{free_port()}"
    with started(tmp_path, "demo", "--days", str(SHIFTS), CALLFLOOR_LISTEN=listen, TMPDIR=str(tmp_path)) as command:
        command.wait_for("the wall is up", UP_S)
        command.wait_for("all laid down", LAID_S)
        signing.choose_role(f"http://{listen}", role="supervisor")
        yield f"http://{listen}"
        signing.register(f"http://{listen}", None)


def ask(board: str, path: str) -> dict[str, Any]:
    """What the supervisor of the demo gets."""
    answer = httpx.get(f"{board}{path}", headers=signing.headers(board), timeout=PATIENCE_S)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def evidence(board: str, team: str) -> dict[str, Any]:
    return ask(board, f"/snapshot?topic=evidence:{team}")


def flags(board: str, team: str, rule: str = "review") -> dict[str, dict[str, Any]]:
    """The newest flag of each agent of a team under one rule."""
    found = ask(board, f"/flags?team={team}")["flags"]
    ordered = sorted((each for each in found if each["rule"] == rule), key=lambda each: str(each["opened"]))
    return {each["agent"]: each for each in ordered}


def opened(browser: Browser, board: str, team: str) -> Seen:
    page = browser.new_page(viewport=DESK)
    seen = Seen(page, watched(page))
    page.context.request.post(f"{board}/demo/sign-in", data={"role": "lead", "team": team})
    page.goto(f"{board}/team/{team}?lang=en")
    seen.until(DRAWN)
    return seen


def flagged(page: Page) -> set[str]:
    """Who has a review in the table."""
    ids: list[str] = page.evaluate(
        "[...document.querySelectorAll('.ag-row')].filter((row) => row.querySelector('.fl')?.innerText.includes('Review'))"
        ".map((row) => row.getAttribute('row-id'))"
    )
    return set(ids)


def test_the_slow_are_found_why_is_read_and_acknowledged_they_stay_so(board: str, browser: Browser) -> None:
    team = "dawn"
    wait_until(
        lambda: set(flags(board, team)) >= set(SLOW), PATIENCE_S, "a review of each who is slow", every_s=ASK_EVERY_S
    )
    assert set(flags(board, team)) == set(SLOW), "and of nobody else"
    seen = opened(browser, board, team)
    wait_until(lambda: flagged(seen.page) == set(SLOW), PATIENCE_S, "their flags in the table")
    for agent in SLOW:
        read_and_acknowledge(seen, board, team, agent)
    wait_until(lambda: not flagged(seen.page), PATIENCE_S, "no flag in the table any more")
    stays_so(board, team)
    assert not flagged(seen.page)
    assert seen.complaints == []
    seen.page.close()


def read_and_acknowledge(seen: Seen, board: str, team: str, agent: str) -> None:
    """Opens the drawer, reads the numbers and the sentence, and acknowledges by the key."""
    seen.page.locator(f'.ag-row[row-id="{agent}"] .nm').click()
    seen.until("document.querySelectorAll('#drawer .episode').length > 0")
    seen.until("document.querySelector('[data-slot=exact]').innerText.includes('90')")
    ratio = evidence(board, team)["agents"][agent]["window_peer"]
    assert 0.55 < ratio < 0.85
    shown = float(seen.page.locator("#drawer [data-slot=window]").inner_text())
    assert abs(shown - ratio) < 0.05, "it may have been found anew between the two"
    assert "shifts" in seen.page.locator("#drawer [data-slot=said]").inner_text()
    seen.page.keyboard.press("a")
    seen.until("document.querySelector('.episode.acknowledged p')?.innerText.includes('" + LEAD + "')")
    assert flags(board, team)[agent]["state"] == "acknowledged"


def stays_so(board: str, team: str) -> None:
    """The evidence is found anew again and again, and nobody is flagged for it a second time."""
    moments = {evidence(board, team)["at"]}

    def seen_anew() -> bool:
        moments.add(evidence(board, team)["at"])
        found = flags(board, team)
        assert {agent: found[agent]["state"] for agent in SLOW} == dict.fromkeys(SLOW, "acknowledged")
        return len(moments) > NEW_EVIDENCE

    wait_until(seen_anew, PATIENCE_S, "evidence found anew", every_s=ASK_EVERY_S)
