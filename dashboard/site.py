"""The site file and the roster beside it: what a centre decides, read once and checked as a whole.

``load_site`` gives a frozen ``Site`` or raises ``SiteError`` with every problem found, each with file, line and what is
allowed. Keys are listed in ``dashboard.site_keys``.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.roster import read_roster
from dashboard.site_keys import CAMPAIGN, COUNTING, LATER, LISTS, REQUIRED, RETENTION, SECTIONS, SITE, TEAM, Key, tables
from dashboard.site_lines import Path as KeyPath
from dashboard.site_lines import find_lines, line_of
from dashboard.site_problems import Problem, Problems, SiteError, unknown
from dashboard.site_types import (
    Alerts,
    BoardPages,
    Calendar,
    Campaign,
    EmploymentFrom,
    Interval,
    LeaveDay,
    PolicyBlock,
    Profile,
    RotaDay,
    ShiftTimes,
    Spell,
    Team,
    default_policies,
)
from streams.counting import Counting, Retention

__all__ = ["Campaign", "Problem", "Site", "SiteError", "Spell", "Team", "load_site"]


@dataclass(frozen=True)
class Site:
    """Everything the centre decides. ``policies`` is never empty, oldest first."""

    name: str = "callfloor"
    name_en: str = "callfloor"
    zone: str = "UTC"
    business_day_start: str = "00:00"
    counting_since: date | None = None
    duty_phone: str | None = None
    language: str = "zh"
    counting: Counting = Counting()
    retention: Retention = Retention()
    teams: tuple[Team, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    roster: tuple[Spell, ...] = ()
    policies: tuple[PolicyBlock, ...] = field(default_factory=default_policies)
    shifts: tuple[ShiftTimes, ...] = ()
    calendar: Calendar = Calendar(None, frozenset(), frozenset())
    alerts: Alerts = Alerts()
    boards: tuple[BoardPages, ...] = ()
    rota: tuple[RotaDay, ...] = ()
    """Empty: everybody works the first shift on every workday of the calendar."""
    schedule: tuple[Interval, ...] = ()
    leave: tuple[LeaveDay, ...] = ()
    employment: tuple[EmploymentFrom, ...] = ()

    def policy(self, month: date) -> PolicyBlock:
        """The block in force in the month of a day; before the first block, the first."""
        first = month.replace(day=1)
        return next((block for block in reversed(self.policies) if block.effective_from <= first), self.policies[0])

    def profile(self, spell: Spell, block: PolicyBlock) -> Profile | None:
        """By what an agent is judged: his own profile or his team's; None if the block has none of that id."""
        teams = {team.id: team.profile for team in self.teams}
        return block.profiles.get(spell.profile or teams.get(spell.team, ""))

    def spell(self, agent: str, first: date, last: date) -> Spell | None:
        """The agent's newest spell that touches the days first..last (both counted), None if there is none."""
        found = [s for s in self.roster if s.agent == agent and s.touches(first, last)]
        return max(found, key=lambda s: s.from_ or date.min) if found else None


def load_site(path: str | Path | None) -> Site:
    """A site file (and roster.csv beside it) -> Site; None -> the defaults with zone UTC. Raises SiteError."""
    if path is None:
        return Site()
    path = Path(path)
    problems = Problems(str(path))
    raw, lines = _parse(path, problems)
    site = _Reading(raw, lines, problems).site()
    teams = frozenset(team.id for team in site.teams)
    roster = read_roster(path.parent / "roster.csv", teams, problems)
    problems.raise_any()
    return Site(**{**site.__dict__, "roster": roster})


def _parse(path: Path, problems: Problems) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """The TOML and the lines of its keys. A file that cannot be parsed at all is one problem, raised at once."""
    try:
        text = path.read_bytes().decode()
        return tomllib.loads(text), find_lines(text)
    except OSError as error:
        problems.add(0, f"cannot be read ({error.strerror}); give the path of a TOML file with at least [site] zone")
    except UnicodeDecodeError as error:
        problems.add(error.object[: error.start].count(b"\n") + 1, "is not UTF-8 here")
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        problems.add(int(found.group(1)) if found else text.count("\n") + 1, f"is not TOML: {error}")
    raise SiteError(problems.found)


