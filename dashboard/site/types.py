"""What a centre decides, as values: policies, shifts, the calendar and the lists about people. ``site.load`` reads it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from dashboard.rules import deduction, grades, scoring


class Team(NamedTuple):
    """A team of the floor, in the order of the site file."""

    id: str
    name: str
    name_en: str
    direction: str
    profile: str = "outbound"
    """The profile that judges its agents, unless the roster says otherwise."""
    lead: str | None = None
    """The id of its lead, who may not decide the appeals of the team."""


class Campaign(NamedTuple):
    """A campaign; ``ends`` is its last day, None = open."""

    id: str
    name: str
    name_en: str
    direction: str
    starts: date | None
    ends: date | None
    success_dispositions: frozenset[str] | None


class Queue(NamedTuple):
    """A queue as it is named on screen."""

    id: str
    name: str
    name_en: str


class Project(NamedTuple):
    """What a client has ordered: campaigns and queues, each in one project at most, and the teams that work on them."""

    id: str
    name: str
    name_en: str
    client: str | None
    campaigns: tuple[str, ...]
    queues: tuple[str, ...]
    teams: tuple[str, ...]


class Spell(NamedTuple):
    """One agent in one team from a day to a day, both counted; None = open on that side, or as the team or profile has it."""

    agent: str
    name: str
    name_en: str
    alias: str | None
    team: str
    from_: date | None
    to: date | None
    profile: str | None = None
    stratum: str | None = None
    post: str | None = None
    month_target: int | None = None
    has_probation: bool = False
    regularised_on: date | None = None
    alias_en: str | None = None

    def touches(self, first: date, last: date) -> bool:
        """Whether a day of the spell lies in first..last."""
        return (self.from_ or date.min) <= last and first <= (self.to or date.max)


@dataclass(frozen=True)
class Profile:
    """How one kind of work is judged."""

    id: str
    direction: str
    volume: str
    """The metric that counts as volume: handled, attempts, effective or converted."""
    month_target: int | None
    target_handle_s: int | None
    weights: dict[str, float]
    arrival: tuple[float, ...] = ()
    """24 weights by local clock hour; empty: uniform over planned time."""


@dataclass(frozen=True)
class PolicyBlock:
    """The rules in force from the first of a month until the next block."""

    version: str
    effective_from: date
    published_on: date | None
    deduction: deduction.DeductionPolicy
    indices: scoring.IndexPolicy
    grades: grades.Grades
    excluded_posts: frozenset[str]
    profiles: dict[str, Profile]
    file_within_days: int = 3
    decide_within_days: int = 5
    tier_weights: dict[str, float] = field(default_factory=dict)
    """Weights of team and site (``[policies.tiers] weights``); empty: those of the profile that most of the rows have."""
    close_from_day: int = 1
    """The first day of the next month on which a month may be closed."""


PROFILES = {
    "outbound": Profile("outbound", "outbound", "handled", None, None, {"volume": 0.5, "quality": 0.3, "conduct": 0.2}),
    "inbound": Profile(
        "inbound",
        "inbound",
        "handled",
        None,
        None,
        {"volume": 0.4, "quality": 0.3, "efficiency": 0.15, "conduct": 0.15},
    ),
}
"""Those that need no block in the site file: without a target."""


def default_grades() -> grades.Grades:
    """The default brackets of docs/rules.md 5."""
    brackets = (grades.Bracket(0, 0.0, 0.6, "D", 0.6), grades.Bracket(0, 0.6, 0.9, "C", 0.8))
    return grades.Grades((*brackets, grades.Bracket(0, 0.9, None, "A", 1.0)))


def default_policies() -> tuple[PolicyBlock, ...]:
    """The defaults of docs/site.md, from the beginning of time, for a site file without policies."""
    return (
        PolicyBlock(
            version="default",
            effective_from=date.min,
            published_on=None,
            deduction=deduction.DeductionPolicy(),
            indices=scoring.IndexPolicy(),
            grades=default_grades(),
            excluded_posts=frozenset(),
            profiles=PROFILES,
        ),
    )


@dataclass(frozen=True)
class ShiftTimes:
    """A kind of shift in local wall times HH:MM; an end before its start is on the next day."""

    id: str
    start: str
    end: str
    breaks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Days off and made up for, and how much of the month's target a weekday carries (Mon..Sun)."""

    country: str | None
    holidays: frozenset[date]
    """Of the years the site needs, the library's and the file's together."""
    workdays: frozenset[date]
    weekday_weights: tuple[float, ...] = (1.0,) * 7
    weekend: frozenset[int] = frozenset({5, 6})
    """Weekdays that are off, Monday = 0; as the country has them."""

    def is_workday(self, day: date) -> bool:
        """Every day but the weekend and holidays, and the days that make up for them."""
        return day in self.workdays or (day.weekday() not in self.weekend and day not in self.holidays)


