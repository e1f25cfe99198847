"""One partition's records, one after the other: decode, judge the time, fold into the ledger, add up the cells.

State is a pure function of (partition, offset): nothing here reads a clock. So whoever folds the same records in whatever
batches, after whatever crash, commits the same counters.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from streams.counting_policy import Counting, Retention, fact_lateness, line_days
from streams.decode import EVENTS, DeadLetter, Decoders, Event, Ignored, Record, decode
from streams.events import (
    SLOW_FACTS,
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
    Snapshot,
    StateNow,
    SurveyAnswered,
)
from streams.halts import Halt
from streams.ledger.actions import fold_action
from streams.ledger.calls import CallLine, call_amounts, call_lines, fold_call
from streams.ledger.complaints import fold_decided, fold_recorded
from streams.ledger.conflicts import call_conflict, fact_conflict, line_before
from streams.ledger.counters import Limits, MinuteSums, limits_at
from streams.ledger.facts import FactLine, fact_gives
from streams.ledger.implausible import doubts_of_call, is_plain, long_state
from streams.ledger.outcome import Outcome
from streams.ledger.partition_state import DEAD, Changes, Known, snapshot_of
from streams.ledger.quality import fold_conduct, fold_evaluation_decided, fold_scored, fold_survey
from streams.ledger.record_keys import key_text, line_key
from streams.ledger.source_log import SourceLog
from streams.ledger.states import StateEntry, Timeline, TimelineBase, entry_of, fold_state
from streams.site_time import FIRST_MS, HOUR_MS, LAST_MS, SiteTime
from streams.source_days import CLOCK_OFF_MS

_SWEEP_HOURS = 24
_RECORDS = (ComplaintRecorded, EvaluationScored, SurveyAnswered, ConductRecorded)
"""Facts whose line remembers who sent it; what is decided of them comes from somebody else."""
_NOT_CONSUMED = ("ignored", "heartbeats")


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
        self._fact_lateness_ms = fact_lateness(counting, retention)
        self._least_lateness_ms = min(counting.lateness_ms, self._fact_lateness_ms)
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
        self._sources = SourceLog(known, site_time, line_days(counting, retention))
        self._agents: set[str] = set()
        self._begin_batch()

    def _begin_batch(self) -> None:
        self._start = self._after = self._known.position
        self._sums = MinuteSums()
        self._calls: dict[tuple[str, str], CallLine] = {}
        self._facts: dict[tuple[str, str, str], FactLine] = {}
        self._entries: list[StateEntry] = []
        self._snapshots: dict[str, Snapshot] = {}
        self._dead: list[DeadLetter] = []

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

    def pass_to(self, position: int) -> None:
        """Moves on over offsets that are no records: markers of transactions, what was taken back or compacted away."""
        if self._start is None:
            self._start = position
        self._known.position = max(position, self._known.position or 0)

    @property
    def is_committed(self) -> bool:
        """Whether everything so far was given by ``take_changes``."""
        return self._known.position == self._after

    def _judge(self, record: Record) -> str:
        """-> the total that the record counts in. Raises BadEvent."""
        event = decode(record.value, self._types)
        if isinstance(event, Ignored):
            return "ignored"
        append_ms, kind = record.append_ms, type(event.data)
        if kind is Heartbeat:
            self._beat(event.time_ms, append_ms)
            return "heartbeats"
        if event.time_ms > append_ms + CLOCK_OFF_MS:
            self._sources.note_ahead(event, append_ms)
        self._accept(kind, event.time_ms, append_ms)
        self._agents = self._sources.hear(event, append_ms)
        return self._folds.get(kind, self._fact)(event, key_text(record.key)).value

    def _beat(self, sent_ms: int, append_ms: int) -> None:
        # One beat from a clock that is years ahead must not make the line look fresh for years.
        if sent_ms <= append_ms + self._counting.future_ms:
            self._known.heartbeat_ms = max(self._known.heartbeat_ms or 0, sent_ms)

    def _accept(self, kind: type, at_ms: int, append_ms: int) -> None:
        newest_ms = self._known.newest_ms
        if at_ms > append_ms + self._counting.future_ms:
            raise BadEvent("future")
        if newest_ms is not None and at_ms < newest_ms - self._least_lateness_ms:
            self._refuse_late(kind, at_ms, newest_ms)
        if not FIRST_MS <= at_ms <= LAST_MS:
            raise BadEvent("bad_field", "the event's time is not from 1970 to 9999")
        if newest_ms is None or at_ms > newest_ms:
            self._known.newest_ms = at_ms
            if at_ms // HOUR_MS != self._stamp or self._limits is None:
                self._stamp = at_ms // HOUR_MS
                self._limits = self._find_limits()

    def _refuse_late(self, kind: type, at_ms: int, newest_ms: int) -> None:
        """Raises BadEvent for what is too late for its type; the setting that says so stands as the field."""
        setting = "fact_lateness" if kind in SLOW_FACTS else "lateness"
        limit_ms = self._fact_lateness_ms if kind in SLOW_FACTS else self._counting.lateness_ms
        if at_ms < newest_ms - limit_ms:
            raise BadEvent("too_late", setting)

    def _find_limits(self) -> Limits | None:
        if self._known.newest_ms is None:
            return None
        return limits_at(self._known.newest_ms, self._counting, self._retention, self._site_time)

    # One method per kind of fact: look up what is known, fold, keep, add what changed.

    def _call(self, event: Event, key: str) -> Outcome:
        call: Any = event.data
        agent, sent_key = call.agent or "", key
        if key != agent:
            key = self._call_key(key, agent, call.call_id)
        if key != agent:
            self._sources.note_astray(event)
        elif agent:
            self._agents.add(agent)
        known = self._known.call(key, call.call_id, self._limits)
        outcome, line = fold_call(known, call, key, event.time_ms, self._stamp, self._counting, event.source)
        if line is not None:
            self._known.calls.setdefault(key, {})[call.call_id] = self._calls[key, call.call_id] = line
            self._sums.give(call_lines(line, key), line.minute, call_amounts(line))
            if known is not None:
                self._sums.give(call_lines(known, key), known.minute, -call_amounts(known))
            elif key != agent:
                self._sources.note_misrouted(event, sent_key)
            if not is_plain(call, event.started_ms, event.time_ms):
                self._sources.note_doubts(event, doubts_of_call(call, event.started_ms, event.time_ms))
        elif known is not None and outcome is Outcome.DUPLICATE:
            _, came = fold_call(None, call, key, event.time_ms, known.stamp, self._counting, known.source)
            if came is not None and came != known:
                self._sources.note_conflict(event, "call", known.source, call_conflict(known, came, key))
        return outcome

    def _call_key(self, key: str, agent: str, call_id: str) -> str:
        # By itself: a closure in _call would slow every call, and nearly every key is its agent.
        return line_key(key, agent, lambda form: self._known.call(form, call_id, self._limits))

    def _fact(self, event: Event, key: str) -> Outcome:
        kind, id_field, fold = self._facts_of[type(event.data)]
        data: Any = event.data
        fact_id, sent_key = getattr(data, id_field), key
        if key != data.agent:
            key = line_key(key, data.agent, lambda form: self._known.fact(kind, form, fact_id, self._limits))
        if key != data.agent:
            self._sources.note_astray(event)
        else:
            self._agents.add(key)
        known = self._known.fact(kind, key, fact_id, self._limits)
        outcome, line = fold(known, event.data, key, event.time_ms, self._stamp)
        if line is not None:
            if type(data) in _RECORDS:
                line = msgspec.structs.replace(line, source=event.source)
            self._known.facts.setdefault((kind, key), {})[fact_id] = self._facts[kind, key, fact_id] = line
            self._sums.add(fact_gives(line, key))
            self._sums.add(fact_gives(known, key, -1))
            if known is None and key != data.agent:
                self._sources.note_misrouted(event, sent_key)
        elif known is not None and outcome is Outcome.DUPLICATE:
            before = line_before(known, type(data))
            if before is not None:
                _, came = fold(before, data, key, event.time_ms, self._stamp)
                stands = getattr(known, "source", None) if type(data) in _RECORDS else None
                self._sources.note_conflict(event, kind, stands, fact_conflict(known, came, key))
        return outcome

    def _state(self, event: Event, key: str) -> Outcome:
        data: Any = event.data
        sent_key = key
        if key != data.agent:
            key = line_key(key, data.agent, lambda form: self._known.timelines.get((form, data.agent)))
        if key != data.agent:
            self._sources.note_astray(event)
        else:
            self._agents.add(key)
        timeline = self._known.timelines.setdefault((key, data.agent), Timeline())
        entry = entry_of(event.time_ms, data.state)
        outcome, differences = fold_state(timeline, entry, key if key == data.agent else None)
        if outcome is Outcome.APPLIED:
            timeline.note_reason(entry, data.reason)
            self._entries.append((key, data.agent, entry, data.reason))
            self._sums.add(differences)
            if key != data.agent:
                self._sources.note_misrouted(event, sent_key)
            elif timeline.entries[-1] == entry:
                self._sources.hear_state(event, key)
                self._sources.note_doubts(event, long_state(timeline, entry))
        return outcome

    def _snapshot(self, event: Event, key: str) -> Outcome:
        name, snapshot = snapshot_of(event)
        known = self._known.snapshots.get(name)
        if known is not None and snapshot.time_ms <= known.time_ms:
            return Outcome.DUPLICATE if snapshot.time_ms == known.time_ms else Outcome.SUPERSEDED
        self._known.snapshots[name] = self._snapshots[name] = snapshot
        return Outcome.APPLIED

    def take_changes(self, halt: Halt | None = None) -> Changes | None:
        """What was folded since the last call, to be committed in one transaction; None where the position has not moved.

        With ``halt`` always something, once the partition has a position: that it does not go on from there.
        """
        known = self._known
        if known.position is None or self._start is None or (self.is_committed and halt is None):
            return None
        known.halt = halt
        sources = self._sources.take_changes()
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
            self._dead,
            *sources,
            self._site_time.clock,
            halt,
        )
        self._begin_batch()
        return changes

    def _states(self) -> dict[str, StateNow]:
        agents = {agent for key, agent, *_ in self._entries if key == agent}
        return {agent: self._known.timelines[agent, agent].now() for agent in agents}

    def _sweep(self) -> dict[tuple[str, str], TimelineBase]:
        """After a load and once per day of the log, forgets what cannot matter. -> where the timelines that were cut begin."""
        swept_lately = self._swept is not None and self._stamp < self._swept + _SWEEP_HOURS
        if self._limits is None or swept_lately:
            return {}
        self._swept = self._stamp
        self._known.forget(self._limits)
        return self._known.cut((self._known.newest_ms or 0) - self._counting.lateness_ms)
