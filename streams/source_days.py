"""The findings of the fold about each source, per business day of the log.

A *finding* is a kind of trouble with its number and one example. The day is the day of the partition's newest event time, so
a history that is read again fills the same days: everything is a pure function of the log. A partition holds ``KEPT_DAYS`` days
with ``MOST_SOURCES`` sources each; later sources share one entry without a name.
"""

from collections.abc import Collection
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
ERASED_TEXT = "~erased"
"""In an example, in place of the id of an erased person or of a record of theirs."""


class Finding(msgspec.Struct, frozen=True, array_like=True):
    """One kind of trouble of a source on one day: the number of records, and ids and figures of the first."""

    count: int
    example: dict[str, str]


class Lag(NamedTuple):
    """Live facts: the least ms from a fact (a call's wrap-up over) to its append, their number, and the id of that fact."""

    least_ms: int
    facts: int
    id: str


class SourceDay(msgspec.Struct, array_like=True):
    """A source on one business day of the log. ``records``: its valid facts about agents; ``findings``: by kind.

    ``lags``: by ten minutes of append time. ``astray``: the records whose key is not their agent, counted or not.
    """

    records: int = 0
    findings: dict[str, Finding] = {}
    lags: dict[int, Lag] = {}
    astray: int = 0

    def note(self, kind: str, **example: str) -> None:
        """Counts one more of a kind; the first example of the day stays."""
        found = self.findings.get(kind)
        if found is None:
            self.findings[kind] = Finding(1, {name: text[:LONGEST_EXAMPLE] for name, text in example.items()})
        else:
            self.findings[kind] = Finding(found.count + 1, found.example)

    def add_lag(self, slot: int, lag: Lag) -> None:
        """Adds live facts of ten minutes; the newest ``KEPT_SLOTS`` stay."""
        before = self.lags.get(slot)
        if before is not None:
            least = lag if lag.least_ms < before.least_ms else before
            lag = Lag(least.least_ms, before.facts + lag.facts, least.id)
        self.lags[slot] = lag
        self.lags = {each: self.lags[each] for each in sorted(self.lags)[-KEPT_SLOTS:]}

    def forget(self, texts: Collection[str]) -> bool:
        """Takes ids out of the examples -> whether it had any of them. The numbers stay."""
        gone = {text[:LONGEST_EXAMPLE] for text in texts}
        findings = {
            kind: Finding(
                found.count, {name: ERASED_TEXT if text in gone else text for name, text in found.example.items()}
            )
            for kind, found in self.findings.items()
        }
        lags = {slot: lag._replace(id=ERASED_TEXT) if lag.id in gone else lag for slot, lag in self.lags.items()}
        is_changed = findings != self.findings or lags != self.lags
        self.findings, self.lags = findings, lags
        return is_changed

    def copy(self) -> "SourceDay":
        """A copy that stays while this one goes on."""
        return SourceDay(self.records, dict(self.findings), dict(self.lags), self.astray)


SourceKey = tuple[int, str]
"""(yyyymmdd, source)"""
SourceDays = dict[SourceKey, SourceDay]


def source_field(place: SourceKey) -> str:
    """A day and a source as one field in Redis."""
    return f"{place[0]} {place[1]}"


def read_source_field(field: bytes) -> SourceKey:
    """The mirror of ``source_field``."""
    day, _, source = field.decode().partition(" ")
    return int(day), source
