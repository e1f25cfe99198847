"""What is noticed of each source, over all partitions and the newest two business days of the log."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from streams.counters import day_key
from streams.source_days import MISROUTED, Finding, SourceDay, SourceDays

MISROUTED_PER_RECORDS = 100
"""A source of which more than one record in so many is misrouted sends another key than its agents."""


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
    return f"source {source}" if source else "other sources"
