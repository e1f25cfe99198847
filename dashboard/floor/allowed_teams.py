"""The teams that are allowed on a campaign, queue or project, and those whose figures may be shown by how many people these have.

A project names the teams that work on its campaigns and queues. Without one the teams of the campaign's direction are allowed,
and on a queue those that take inbound calls.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboard.floor.lines import spells_in_force
from dashboard.floor.visible_groups import BOTH
from dashboard.site.load import Site

Kind = Literal["campaign", "queue", "project"]


@dataclass(frozen=True)
class AllowedTeams:
    """``people``: the agents of each team of a day, by its id."""

    site: Site
    people: Mapping[str, int]

    def is_enough(self, kind: Kind, id: str) -> bool:
        """Whether enough people may stand behind the figures of a campaign, queue or project to show them."""
        least = self.site.least_members
        return not least or sum(self.people.get(team, 0) for team in find_allowed(self.site, kind, id)) >= least


def allowed_on(site: Site, day: date) -> AllowedTeams:
    """Those of one day."""
    return AllowedTeams(site, Counter(spell.team for spell in spells_in_force(site.roster, day, day)))


def find_allowed(site: Site, kind: Kind, id: str) -> frozenset[str]:
    """Ids of the teams allowed on a campaign, queue or project; a project that names none allows all."""
    for project in site.projects:
        inside = {"campaign": project.campaigns, "queue": project.queues, "project": (project.id,)}[kind]
        if id in inside and project.teams:
            return frozenset(project.teams)
    of_campaign = {campaign.id: campaign.direction for campaign in site.campaigns}
    direction = {"campaign": of_campaign.get(id), "queue": "inbound", "project": None}[kind]
    return frozenset(team.id for team in site.teams if direction in (None, team.direction) or team.direction == BOTH)
