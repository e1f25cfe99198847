"""Which teams are shown by themselves (docs/rules.md 9): under a works council, those of eight agents and more.

The others are counted with the floor. Those of one direction are shown together where together they are enough, else not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.rules.figures import Whole
from dashboard.site.load import Site
from streams.site_time import Day, SiteTime

OTHERS = "~other-"
"""Before the direction: the id of teams shown together. No id of a team begins with ``~``."""
OTHERS_NAME, OTHERS_NAME_EN = "其他班组", "Other teams"


@dataclass(frozen=True)
class Alone:
    """``hidden``: indices of the teams that are not shown by themselves; ``together``: id of a line -> those that it shows."""

    hidden: frozenset[int]
    together: dict[str, tuple[int, ...]]

    def place(self, lines: Lines) -> Whole:
        """(lines,): the number of the line of ``together`` that each belongs to; ``len(together)``: to none."""
        none = len(self.together)
        of_team = np.full(len(lines.teams) + 1, none, np.int64)
        for at, teams in enumerate(self.together.values()):
            of_team[list(teams)] = at
        found: Whole = of_team[np.where(lines.team == NO_TEAM, len(lines.teams), lines.team)]
        return found


ALL_ALONE = Alone(frozenset(), {})


def alone(lines: Lines, site: Site) -> Alone:
    """Of the lines of some days."""
    sizes = [len(members) for members in lines.members]
    small = [at for at, size in enumerate(sizes) if not site.shows_alone(size)]
    by_direction: dict[str, list[int]] = {}
    for at in small:
        by_direction.setdefault(lines.teams[at].direction, []).append(at)
    together = {
        OTHERS + direction: tuple(teams)
        for direction, teams in by_direction.items()
        if site.shows_alone(sum(sizes[at] for at in teams))
    }
    return Alone(frozenset(small), together)


class NotAlone(NamedTuple):
    """Ids of the teams that are not shown by themselves on a day, and of the lines that show some of them together."""

    hidden: frozenset[str]
    together: tuple[str, ...]


NONE_HIDDEN = NotAlone(frozenset(), ())


class Hiding:
    """Says which teams are not shown by themselves now; it looks anew when the site or the business day is another."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._known: tuple[Site, Day, NotAlone] | None = None

    def __call__(self, site: Site) -> NotAlone:
        """Of the site in force."""
        if not site.works_council:
            return NONE_HIDDEN
        now_ms, known = self._clock_ms(), self._known
        if known is None or known[0] is not site or not known[1].start_ms <= now_ms < known[1].end_ms:
            day = SiteTime(site.zone, site.business_day_start).day(now_ms)
            known = self._known = site, day, _not_alone(site, day)
        return known[2]


def _not_alone(site: Site, day: Day) -> NotAlone:
    lines = Lines(site, day.label)
    found = alone(lines, site)
    return NotAlone(frozenset(lines.teams[at].id for at in found.hidden), tuple(found.together))