class _Reading:
    """One pass over a parsed site file; every problem goes to ``problems`` with the line of its key."""

    def __init__(self, raw: Mapping[str, Any], lines: dict[KeyPath, int], problems: Problems) -> None:
        self._raw = raw
        self._lines = lines
        self._problems = problems

    def site(self) -> Site:
        self._check_names()
        own = self._section("site", SITE)
        teams = tuple(self._team(at, table) for at, table in self._list("teams", TEAM))
        campaigns = tuple(self._campaign(at, table) for at, table in self._list("campaigns", CAMPAIGN))
        return Site(
            **{**own, "name_en": own["name_en"] or own["name"]},
            counting=self._counting(campaigns),
            retention=self._retention(),
            teams=teams,
            campaigns=campaigns,
        )

    def _counting(self, campaigns: Sequence[Campaign]) -> Counting:
        values = self._section("counting", COUNTING)
        own = {c.id: c.success_dispositions for c in campaigns if c.success_dispositions is not None}
        return Counting(lateness_ms=values.pop("lateness"), campaign_success=own, **values)

    def _retention(self) -> Retention:
        values = self._section("retention", RETENTION)
        return Retention(
            minutes_ms=values["minutes"], hours_ms=values["hours"], months=values["days"], ledger_ms=values["ledger"]
        )

    def _team(self, at: int, table: Mapping[str, Any]) -> Team:
        name = table["name"] or table["id"]
        direction = table["direction"] or self._profile_direction(at, table["profile"])
        return Team(table["id"], name, table["name_en"] or name, direction, table["profile"])

    def _profile_direction(self, at: int, profile: str) -> str:
        """The direction of a profile: as its block in the policies says, or of the profiles that need no block."""
        known = {"inbound": "inbound", "outbound": "outbound", **_profiles(self._raw)}
        if profile in known:
            return known[profile]
        self._add(("teams", at, "profile"), unknown("profile", profile, known))
        return "outbound"

    def _campaign(self, at: int, table: Mapping[str, Any]) -> Campaign:
        if table["starts"] and table["ends"] and table["ends"] < table["starts"]:
            self._add(("campaigns", at, "ends"), f"ends {table['ends']} before it starts {table['starts']}")
        name = table["name"] or table["id"]
        return Campaign(**{**table, "name": name, "name_en": table["name_en"] or name})

    def _section(self, name: str, keys: Sequence[Key]) -> dict[str, Any]:
        table = self._raw.get(name, {})
        if not isinstance(table, dict):
            self._add((name,), f"{name} must be a section: [{name}]")
            table = {}
        return self._read((name,), table, keys)

    def _list(self, name: str, keys: Sequence[Key]) -> list[tuple[int, dict[str, Any]]]:
        value = self._raw.get(name, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            self._add((name,), f"{name} must be a list of sections: [[{name}]]")
            return []
        read = [(at, self._read((name, at), table, keys)) for at, table in enumerate(value)]
        self._check_unique(name, read)
        return read

    def _read(self, path: KeyPath, table: Mapping[str, Any], keys: Sequence[Key]) -> dict[str, Any]:
        return {key.name: self._value(path, table, key) for key in keys}

    def _value(self, path: KeyPath, table: Mapping[str, Any], key: Key) -> Any:
        here = (*path, key.name)
        if key.name not in table:
            if key.default is REQUIRED:
                self._add(path, f"{_dotted(here)} is missing: {key.help}")
            return "?" if key.default is REQUIRED else key.default
        try:
            return key.read(table[key.name])
        except ValueError as error:
            self._add(here, f"{_dotted(here)} must be {error}")
            return "UTC" if key.default is REQUIRED else key.default

    def _check_unique(self, name: str, read: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        first: dict[str, int] = {}
        for at, table in read:
            known = first.setdefault(table["id"], at)
            if known != at and "id" in self._raw[name][at]:
                line = line_of(self._lines, (name, known, "id"))
                self._add((name, at, "id"), f'{name} id "{table["id"]}" is used before, on line {line}')

    def _check_names(self) -> None:
        known = {name: {key.name for key in keys} for name, keys in {**SECTIONS, **LISTS}.items()} | dict(LATER)
        for section, value in self._raw.items():
            if section not in known:
                self._add((section,), unknown("section", section, known))
                continue
            for at, table in tables(value):
                path = (section,) if at is None else (section, at)
                for key in set(table) - set(known[section]):
                    self._add((*path, key), unknown("key", _dotted((*path, key)), known[section]))

    def _add(self, path: KeyPath, message: str) -> None:
        self._problems.add(line_of(self._lines, path), message)


def _profiles(raw: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for _, policy in tables(raw.get("policies", [])):
        for _, profile in tables(policy.get("profiles", [])):
            if isinstance(profile.get("id"), str) and profile.get("direction") in ("inbound", "outbound"):
                found[profile["id"]] = profile["direction"]
    return found


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))
