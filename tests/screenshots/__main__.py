"""``python -m tests.screenshots [FOLDER] [--only PART] [--shifts N] [--readme]``: writes the pictures of the table."""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from playwright.sync_api import Error

from dashboard.wiring.terminal import say
from tests.golden import ROOT
from tests.moment.moment import before_today
from tests.moment.serving import serving
from tests.screenshots.first_hour import first_hour_pictures, take_first_hour
from tests.screenshots.scenes import NOTHING, SCENES
from tests.screenshots.shown import copy_shown
from tests.screenshots.table import Picture, pictures
from tests.screenshots.take import Camera, chromium

SHIFTS = 20


def main() -> int:
    """Takes the pictures -> 0; 1 if some could not be taken."""
    asked = _arguments()
    wanted, first = ([one for one in table if asked.only in one.name] for table in (pictures(), first_hour_pictures()))
    asked.folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="callfloor-moment-") as folder:
        say(f"bringing up the moment, with {asked.shifts} earlier shifts; the first time takes a minute or two ...")
        missing = list(_missing(wanted, Path(folder), asked)) if wanted else []
    with chromium() as browser:
        missing += take_first_hour(browser, asked.folder, first, say)
    if asked.readme:
        copies = copy_shown([one for one in wanted if one not in missing], asked.folder)
        say(f"for the README and the docs: {', '.join(path.name for path in copies)}")
    say(f"{len(wanted) + len(first) - len(missing)} pictures in {asked.folder} after {time.monotonic() - began:.0f} s")
    return 1 if missing else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--only", default="", help="only pictures whose name holds this")
    parser.add_argument("--shifts", type=int, default=SHIFTS, help="earlier shifts (default %(default)s)")
    parser.add_argument(
        "--readme", action="store_true", help="also renew the pictures that the README and the docs show"
    )
    return parser.parse_args()


def _missing(wanted: Sequence[Picture], folder: Path, asked: argparse.Namespace) -> Iterator[Picture]:
    """Takes them, scene after scene -> those that could not be taken."""
    scenes = list(dict.fromkeys(one.scene for one in pictures()))
    with before_today(folder, asked.shifts, say) as moment, serving(moment) as url, chromium() as browser:
        camera = Camera(browser, url, asked.folder)
        for scene in scenes[: scenes.index(wanted[-1].scene) + 1]:
            SCENES[scene](moment)
            with nullcontext() if scene == NOTHING else moment.board.publishing():
                yield from _of_scene(camera, moment.clock(), [one for one in wanted if one.scene == scene])


def _of_scene(camera: Camera, now_ms: int, wanted: Sequence[Picture]) -> Iterator[Picture]:
    for one in wanted:
        try:
            say(f"  {camera.take(one, now_ms).name}")
        except (AssertionError, Error) as error:
            say(f"  {one.name} could not be taken: {error}")
            yield one


if __name__ == "__main__":
    raise SystemExit(main())
