"""The lists beside the site file: roster, rota, schedule, leave, employment, access. What must hold in each of them.

One model per list; that of access.csv is in ``dashboard.site.access_rows``.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import PlainValidator

from dashboard.site.access_rows import AccessRow, read_grants
from dashboard.site.build import since
from dashboard.site.csv_rows import read_rows
from dashboard.site.fields import (
    AgentId,
    Text,
    WrittenBool,
    WrittenDay,
    WrittenFraction,
    WrittenTarget,
    WrittenTime,
    one_of,
)
from dashboard.site.problems import Problems, meant, unknown
from dashboard.site.reading import Model, key
from dashboard.site.types import EVERYBODY, EmploymentFrom, Grant, Interval, LeaveDay, RotaDay, ShiftTimes, Spell, Whose
from streams.site_time import SiteTime

M = TypeVar("M", bound=Model)
_TINY = 1e-9
KINDS = ("break", "training", "meeting", "leave", "protected", "outage")
MATERNITY = "maternity"
LEAVE = ("annual", "sick", MATERNITY, "other")
EMPLOYMENT = ("regular", "temporary", "external_part_time")


class SpellRow(Model):
    COLUMNS_NEEDED: ClassVar[tuple[str, ...]] = ("team",)

    agent: AgentId = key("id in events")
    name: Text | None = key("on desk pages; without it, the id", None)
    name_en: Text | None = key("in English; without it, name", None)
    alias: Text | None = key("on walls", None)
    alias_en: Text | None = key("on walls, in English", None)
    team: Text | None = key("id of the team; a row without one is left out until it has one", None)
    profile: Text | None = key("without it, the team's", None)
    stratum: Text | None = key("the group in which rates are compared; without it, the profile", None)
    post: Text | None = key("some posts are not assessed", None)
    month_target: WrittenTarget | None = key("their own; without it, the profile's", None)
    has_probation: WrittenBool = key("true or false; whether they began on probation", False)
    regularised_on: WrittenDay | None = key("last day of probation; empty while it lasts", None)
    from_: WrittenDay | None = key("first day; empty: open", None, alias="from")
    to: WrittenDay | None = key("last day; empty: open", None)


class RotaRow(Model):
    agent: AgentId = key("id in the roster")
    day: WrittenDay = key("day on which the shift starts", alias="date")
    shift: Text = key("id of the shift")


class IntervalRow(Model):
    agent: Text = key("an agent, team:<id> or *")
    kind: Annotated[str, PlainValidator(one_of(*KINDS))] = key("one of " + ", ".join(KINDS))
    start: WrittenTime = key("local time")
    end: WrittenTime = key("local time")


class LeaveRow(Model):
    agent: AgentId = key("id in the roster")
    day: WrittenDay = key("the day", alias="date")
    fraction: WrittenFraction = key("of the day; 1 without it", 1.0)
    kind: Annotated[str, PlainValidator(one_of(*LEAVE))] = key(
        "maternity; annual, sick and other are leave like any, and not kept", "other"
    )


class EmploymentRow(Model):
    agent: AgentId = key("id in the roster")
    from_: WrittenDay = key("first day", alias="from")
    kind: Annotated[str, PlainValidator(one_of(*EMPLOYMENT))] = key("one of " + ", ".join(EMPLOYMENT))


FILES: dict[str, type[Model]] = {
    "roster.csv": SpellRow,
    "rota.csv": RotaRow,
    "schedule.csv": IntervalRow,
    "leave.csv": LeaveRow,
    "employment.csv": EmploymentRow,
    "access.csv": AccessRow,
}


Span = tuple[int, str, Any, Any]
"""(line, whose, start, end)"""


@dataclass
class Lists:
    """The lists of one folder against the teams, projects, profiles, shifts and clock of its site file."""

    folder: Path
    teams: Collection[str]
    projects: Collection[str]
    profiles: Collection[str]
    shifts: Mapping[str, ShiftTimes]
    time: SiteTime
    problems: Problems
    _agents: set[str] | None = None

    def fields(self) -> dict[str, Any]:
        """All lists, by the names of ``Site``."""
        return {
            "roster": self._roster(),
            "rota": self._rota(),
            "schedule": self._schedule(),
            "leave": self._leave(),
            "employment": self._employment(),
            "grants": self._grants(),
        }

    def _read(self, file: str, model: type[M]) -> tuple[list[tuple[int, M]] | None, Problems]:
        path = self.folder / file
        problems = self.problems.for_file(str(path))
        return read_rows(path, model, problems), problems

    def _of_agents(self, file: str, model: type[M]) -> tuple[list[tuple[int, M]], Problems]:
        """A list whose agents must be in the roster; each who is not is named once."""
        rows, problems = self._read(file, model)
        first: dict[str, int] = {}
        for line, row in rows or []:
            first.setdefault(row.agent, line)  # type: ignore[attr-defined]
        for agent, line in first.items():
            self._check_agent(agent, line, problems)
        return rows or [], problems

    def _check_agent(self, agent: str, line: int, problems: Problems) -> None:
        if self._agents is not None and agent not in self._agents:
            problems.add(line, f'agent "{agent}" is not in roster.csv.{meant(agent, self._agents)}')

    def _roster(self) -> tuple[Spell, ...]:
        rows, problems = self._read("roster.csv", SpellRow)
        self._agents = None if rows is None else {row.agent for _, row in rows}
        for line, row in rows or []:
            if row.team and row.team not in self.teams:
                problems.add(line, unknown("team", row.team, self.teams))
            if row.profile and row.profile not in self.profiles:
                problems.add(line, unknown("profile", row.profile, self.profiles))
            if row.from_ and row.to and row.to < row.from_:
                problems.add(line, f'"to" {row.to} is before "from" {row.from_}')
        placed = [(line, row) for line, row in rows or [] if row.team]
        spans = [(line, row.agent, row.from_ or date.min, _after(row.to)) for line, row in placed]
        _check_apart(spans, "is in a team on these days", problems)
        named = ((row, row.name or row.agent) for _, row in placed)
        return tuple(Spell(**{**dict(row), "name": name, "name_en": row.name_en or name}) for row, name in named)

    def _rota(self) -> tuple[RotaDay, ...]:
        rows, problems = self._of_agents("rota.csv", RotaRow)
        for line, row in rows:
            if row.shift not in self.shifts:
                problems.add(line, unknown("shift", row.shift, self.shifts))
        known = [(line, row) for line, row in rows if row.shift in self.shifts]
        spans = [(line, row.agent, *_minutes(row.day, self.shifts[row.shift])) for line, row in known]
        _check_apart(spans, "has a shift at this time", problems)
        return tuple(RotaDay(**dict(row)) for _, row in rows)

    def _schedule(self) -> tuple[Interval, ...]:
        rows, problems = self._read("schedule.csv", IntervalRow)
        for line, row in rows or []:
            self._check_whose(row.agent, line, problems)
            if row.end <= row.start:
                problems.add(line, f'"end" {row.end} is not after "start" {row.start}')
        _check_apart([(line, row.agent, row.start, row.end) for line, row in rows or []], "is scheduled then", problems)
        return tuple(Interval(self._whose(row.agent), row.kind, row.start, row.end) for _, row in rows or [])

    def _whose(self, cell: str) -> Whose:
        """``*``, ``team:<id>`` or an agent, whose id may look like one of a team."""
        team = cell.removeprefix("team:")
        if cell == "*":
            return EVERYBODY
        return Whose(team=team) if team != cell and cell not in (self._agents or ()) else Whose(agent=cell)

    def _check_whose(self, cell: str, line: int, problems: Problems) -> None:
        whose, team = self._whose(cell), cell.removeprefix("team:")
        if whose.team and team not in self.teams:
            problems.add(line, unknown("team", team, self.teams))
        elif whose.agent and team != cell and team in self.teams:
            problems.add(line, f'"{cell}" is an agent of roster.csv and the team "{team}": give the team another id')
        elif whose.agent:
            self._check_agent(cell, line, problems)

    def _leave(self) -> tuple[LeaveDay, ...]:
        rows, problems = self._of_agents("leave.csv", LeaveRow)
        taken: dict[tuple[str, date], float] = {}
        for line, row in rows:
            whole = taken[row.agent, row.day] = taken.get((row.agent, row.day), 0.0) + row.fraction
            if whole > 1 + _TINY:
                problems.add(
                    line, f'agent "{row.agent}" would be on leave for {whole:g} of {row.day}; a day is 1 at most'
                )
        return tuple(LeaveDay(row.agent, row.day, row.fraction, row.kind == MATERNITY) for _, row in rows)

    def _employment(self) -> tuple[EmploymentFrom, ...]:
        rows, problems = self._of_agents("employment.csv", EmploymentRow)
        first: dict[tuple[str, date], int] = {}
        for line, row in rows:
            known = first.setdefault((row.agent, row.from_), line)
            if known != line:
                problems.add(line, f'agent "{row.agent}" has a kind from {row.from_} already, on line {known}')
        return tuple(EmploymentFrom(**dict(row)) for _, row in rows)

    def _grants(self) -> tuple[Grant, ...]:
        rows, problems = self._read("access.csv", AccessRow)
        return read_grants(rows or [], self.teams, self.projects, self.time, problems)


def _check_apart(spans: Iterable[Span], already: str, problems: Problems) -> None:
    """Spans of the same one, [start, end), must not overlap; lines with a fault are not looked at."""
    faulty = problems.lines()
    newest: dict[str, Span] = {}
    for span in sorted((each for each in spans if each[0] not in faulty), key=lambda each: (each[1], each[2], each[0])):
        line, whose, start, end = span
        before = newest.get(whose)
        if before is not None and start < before[3]:
            first, second = sorted((before[0], line))
            problems.add(second, f'"{whose}" {already} already, on line {first}')
        if before is None or end > before[3]:
            newest[whose] = span


def _minutes(day: date, shift: ShiftTimes) -> tuple[int, int]:
    """A shift as minutes on an endless local clock."""
    start = day.toordinal() * 1440 + since("00:00", shift.start)
    return start, start + since(shift.start, shift.end)


def _after(day: date | None) -> date:
    return date.max if day is None or day == date.max else day + timedelta(days=1)
