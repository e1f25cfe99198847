"""Adjustments of closed months: each change once, in the sheet of the month that was open when it was decided.

The sealed sheet holds the state of every record. A record in another state now, which no later sheet holds, is an adjustment.
So nothing is forgotten and nothing counts twice, whatever is closed in between.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_cases import APPEALED, answer_id, record_key
from dashboard.actions.closing_sheets import (
    Adjustment,
    ClosedMonth,
    RecordStanding,
    SealedLine,
    closed_months,
    sealed_sheet,
)
from dashboard.floor.counter_store import CounterStore
from dashboard.floor.periods import month_period, parse_month
from dashboard.rules.months import month_label
from streams.metrics import NAMES
from streams.site_time import DAY_MS, SiteTime, parse_rfc3339, rfc3339
from streams.store.ledger_reader import (
    ComplaintLine,
    ConductLine,
    Entry,
    EvaluationLine,
    LedgerReader,
    entry_of,
    status_of,
)

Metrics = dict[str, int]
_QUIET_MS = 7 * DAY_MS
"""The journals go by the log's newest event time, which may lag behind the clock that closes a month."""
_LATER = frozenset({"offered", "abandoned_short", "waits_known", "talks_known"})
"""Metrics of calls that sheets of older versions lack: a metric that a sheet never counted is no change of it."""
LATE = "late"
"""The kind of calls and other facts without a record that came in after the closing."""


@dataclass(frozen=True)
class MonthReader:
    """Months as they are counted now, and their difference from the sealed sheets."""

    log: ActionFollower
    ledgers: LedgerReader
    counters: CounterStore
    time: SiteTime

    def adjustments(self, shown_in: str | None = None) -> list[Adjustment]:
        """The changes that no sheet holds yet, by month, agent and record; of one open month. The log must be fresh."""
        closed = closed_months(self.log)
        if not closed:
            return []
        sheets = {each.month: sealed_sheet(self.log, each) for each in closed}
        written = self._written(min(each.closed_ms for each in closed) - _QUIET_MS)
        found = [each for month in closed for each in self._changes_of(month, sheets, written)]
        wanted = (each for each in found if shown_in in (None, each.shown_in))
        return sorted(wanted, key=lambda each: (each.month, each.shown_in, each.agent, each.kind, each.id))

    def records(self, first_ms: int, end_ms: int) -> dict[str, dict[str, RecordStanding]]:
        """Agent -> ``<kind>:<id>`` -> the standing of every complaint, evaluation and conduct record of [first, end)."""
        found: dict[str, dict[str, RecordStanding]] = {}
        for agent, key, entry in self._written(first_ms):
            if entry is not None and first_ms <= entry.at_ms < end_ms:
                found.setdefault(agent, {})[key] = _standing(entry)
        return found

    def metrics(self, month: str) -> dict[str, Metrics] | None:
        """Agent -> the metrics of the month as it is counted now; None if it is no longer kept."""
        found: dict[str, Metrics] = {}
        key, kept = int(month.replace("-", "")), False
        for partition in self.counters.partitions:
            for _, lines, rows in self.counters.cells(partition, "mo", [key]):
                kept |= bool(lines)
                for line, row in zip(lines, rows.tolist(), strict=True):
                    if not line.startswith("~"):
                        found[line] = _plus(found.get(line, {}), dict(zip(NAMES, row, strict=True)))
        return found if kept else None

    def _written(self, since_ms: int) -> list[tuple[str, str, Entry | None]]:
        """(agent, ``<kind>:<id>``, record; None: it belongs to another agent now) of the lines written since.

        A record that came in on several partitions counts in each: it is given once, with the sum.
        """
        found: dict[tuple[str, str], Entry | None] = {}
        for partition in self.ledgers.partitions:
            for (kind, agent, id), line in self.ledgers.all_facts(partition, since_ms).items():
                if isinstance(line, ComplaintLine | EvaluationLine | ConductLine) and not _is_only_decided(line):
                    name = agent, f"{kind}:{id}"
                    found[name] = _joined(found.get(name), entry_of(id, kind, line))
        return [(*name, entry) for name, entry in found.items()]

    def _changes_of(
        self, closed: ClosedMonth, sheets: Mapping[str, list[SealedLine]], written: list[tuple[str, str, Entry | None]]
    ) -> Iterator[Adjustment]:
        now = self.metrics(closed.month)
        if now is None:
            return
        known, sealed = _accounted(closed.month, sheets)
        has_later = any(_LATER & line.metrics.keys() for line in sheets[closed.month])
        unknown = frozenset() if has_later else _LATER
        shown: dict[str, Metrics] = {}
        for agent, key, entry in written:
            found = self._changed(closed, sheets, agent, key, entry, known.get(agent, {}).get(key))
            if found is not None:
                shown[agent] = _plus(shown.get(agent, {}), found.change)
                complaint = _complaint(entry)
                if complaint is None or complaint.decision != APPEALED:  # else there is no decision to show yet
                    yield found
        for agent in now.keys() | sealed.keys():
            rest = _minus(_minus(now.get(agent, {}), sealed.get(agent, {})), shown.get(agent, {}))
            rest = {name: amount for name, amount in rest.items() if name not in unknown}
            if rest:
                month = self._open_after(closed.month, None, sheets)
                before, after = RecordStanding("", {}), RecordStanding("counted after the closing", rest)
                yield Adjustment(closed.month, month, agent, LATE, closed.month, before, after, rest, None)

    def _changed(
        self,
        closed: ClosedMonth,
        sheets: Mapping[str, list[SealedLine]],
        agent: str,
        key: str,
        entry: Entry | None,
        before: RecordStanding | None,
    ) -> Adjustment | None:
        """The change of a record since it was sealed; None without one, or where it is of another month."""
        is_inside = entry is not None and self._month(entry.at_ms) == closed.month
        if not is_inside and before is None:
            return None
        after = _standing(entry) if entry is not None and is_inside else RecordStanding("moved", {})
        before = before or RecordStanding("", {})
        change = _minus(after.metrics, before.metrics)
        if not change:
            return None
        kind, _, id = key.partition(":")
        # A complaint that has its old status has a new version: no decision changed it.
        is_new_version = _complaint(entry) is not None and before.status == after.status
        decision = None if is_new_version else self._decision(agent, id, entry)
        month = self._open_after(closed.month, decision, sheets)
        return Adjustment(closed.month, month, agent, kind, id, before, after, change, decision)

    def _decision(self, agent: str, id: str, entry: Entry | None) -> dict[str, Any] | None:
        """The deciding record: the answer to an appeal where there is one, as it names the person; else the newest decision."""
        answer = self.log.get(answer_id(record_key(id, agent, self.log.get)))
        made = entry.line.decisions if entry and isinstance(entry.line, ComplaintLine | EvaluationLine) else ()
        newest = max(reversed(made), key=lambda each: (each.time_ms, each.decision != APPEALED), default=None)
        if answer and (newest is None or newest.time_ms <= answer.line.at_ms):
            word = newest.decision if newest else answer.line.outcome
            line = answer.line
            return {"time": rfc3339(line.at_ms), "decision": word, "by": line.by, "reason": line.text}
        if newest is None:
            return None
        time = rfc3339(newest.time_ms)
        return {"time": time, "decision": newest.decision, "by": newest.by, "reason": newest.reason}

    def _month(self, ms: int) -> str:
        return month_label(self.time.day(ms).label)

    def _open_after(self, month: str, decision: dict[str, Any] | None, closed: Iterable[str]) -> str:
        """The first open month after one that is closed, not before the month of the decision."""
        first = _next(month)
        if decision is not None:
            first = max(first, self._month(parse_rfc3339(decision["time"])))
        while first in closed:
            first = _next(first)
        return first


