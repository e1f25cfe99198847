"""Groups of comparable agents: the stratum of each agent, by the roster row of that day (docs/site.md)."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from dashboard.floor.lines import Lines
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from dashboard.site.load import Site, Spell

NO_STRATUM = -1
_PIECE = 500
"""Rows of the roster between two rests."""


def strata_of(site: Site, day: date) -> dict[str, str]:
    """Agent -> stratum on a day, for everybody on the roster that day."""
    profiles = _profiles(site)
    return {spell.agent: _stratum(spell, profiles) for spell in Lines(site, day).spells}


class StrataTable(NamedTuple):
    """Where agents stood on some days: codes of the strata (``names``) and indices of the site's teams, -1 = nowhere."""

    names: tuple[str, ...]
    strata: Whole
    teams: Whole
    """(agents x days) both."""


def strata_table(site: Site, rows: Mapping[str, int], days: Sequence[date], rest: Callable[[], object]) -> StrataTable:
    """Agent -> row, days in order. Of several rows of the roster in force on a day the newest holds."""
    profiles, at_team = _profiles(site), {team.id: at for at, team in enumerate(site.teams)}
    spells = sorted((s for s in site.roster if s.agent in rows), key=lambda spell: spell.from_ or date.min)
    named = [_stratum(spell, profiles) for spell in spells]
    codes = {name: code for code, name in enumerate(sorted(set(named)))}
    strata, teams = np.full((2, len(rows), len(days)), NO_STRATUM, np.int64)
    for at, (spell, name) in enumerate(zip(spells, named, strict=True)):
        held = slice(bisect_left(days, spell.from_ or date.min), bisect_right(days, spell.to or date.max))
        strata[rows[spell.agent], held], teams[rows[spell.agent], held] = codes[name], at_team[spell.team]
        if at % _PIECE == 0:
            rest()
    return StrataTable(tuple(codes), strata, teams)


class Strata:
    """Codes of the strata of a day, one per line; lines that are not on the roster have none.

    Attributes: ``names`` by code; ``codes`` of the rostered lines, which come first.
    """

    def __init__(self, site: Site, spells: Sequence[Spell]) -> None:
        profiles = _profiles(site)
        found = [_stratum(spell, profiles) for spell in spells]
        self.names = tuple(sorted(set(found)))
        at = {name: code for code, name in enumerate(self.names)}
        self._codes = np.array([at[name] for name in found], np.int64)

    def codes_of(self, lines: int) -> Whole:
        """(lines,) codes, NO_STRATUM where there is none."""
        return np.concatenate([self._codes, np.full(lines - len(self._codes), NO_STRATUM, np.int64)])

    def values(self, known: Mapping[str, float], lines: int) -> Numbers:
        """Values by stratum -> one per line, NaN where there is none."""
        table = np.array([*(known.get(name, np.nan) for name in self.names), np.nan], np.float64)
        return np.asarray(table[self.codes_of(lines)], np.float64)

    def rows(self, known: Mapping[str, Numbers], width: int) -> Numbers:
        """(strata x width): values by stratum, NaN where there are none."""
        nothing = np.full(width, np.nan)
        return np.array([known.get(name, nothing) for name in self.names], np.float64).reshape(-1, width)


def _profiles(site: Site) -> dict[str, str]:
    return {team.id: team.profile for team in site.teams}


def _stratum(spell: Spell, profiles: Mapping[str, str]) -> str:
    return spell.stratum or spell.profile or profiles.get(spell.team, "")
