"""Every page as people meet it: each view of it that somebody can bring about, at the size it is made for.

A page is opened once; its steps lead from one view to the next, so that many checks stand on one opening.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.browser.conftest import DESK, WALL, Show
from tests.browser.drawn import curve
from tests.browser.explained import AGENT
from tests.browser.flagged import flag
from tests.browser.hanging import turn_to
from tests.browser.told import AGENT as MYSELF
from tests.browser.told import told
from tests.layouts.rolled import rollup_agents
from tests.layouts.seated import BOARD
from tests.waiting import PATIENCE_S, wait_until

PHONE = {"width": 390, "height": 844}
LANGUAGES = ("zh", "en")
OTHER_THEME = {"dark": "light", "light": "dark"}
FLAGS = {"GET /flags": (200, {"flags": [flag(agent=AGENT)]})}
MINE = {
    "GET /me.json": (200, told(flags=[flag(agent=MYSELF, id=f"review-{MYSELF}-20261119")])),
    "GET /curve": (200, curve(MYSELF)),
}
_CURVES = "document.querySelectorAll('.own-curve .scatterlayer .trace').length > 5"
LEAD = "8888"

_STANDS = "Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => true)"
"""What slides in has arrived."""
Step = Callable[[Show], None]


class Opening(NamedTuple):
    """A page at its size; ``steps``: the name of each of its views and what leads there from the view before."""

    kind: str
    path: str
    size: dict[str, int]
    theme: str
    steps: tuple[tuple[str, Step], ...]
    how: dict[str, Any]


def _turned(page: str) -> tuple[str, Step]:
    return f"wall {page}", lambda seen: turn_to(seen, page)


def _table(seen: Show) -> None:
    seen.until("document.querySelectorAll('.ag-row .pr svg').length > 5")
    seen.until("document.querySelectorAll('.ag-row .fl.review, .ag-row .fl.watch').length > 1")


def _drawer(seen: Show) -> None:
    seen.page.locator(f'.ag-row[row-id="{AGENT}"] .nm').click()
    seen.until("document.querySelectorAll('#drawer .case').length === 7")
    seen.until("document.querySelectorAll('#drawer .episode').length === 1")


def _alerts(seen: Show) -> None:
    seen.page.locator("[data-bar=alerts]").click()
    seen.until("document.querySelectorAll('#alerts .al').length > 3")


def _opened_team(seen: Show) -> None:
    seen.until("document.querySelectorAll('.ru .t3').length === 6")
    seen.until("document.querySelector('.spread svg .ring')")


def _campaigns(seen: Show) -> None:
    seen.until("document.querySelectorAll('.cp tbody tr').length === 3")


def _mine(seen: Show) -> None:
    seen.until("document.querySelectorAll('.ro').length > 0")


def _mine_with_curves(seen: Show) -> None:
    _mine(seen)
    wait_until(lambda: seen.page.evaluate(_CURVES), PATIENCE_S, "both charts are drawn")


def _appeal(seen: Show) -> None:
    seen.page.locator(".ro .act button").first.click()
    seen.until("document.querySelector('.ro form input')")


def _displays(seen: Show) -> None:
    seen.until("document.querySelectorAll('#displays-rows tr').length === 3")


def _audit(seen: Show) -> None:
    seen.until("document.querySelectorAll('#audit-rows tr').length === 20")


def _health(seen: Show) -> None:
    seen.until("document.querySelectorAll('#health tbody tr').length > 4")


_TEAM = {"answers": FLAGS, "query": f"?as={LEAD}"}
_ROLLUP = {"answers": {"GET /snapshot": (200, rollup_agents())}, "query": "#dawn"}
OPENINGS = {
    "wall": Opening("board", "/wall/main", WALL, "dark", tuple(_turned(page) for page in BOARD.pages), {}),
    "team": Opening(
        "team", "/team/dawn", DESK, "light", (("team", _table), ("drawer", _drawer), ("alerts", _alerts)), _TEAM
    ),
    "rollup": Opening("rollup", "/rollup", DESK, "light", (("rollup", _opened_team),), _ROLLUP),
    "campaigns": Opening("campaigns", "/campaigns", DESK, "light", (("campaigns", _campaigns),), {}),
    "client": Opening("client", "/campaigns/south", DESK, "light", (("campaigns", _campaigns),), {}),
    "me": Opening("me", "/me", DESK, "light", (("me", _mine_with_curves), ("appeal", _appeal)), {"answers": MINE}),
    "phone": Opening("me", "/me", PHONE, "light", (("phone", _mine), ("phone appeal", _appeal)), {"answers": MINE}),
    "displays": Opening("displays", "/displays", DESK, "light", (("displays", _displays),), {}),
    "audit": Opening("audit", "/audit", DESK, "light", (("audit", _audit),), {}),
    "health": Opening("health", "/health", DESK, "light", (("health", _health),), {}),
}


def walked(show: Callable[..., Show], name: str, lang: str, **more: Any) -> Iterator[tuple[str, Show]]:
    """Opens a page and goes through its views -> each view's name and the page as it then stands."""
    opening = OPENINGS[name]
    seen = show(opening.kind, **({"lang": lang, "theme": opening.theme, "size": opening.size} | opening.how | more))
    seen.until("document.fonts.status === 'loaded'")
    assert seen.stage.snapshot is not None
    began, now_ms = time.monotonic(), seen.stage.snapshot["now"]
    for view, step in opening.steps:
        step(seen)
        seen.stage.push(now=now_ms + round(1000 * (time.monotonic() - began)))
        seen.until_drawn("live")
        seen.page.evaluate(_STANDS)
        yield view, seen


def in_theme(seen: Show, theme: str) -> None:
    """The other theme is the same page with other tokens."""
    seen.page.evaluate(
        "(theme) => [document.documentElement, document.getElementById('callfloor')]"
        ".forEach((node) => { node.dataset.theme = theme; })",
        theme,
    )
