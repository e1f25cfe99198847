"""What is done on a page before its picture is taken. Conditions are polled from here: the content policy forbids eval."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

from tests.waiting import PATIENCE_S, wait_until


def _turn(to: int) -> Callable[[Page], None]:
    return lambda page: page.evaluate(f"callfloorApp.page.kiosk.turnTo({to})")


def _alerts(page: Page) -> None:
    page.locator("[data-bar=alerts]").first.click()
    page.mouse.move(720, 4)


def _offline(page: Page) -> None:
    """The screen's own network is gone for forty seconds.

    An emulated loss leaves an open stream as it is, so the page looks at its line in the same turn in which the time passes:
    before the next frame, as after a sleep.
    """
    page.context.set_offline(True)
    page.evaluate("(moment.pass(40_000), void document.dispatchEvent(new Event('resume')))")
    state = "`${callfloor.state} ${callfloor.source}`"
    wait_until(lambda: page.evaluate(state) == "stale network", PATIENCE_S, "the page to know that it is cut off")


def _unavailable(route: Route) -> None:
    body: dict[str, Any] = {"error": "redis_away", "message": "Redis cannot be reached; ask again once it can."}
    route.fulfill(status=503, json=body)


def _verify(page: Page) -> None:
    """The chains are checked again; the page asks every five seconds."""
    page.locator("#audit-verify").click()
    broken = "document.querySelector('#audit-links').dataset.from !== ''"
    wait_until(lambda: page.evaluate(broken), PATIENCE_S, "the fault to be there")


ACTS: dict[str, Callable[[Page], None]] = {
    "queues": _turn(1),
    "agents": _turn(2),
    "alerts": _alerts,
    "offline": _offline,
    "verify": _verify,
}
"""After the page is up."""
ROUTES: dict[str, tuple[str, Callable[[Route], None]]] = {
    "failing": ("**/explain*", _unavailable),
}
"""What the server is made to answer, before the page is opened."""
