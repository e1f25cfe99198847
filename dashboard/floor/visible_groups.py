"""Which groups of agents are shown by themselves: teams, small teams together, and everyone (docs/rules.md 9).

The page of everyone shows all agents of a site as if they were one team. Under a works council it leaves out the agents of
hidden teams, and its sums are those of the listed agents, so that no sum less its rows gives the number of a small group.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.rules.figures import Whole
from dashboard.site.load import Site, Team
from streams.site_time import Day

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
            day = site.time.day(now_ms)
            known = self._known = site, day, _not_alone(site, day)
        return known[2]


def _not_alone(site: Site, day: Day) -> NotAlone:
    lines = Lines(site, day.label)
    found = alone(lines, site)
    return NotAlone(frozenset(lines.teams[at].id for at in found.hidden), tuple(found.together))


EVERYONE = "~everyone"
"""The id of its page and topics. No id of a team begins with ``~``."""
EVERYONE_NAME, EVERYONE_NAME_EN = "全部坐席", "Everyone"
BOTH = "both"
"""The direction of a page whose agents do not share one, or of whom none is known."""


def direction_of(teams: Iterable[Team]) -> str:
    """``outbound`` or ``inbound`` where all teams have the same, else ``both``."""
    found = {team.direction for team in teams}
    return found.pop() if len(found) == 1 else BOTH


def listed_teams(lines: Lines, site: Site) -> tuple[int, ...]:
    """Indices of the teams whose agents are on the page of everyone; NO_TEAM, the last, stands for those in no team."""
    groups = [*enumerate(lines.members), (NO_TEAM, lines.teamless)]
    return tuple(team for team, rows in groups if rows and site.shows_alone(len(rows)))


def in_sums(lines: Lines, teams: Sequence[int]) -> Whole:
    """(lines,): 0 for an agent of these teams, else 1. Where there is no team, all agents count."""
    members = [*lines.members, lines.teamless]
    rows = [row for team in teams or range(len(members)) for row in members[team]]
    group = np.ones(len(lines), np.int64)
    group[rows] = 0
    return group
