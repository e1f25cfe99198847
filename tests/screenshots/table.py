"""The pictures, one row each: every page in each theme and language at its home size, each state once, 4K and phone once."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

MOST = 60
LANGUAGES = ("zh", "en")
THEMES = ("dark", "light")
WALL, DESK, PHONE, ULTRA = (1920, 1080), (1440, 900), (390, 844), (3840, 2160)
AGENT = "8111"
"""Whose own page is shown."""
BEHIND = "8100"
"""The slow agent whose flag waits for his lead."""


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


VIEWS = (
    View("wall-floor", "/wall/main", WALL),
    View("wall-queues", "/wall/main", WALL, "queues"),
    View("wall-agents", "/wall/main", WALL, "agents"),
    View("team", "/team/dawn", DESK),
    View("team-why", "/team/dawn", DESK, "why"),
    View("rollup", "/rollup", DESK),
    View("campaigns", "/campaigns", DESK),
    View("me", f"/me?as={AGENT}", DESK),
    View("health", "/health", DESK),
)
BEFORE = ("nothing", "morning", "early")
"""Scenes before the moment."""
STATES = (
    Picture("state-loading", "/wall/main", "en", "dark", WALL, "nothing", state="loading"),
    Picture("state-empty", "/wall/main", "zh", "dark", WALL, "morning", state="empty"),
    Picture("state-too-early", "/team/pine", "en", "light", DESK, "early", state="too_early"),
    Picture("state-provisional", "/team/dawn", "zh", "light", DESK, "moment", "pending", "provisional"),
    Picture("state-corrected", "/team/dawn", "zh", "dark", DESK, "moment", "corrected", "corrected"),
    Picture("state-unknown", "/team/dawn", "en", "light", DESK, "moment", "absent", "unknown"),
    Picture("state-error", "/team/dawn", "zh", "light", DESK, "moment", "failing", "error"),
    Picture("state-no-permission", "/team/dawn", "zh", "light", DESK, "council", state="no_permission"),
    Picture("state-offline", "/wall/main", "en", "dark", WALL, "moment", "offline", "offline"),
    Picture("state-stale", "/wall/main", "zh", "dark", WALL, "stale", state="stale"),
    Picture("state-hidden", "/wall/main", "zh", "dark", WALL, "hidden", state="hidden"),
    Picture("state-rebuilding", "/wall/main", "zh", "dark", WALL, "rebuilding", state="rebuilding"),
)
MORE = (
    Picture("wall-floor-4k", "/wall/main", "zh", "dark", ULTRA),
    Picture("rollup-open", "/rollup#voyage", "zh", "light", DESK),
    Picture("team-inbound", "/team/lake", "en", "light", DESK),
    Picture("team-alerts", "/team/dawn", "zh", "light", DESK, act="alerts"),
    Picture("me-phone", f"/me?as={AGENT}", "zh", "light", PHONE),
    Picture("me-phone-whole", f"/me?as={AGENT}", "en", "light", PHONE, whole=True),
)


def pictures() -> Iterator[Picture]:
    """All of them, in the order in which the floor comes to their scenes."""
    yield from (one for one in STATES if one.scene in BEFORE)
    for view, lang, theme in product(VIEWS, LANGUAGES, THEMES):
        yield Picture(f"{view.name}-{lang}-{theme}", view.path, lang, theme, view.size, act=view.act)
    yield from MORE
    yield from (one for one in STATES if one.scene not in BEFORE)
