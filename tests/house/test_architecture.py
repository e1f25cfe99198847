"""docs/architecture.md shows the rooms as they are, and names files that exist."""

import re

from tests.golden import ROOT
from tests.house.walls import ROOMS, arrows, plan_of

TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
MOST_ARROWS, MOST_FLOORS = 100, 12


def test_the_rooms_are_printed_as_they_are() -> None:
    printed = plan_of(arrows(ROOT))
    assert f"```\n{printed}\n```" in TEXT


def test_the_house_stays_simple() -> None:
    drawn = arrows(ROOT)
    last = plan_of(drawn).splitlines()[-1]
    count, floors = (int(number) for number in re.findall(r"\d+", last))
    assert count <= MOST_ARROWS
    assert floors <= MOST_FLOORS
    assert [
        (room, target) for room, targets in drawn.items() for target in targets if room in drawn.get(target, ())
    ] == []


def test_every_file_it_names_exists() -> None:
    names = set(re.findall(r"`((?:streams|dashboard|layouts|assets|tests|docs)/[\w./-]*)`", TEXT))
    assert len(names) > 20
    assert sorted(name for name in names if not (ROOT / name).exists()) == []


def test_every_room_is_explained() -> None:
    assert sorted(room for room in ROOMS if f"`{room.replace('.', '/')}/`" not in TEXT) == []
