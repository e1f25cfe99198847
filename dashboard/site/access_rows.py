"""The list access.csv -> grants: which account, or which group of the identity provider, has which role, and when.

A date is a whole business day, and the one in ``to`` still belongs to the grant; a local time is the instant at which the grant
begins or ends. A role that needs no team has none.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from dashboard.site.fields import Text, WrittenEdge
from dashboard.site.problems import Problems, meant, unknown
from dashboard.site.reading import Model, key
from dashboard.site.types import ACCOUNT_KINDS, CLIENT, ROLES, Grant
from streams.site_time import SiteTime


class AccessRow(Model):
    account: Text | None = key("local:<name>, oidc:<subject> or os:<user>; without it, group", None)
    group: Text | None = key("group of the identity provider; without it, account", None)
    role: Text = key("one of " + ", ".join(ROLES) + "; or client:<project>")
    team: Text | None = key("id of the team; the role lead has one, no other role has", None)
    from_: WrittenEdge | None = key("first day, or local time; empty: open", None, alias="from")
    to: WrittenEdge | None = key("last day, or local time at which it ends; empty: open", None)
    name: Text | None = key("the name under which the account is shown; without it, the account", None)


def read_grants(
    rows: Iterable[tuple[int, AccessRow]],
    teams: Collection[str],
    projects: Collection[str],
    time: SiteTime,
    problems: Problems,
) -> tuple[Grant, ...]:
    """The rows, each with its line -> their grants; every mistake goes to ``problems``."""
    faulty = problems.lines()
    first: dict[Grant, int] = {}
    grants: list[Grant] = []
    for line, row in rows:
        _check_holder(row, line, problems)
        _check_role(row, line, teams, projects, problems)
        grant = _grant(row, time)
        grants.append(grant)
        if grant.from_ms is not None and grant.to_ms is not None and grant.from_ms >= grant.to_ms:
            problems.add(line, f'"to" {_written(row.to)} is not after "from" {_written(row.from_)}')
        if line not in faulty and first.setdefault(grant._replace(name=None), line) != line:
            problems.add(line, f"gives the same again as line {first[grant._replace(name=None)]}")
    return tuple(grants)


def _check_holder(row: AccessRow, line: int, problems: Problems) -> None:
    if (row.account is None) == (row.group is None):
        what = "both" if row.account else "neither"
        problems.add(line, f'exactly one of "account" and "group" must be given, not {what}')
    if row.account is not None and not any(row.account.startswith(k) and row.account != k for k in ACCOUNT_KINDS):
        kinds = ", ".join(f'"{kind}"' for kind in ACCOUNT_KINDS)
        problems.add(line, f'"account" must begin with one of {kinds} and name who it is, not "{row.account}"')


def _check_role(
    row: AccessRow, line: int, teams: Collection[str], projects: Collection[str], problems: Problems
) -> None:
    project = row.role.removeprefix(CLIENT)
    if project == row.role and row.role not in ROLES:
        allowed = ", ".join(f'"{role}"' for role in ROLES)
        problems.add(
            line, f'unknown role "{row.role}".{meant(row.role, ROLES)} Allowed: {allowed} and "{CLIENT}<project>"'
        )
    elif project != row.role and project not in projects:
        problems.add(line, unknown("project", project, projects))
    elif row.role != "lead":
        if row.team is not None:
            problems.add(line, f'"team" must be empty: the role "{row.role}" has no team')
    elif row.team is None:
        problems.add(line, '"team" is empty: the role "lead" is of one team')
    elif row.team not in teams:
        problems.add(line, unknown("team", row.team, teams))


def _grant(row: AccessRow, time: SiteTime) -> Grant:
    project = row.role.removeprefix(CLIENT)
    from_ms = None if row.from_ is None else _start_ms(row.from_, time)
    to_ms = None if row.to is None else _end_ms(row.to, time)
    is_client = project != row.role
    return Grant(row.account, row.group, row.role, row.team, project if is_client else None, from_ms, to_ms, row.name)


def _start_ms(edge: date, time: SiteTime) -> int:
    return time.instant(edge) if isinstance(edge, datetime) else time.day_of(edge).start_ms


def _end_ms(edge: date, time: SiteTime) -> int:
    return time.instant(edge) if isinstance(edge, datetime) else time.day_of(edge).end_ms


def _written(edge: date | None) -> str:
    return f"{edge:%Y-%m-%dT%H:%M}" if isinstance(edge, datetime) else f"{edge}"
