"""The lines of a floor on one day: a row number for each, with its name and team.

The agents of the roster come first, in the order of the teams in the site file. Any other agent in the counters gets the next
row, under their id and without a team. ``~unattributed`` and ``~erased`` have a row too, and are no agents.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.day_ring import NOBODY
from dashboard.site.load import Queue, Site, Spell, Team

NO_TEAM = -1


class LineName(NamedTuple):
    """The id and names under which a line is shown."""

    id: str
    name: str
    name_en: str


class Lines:
    """Row numbers for the days ``first``..``day`` (without ``first``, for one day); rows are only added, none moves.

    Every agent on the roster in these days has a row, in their last team of these days.

    Attributes: ``people`` one per row; ``team`` index of each row's team, NO_TEAM where there is none; ``members`` rows of
    each team's agents; ``teamless`` rows of the agents in no team; ``spells`` one per row of the roster, which come first;
    ``rostered`` how many these are; ``queues`` by id those that have a name.
    """

    def __init__(self, site: Site, day: date, first: date | None = None) -> None:
        self.teams: tuple[Team, ...] = site.teams
        self.queues: dict[str, Queue] = {queue.id: queue for queue in site.queues}
        self.people: list[LineName] = []
        self.spells: list[Spell] = []
        self.members: list[list[int]] = [[] for _ in site.teams]
        self.teamless: list[int] = []
        self._at: dict[str, int] = {}
        self._team: list[int] = []
        at_team = {team.id: i for i, team in enumerate(site.teams)}
        for spell in sorted(spells_in_force(site.roster, first or day, day), key=lambda spell: at_team[spell.team]):
            self.spells.append(spell)
            self._add(LineName(spell.agent, spell.name, spell.name_en), at_team[spell.team])
        self.rostered = len(self.people)
        self.team: NDArray[np.intp] = np.array(self._team, np.intp)

    def __len__(self) -> int:
        return len(self.people)

    def rows(self, lines: Iterable[str]) -> NDArray[np.intp]:
        """Line ids -> their rows; an unknown id gets a new row."""
        found = [
            self._at[line] if line in self._at else self._add(LineName(line, line, line), NO_TEAM) for line in lines
        ]
        if len(self.team) != len(self._team):
            self.team = np.array(self._team, np.intp)
        return np.array(found, np.intp)

    def find_row(self, line: str) -> int | None:
        """The row of a line id; None where it has none."""
        return self._at.get(line)

    def queue(self, id: str) -> Queue:
        """A queue with its name; without one in the site file, under its id."""
        return self.queues.get(id, Queue(id, id, id))

    def agents(self) -> int:
        """The number of agents: those of the roster and others who appeared."""
        return len(self.people) - sum(line in self._at for line in NOBODY)

    def _add(self, person: LineName, team: int) -> int:
        row = len(self.people)
        self._at[person.id] = row
        self.people.append(person)
        self._team.append(team)
        if team != NO_TEAM:
            self.members[team].append(row)
        elif not person.id.startswith("~"):
            self.teamless.append(row)
        return row


def spells_in_force(roster: Iterable[Spell], first: date, last: date) -> list[Spell]:
    """One spell per agent: the newest that touches these days."""
    newest: dict[str, Spell] = {}
    for spell in roster:
        if spell.touches(first, last):
            known = newest.get(spell.agent)
            if known is None or (spell.from_ or date.min) >= (known.from_ or date.min):
                newest[spell.agent] = spell
    return list(newest.values())
