"""The people of the demo: whoever opens it chooses whose eyes to see with."""

from collections.abc import Iterator
from typing import NamedTuple

from dashboard.access.identity import Identity
from dashboard.access.refusals import NotYours
from dashboard.access.requests import DemoSignIn
from dashboard.site.load import Site
from dashboard.site.types import Grant

DEMO_AGENTS = "agents"
"""The group of all agents in the demo's list of grants."""
DEMO_BOARD = "main"
WALL = "wall"
"""Chosen like a role: nobody signs in, and the wall is there without."""
_ROLES = ("manager", "supervisor", "lead", "agent", "quality", "admin", "auditor")


class DemoPerson(NamedTuple):
    """A person to choose: the role, the name, of a lead the team and how many are in it, of an agent their id."""

    role: str
    name: str
    team: str | None = None
    team_name: str = ""
    team_name_en: str = ""
    members: int = 0
    agent: str | None = None


def find_person(site: Site, asked: DemoSignIn, now_ms: int) -> Identity:
    """The person who holds a role. Raises NotYours where nobody does."""
    if asked.role == "agent":
        spell = next((spell for spell in site.roster if spell.agent == asked.agent), None)
        if spell is None:
            raise NotYours
        return Identity(f"local:{spell.agent}", spell.name, agent=spell.agent, groups=(DEMO_AGENTS,))
    for grant in _granted(site, asked.role, now_ms):
        if grant.team == asked.team:
            return Identity(grant.account or "", grant.name or grant.account or "")
    raise NotYours


def people_to_choose(site: Site, now_ms: int) -> tuple[DemoPerson, ...]:
    """The first person of each role, the first agent of the roster, and the wall at the end."""
    return (*_people(site, now_ms), DemoPerson(WALL, ""))


def _people(site: Site, now_ms: int) -> Iterator[DemoPerson]:
    for role in _ROLES:
        if role == "agent":
            yield from (DemoPerson(role, spell.name, agent=spell.agent) for spell in site.roster[:1])
        for grant in _granted(site, role, now_ms)[:1]:
            yield _person(site, grant, now_ms)


def _granted(site: Site, role: str, now_ms: int) -> list[Grant]:
    return [grant for grant in site.grants if grant.account and grant.role == role and grant.holds(now_ms)]


def _person(site: Site, grant: Grant, now_ms: int) -> DemoPerson:
    name = grant.name or grant.account or ""
    team = next((team for team in site.teams if team.id == grant.team), None)
    if team is None:
        return DemoPerson(grant.role, name)
    today = site.time.day(now_ms).label
    members = len({spell.agent for spell in site.roster if spell.team == team.id and spell.touches(today, today)})
    return DemoPerson(grant.role, name, team.id, team.name, team.name_en, members)
