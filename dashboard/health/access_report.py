"""A report of access: who sees whom at one moment, per account, group and team, and what is likely not meant in access.csv.

A supervisor and quality decide appeals, but no lead of a team decides those of that team, nor does an account that is linked to
the ``lead`` of the site file. The members of a group are those of the
identity provider, which is not asked.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dashboard.site.load import Site, Team
from dashboard.site.types import Grant
from streams.site_time import SiteTime
from streams.steering_characters import printable

_DECIDE = ("supervisor", "quality")
_NEEDED = {
    "admin": "no account may pair walls and see the health of the line",
    "auditor": "no account may read who saw whom",
    "quality": "no account may review cases besides the supervisors",
}
"""Roles that a site is likely to need, and what follows where nobody has one."""


class HolderAccess(NamedTuple):
    """An account or a group, and its grants by their time."""

    id: str
    name: str | None
    is_group: bool
    now: tuple[Grant, ...]
    later: tuple[Grant, ...]
    over: tuple[Grant, ...]

    @property
    def label(self) -> str:
        """The holder as a line names it."""
        kind = "group " if self.is_group else ""
        return kind + (f"{self.name} ({self.id})" if self.name else self.id)


class TeamAccess(NamedTuple):
    """A team: who leads it now, and who may decide its appeals."""

    id: str
    leads: tuple[str, ...]
    deciders: tuple[str, ...]


class ProjectAccess(NamedTuple):
    """A project, and who sees it now as its client."""

    id: str
    clients: tuple[str, ...]


class AccessReport(NamedTuple):
    """The grants of a site at one moment. ``agents``: accounts and groups that open their own page and see no more."""

    holders: tuple[HolderAccess, ...]
    agents: int
    teams: tuple[TeamAccess, ...]
    projects: tuple[ProjectAccess, ...]
    warnings: tuple[str, ...]
    time: SiteTime


def access_report(site: Site, now_ms: int, linked: Mapping[str, str | None] | None = None) -> AccessReport:
    """The grants of a site -> who sees whom at ``now_ms``. Nothing is warned of where there is no grant at all.

    ``linked``: the agent of each local account, by its id; None: the file of accounts is not known.
    """
    holders = tuple(_holders(site, now_ms))
    more = tuple(each for each in holders if any(grant.role != "agent" for grant in each.now + each.later))
    teams = tuple(_team(team, holders, linked or {}) for team in site.teams)
    projects = tuple(_project(project.id, holders) for project in site.projects)
    warnings = [*_warnings(holders, teams, site.time)] if holders else []
    for each in holders:
        warnings += _link_warnings(each, linked, {spell.agent for spell in site.roster})
    agents = sum(any(grant.role == "agent" for grant in each.now) for each in holders if each not in more)
    return AccessReport(more, agents, teams, projects, tuple(warnings), site.time)


def report_lines(report: AccessReport) -> Iterator[str]:
    """The report for people, without its warnings; nothing where there is no grant."""
    if not report.holders and not report.agents:
        return
    for each in report.holders:
        now = ", ".join(_sentence(grant, report.time) for grant in each.now)
        later = ", ".join(_sentence(grant, report.time) for grant in each.later)
        yield printable(f"{each.label}: {now or 'nothing now'}" + (f"; later {later}" if later else ""))
    if report.agents:
        yield f"their own page and no more: {report.agents} accounts and groups"
    for team in report.teams:
        leads, deciders = (", ".join(ids) or "nobody" for ids in (team.leads, team.deciders))
        yield printable(f"team {team.id}: led by {leads}; appeals decided by {deciders}")
    for project in report.projects:
        yield printable(f"project {project.id}: seen by its client {', '.join(project.clients) or 'nobody'}")


def as_object(report: AccessReport) -> dict[str, Any]:
    """The report as JSON, without its warnings: days, or local times, as in the list."""
    holders = [
        {
            "group" if each.is_group else "account": each.id,
            "name": each.name,
            "now": [_grant(grant, report.time) for grant in each.now],
            "later": [_grant(grant, report.time) for grant in each.later],
        }
        for each in report.holders
    ]
    teams = [{"team": team.id, "leads": team.leads, "deciders": team.deciders} for team in report.teams]
    projects = [{"project": each.id, "clients": each.clients} for each in report.projects]
    return {"holders": holders, "agents": report.agents, "teams": teams, "projects": projects}


def _holders(site: Site, now_ms: int) -> Iterator[HolderAccess]:
    """The accounts and groups in the order of their first grant."""
    for (account, group), found in site.grants_by_holder.items():
        now = tuple(grant for grant in found if grant.holds(now_ms))
        later = tuple(grant for grant in found if grant.from_ms is not None and now_ms < grant.from_ms)
        over = tuple(grant for grant in found if grant not in now + later)
        name = next((grant.name for grant in found if grant.name), None)
        yield HolderAccess(account or group or "", name, account is None, now, later, over)


def _team(team: Team, holders: Iterable[HolderAccess], linked: Mapping[str, str | None]) -> TeamAccess:
    leads = _having(holders, lambda grant: grant.team == team.id)
    deciders = [
        each
        for each in _having(holders, lambda grant: grant.role in _DECIDE)
        if each not in leads and (team.lead is None or linked.get(each.id) != team.lead)
    ]
    return TeamAccess(team.id, _labels(leads), _labels(deciders))


def _project(project: str, holders: Iterable[HolderAccess]) -> ProjectAccess:
    return ProjectAccess(project, _labels(_having(holders, lambda grant: grant.project == project)))


def _having(holders: Iterable[HolderAccess], wanted: Callable[[Grant], bool]) -> list[HolderAccess]:
    """The holders with such a grant now."""
    return [each for each in holders if any(map(wanted, each.now))]


def _labels(holders: Iterable[HolderAccess]) -> tuple[str, ...]:
    return tuple(each.label for each in holders)


def _warnings(holders: Sequence[HolderAccess], teams: Iterable[TeamAccess], time: SiteTime) -> Iterator[str]:
    held = {grant.role for each in holders for grant in each.now}
    yield from (f"nobody holds the role {role}: {what}" for role, what in _NEEDED.items() if role not in held)
    for team in teams:
        if not team.leads:
            yield f"nobody leads the team {team.id}"
        if not team.deciders:
            yield f"nobody may decide the appeals of the team {team.id}"
    for each in holders:
        for grant in each.over:
            yield f"{each.label}: {_sentence(grant, time)} is over; take the row out of access.csv"


def _link_warnings(
    holder: HolderAccess, linked: Mapping[str, str | None] | None, roster: Collection[str]
) -> Iterator[str]:
    """What keeps an account from opening its page as an agent; at the provider each sign-in says who the agent is."""
    is_agent = any(grant.role == "agent" for grant in holder.now + holder.later)
    if holder.is_group or not (holder.now or holder.later):
        return
    if holder.id.startswith("os:") and is_agent:
        yield f"{holder.label}: the role agent has no effect, an account of the operating system is linked to no agent"
    if linked is None or not holder.id.startswith("local:"):
        return
    if holder.id not in linked:
        yield f"{holder.label}: there is no such account in the file of accounts"
    elif is_agent and (agent := linked[holder.id]) not in roster:
        why = f"{agent} is not in roster.csv" if agent else "the account is linked to no agent"
        yield f"{holder.label}: the role agent has no effect, {why}"


def _sentence(grant: Grant, time: SiteTime) -> str:
    begins = [] if grant.from_ms is None else [f"from {_first(grant.from_ms, time)}"]
    ends = [] if grant.to_ms is None else [f"to {_last(grant.to_ms, time)}"]
    return " ".join([grant.role, *([grant.team] if grant.team else []), *begins, *ends])


def _grant(grant: Grant, time: SiteTime) -> dict[str, Any]:
    begins = None if grant.from_ms is None else _first(grant.from_ms, time)
    ends = None if grant.to_ms is None else _last(grant.to_ms, time)
    return {"role": grant.role, "team": grant.team, "project": grant.project, "from": begins, "to": ends}


def _first(ms: int, time: SiteTime) -> str:
    """The business day that an instant begins, or its local time."""
    day = time.day(ms)
    return f"{day.label}" if day.start_ms == ms else _local(ms, time)


def _last(ms: int, time: SiteTime) -> str:
    """The last whole business day before an instant, or its local time."""
    day = time.day(ms - 1)
    return f"{day.label}" if day.end_ms == ms else _local(ms, time)


def _local(ms: int, time: SiteTime) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, time.zone):%Y-%m-%d %H:%M}"
