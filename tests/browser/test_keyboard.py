"""All of a desk page by the keyboard alone: every control is reached, where one is is seen, and it is never lost."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Show
from tests.browser.explained import AGENT
from tests.browser.views import OPENINGS, walked

pytestmark = pytest.mark.browser
Opener = Callable[..., Show]
MOST = 120
AT = """(() => { const node = document.activeElement; const { outlineStyle, outlineWidth } = getComputedStyle(node);
    const box = node.getBoundingClientRect(); const where = node.id || node.getAttribute('col-id') || node.textContent.trim();
    return { where: `${node.nodeName} ${where || node.getAttribute('aria-label')}`, ring: `${outlineStyle} ${outlineWidth}`,
        isNew: !node.reached && (node.reached = true), isNowhere: node === document.body,
        hasParts: node.type === 'date', inGrid: node.role === 'gridcell',
        isSeen: box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight }; })()"""
MISSED = """() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
    .filter((node) => node.checkVisibility() && !node.disabled && !node.reached && !node.closest('[role=grid], .ag-tab-guard'))
    .map((node) => node.outerHTML.slice(0, 120))"""
FOCUS = "document.activeElement"
DRAWN = "performance.getEntriesByName('first-contentful-paint').length > 0"
CLIPPED = "getComputedStyle(document.querySelector('.skip')).clipPath"
DRAWER = "document.getElementById('drawer').getAttribute('aria-hidden')"
TOP = "document.querySelector('#drawer h2').innerText"


def _through(seen: Show) -> list[dict[str, object]]:
    """Every stop of the Tab key until it has gone round. Between the last and the first is the browser itself."""
    seen.page.evaluate(
        "document.querySelectorAll('*').forEach((node) => { node.reached = false; node.blur && node.blur(); })"
    )
    stops: list[dict[str, object]] = []
    for _ in range(MOST):
        seen.page.keyboard.press("Tab")
        stop = seen.page.evaluate(AT)
        if not stop["isNowhere"] and not stop["isNew"] and not stop["hasParts"]:
            break
        stops += [stop] if stop["isNew"] and not stop["isNowhere"] else []
    return stops


@pytest.mark.parametrize("name", ["rollup", "campaigns", "me", "health", "audit", "team"])
def test_every_control_is_reached_and_the_ring_is_seen(show: Opener, name: str) -> None:
    for view, seen in walked(show, name, "en"):
        if view in ("drawer", "alerts"):
            continue
        stops = _through(seen)
        assert seen.page.evaluate(MISSED) == [], view
        assert [stop for stop in stops if stop["ring"] != "solid 2px" or not stop["isSeen"]] == [], view
        assert sum(bool(stop["inGrid"]) for stop in stops) == (name == "team"), "the rows are one stop"


def test_the_first_link_leads_past_the_bar(show: Opener) -> None:
    seen = show("rollup", lang="en", theme="light")
    address = seen.page.url
    seen.until(DRAWN)  # a browser moves the focus within what it has drawn
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate(f"{FOCUS}.innerText") == "Skip to the content"
    assert seen.page.evaluate(CLIPPED) == "none"
    seen.page.keyboard.press("Enter")
    seen.until(f"{FOCUS}.nodeName === 'MAIN'")
    assert seen.page.url == address, "what stands after # opens a team here"
    assert seen.page.evaluate(CLIPPED) == "inset(50%)"


def _team(show: Opener) -> Show:
    opening = OPENINGS["team"]
    seen = show("team", lang="en", theme="light", **opening.how)
    opening.steps[0][1](seen)
    return seen


def _in_the_table(seen: Show) -> str:
    """The row that has the focus: the id of its agent."""
    found: str = seen.page.evaluate(f"({FOCUS}.closest('.ag-row') || document.body).getAttribute('row-id') || ''")
    return found


def test_the_table_by_arrows_and_enter_and_back_to_the_row(show: Opener) -> None:
    seen = _team(show)
    seen.page.locator(".ag-header-cell").last.focus()
    seen.page.keyboard.press("Tab")
    first = _in_the_table(seen)
    seen.page.keyboard.press("ArrowDown")
    second = _in_the_table(seen)
    assert first and second and first != second
    assert seen.page.evaluate(DRAWER) == "true", "arrows alone open nothing"
    seen.page.keyboard.press("Enter")
    seen.until(f"{DRAWER} === 'false'")
    opened = seen.page.evaluate(TOP)
    seen.page.keyboard.press("ArrowDown")
    seen.until(f"{TOP} !== '{opened}'")
    third = _in_the_table(seen)
    assert third not in (first, second), "the focus goes with the drawer"
    seen.page.keyboard.press("Tab")
    seen.until(f"{FOCUS}.closest('#drawer') !== null")
    seen.page.keyboard.press("Escape")
    seen.until(f"{DRAWER} === 'true'")
    assert _in_the_table(seen) == third
    seen.page.keyboard.press(" ")
    seen.until(f"{DRAWER} === 'false'")


def test_what_a_name_opened_gives_the_focus_back_to_the_name(show: Opener) -> None:
    seen = _team(show)
    seen.page.locator(f'#look-first [data-agent="{AGENT}"]').focus()
    seen.page.keyboard.press("Enter")
    seen.until(f"{DRAWER} === 'false'")
    seen.page.locator("#drawer [data-act=close]").focus()
    seen.page.keyboard.press("Enter")
    seen.until(f"{FOCUS}.dataset.agent === '{AGENT}'")
    assert seen.page.evaluate(DRAWER) == "true"


def test_the_alerts_take_the_focus_and_give_it_back(show: Opener) -> None:
    seen = _team(show)
    button = seen.page.locator("[data-bar=alerts]")
    button.focus()
    seen.page.keyboard.press("Enter")
    seen.until(f"{FOCUS}.closest('#alerts') !== null")
    seen.page.keyboard.press("Escape")
    seen.until(f"{FOCUS}.dataset.bar === 'alerts'")
    seen.page.keyboard.press("Enter")
    seen.until(f"{FOCUS}.closest('#alerts') !== null")
    seen.page.locator("#alerts [data-agent]").first.focus()
    seen.page.keyboard.press("Enter")
    seen.until(f"{FOCUS}.closest('#drawer') !== null")


def test_a_letter_acts_only_where_the_agent_is(show: Opener) -> None:
    """A slip of a key elsewhere on the page acknowledges nothing."""
    seen = _team(show)
    OPENINGS["team"].steps[1][1](seen)
    seen.stage.answers["POST /flags"] = (403, {"error": "not_permitted", "message": "…"})
    seen.page.locator("[data-bar=alerts]").focus()
    seen.page.keyboard.press("a")
    assert not [name for name, *_ in seen.stage.asked if name == "POST /flags"]
    seen.page.locator("#drawer [data-act=close]").focus()
    seen.page.keyboard.press("a")
    seen.until("document.querySelector('#drawer .df .problem').innerText !== ''")
    assert [name for name, *_ in seen.stage.asked if name.startswith("POST")] == ["POST /flags"]
