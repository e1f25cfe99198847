"""Who is compared with whom: the stratum of each agent, by his row of the roster on that day (site.md)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from dashboard.counts.lines import Lines
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from dashboard.site.load import Site, Spell

NO_STRATUM = -1


class Post(NamedTuple):
    """An agent's place on one day."""

    team: str
    stratum: str


def posts(site: Site, day: date) -> dict[str, Post]:
    """Agent -> his team and stratum on a day, of everybody on the roster that day."""
    profiles = _profiles(site)
    return {spell.agent: Post(spell.team, _stratum(spell, profiles)) for spell in Lines(site, day).spells}


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

    def of(self, lines: int) -> Whole:
        """(lines,) codes, NO_STRATUM where there is none."""
        return np.concatenate([self._codes, np.full(lines - len(self._codes), NO_STRATUM, np.int64)])

    def values(self, known: Mapping[str, float], lines: int, otherwise: float = float("nan")) -> Numbers:
        """What is known by stratum, per line."""
        table = np.array([*(known.get(name, otherwise) for name in self.names), otherwise], np.float64)
        return np.asarray(table[self.of(lines)], np.float64)

    def rows(self, known: Mapping[str, Numbers], width: int) -> Numbers:
        """(strata x width): what is known by stratum, NaN where nothing is."""
        nothing = np.full(width, np.nan)
        return np.array([known.get(name, nothing) for name in self.names], np.float64).reshape(-1, width)


def _profiles(site: Site) -> dict[str, str]:
    return {team.id: team.profile for team in site.teams}


def _stratum(spell: Spell, profiles: Mapping[str, str]) -> str:
    return spell.stratum or spell.profile or profiles.get(spell.team, "")
