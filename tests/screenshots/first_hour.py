"""Pictures of a board in its first hour: what it shows with nothing, with calls alone, with one more kind, with wrong keys."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Error

from tests.moment.first_hour import CALLS, COMPLAINTS, COUNCIL, STATES, THREE_LINES, first_hour
from tests.moment.serving import serving
from tests.screenshots.table import DESK, WALL, Picture
from tests.screenshots.take import Camera


class Start(NamedTuple):
    """What has come by then; ``site``: its site file, ``astray``: one in so many records has a wrong key."""

    types: tuple[str, ...] = ()
    site: str = THREE_LINES
    astray: int = 0


STARTS = {
    "nothing": Start(),
    "calls": Start(CALLS),
    "states": Start(CALLS + STATES),
    "complaints": Start(CALLS + COMPLAINTS),
    "council": Start(CALLS, COUNCIL),
    "keyless": Start(CALLS, astray=1),
    "astray": Start(CALLS + STATES + COMPLAINTS, astray=7),
}
_AGENT = "8111"
_NOBODY = ("nothing", "keyless")
_DRAWN = {"me": ".me-page .main-svg"}
"""What is drawn last: what draws it is loaded after the figures."""
_LOOKS = {"nothing": ("zh", "dark"), "calls": ("en", "light"), "states": ("zh", "light"), "complaints": ("en", "dark"),
          "council": ("zh", "dark"), "keyless": ("en", "light"), "astray": ("zh", "light")}  # fmt: skip


def first_hour_pictures() -> list[Picture]:
    """Every page that a centre opens first, once for each start; the wall of two of them in the other language too."""
    return [*(picture for start in STARTS for picture in _of(start)), *_MORE]


def _of(start: str) -> Iterator[Picture]:
    lang, theme = _LOOKS[start]
    pages = {"wall": "/wall/main", "everyone": "/team/~everyone", "rollup": "/rollup#~no-team", "health": "/health"}
    if start not in (*_NOBODY, "council"):
        pages["me"] = "/me"
    for name, path in pages.items():
        size = WALL if name == "wall" else DESK
        awaits = "#callfloor" if start in _NOBODY and name != "health" else ""
        yield Picture(f"first-{start}-{name}", path, lang, theme, size, start, awaits=awaits or _DRAWN.get(name, ""))


_MORE = (
    Picture("first-calls-wall-zh", "/wall/main", "zh", "dark", WALL, "calls"),
    Picture("first-keyless-wall-zh", "/wall/main", "zh", "dark", WALL, "keyless", awaits="#callfloor"),
    Picture("first-astray-wall-en", "/wall/main", "en", "dark", WALL, "astray"),
    Picture("first-states-everyone-agent", f"/team/~everyone?agent={_AGENT}", "en", "light", DESK, "states"),
)


def take_first_hour(
    browser: Browser, folder: Path, wanted: Sequence[Picture], tell: Callable[[str], None]
) -> Iterator[Picture]:
    """Takes them, start after start -> those that could not be taken."""
    for name, start in STARTS.items():
        pictures = [one for one in wanted if one.scene == name]
        if not pictures:
            continue
        with ExitStack() as stack:
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="callfloor-first-"))
            moment = stack.enter_context(first_hour(Path(place), start.types, start.site, start.astray))
            camera = Camera(browser, stack.enter_context(serving(moment)), folder)
            stack.enter_context(moment.board.publishing())
            yield from _taken(camera, moment.clock(), pictures, tell)


def _taken(camera: Camera, now_ms: int, pictures: Sequence[Picture], tell: Callable[[str], None]) -> Iterator[Picture]:
    for one in pictures:
        try:
            tell(f"  {camera.take(one, now_ms).name}")
        except (AssertionError, Error) as error:
            tell(f"  {one.name} could not be taken: {error}")
            yield one