def _accounted(
    month: str, sheets: Mapping[str, list[SealedLine]]
) -> tuple[dict[str, dict[str, RecordStanding]], dict[str, Metrics]]:
    """The standing of the records of a closed month and its metrics, by all sheets that were sealed so far."""
    own = [line for line in sheets[month] if not line.line.startswith("~")]
    known = {line.line: dict(line.records) for line in own}
    counted = {line.line: dict(line.metrics) for line in own}
    for other in sheets.values():
        for line in other:
            for each in line.adjustments:
                if each.month == month and not line.line.startswith("~"):
                    known.setdefault(line.line, {})[f"{each.kind}:{each.id}"] = each.after
                    counted[line.line] = _plus(counted.get(line.line, {}), each.change)
    return known, counted


def _is_only_decided(line: ComplaintLine | EvaluationLine | ConductLine) -> bool:
    """Whether no record of it ever came under this key and in this partition."""
    return (isinstance(line, ComplaintLine) and line.kind is None) or (
        isinstance(line, EvaluationLine) and line.version < 0
    )


def _joined(one: Entry | None, other: Entry | None) -> Entry | None:
    """Two lines of one record: the state of the first, and the sum that both give."""
    if one is None or other is None:
        return one or other
    return one._replace(gives=one.gives + other.gives)


def _complaint(entry: Entry | None) -> ComplaintLine | None:
    return entry.line if entry is not None and isinstance(entry.line, ComplaintLine) else None


def _standing(entry: Entry) -> RecordStanding:
    return RecordStanding(status_of(entry), {name: entry.amount(name) for name in NAMES if entry.amount(name)})


def _plus(one: Mapping[str, int], other: Mapping[str, int]) -> Metrics:
    return {name: n for name in NAMES if (n := one.get(name, 0) + other.get(name, 0))}


def _minus(one: Mapping[str, int], other: Mapping[str, int]) -> Metrics:
    return {name: n for name in NAMES if (n := one.get(name, 0) - other.get(name, 0))}


def _next(month: str) -> str:
    return month_period(parse_month(month).last + timedelta(days=1)).label
