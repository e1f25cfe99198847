"""One partition's records, one after the other: decode, judge the time, fold into the ledger, add up the cells.

State is a pure function of (partition, offset): nothing here reads a clock. So whoever folds the same records in whatever
batches, after whatever crash, commits the same counters.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import msgspec

from streams.counters import Limits, MinuteSums, limits_at
from streams.counting import HOUR_MS, Counting, Retention
from streams.decode import EVENTS, Decoders, Event, Ignored, decode
from streams.events import (
    TYPES,
    Action,
    AgentState,
    BadEvent,
    CallEnded,
    CampaignSnapshot,
    ComplaintDecided,
    ComplaintRecorded,
    ConductRecorded,
    EvaluationDecided,
    EvaluationScored,
    Heartbeat,
    QueueSnapshot,
    SurveyAnswered,
)
from streams.known import DEAD, Changes, DeadLetter, Known, Snapshot
from streams.ledger.actions import fold_action
from streams.ledger.calls import CallLine, call_amounts, call_lines, fold_call
from streams.ledger.complaints import fold_decided, fold_recorded
from streams.ledger.facts import FactLine, fact_gives
from streams.ledger.outcome import Outcome
from streams.ledger.quality import fold_conduct, fold_evaluation_decided, fold_scored, fold_survey
from streams.ledger.states import StateNow, Timeline, entry_of, fold_state
from streams.site_time import FIRST_MS, LAST_MS, SiteTime

_SWEEP_HOURS = 24
_SHORT = 64
"""Bytes of a key that is worth keeping as text: those of agents are."""
_NOT_CONSUMED = ("ignored", "heartbeats")
_TYPE_NAMES = {struct: name for name, struct in TYPES.items()}


class Record(msgspec.Struct, frozen=True, gc=False):
    """A Kafka record as the fold needs it; ``append_ms`` is the broker's append time."""

    offset: int
    append_ms: int
    key: bytes | None
    value: bytes | None


