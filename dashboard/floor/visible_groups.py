"""Which groups of agents are shown by themselves: teams, small teams together, and everyone (docs/rules.md 9).

The page of everyone shows all agents of a site as if they were one team. Under a works council it leaves out the agents of
hidden teams, and its sums are those of the listed agents, so that no sum less its rows gives the number of a small group.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.rules.figures import Whole
from dashboard.rules.small_groups import hidden_groups, pools
from dashboard.site.load import Site, Team
from streams.site_time import Day

OTHERS = "~other-"
"""Before the direction: the id of teams shown together. No id of a team begins with ``~``."""
OTHERS_NAME, OTHERS_NAME_EN = "其他班组", "Other teams"
EVERYONE = "~everyone"
"""The id of its page and topics. No id of a team begins with ``~``."""
EVERYONE_NAME, EVERYONE_NAME_EN = "全部坐席", "Everyone"
BOTH = "both"
"""The direction of a page whose agents share none, or have none."""


@dataclass(frozen=True)
class HiddenTeams:
    """The teams that are not shown by themselves, by their index; after the last team stand the agents in no team."""

    hidden: frozenset[int]
    pools: dict[str, tuple[int, ...]]
    """Id of a line -> the hidden teams that it shows together."""


NO_HIDDEN_TEAMS = HiddenTeams(frozenset(), {})


def hidden_teams(lines: Lines, site: Site, teamless: bool = False) -> HiddenTeams:
    """The hidden teams of the days of ``lines``; the same teams wherever the site is shown.

    ``teamless``: for a table that also has a row of the agents in no team. While these are too few they are hidden too, and
    where no team is, the smallest one with them.
    """
    sizes, kinds = [len(rows) for rows in lines.members], [team.direction for team in lines.teams]
    few = len(lines.teamless) if teamless and len(lines.teamless) < site.least_members else 0
    hidden = hidden_groups(sizes, site.least_members, few)
    if few:
        hidden, sizes, kinds = hidden | {len(sizes)}, [*sizes, few], [*kinds, BOTH]
    together = {
        OTHERS + direction_of([lines.teams[at] for at in pool if at < len(lines.teams)]): pool
        for pool in pools(hidden, sizes, kinds, site.least_members)
    }
    return HiddenTeams(hidden, together)


def find_places(lines: Lines, rows: Collection[Sequence[int]]) -> Whole:
    """Rows of a table by the indices of their teams, after the last team those in no team -> (lines,) the row of each.

    The place after all rows is for lines that are in none of them.
    """
    place = np.full(len(lines.teams) + 1, len(rows), np.int64)
    for at, teams in enumerate(rows):
        place[list(teams)] = at
    return np.asarray(place[lines.team], np.int64)


class HiddenIds(NamedTuple):
    """Ids of the hidden teams of a day, and of the lines that show some of them together."""

    hidden: frozenset[str]
    pools: tuple[str, ...]


NONE_HIDDEN = HiddenIds(frozenset(), ())


class HiddenTeamsCache:
    """The hidden teams of the running business day; found again when the site or the day is another."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._last: tuple[Site, Day, HiddenIds] | None = None

    def find_hidden(self, site: Site) -> HiddenIds:
        """The hidden teams of the site in force."""
        if site.judges_persons:
            return NONE_HIDDEN
        now_ms, last = self._clock_ms(), self._last
        if last is None or last[0] is not site or not last[1].start_ms <= now_ms < last[1].end_ms:
            day = site.time.day(now_ms)
            found = hidden_teams(Lines(site, day.label), site)
            ids = HiddenIds(frozenset(site.teams[at].id for at in found.hidden), tuple(found.pools))
            last = self._last = site, day, ids
        return last[2]


def direction_of(teams: Iterable[Team]) -> str:
    """``outbound`` or ``inbound`` where all teams have the same, else ``both``."""
    found = {team.direction for team in teams}
    return found.pop() if len(found) == 1 else BOTH


def listed_teams(lines: Lines, site: Site) -> tuple[int, ...]:
    """Indices of the teams whose agents are on the page of everyone; NO_TEAM, the last, stands for those in no team."""
    hidden = hidden_teams(lines, site).hidden
    listed = [team for team, rows in enumerate(lines.members) if rows and team not in hidden]
    return (*listed, *([NO_TEAM] if len(lines.teamless) >= max(1, site.least_members) else []))


def in_sums(lines: Lines, teams: Sequence[int]) -> Whole:
    """(lines,): 0 for an agent of these teams, else 1. Where there is no team, all agents count."""
    members = [*lines.members, lines.teamless]
    rows = [row for team in teams or range(len(members)) for row in members[team]]
    group = np.ones(len(lines), np.int64)
    group[rows] = 0
    return group
