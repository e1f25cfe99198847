"""The pictures, one row each: every page in each theme and language at its home size, each state once, 4K and phone once."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

MOST = 66
LANGUAGES = ("zh", "en")
THEMES = ("dark", "light")
WALL, DESK, PHONE, ULTRA = (1920, 1080), (1440, 900), (390, 844), (3840, 2160)
AGENT = "8111"
"""Whose own page is shown."""
CURVES = "#drawer .main-svg"
"""A drawer is whole when its curves are drawn: what draws them is loaded when it is first opened."""
OWN_CURVES = "#quality-chart .main-svg"
"""The last that an agent's own page draws at a desk."""
CHECKED = "#audit-links:not(.is-unchecked) svg"
"""The page of the audit log is whole when the chains are checked."""
LEAD, BEHIND = "lead-dawn", "8101"
"""The lead who acts on the team's page, and the slow agent whose flag waits for that."""


class Picture(NamedTuple):
    """``scene``: how far the floor is brought (see scenes); ``act``: what is done on the page before (see acts)."""

    name: str
    path: str
    lang: str
    theme: str
    size: tuple[int, int]
    scene: str = "moment"
    act: str = ""
    state: str = ""
    whole: bool = False
    """The whole page, however long; else what the screen shows."""
    awaits: str = ""
    """A selector of what must be there; without one, what such a page always has."""

    @property
    def url(self) -> str:
        """Path and query; what follows # in ``path`` stays at the end."""
        path, _, fragment = self.path.partition("#")
        sign = "&" if "?" in path else "?"
        return f"{path}{sign}lang={self.lang}&theme={self.theme}" + (f"#{fragment}" if fragment else "")


class View(NamedTuple):
    """A page that is shown in each theme and language."""

    name: str
    path: str
    size: tuple[int, int]
    act: str = ""
    awaits: str = ""


VIEWS = (
    View("wall-floor", "/wall/main", WALL),
    View("wall-queues", "/wall/main", WALL, "queues"),
    View("wall-agents", "/wall/main", WALL, "agents"),
    View("team", "/team/dawn", DESK),
    View("team-why", f"/team/dawn?agent={BEHIND}", DESK, awaits=CURVES),
    View("rollup", "/rollup", DESK),
    View("campaigns", "/campaigns", DESK),
    View("me", "/me", DESK, awaits=OWN_CURVES),
    View("displays", "/displays", DESK, awaits="#displays-recent li"),
    View("audit", "/audit?agent=8100", DESK, awaits=CHECKED),
    View("health", "/health", DESK),
)
BEFORE = ("nothing", "morning", "early")
"""Scenes before the moment."""
STATES = (
    Picture("state-loading", "/wall/main", "en", "dark", WALL, "nothing", state="loading"),
    Picture("state-empty", "/wall/main", "zh", "dark", WALL, "morning", state="empty"),
    Picture("state-too-early", "/team/pine", "en", "light", DESK, "early", state="too_early"),
    Picture(
        "state-provisional", "/team/dawn?agent=8112", "zh", "light", DESK, "moment", state="provisional", awaits=CURVES
    ),
    Picture("state-corrected", "/team/dawn?agent=8109", "zh", "dark", DESK, "moment", state="corrected", awaits=CURVES),
    Picture("state-unknown", "/team/dawn?agent=8113", "en", "light", DESK, "moment", state="unknown"),
    Picture(
        "state-error", f"/team/dawn?agent={BEHIND}", "zh", "light", DESK, "moment", "failing", "error", awaits=CURVES
    ),
    Picture("state-no-permission", "/team/dawn", "zh", "light", DESK, "council", state="no_permission"),
    Picture("state-offline", "/wall/main", "en", "dark", WALL, "moment", "offline", "offline"),
    Picture("state-stale", "/wall/main", "zh", "dark", WALL, "stale", state="stale"),
    Picture("state-hidden", "/wall/main", "zh", "dark", WALL, "hidden", state="hidden"),
    Picture("state-rebuilding", "/wall/main", "zh", "dark", WALL, "rebuilding", state="rebuilding"),
)
MORE = (
    Picture("wall-floor-4k", "/wall/main", "zh", "dark", ULTRA),
    Picture("rollup-open", "/rollup#voyage", "zh", "light", DESK),
    Picture("team-inbound", "/team/lake", "zh", "dark", DESK),
    Picture("team-begun-anew", "/team/lake?agent=8247", "en", "light", DESK, awaits=CURVES),
    Picture("team-alerts", "/team/dawn", "zh", "light", DESK, act="alerts"),
    Picture("me-phone", "/me", "zh", "light", PHONE),
    Picture("me-phone-whole", "/me", "en", "light", PHONE, whole=True),
    Picture("audit-broken", "/audit", "zh", "light", DESK, "log_edited", "verify", awaits=CHECKED),
)


def pictures() -> Iterator[Picture]:
    """All of them, in the order in which the floor comes to their scenes."""
    yield from (one for one in STATES if one.scene in BEFORE)
    for view, lang, theme in product(VIEWS, LANGUAGES, THEMES):
        yield Picture(
            f"{view.name}-{lang}-{theme}", view.path, lang, theme, view.size, act=view.act, awaits=view.awaits
        )
    yield from MORE
    yield from (one for one in STATES if one.scene not in BEFORE)
