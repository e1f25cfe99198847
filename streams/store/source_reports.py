"""Reports the findings of each source, over all partitions and the newest two business days of the log, with sentences."""

from collections.abc import Iterable
from typing import NamedTuple

from streams.ledger.implausible import ENDS_BEFORE_START, LONG_STATE, LONG_WAIT, TALK_OVER_CALL
from streams.site_time import days_before
from streams.source_days import CLOCK_AHEAD, CLOCK_OFF_MS, CONFLICT, MISROUTED, Finding, SourceDay, SourceDays
from streams.steering_characters import printable

MISROUTED_PER_RECORDS = 100
"""A source with more than one misrouted record in so many sends a key that is not the agent."""

CLOCK_BEHIND = "clock_behind"
"""Finding: all live facts of a source come late by the same time. Its clock is behind, or it holds them back."""
LEAST_LIVE_FACTS = 20
"""Least facts in each of two spans of ten minutes, before their least lag means anything."""
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
    """A source and the sums of its days, see ``SourceDay``. The empty source stands for those beyond the limit of a partition."""

    source: str
    noticed: SourceDay

    @property
    def misrouted(self) -> int:
        """Records whose key is not their agent and that take nothing back: they count for nobody."""
        found = self.noticed.findings.get(MISROUTED)
        return found.count if found else 0

    @property
    def is_misrouted(self) -> bool:
        """Whether they are so many that the record key must be another field than the agent."""
        return self.misrouted * MISROUTED_PER_RECORDS > self.noticed.records

    @property
    def findings(self) -> list[tuple[str, Finding]]:
        """All findings, in the order of ``FINDINGS``; with the slow clock, which only the lags show."""
        found = self.noticed.findings | ({CLOCK_BEHIND: behind} if (behind := self._clock_behind()) else {})
        return [(kind, found[kind]) for kind in FINDINGS if kind in found]

    def _clock_behind(self) -> Finding | None:
        """A constant lag: the least lags of the two newest spans with enough facts are above 30 s and alike.

        Facts that are sent late in a batch have lags of all lengths, so their least lag moves.
        """
        spans = [lag for _, lag in sorted(self.noticed.lags.items()) if lag.facts >= LEAST_LIVE_FACTS][-2:]
        least = [lag.least_ms for lag in spans]
        if len(spans) < 2 or min(least) <= CLOCK_OFF_MS or max(least) - min(least) > CLOCK_OFF_MS:
            return None
        return Finding(sum(lag.facts for lag in spans), {"id": spans[-1].id, "behind_s": str(min(least) // 1000)})


def source_reports(partitions: Iterable[SourceDays]) -> list[SourceReport]:
    """The days of every partition -> one report per source, by name, over the newest day and the day before."""
    days = [item for partition in partitions for item in sorted(partition.items())]
    newest = max((day for (day, _), _ in days), default=0)
    wanted = {newest, days_before(newest, 1)} if newest else set()
    reports: dict[str, SourceDay] = {}
    for (day, source), noticed in days:
        if day in wanted:
            _add(reports.setdefault(source, SourceDay()), noticed)
    return [SourceReport(source, noticed) for source, noticed in sorted(reports.items())]


def _add(whole: SourceDay, part: SourceDay) -> None:
    whole.records += part.records
    whole.astray += part.astray
    for kind, found in part.findings.items():
        before = whole.findings.get(kind)
        whole.findings[kind] = Finding(before.count + found.count if before else found.count, found.example)
    for slot, lag in part.lags.items():
        whole.add_lag(slot, lag)


def misrouted_text(report: SourceReport) -> str:
    """One sentence on the wrong keys of a source, and one on what to do."""
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
    """The name of a source in a sentence."""
    return f"source {printable(source)}" if source else "other sources"


def finding_texts(report: SourceReport) -> list[str]:
    """A sentence per other finding of a source. These records count as they are."""
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
