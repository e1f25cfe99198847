"""What people ask of the audit log and what they get: the page of an auditor, who looked at one agent, and exported rows."""

from datetime import date
from typing import NamedTuple

import msgspec

from dashboard.access.audit_follower import AuditLine
from dashboard.access.audit_names import PersonName, TeamNames
from dashboard.access.audit_verification import ChainState

_LONGEST = 60


class AuditQuestion(NamedTuple):
    """What a page asks, as people wrote it: one business day or all since one, kind, a text in account or name, a person.

    ``agent``: the person whose lookers are wanted.
    """

    date: str | None = None
    since: str | None = None
    kind: str | None = None
    account: str | None = None
    person: str | None = None
    agent: str | None = None

    @property
    def text(self) -> str:
        """The question in a few words, for the log."""
        return " ".join(f"{name}={value[:_LONGEST]}" for name, value in self._asdict().items() if value)


class LineView(AuditLine, frozen=True, kw_only=True):
    """A row with the roles of its account at its time."""

    roles: tuple[str, ...]


class LookerView(msgspec.Struct, frozen=True):
    """Somebody who looked at an agent. ``is_self``: the agent; ``is_lead``: of the agent's team, when they looked last."""

    name: str
    roles: tuple[str, ...]
    looks: int
    last_ms: int
    is_self: bool
    is_lead: bool


class PersonLooks(msgspec.Struct, frozen=True):
    """The people who looked at one agent, and those who were refused, the latest first."""

    person: PersonName
    lookers: list[LookerView]
    refused: list[LookerView]


class OwnLooks(msgspec.Struct, frozen=True):
    """The people who looked at an agent, for the agent. Of those who were refused the agent has their tries, and no name."""

    lookers: list[LookerView]
    refused: int


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of the log. ``counts``: rows by kind of the filter, whatever kind is wanted; ``period_rows``: all of the days.

    ``number``: of the newest row of the log. ``candidates``: the agents that the wanted person may be; ``looks`` where it is one.
    """

    now_ms: int
    today: date
    first_day: date
    last_day: date
    number: int
    period_rows: int
    counts: dict[str, int]
    rows: list[LineView]
    more: int
    chain: ChainState
    people: dict[str, PersonName]
    teams: dict[str, TeamNames]
    candidates: list[PersonName]
    looks: PersonLooks | None
    exports: list[LineView]
    exported: int


class AuditExport(NamedTuple):
    """A file of rows as the log has them, and the name that a browser gives it."""

    name: str
    content: bytes
