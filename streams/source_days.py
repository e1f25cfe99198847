"""What the fold notices of each source beyond counting, per business day of the log.

A *finding* is a kind of trouble with its number and one example. The day is that of the partition's newest event time, so a
history that is read again fills the days that it filled at first: all of it is a pure function of the log. A partition
keeps ``KEPT_DAYS`` days and, of each, ``MOST_SOURCES`` sources; later sources share one entry without a name.
"""

from typing import NamedTuple

import msgspec

KEPT_DAYS = 7
MOST_SOURCES = 100
OTHER_SOURCES = ""
LONGEST_EXAMPLE = 200
SLOT_MS = 600_000
KEPT_SLOTS = 4
MISROUTED = "misrouted"
CONFLICT = "conflict"
CLOCK_AHEAD = "clock_ahead"
CLOCK_OFF_MS = 30_000


class Finding(msgspec.Struct, frozen=True, array_like=True):
    """One kind of trouble of a source on one day: how many records, and the first of them by what names it."""

    count: int
    example: dict[str, str]


class Lag(NamedTuple):
    """Live facts: the least time in ms from one (a call's wrap-up over) to its append, how many, and which was the least."""

    least_ms: int
    facts: int
    id: str


class SourceDay(msgspec.Struct, array_like=True):
    """A source on one business day of the log. ``records``: its valid facts about agents; ``findings``: by kind.

    ``lags``: by ten minutes of append time. ``astray``: the records whose key is not their agent, whatever became of them.
    """

    records: int = 0
    findings: dict[str, Finding] = {}
    lags: dict[int, Lag] = {}
    astray: int = 0

    def note(self, kind: str, **example: str) -> None:
        """Counts one more of a kind; the first example of the day stays."""
        found = self.findings.get(kind)
        shown = {name: text[:LONGEST_EXAMPLE] for name, text in example.items()} if found is None else found.example
        self.findings[kind] = Finding(1 if found is None else found.count + 1, shown)

    def add_lag(self, slot: int, lag: Lag) -> None:
        """Adds live facts of ten minutes; the newest ``KEPT_SLOTS`` are kept."""
        known = self.lags.get(slot)
        if known is not None:
            least = lag if lag.least_ms < known.least_ms else known
            lag = Lag(least.least_ms, known.facts + lag.facts, least.id)
        self.lags[slot] = lag
        self.lags = {each: self.lags[each] for each in sorted(self.lags)[-KEPT_SLOTS:]}

    def copy(self) -> "SourceDay":
        """The same, for somebody who keeps it while this one goes on."""
        return SourceDay(self.records, dict(self.findings), dict(self.lags), self.astray)


Place = tuple[int, str]
"""(yyyymmdd, source)"""
SourceDays = dict[Place, SourceDay]


def place_field(place: Place) -> str:
    """A day and a source as one name in Redis."""
    return f"{place[0]} {place[1]}"


def read_place(field: bytes) -> Place:
    """The mirror of ``place_field``."""
    day, _, source = field.decode().partition(" ")
    return int(day), source