@dataclass(frozen=True)
class RotaDay:
    """One agent's shift on one date."""

    agent: str
    day: date
    shift: str


class Whose(NamedTuple):
    """An agent, a team, or with neither everybody. Ids are any text, so each has a place of its own."""

    agent: str = ""
    team: str = ""


EVERYBODY = Whose()


@dataclass(frozen=True)
class Interval:
    """A stretch of local wall time for an agent, a team or everybody; kinds as in docs/site.md."""

    who: Whose
    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class LeaveDay:
    """A day, or a fraction of it, that an agent is on leave. No rule asks why, but for maternity; so no other kind is held."""

    agent: str
    day: date
    fraction: float
    is_maternity: bool = False


@dataclass(frozen=True)
class EmploymentFrom:
    """The kind of employment of an agent from a day on."""

    agent: str
    from_: date
    kind: str


ROLES = ("agent", "lead", "supervisor", "quality", "planner", "hr", "manager", "admin", "auditor")
"""What an account may be granted; besides ``client:<project>``, the client of one project."""
CLIENT = "client:"
ACCOUNT_KINDS = ("local:", "oidc:", "os:")
"""What the name of an account begins with: an account of callfloor, of the identity provider, of the operating system."""


class Grant(NamedTuple):
    """One role of an account, or of everybody in a group of the provider, in [from_ms, to_ms); None: open on that side."""

    account: str | None
    group: str | None
    role: str
    team: str | None
    project: str | None
    """Of a client; a role without a project has none."""
    from_ms: int | None
    to_ms: int | None
    name: str | None = None
    """The name under which the account is shown."""

    def holds(self, at_ms: int) -> bool:
        """Whether it is in force at an instant."""
        return (self.from_ms is None or self.from_ms <= at_ms) and (self.to_ms is None or at_ms < self.to_ms)


@dataclass(frozen=True)
class Alerts:
    """From when on somebody is told, and the defaults of ``[alerts]``. Durations in ms; a count of 0, a share of None: never."""

    break_limit_ms: int = 600_000
    wrap_limit_ms: int = 180_000
    idle_limit_ms: int = 1_800_000
    """Available without a call."""
    late_limit_ms: int = 600_000
    """After the planned start, without having arrived."""
    queue_waiting: int = 0
    queue_in_time: float | None = None
    source_silent_ms: int = 300_000
    sources: frozenset[str] = frozenset()
    """The sources that are to be heard from; empty: all that sent something today."""
    dead_letters: int = 100
    """Per hour."""
    naive_pace: float | None = None
    """Net / target by now at or below which a person is named, whatever chance allows."""


@dataclass(frozen=True)
class BoardPages:
    """A wall: which pages it turns, how long each stands, and how people are named on it.

    ``project``: the one whose figures alone it shows; such a board has one page and no person.
    """

    id: str
    pages: tuple[str, ...] = ("floor",)
    rotate_ms: int = 30_000
    names: str = "alias"
    project: str | None = None
