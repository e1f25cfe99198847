"""The names behind the ids in the audit log: persons and teams of the site as the board shows them, and the roles of accounts."""

from collections.abc import Iterable
from datetime import date

import msgspec

from dashboard.site.grants import grants_of
from dashboard.site.load import Site
from dashboard.site.types import Spell

MOST_FOUND = 8


class PersonName(msgspec.Struct, frozen=True):
    """An agent with the names of the roster and the team they are in; without a row of the roster the id alone."""

    id: str
    name: str = ""
    name_en: str = ""
    team: str | None = None


class TeamNames(msgspec.Struct, frozen=True):
    """A team by its two names."""

    name: str
    name_en: str


class AuditNames:
    """The names of one site on one day."""

    def __init__(self, site: Site, today: date) -> None:
        self.site, self.today = site, today
        self.teams = {team.id: TeamNames(team.name, team.name_en) for team in site.teams}
        self._people: dict[str, PersonName] = {}
        for spell in sorted(site.roster, key=lambda spell: (spell.touches(today, today), spell.from_ or date.min)):
            self._people[spell.agent] = _person(spell)

    def person(self, agent: str) -> PersonName:
        """The newest row of the roster about an agent."""
        return self._people.get(agent) or PersonName(agent)

    def find_people(self, text: str) -> list[PersonName]:
        """The agents with a text in their id or a name, or the one whose id it is; also an id that the roster has not."""
        wanted = text.strip()
        part = wanted.casefold()
        if wanted in self._people:
            return [self._people[wanted]]
        found = [
            each
            for each in self._people.values()
            if any(part in it.casefold() for it in (each.id, each.name, each.name_en))
        ]
        return sorted(found, key=lambda each: each.id) or [PersonName(wanted)]

    def roles(self, account: str, agent: str | None, time_ms: int) -> tuple[str, ...]:
        """The roles that an account held by itself at a time; those of its groups only its session knew."""
        roles = {grant.role.partition(":")[0] for grant in grants_of(self.site, account, (), time_ms)}
        if account.startswith("wall:"):
            roles.add("wall")
        return tuple(sorted(roles)) or (("agent",) if agent is not None else ())

    def leads(self, account: str, team: str | None, time_ms: int) -> bool:
        """Whether an account led a team at a time."""
        return team is not None and any(grant.team == team for grant in grants_of(self.site, account, (), time_ms))

    def people_of(self, ids: Iterable[str | None]) -> dict[str, PersonName]:
        """Id -> names, of those that are ids."""
        return {id: self.person(id) for id in ids if id is not None}


def _person(spell: Spell) -> PersonName:
    return PersonName(spell.agent, spell.name, spell.name_en, spell.team)
