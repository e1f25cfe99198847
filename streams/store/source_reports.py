"""What is noticed of each source, over all partitions and the newest two business days of the log."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from streams.ledger.implausible import ENDS_BEFORE_START, LONG_STATE, LONG_WAIT, TALK_OVER_CALL
from streams.site_time import day_key
from streams.source_days import CLOCK_AHEAD, CLOCK_OFF_MS, CONFLICT, MISROUTED, Finding, SourceDay, SourceDays

MISROUTED_PER_RECORDS = 100
"""A source of which more than one record in so many is misrouted sends another key than its agents."""

CLOCK_BEHIND = "clock_behind"
"""All live facts of a source come late by the same time: its clock is behind, or it holds them back."""
LEAST_LIVE_FACTS = 20
"""So many in each of two spans of ten minutes before their least lag means anything."""
_SENTENCES = {
    CONFLICT: "duplicates of {source} that would give something else than what stands: {count} (record {id} differs in "
    "{differs}; what stands came from {stands}): two systems number their records alike, or a correction kept its version",
    TALK_OVER_CALL: "calls of {source} with more talk and hold than time: {count} (call {id}: {talk_s} s in {lasted_s} s)",
    ENDS_BEFORE_START: "calls of {source} that end before they start: {count} (call {id}: {lasted_s} s)",
    LONG_WAIT: "calls of {source} that waited for more than 4 h: {count} (call {id}: {wait_s} s); is wait_s in seconds?",
    LONG_STATE: "states of {source} that lasted for more than 16 h: {count} (agent {id}: {state} for {lasted_s} s)",
    CLOCK_AHEAD: "facts of {source} ahead of Kafka's clock: {count} (record {id} by {ahead_s} s): its clock is fast",
    CLOCK_BEHIND: "all {count} newest facts of {source} came at least {behind_s} s late (record {id}): its clock is slow, or "
    "it holds them back",
}
FINDINGS = (MISROUTED, *_SENTENCES)
"""All kinds, in the order in which they are listed."""
NAMING_A_STATE = frozenset({LONG_STATE})
"""Kinds whose example is the state of an agent."""


class SourceReport(NamedTuple):
    """A source (empty: those beyond the most that a partition keeps) and its days, added up; see ``SourceDay``."""

    source: str
    noticed: SourceDay

    @property
    def misrouted(self) -> int:
        """Records whose key is not their agent and that had no line to take back: they count for nobody."""
        found = self.noticed.findings.get(MISROUTED)
        return found.count if found else 0

    @property
    def is_misrouted(self) -> bool:
        """Whether so many are that the record key must be another field than the agent."""
        return self.misrouted * MISROUTED_PER_RECORDS > self.noticed.records

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """Everything noticed, by kind in the order of ``FINDINGS``; a slow clock too, which shows in the lags alone."""
        found = self.noticed.findings | ({CLOCK_BEHIND: behind} if (behind := self._clock_behind()) else {})
        return [(kind, found[kind]) for kind in FINDINGS if kind in found]

    def _clock_behind(self) -> Finding | None:
        """A constant lag: in the two newest spans with enough facts the least lags are above 30 s and alike.

        What is sent late in a batch has lags of all lengths, so its least lag moves.
        """
        spans = [lag for _, lag in sorted(self.noticed.lags.items()) if lag.facts >= LEAST_LIVE_FACTS][-2:]
        least = [lag.least_ms for lag in spans]
        if len(spans) < 2 or min(least) <= CLOCK_OFF_MS or max(least) - min(least) > CLOCK_OFF_MS:
            return None
        return Finding(sum(lag.facts for lag in spans), {"id": spans[-1].id, "behind_s": str(min(least) // 1000)})


def source_reports(partitions: Iterable[SourceDays]) -> list[SourceReport]:
    """The days of every partition -> one report per source, by name. The newest day of them is the log's newest."""
    days = [item for partition in partitions for item in sorted(partition.items())]
    newest = max((day for (day, _), _ in days), default=0)
    wanted = {newest, _day_before(newest)}
    reports: dict[str, SourceDay] = {}
    for (day, source), noticed in days:
        if day in wanted:
            _add(reports.setdefault(source, SourceDay()), noticed)
    return [SourceReport(source, noticed) for source, noticed in sorted(reports.items())]


def _day_before(day: int) -> int:
    if not day:
        return 0
    return day_key(date(day // 10_000, day // 100 % 100, day % 100) - timedelta(days=1))


def _add(whole: SourceDay, part: SourceDay) -> None:
    whole.records += part.records
    whole.astray += part.astray
    for kind, found in part.findings.items():
        known = whole.findings.get(kind)
        whole.findings[kind] = Finding(known.count + found.count if known else found.count, found.example)
    for slot, lag in part.lags.items():
        whole.add_lag(slot, lag)


def misrouted_text(report: SourceReport) -> str:
    """What is wrong with the keys of a source and what to do, in one sentence each."""
    example = report.noticed.findings[MISROUTED].example
    key, agent, id = (repr(example[name]) for name in ("key", "agent", "id"))
    sent = "has no key" if example["key"] == "" else f"has the key {key}"
    of = f"agent {agent}" if example["agent"] else "no agent"
    return (
        f"{report.misrouted} of {report.noticed.records} records of {source_text(report.source)} count for nobody: their "
        f"Kafka key is not their agent (the record of {id} {sent} and is of {of}). Let the producer set the record key "
        "to data.agent, and to nothing where the agent is null; records that are sent again under that key are counted"
    )


def source_text(source: str) -> str:
    """How a source is named in a sentence."""
    return f"source {printable(source)}" if source else "other sources"


def finding_texts(report: SourceReport) -> list[str]:
    """What else is noticed of a source, a sentence per kind; these records count as they are."""
    return [
        _SENTENCES[kind].format_map(
            {
                "stands": "a source that is not known",
                **{name: printable(text) for name, text in found.example.items()},
                "count": found.count,
                "source": source_text(report.source),
            }
        )
        for kind, found in report.findings
        if kind != MISROUTED
    ]


def printable(text: str) -> str:
    """An id, or a text with ids, as it stands on one line: what would break it or steer a terminal is escaped."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
