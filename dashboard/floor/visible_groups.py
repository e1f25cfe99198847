"""Which groups of agents are shown by themselves: teams, small teams together, and everyone (docs/rules.md 9).

The page of everyone shows all agents of a site as if they were one team. Under a works council it leaves out the agents of
hidden teams, and its sums are those of the listed agents, so that no sum less its rows gives the number of a small group.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from dashboard.floor.day_ring import NOBODY
from dashboard.floor.lines import NO_TEAM, Lines, spells_in_force
from dashboard.rules.figures import Flags, Whole
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


def hidden_teams(site: Site, day: date) -> HiddenTeams:
    """The hidden teams of a business day; the same teams wherever the site is shown.

    A month counts its agents whole in their team of its last day, so the sums of a month of two days in a row differ by whole
    persons where somebody moved. So the days of the month are gone through, and each hides what it must beside the one before.
    """
    if not site.least_members:
        return NO_HIDDEN_TEAMS
    roster = _Roster(site, day.replace(day=1))
    found, settled = NO_HIDDEN_TEAMS, False
    for n in range(day.day):
        label = day.replace(day=1 + n)
        moves = n == 0 or label in roster.changes
        if moves or not settled:
            before = found
            found = roster.find_hidden(label)
            settled = not moves and found == before
    return found


class _Roster:
    """The teams of the agents of a site on the days of one month, and the rows in which the day before showed them."""

    def __init__(self, site: Site, first: date) -> None:
        self._site, self._first = site, first
        self._at = {agent: at for at, agent in enumerate(sorted({spell.agent for spell in site.roster}))}
        self._team_at = {team.id: at for at, team in enumerate(site.teams)}
        ends = (spell.to + timedelta(days=1) for spell in site.roster if spell.to not in (None, date.max))
        self.changes = {spell.from_ for spell in site.roster} | {*ends}
        self._label: date | None = None
        self._teams = self._teams_of_month = np.empty(0, np.int64)
        self._cell = np.zeros(len(self._at), np.int64)
        """(agents,): their row of the day before; all in one before the first, -1 for those who were not there."""

    def find_hidden(self, label: date) -> HiddenTeams:
        """The hidden teams of the next day, whose rows are those before from now on."""
        if self._label is None or label in self.changes:
            self._teams, self._teams_of_month = (self._find_teams(first, label) for first in (label, self._first))
        self._label = label
        least, kinds = self._site.least_members, [team.direction for team in self._site.teams]
        there, whole = np.minimum(self._teams, 0), np.minimum(self._teams_of_month, 0)
        sizes = [
            self._count(self._teams, there), self._count(self._teams_of_month, whole),
            self._count(self._teams_of_month, self._cell),
        ]  # fmt: skip
        small = np.nonzero(sizes[0][:, 0] < least)[0].tolist()
        hidden = hidden_groups(sizes, least, small)
        together = pools(hidden, sizes, kinds, least)
        found = HiddenTeams(hidden, _named(self._site.teams, together))
        self._cell = row_of_team(len(kinds), found)[self._teams_of_month]
        self._cell[self._teams_of_month < 0] = -1
        return found

    def _find_teams(self, first: date, last: date) -> Whole:
        found = np.full(len(self._at), -1, np.int64)
        for spell in spells_in_force(self._site.roster, first, last):
            found[self._at[spell.agent]] = self._team_at[spell.team]
        return found

    def _count(self, team: Whole, cell: Whole) -> Whole:
        """(teams x cells): the agents of each team who are in each cell."""
        both = (team >= 0) & (cell >= 0)
        found = np.zeros((len(self._team_at), int(cell.max(initial=0)) + 1), np.int64)
        np.add.at(found, (team[both], cell[both]), 1)
        return found


def rows_with_few(small: HiddenTeams, lines: Lines, site: Site, acting: Iterable[Flags]) -> HiddenTeams:
    """The hidden rows of a table that also has one of the agents in no team; its index is that after the last team.

    ``acting``: (lines,) each, who has something in figures of the table. A row in which few act is hidden, and so are a few
    agents in no team, with the row of the first agent by id where no other is hidden: the same from day to day.
    """
    least, count = site.least_members, len(lines.teams)
    if not least:
        return small
    groups = [_people_by_team(lines, flags) for flags in (np.ones(len(lines), np.bool_), *acting)]
    few = {count} if 0 < groups[0][count, 0] < least else set()

    def first_id(at: int) -> str:
        rows = lines.members[at] if at < count else lines.teamless
        return min(lines.people[row].id for row in rows)

    hidden = hidden_groups(groups, least, small.hidden | few, first_id)
    if hidden == small.hidden:
        return small
    # Where the day before allows one pool alone, there is one.
    kinds = [*(team.direction for team in lines.teams), BOTH] if len(small.pools) != 1 else [BOTH] * (count + 1)
    return HiddenTeams(hidden, _named(lines.teams, pools(hidden, groups, kinds, least)))


def _people_by_team(lines: Lines, acting: Flags) -> Whole:
    """(teams and those in none, 1): agents who act."""
    team = np.where(lines.team < 0, len(lines.teams), lines.team)
    acts = acting[: len(team)].copy()
    acts[[row for line in NOBODY if (row := lines.find_row(line)) is not None]] = False
    return np.bincount(team[: len(acts)][acts], minlength=len(lines.teams) + 1).astype(np.int64)[:, None]


def _named(teams: Sequence[Team], together: Iterable[tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    return {OTHERS + direction_of([teams[at] for at in pool if at < len(teams)]): pool for pool in together}


def row_of_team(teams: int, small: HiddenTeams) -> Whole:
    """(teams + 1,): the row of each team, its own or after these that of its pool; hidden ones in no pool, and last the agents in
    no team, have the row after all."""
    last = teams + len(small.pools)
    place = np.append(np.arange(teams), last)
    place[sorted(small.hidden)] = last
    for at, pool in enumerate(small.pools.values(), teams):
        place[[team for team in pool if team < teams]] = at
    return np.asarray(place, np.int64)


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
            found = hidden_teams(site, day.label)
            ids = HiddenIds(frozenset(site.teams[at].id for at in found.hidden), tuple(found.pools))
            last = self._last = site, day, ids
        return last[2]


def direction_of(teams: Iterable[Team]) -> str:
    """``outbound`` or ``inbound`` where all teams have the same, else ``both``."""
    found = {team.direction for team in teams}
    return found.pop() if len(found) == 1 else BOTH


def listed_teams(lines: Lines, site: Site, small: HiddenTeams) -> tuple[int, ...]:
    """Indices of the teams whose agents are on the page of everyone; NO_TEAM, the last, stands for those in no team."""
    listed = [team for team, rows in enumerate(lines.members) if rows and team not in small.hidden]
    return (*listed, *([NO_TEAM] if len(lines.teamless) >= max(1, site.least_members) else []))


def in_sums(lines: Lines, teams: Sequence[int]) -> Whole:
    """(lines,): 0 for an agent of these teams, else 1. Where there is no team, all agents count."""
    members = [*lines.members, lines.teamless]
    rows = [row for team in teams or range(len(members)) for row in members[team]]
    group = np.ones(len(lines), np.int64)
    group[rows] = 0
    return group
