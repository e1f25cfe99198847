"""Everyone: all agents of the site as if they were one team. It is there on every site, with teams and without.

Under a works council the agents of a team that is not shown by itself are not listed, and those in no team are as a team: they
are listed from eight on. The sums are then those of the listed agents, so that no sum less its rows is a small group's.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.rules.figures import Whole
from dashboard.site.load import Site, Team

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
