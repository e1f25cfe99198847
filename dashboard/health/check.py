"""Checks the counters against the log: the position of each partition, and whether every record is counted once."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple

from dashboard.floor.reported import uncounted
from dashboard.health.access_report import AccessReport, report_lines
from dashboard.health.access_report import as_object as access_object
from streams.halts import Halt, as_object, sentence
from streams.metrics import TOTALS
from streams.site_time import DAY_MS
from streams.steering_characters import printable
from streams.store.reader import Meta, Reader
from streams.store.source_reports import SourceReport, finding_texts, misrouted_text, source_reports

SHORTEST_RETENTION_MS = 35 * DAY_MS


class PartitionCheck(NamedTuple):
    """One partition: the position of its count, the offsets in the log, the sums. ``position`` None: nothing counted yet."""

    partition: int
    position: int | None
    begin: int
    end: int
    totals: Mapping[str, int]
    dead_by_reason: Mapping[str, int]
    halt: Halt | None = None
    """Why nothing after the position is counted."""

    @property
    def lag(self) -> int:
        """Offsets that can be read and are not counted yet; those behind an open transaction cannot be read."""
        return self.end - (self.begin if self.position is None else self.position)


class CheckReport(NamedTuple):
    """The outcome: ``problems`` make it unsound, ``warnings`` do not."""

    topic: str
    partitions: tuple[PartitionCheck, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    sources: tuple[SourceReport, ...] = ()
    """The findings about each source in the newest two business days of the log."""
    actions: "CheckReport | None" = None
    """The report of the topic of actions; None where there is no such topic yet."""
    access: AccessReport | None = None
    """Who sees whom; its warnings are among ``warnings``."""

    @property
    def sound(self) -> bool:
        return not self.problems and (self.actions is None or self.actions.sound)

    @property
    def waiting(self) -> int:
        """Records in the log before anything is counted; 0 once something is."""
        begun = any(p.position is not None for p in self.partitions)
        return 0 if begun else sum(p.lag for p in self.partitions)


def check(
    reader: Reader,
    topic: str,
    ends: Callable[[], Mapping[int, tuple[int, int]]],
    problems: Iterable[str] = (),
    warnings: Iterable[str] = (),
) -> CheckReport:
    """Counters against the log: ``ends()`` is partition -> (first offset kept, offset of the next record).

    The ends are read after the counters, else a record that is counted in between would lie beyond the end.
    ``problems`` and ``warnings`` are added to those of the counters.
    """
    counted = {partition: reader.meta(partition) for partition in reader.partitions}
    found = tuple(_partition(p, counted.get(p), begin, end) for p, (begin, end) in sorted(ends().items()))
    unsound = (problem for partition in found for problem in _problems(partition))
    sources = tuple(source_reports(reader.source_days(partition) for partition in reader.partitions))
    misrouted = tuple(misrouted_text(each) for each in sources if each.is_misrouted)
    few = tuple(misrouted_text(each) for each in sources if each.misrouted and not each.is_misrouted)
    noticed = tuple(text for each in sources for text in finding_texts(each))
    return CheckReport(
        topic, found, (*problems, *unsound, *misrouted), (*warnings, *_none_counted(found), *few, *noticed), sources
    )


def _none_counted(partitions: Sequence[PartitionCheck]) -> Iterator[str]:
    """The reasons why nothing is counted although records came."""
    if came := uncounted(each.totals for each in partitions):
        ignored = sum(each.totals["ignored"] for each in partitions)
        yield (
            f"{came} records came and none could be counted: {came - ignored} were refused (`callfloor replay "
            f"--dead-letters --dry-run` lists them), {ignored} are of types that are not known"
        )


def identity_problems(stored: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """A line per id by which the counted log differs from that of Kafka now; unknown ids are not compared.

    Both are the fields of streams.store.store.LogIdentity by name; ``stored`` is empty where nothing was counted.
    """
    return [
        f"the counters follow {name} {was}, Kafka now has {now[name]}: the topic was recreated or changed. "
        "Empty this Redis database or use another, then consume again"
        for name, was in stored.items()
        if was and now[name] and was != now[name]
    ]


def topic_warnings(topic: str, log_append_time: bool | None, retention_ms: int | None) -> list[str]:
    """A line per setting of the topic that does not fit the count. None: not known; ``retention_ms`` also for ever."""
    found = []
    if log_append_time is None:
        found.append(
            f"topic {topic}: Kafka does not show its settings, so whether it has message.timestamp.type=LogAppendTime and "
            "keeps 35 days is not known; the right DescribeConfigs on it shows them"
        )
    elif not log_append_time:
        found.append(
            f"topic {topic}: message.timestamp.type is not LogAppendTime, so `future` and freshness trust the "
            "senders' clocks; set it with kafka-configs"
        )
    if retention_ms is not None and retention_ms < SHORTEST_RETENTION_MS:
        days = retention_ms / DAY_MS
        found.append(f"topic {topic}: keeps {days:.1f} days; a month cannot be rebuilt below 35: raise retention.ms")
    return found


def write_json(report: CheckReport, out: IO[str]) -> None:
    """The report as one JSON object; the counts of a partition as in ``totals`` of the fold cases."""
    body = _report(report) | ({"actions": _report(report.actions)} if report.actions else {})
    body |= {"access": access_object(report.access)} if report.access else {}
    out.write(json.dumps(body, ensure_ascii=False, indent=1) + "\n")


def _report(report: CheckReport) -> dict[str, Any]:
    return {
        "sound": report.sound,
        "topic": report.topic,
        "partitions": {str(p.partition): _as_object(p) for p in report.partitions},
        "problems": report.problems,
        "warnings": report.warnings,
        "sources": [_source(each) for each in report.sources],
    }


def write_text(report: CheckReport, out: IO[str]) -> None:
    """The report for people."""
    _text(report, out)
    if report.actions:
        out.write(f"\ntopic {report.actions.topic}:\n")
        _text(report.actions, out)
    out.writelines(f"access: {line}\n" for line in (report_lines(report.access) if report.access else ()))
    if report.sound and report.waiting:
        out.write(f"nothing counted yet: {report.waiting} records wait; is `callfloor consume` running?\n")
    elif report.sound:
        out.write("sound: every record is accounted for once\n")


def _text(report: CheckReport, out: IO[str]) -> None:
    head = ("partition", "position", "end", "lag", *TOTALS)
    _table([head, *(_cells(p) for p in report.partitions)], out)
    for p in report.partitions:
        for reason, count in sorted(p.dead_by_reason.items()):
            out.write(f"partition {p.partition}: {count} dead letters for {reason}\n")
    out.writelines(f"warning: {printable(text)}\n" for text in report.warnings)
    out.writelines(f"UNSOUND: {printable(text)}\n" for text in report.problems)


def _partition(partition: int, meta: Meta | None, begin: int, end: int) -> PartitionCheck:
    totals = meta.totals if meta else {}
    sums = {name: totals.get(name, 0) for name in TOTALS}
    dead = {name.removeprefix("dead:"): count for name, count in totals.items() if name.startswith("dead:")}
    return PartitionCheck(
        partition, meta.position if meta else None, begin, end, sums, dead, meta.halt if meta else None
    )


def _problems(p: PartitionCheck) -> list[str]:
    t, found = p.totals, []
    where = f"partition {p.partition}:"
    if p.halt is not None:
        found.append(sentence(p.partition, p.halt))
    if t["records"] != t["consumed"] + t["ignored"] + t["heartbeats"]:
        found.append(f"{where} records {t['records']} are not consumed + ignored + heartbeats")
    if t["consumed"] != t["applied"] + t["duplicates"] + t["superseded"] + t["dead_lettered"]:
        found.append(f"{where} consumed {t['consumed']} is not applied + duplicates + superseded + dead-lettered")
    if t["dead_lettered"] != sum(p.dead_by_reason.values()):
        found.append(f"{where} dead-lettered {t['dead_lettered']} is not the sum of its reasons")
    found += [
        f"{where} {part} {t[part]} are more than the {whole} {t[whole]} that they are a part of"
        for part, whole in (("misrouted", "applied"), ("conflicts", "duplicates"))
        if t[part] > t[whole]
    ]
    if p.position is not None and p.position > p.end:
        found.append(f"{where} counted up to {p.position}, but the log ends at {p.end}: was the topic recreated?")
    if p.position is not None and p.position < p.begin:
        lost = p.begin - p.position
        found.append(f"{where} {lost} records after {p.position} are no longer in the log and were never counted")
    return found


def _source(report: SourceReport) -> dict[str, Any]:
    findings = {kind: {"count": each.count, "example": each.example} for kind, each in report.findings}
    return {"source": report.source, "records": report.noticed.records, "findings": findings}


def _as_object(p: PartitionCheck) -> dict[str, Any]:
    offsets = {"position": p.position, "begin": p.begin, "end": p.end, "lag": p.lag}
    return {**offsets, **p.totals, "dead_by_reason": dict(p.dead_by_reason), "halt": as_object(p.halt)}


def _cells(p: PartitionCheck) -> tuple[str, ...]:
    position = "-" if p.position is None else str(p.position)
    return (str(p.partition), position, str(p.end), str(p.lag), *(str(p.totals[name]) for name in TOTALS))


def _table(rows: Sequence[Sequence[str]], out: IO[str]) -> None:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        out.write("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + "\n")
