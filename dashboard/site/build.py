"""The sections of a site file -> what a ``Site`` holds of them, and what must hold between them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any

from dashboard.site import models
from dashboard.site.calendar import calendar, countries
from dashboard.site.policies import policies
from dashboard.site.problems import unknown
from dashboard.site.sections import Sections
from dashboard.site.toml_lines import KeyPath
from dashboard.site.types import Alerts, BoardPages, Calendar, Campaign, PolicyBlock, Project, Queue, ShiftTimes, Team
from dashboard.site.works_council import usual_level
from streams.counting_policy import Counting, Projects, Retention


def site_fields(sections: Sections) -> dict[str, Any]:
    """Everything but the lists, by the names of ``Site``."""
    own = sections.read_section("site", models.SiteTable)
    blocks = policies(sections)
    campaigns, projects = tuple(_campaigns(sections)), tuple(_projects(sections))
    days = _calendar(sections)
    retention = _retention(sections.read_section("retention", models.RetentionTable))
    return {
        **(dict(own) | {"name_en": own.name_en or own.name} if own else {}),
        "works_council": (own.works_council or usual_level(own.zone, days.country)) if own else "judge",
        "counting": _counting(sections, campaigns, projects, retention),
        "retention": retention,
        "policies": blocks,
        "teams": tuple(_teams(sections, blocks[-1])),
        "campaigns": campaigns,
        "queues": tuple(_queues(sections)),
        "projects": projects,
        "shifts": tuple(_shifts(sections)),
        "calendar": days,
        "alerts": _alerts(sections.read_section("alerts", models.AlertsTable)),
        "boards": tuple(_boards(sections)),
    }


def _counting(
    sections: Sections, campaigns: Iterable[Campaign], projects: Sequence[Project], retention: Retention
) -> Counting:
    values: dict[str, Any] = dict(sections.read_section("counting", models.CountingTable) or models.CountingTable())
    facts_ms = values.pop("fact_lateness") or retention.ledger_ms
    if facts_ms > retention.ledger_ms:
        sections.add(
            ("counting", "fact_lateness"),
            "counting.fact_lateness must not be above retention.ledger: a fact whose ledger line is forgotten would count "
            "again when it is repeated",
        )
    own = {c.id: c.success_dispositions for c in campaigns if c.success_dispositions is not None}
    return Counting(
        lateness_ms=values.pop("lateness"),
        fact_lateness_ms=facts_ms,
        campaign_success=own,
        projects=_counted_projects(projects),
        **values,
    )


def _counted_projects(projects: Sequence[Project]) -> Projects | None:
    found = Projects(
        campaigns={id: project.id for project in projects for id in project.campaigns},
        queues={id: project.id for project in projects for id in project.queues},
    )
    return found if found.campaigns or found.queues else None


def _retention(table: models.RetentionTable | None) -> Retention:
    table = table or models.RetentionTable()
    return Retention(minutes_ms=table.minutes, hours_ms=table.hours, months=table.days, ledger_ms=table.ledger)


def _alerts(table: models.AlertsTable | None) -> Alerts:
    table = table or models.AlertsTable()
    return Alerts(**{each.name: getattr(table, each.name.removesuffix("_ms")) for each in fields(Alerts)})


def _teams(sections: Sections, newest: PolicyBlock) -> Iterator[Team]:
    """Teams as judged by the newest block: every profile of theirs must be in it."""
    read = sections.read_list(("teams",), models.TeamTable)
    known = newest.profiles.keys() | sections.ids("policies", "profiles")
    for at, table in read:
        if table.profile not in known:
            sections.add(("teams", at, "profile"), unknown("profile", table.profile, known))
        elif table.profile not in newest.profiles:
            sections.add(("teams", at, "profile"), f'profile "{table.profile}" is not in the newest policies')
        profile = newest.profiles.get(table.profile)
        direction = table.direction or (profile.direction if profile else "outbound")
        name = table.name or table.id
        yield Team(table.id, name, table.name_en or name, direction, table.profile, table.lead)


def _campaigns(sections: Sections) -> Iterator[Campaign]:
    for at, table in sections.read_list(("campaigns",), models.CampaignTable):
        if table.starts and table.ends and table.ends < table.starts:
            sections.add(("campaigns", at, "ends"), f"ends {table.ends} before it starts {table.starts}")
        name = table.name or table.id
        yield Campaign(**{**dict(table), "name": name, "name_en": table.name_en or name})


def _queues(sections: Sections) -> Iterator[Queue]:
    for _, table in sections.read_list(("queues",), models.QueueTable):
        name = table.name or table.id
        yield Queue(table.id, name, table.name_en or name)


def _projects(sections: Sections) -> Iterator[Project]:
    """Projects whose campaigns, queues and teams are in the file; a campaign or a queue stands in one of them at most."""
    first: dict[tuple[str, str], tuple[str, KeyPath]] = {}
    for at, table in sections.read_list(("projects",), models.ProjectTable):
        for kind in ("campaigns", "queues", "teams"):
            known = sections.ids(kind)
            for n, id in enumerate(getattr(table, kind)):
                path: KeyPath = ("projects", at, kind, n)
                project, before = first.setdefault((kind, id), (table.id, path))
                if id not in known:
                    sections.add(path, unknown(kind.removesuffix("s"), id, known))
                elif kind != "teams" and before != path:
                    line = sections.line(before)
                    sections.add(
                        path, f'{kind.removesuffix("s")} "{id}" is in the project "{project}" already, on line {line}'
                    )
        name = table.name or table.id
        yield Project(**{**dict(table), "name": name, "name_en": table.name_en or name})


def _shifts(sections: Sections) -> Iterator[ShiftTimes]:
    for at, table in sections.read_list(("shifts",), models.ShiftTable):
        if table.start == table.end:
            sections.add(("shifts", at, "end"), f"shifts.end must differ from start {table.start}")
        else:
            _check_breaks(sections, at, table)
        yield ShiftTimes(**dict(table))


def _check_breaks(sections: Sections, at: int, table: models.ShiftTable) -> None:
    """Each break inside the shift, none in another; by minutes since the shift's start, which may cross midnight."""
    length = since(table.start, table.end)
    spans = [(since(table.start, start), since(table.start, end), n) for n, (start, end) in enumerate(table.breaks)]
    for start, end, n in spans:
        if not start < end <= length:
            words = f"shifts.breaks must lie inside the shift {table.start}-{table.end}, its end after its start"
            sections.add(("shifts", at, "breaks", n), words)
    for (_, ended, _), (start, _, n) in pairwise(sorted(spans)):
        if start < ended:
            sections.add(("shifts", at, "breaks", n), "shifts.breaks must not overlap")


def since(start: str, time: str) -> int:
    """Minutes from one wall time on to the next time the clock shows another."""
    return (_minutes(time) - _minutes(start)) % 1440


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _calendar(sections: Sections) -> Calendar:
    table = sections.read_section("calendar", models.CalendarTable) or models.CalendarTable()
    country, known = table.country, countries()
    if country is not None and country not in known:
        sections.add(("calendar", "country"), f'calendar.country "{country}" must be a code such as "CN", "DE" or "US"')
        country = None
    for n, day in enumerate(table.workdays):
        if day in table.holidays:
            line = sections.line(("calendar", "holidays", table.holidays.index(day)))
            sections.add(("calendar", "workdays", n), f"{day} is a holiday too, on line {line}")
    return calendar(country, table.holidays, table.workdays, table.weekday_weights)


def _boards(sections: Sections) -> Iterator[BoardPages]:
    known = sections.ids("projects")
    for at, table in sections.read_list(("boards",), models.BoardTable):
        if table.project is not None and table.project not in known:
            sections.add(("boards", at, "project"), unknown("project", table.project, known))
        yield BoardPages(table.id, table.pages, table.rotate, table.names, table.project)