class Fold:
    """The state of one partition and what has changed since the last ``take_changes``."""

    def __init__(
        self,
        known: Known,
        site_time: SiteTime,
        counting: Counting,
        retention: Retention,
        types: Decoders = EVENTS,
    ) -> None:
        self._known = known
        self._types = types
        self._site_time = site_time
        self._counting = counting
        self._retention = retention
        self._stamp = (known.newest_ms or 0) // HOUR_MS
        self._limits = self._find_limits()
        self._swept: int | None = None
        self._folds: dict[type, Callable[[Event, str], Outcome]] = {
            CallEnded: self._call,
            AgentState: self._state,
            QueueSnapshot: self._snapshot,
            CampaignSnapshot: self._snapshot,
        }
        survey = partial(fold_survey, satisfied_points=counting.satisfied_points)
        self._facts_of: dict[type, tuple[str, str, Callable[..., tuple[Outcome, Any]]]] = {
            ComplaintRecorded: ("complaint", "complaint_id", fold_recorded),
            ComplaintDecided: ("complaint", "complaint_id", fold_decided),
            EvaluationScored: ("evaluation", "evaluation_id", fold_scored),
            EvaluationDecided: ("evaluation", "evaluation_id", fold_evaluation_decided),
            SurveyAnswered: ("survey", "survey_id", survey),
            ConductRecorded: ("conduct", "record_id", fold_conduct),
            Action: ("action", "action_id", fold_action),
        }
        self._begin_batch()

    def _begin_batch(self) -> None:
        self._start = self._after = self._known.position
        self._sums = MinuteSums()
        self._calls: dict[tuple[str, str], CallLine] = {}
        self._facts: dict[tuple[str, str, str], FactLine] = {}
        self._entries: list[tuple[str, str, int]] = []
        self._snapshots: dict[str, Snapshot] = {}
        self._sources: dict[str, int] = {}
        self._dead: list[DeadLetter] = []
        self._types_taken: dict[str, int] = {}

    def take(self, record: Record) -> None:
        """Folds one record. Its offset must not lie before the position. Raises nothing for what a record holds."""
        known, offset = self._known, record.offset
        if known.position is not None and offset < known.position:
            raise ValueError(f"offset {offset} again: everything before {known.position} is folded")
        if self._start is None:
            self._start = offset
        known.position = offset + 1
        totals = known.totals
        try:
            counted = self._judge(record)
        except BadEvent as bad:
            counted = "dead_lettered"
            totals[DEAD + bad.reason] = totals.get(DEAD + bad.reason, 0) + 1
            self._dead.append(DeadLetter(offset, bad.reason, bad.field, record.value))
        totals["records"] += 1
        totals[counted] += 1
        totals["consumed"] += counted not in _NOT_CONSUMED

    def _judge(self, record: Record) -> str:
        """-> the total that the record counts in. Raises BadEvent."""
        event = decode(record.value, self._types)
        if isinstance(event, Ignored):
            return "ignored"
        append_ms, kind = record.append_ms, type(event.data)
        if kind is Heartbeat:
            self._beat(event.time_ms, append_ms)
            return "heartbeats"
        self._accept(event.time_ms, append_ms)
        self._hear(event.source, append_ms)
        name = event.data.kind if isinstance(event.data, Action) else _TYPE_NAMES[kind]
        self._types_taken[name] = self._types_taken.get(name, 0) + 1
        return self._folds.get(kind, self._fact)(event, _text(record.key)).value

    def _hear(self, source: str, append_ms: int) -> None:
        heard = self._known.sources.get(source)
        if heard is None or append_ms > heard:
            self._known.sources[source] = self._sources[source] = max(append_ms, 0)

    def _beat(self, sent_ms: int, append_ms: int) -> None:
        # One beat from a clock that is years ahead must not make the line look fresh for years.
        if sent_ms <= append_ms + self._counting.future_ms:
            self._known.heartbeat_ms = max(self._known.heartbeat_ms or 0, sent_ms)

    def _accept(self, at_ms: int, append_ms: int) -> None:
        newest_ms = self._known.newest_ms
        if at_ms > append_ms + self._counting.future_ms:
            raise BadEvent("future")
        if newest_ms is not None and at_ms < newest_ms - self._counting.lateness_ms:
            raise BadEvent("too_late")
        if not FIRST_MS <= at_ms <= LAST_MS:
            raise BadEvent("bad_field", "the event's time is not from 1970 to 9999")
        if newest_ms is None or at_ms > newest_ms:
            self._known.newest_ms = at_ms
            if at_ms // HOUR_MS != self._stamp or self._limits is None:
                self._stamp = at_ms // HOUR_MS
                self._limits = self._find_limits()

    def _find_limits(self) -> Limits | None:
        if self._known.newest_ms is None:
            return None
        return limits_at(self._known.newest_ms, self._counting, self._retention, self._site_time)

    # One method per kind of fact: look up what is known, fold, keep, add what changed.

    def _call(self, event: Event, key: str) -> Outcome:
        call: Any = event.data
        lines = self._known.calls.setdefault(key, {})
        known = lines.get(call.call_id)
        if known is not None and self._limits is not None and known.stamp < self._limits.call_stamp:
            known = None
        outcome, line = fold_call(known, call, key, event.time_ms, self._stamp, self._counting)
        if line is not None:
            lines[call.call_id] = self._calls[key, call.call_id] = line
            self._sums.give(call_lines(line, key), line.minute, call_amounts(line))
            if known is not None:
                self._sums.give(call_lines(known, key), known.minute, -call_amounts(known))
        return outcome

    def _fact(self, event: Event, key: str) -> Outcome:
        kind, id_field, fold = self._facts_of[type(event.data)]
        fact_id = getattr(event.data, id_field)
        lines = self._known.facts.setdefault((kind, key), {})
        known = lines.get(fact_id)
        if known is not None and self._limits is not None and known.stamp < self._limits.fact_stamp:
            known = None
        outcome, line = fold(known, event.data, key, event.time_ms, self._stamp)
        if line is not None:
            lines[fact_id] = self._facts[kind, key, fact_id] = line
            self._sums.add(fact_gives(line, key))
            self._sums.add(fact_gives(known, key, -1))
        return outcome

    def _state(self, event: Event, key: str) -> Outcome:
        data: Any = event.data
        timeline = self._known.timelines.setdefault((key, data.agent), Timeline())
        entry = entry_of(event.time_ms, data.state)
        outcome, differences = fold_state(timeline, entry, key if key == data.agent else None)
        if outcome is Outcome.APPLIED:
            self._entries.append((key, data.agent, entry))
            self._sums.add(differences)
        return outcome

    def _snapshot(self, event: Event, key: str) -> Outcome:
        name, snapshot = _as_snapshot(event)
        known = self._known.snapshots.get(name)
        if known is not None and snapshot.time_ms <= known.time_ms:
            return Outcome.DUPLICATE if snapshot.time_ms == known.time_ms else Outcome.SUPERSEDED
        self._known.snapshots[name] = self._snapshots[name] = snapshot
        return Outcome.APPLIED

    def take_changes(self) -> Changes | None:
        """What was folded since the last call, to be committed in one transaction; None if there was no record."""
        known = self._known
        if known.position is None or self._start is None or known.position == self._start:
            return None
        self._limits = self._find_limits()
        changes = Changes(
            self._after,
            self._start,
            known.position,
            known.newest_ms,
            known.heartbeat_ms,
            dict(known.totals),
            self._limits,
            self._sums.cells(self._site_time, self._limits) if self._limits is not None else {},
            self._calls,
            self._facts,
            self._entries,
            self._sweep(),
            self._states(),
            self._snapshots,
            self._sources,
            self._dead,
            self._sum_types(),
        )
        self._begin_batch()
        return changes

    def _sum_types(self) -> dict[str, int]:
        types = self._known.types
        types |= {name: types.get(name, 0) + count for name, count in self._types_taken.items()}
        return {name: types[name] for name in self._types_taken}

    def _states(self) -> dict[str, StateNow]:
        agents = {agent for key, agent, _ in self._entries if key == agent}
        return {agent: self._known.timelines[agent, agent].now() for agent in agents}

    def _sweep(self) -> dict[tuple[str, str], tuple[int, int]]:
        """After a load and once per day of the log, forgets what cannot matter. -> timelines cut: (entry, since_ms)."""
        swept_lately = self._swept is not None and self._stamp < self._swept + _SWEEP_HOURS
        if self._limits is None or swept_lately:
            return {}
        self._swept = self._stamp
        _forget(self._known.calls, self._limits.call_stamp)
        _forget(self._known.facts, self._limits.fact_stamp)
        before_ms = (self._known.newest_ms or 0) - self._counting.lateness_ms
        cut = {name: line for name, line in self._known.timelines.items() if line.cut(before_ms)}
        return {name: line.base() for name, line in cut.items()}


def _text(key: bytes | None) -> str:
    return _short_text(key or b"") if key is None or len(key) <= _SHORT else key.decode(errors="replace")


@lru_cache(maxsize=65_536)
def _short_text(key: bytes) -> str:
    return key.decode(errors="replace")


def _forget(lines: dict[Any, dict[str, Any]], oldest_stamp: int) -> None:
    for key in list(lines):
        kept = {fact_id: line for fact_id, line in lines[key].items() if line.stamp >= oldest_stamp}
        if kept:
            lines[key] = kept
        else:
            del lines[key]


def _as_snapshot(event: Event) -> tuple[str, Snapshot]:
    data = event.data
    if isinstance(data, QueueSnapshot):
        figures = {"waiting": data.waiting, "longest_wait_s": data.longest_wait_s, "agents_ready": data.agents_ready}
        return f"queue:{data.queue}", Snapshot(event.time_ms, figures)
    if isinstance(data, CampaignSnapshot):
        return f"campaign:{data.campaign}", Snapshot(event.time_ms, {"list_size": data.list_size, "done": data.done})
    raise TypeError(f"{type(data).__name__} is no snapshot")
