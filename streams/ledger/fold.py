"""Folds the records of one partition, one after the other: decode, check the time, change the ledger, add up the cells.

State is a pure function of (partition, offset): nothing here reads a clock. The same records in any batches, after any crash,
give the same counters.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from streams.counting_policy import Counting, Retention, fact_lateness, line_days
from streams.decode import EVENTS, DeadLetter, Decoders, Event, Ignored, Record, decode
from streams.events import (
    SLOW_FACTS,
    AgentState,
    BadEvent,
    CallEnded,
    CampaignSnapshot,
    Heartbeat,
    PersonErased,
    QueueSnapshot,
    Snapshot,
    SurveyAnswered,
    id_of_fact,
)
from streams.halts import Halt
from streams.ledger.calls import CallLine, call_amounts, call_lines, fold_call
from streams.ledger.conflicts import call_conflict, fact_conflict, line_before
from streams.ledger.counters import Limits, MinuteSums, limits_at
from streams.ledger.erasure import without_mentions
from streams.ledger.facts import FactLine, fact_gives
from streams.ledger.fold_facts import FOLDS, RECORDS, fold_survey, with_origin
from streams.ledger.implausible import doubts_of_call, is_plain, long_state
from streams.ledger.outcome import ERASED, Outcome
from streams.ledger.partition_state import DEAD, Changes, PartitionState, snapshot_of
from streams.ledger.record_keys import key_text, line_key, plain_forms
from streams.ledger.silence import hear_beat
from streams.ledger.source_log import SourceLog
from streams.ledger.states import StateEntry, Timeline, TimelineStart, fold_state, state_entry
from streams.site_time import FIRST_MS, HOUR_MS, LAST_MS, SiteTime
from streams.source_days import CLOCK_OFF_MS
from streams.tombstones import Tombstone, tombstone_id

_SWEEP_HOURS = 24
_NOT_CONSUMED = ("ignored", "heartbeats")


class Fold:
    """The state of one partition and its changes since the last ``take_changes``."""

    def __init__(
        self,
        partition: PartitionState,
        site_time: SiteTime,
        counting: Counting,
        retention: Retention,
        types: Decoders = EVENTS,
    ) -> None:
        self._partition = partition
        self._types = types
        self._site_time = site_time
        self._counting = counting
        self._projects = counting.projects
        self._retention = retention
        self._fact_lateness_ms = fact_lateness(counting, retention)
        self._least_lateness_ms = min(counting.lateness_ms, self._fact_lateness_ms)
        self._stamp = (partition.newest_ms or 0) // HOUR_MS
        self._limits = self._find_limits()
        self._swept: int | None = None
        self._folds: dict[type, Callable[[Event, str], Outcome]] = {
            CallEnded: self._call,
            AgentState: self._state,
            QueueSnapshot: self._snapshot,
            CampaignSnapshot: self._snapshot,
        }
        survey = partial(fold_survey, satisfied_points=counting.satisfied_points)
        self._facts_of = FOLDS | {SurveyAnswered: ("survey", survey)}
        self._sources = SourceLog(partition, site_time, line_days(counting, retention))
        self._agents: set[str] = set()
        self._begin_batch()

    def _begin_batch(self) -> None:
        self._erased: list[str] = []
        self._tombstones: dict[str, Tombstone] = {}
        self._start = self._after = self._partition.position
        self._sums = MinuteSums()
        self._calls: dict[tuple[str, str], CallLine] = {}
        self._facts: dict[tuple[str, str, str], FactLine] = {}
        self._entries: list[StateEntry] = []
        self._snapshots: dict[str, Snapshot] = {}
        self._dead: list[DeadLetter] = []

    def fold_record(self, record: Record) -> None:
        """Folds one record. Its offset must not lie before the position. Raises nothing for what a record holds."""
        partition, offset = self._partition, record.offset
        if partition.position is not None and offset < partition.position:
            raise ValueError(f"offset {offset} again: everything before {partition.position} is folded")
        if self._start is None:
            self._start = offset
        partition.position = offset + 1
        totals = partition.totals
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
        """Moves on over offsets without records: markers of transactions, aborted and compacted records."""
        if self._start is None:
            self._start = position
        self._partition.position = max(position, self._partition.position or 0)

    @property
    def is_committed(self) -> bool:
        """Whether ``take_changes`` gave everything so far."""
        return self._partition.position == self._after

    def _judge(self, record: Record) -> str:
        """Folds a record -> the name of the total that it counts in. Raises BadEvent."""
        event = decode(record.value, self._types)
        if isinstance(event, Ignored):
            return "ignored"
        append_ms, kind, partition = record.append_ms, type(event.data), self._partition
        if kind is Heartbeat:
            # A heartbeat from a clock that is years ahead would make the line look fresh for years.
            if event.time_ms <= append_ms + self._counting.future_ms and hear_beat(
                partition, event.time_ms, self._counting, self._retention, self._site_time
            ):
                self._limits = self._find_limits()
            return "heartbeats"
        if kind is PersonErased:
            return self._erase(event, key_text(record.key), append_ms).value
        if partition.tombstones and (name := partition.bury_fact(event, key_text(record.key), append_ms)):
            self._tombstones[name] = partition.tombstones[name]
            return Outcome.SUPERSEDED.value
        if event.time_ms > append_ms + CLOCK_OFF_MS:
            self._sources.note_ahead(event, append_ms)
        self._accept(kind, event.time_ms, append_ms)
        partition.quiet_ms = None
        self._agents = self._sources.hear(event, append_ms)
        return self._folds.get(kind, self._fact)(event, key_text(record.key)).value

    def _accept(self, kind: type, at_ms: int, append_ms: int) -> None:
        newest_ms = self._partition.newest_ms
        if at_ms > append_ms + self._counting.future_ms:
            raise BadEvent("future")
        if newest_ms is not None and at_ms < newest_ms - self._doubt_after_ms:
            self._refuse_late(kind, at_ms, newest_ms)
        if not FIRST_MS <= at_ms <= LAST_MS:
            raise BadEvent("bad_field", "the event's time is not from 1970 to 9999")
        if newest_ms is None or at_ms > newest_ms:
            self._partition.newest_ms = at_ms
            if at_ms // HOUR_MS != self._stamp or self._limits is None:
                self._stamp = at_ms // HOUR_MS
                self._limits = self._find_limits()

    def _refuse_late(self, kind: type, at_ms: int, newest_ms: int) -> None:
        """Raises BadEvent where a fact is too late for its type; the field names the setting."""
        setting = "fact_lateness" if kind in SLOW_FACTS else "lateness"
        limit_ms = self._fact_lateness_ms if kind in SLOW_FACTS else self._counting.lateness_ms
        if at_ms < newest_ms - limit_ms:
            raise BadEvent("too_late", setting)
        if at_ms < self._closed_ms:
            raise BadEvent("too_late", "ledger")

    def _erase(self, event: Event, key: str, append_ms: int) -> Outcome:
        """Forgets a person: their lines go, what they have counted moves to the line of all erased people.

        The order of the log alone decides, so neither lateness nor a clock can refuse an erasure. Obeying it twice is harmless.
        """
        data: Any = event.data
        agent, name, partition = data.agent, tombstone_id(data.agent), self._partition
        if agent not in (key, *plain_forms(key)):
            raise BadEvent("bad_field", "agent must be the key of the record")
        self._sources.forget_agent(agent, partition.erase(agent))
        self._calls = {place: line for place, line in self._calls.items() if place[0] != agent}
        self._facts = {
            place: without_mentions(line, agent.__eq__) for place, line in self._facts.items() if place[1] != agent
        }
        self._entries = [entry for entry in self._entries if agent not in entry[:2]]
        self._sums.move_line(agent, ERASED)
        partition.erasures += 1
        self._erased.append(agent)
        if name in partition.tombstones:
            return Outcome.DUPLICATE
        partition.tombstones[name] = self._tombstones[name] = Tombstone(append_ms)
        return Outcome.APPLIED

    def _find_limits(self) -> Limits | None:
        newest_ms, floor = self._partition.newest_ms, self._partition.floor
        if newest_ms is None:
            return None
        self._closed_ms = 0 if floor is None else floor.fact_stamp * HOUR_MS
        # Facts so much before the newest may be too late. One comparison for each fact: it grows anew as the log goes on.
        self._doubt_after_ms = min(self._least_lateness_ms, newest_ms - self._closed_ms)
        return limits_at(newest_ms, self._counting, self._retention, self._site_time).raised_to(floor)

    def _call(self, event: Event, key: str) -> Outcome:
        call: Any = event.data
        agent, sent_key = call.agent or "", key
        if key != agent:
            key = self._call_key(key, agent, call.call_id)
        if key != agent:
            self._sources.note_astray(event)
        elif agent:
            self._agents.add(agent)
        stands = self._partition.call(key, call.call_id, self._limits)
        project = None if self._projects is None else self._projects.find(call.campaign, call.queue)
        outcome, line = fold_call(stands, call, key, event.time_ms, self._stamp, self._counting, event.source, project)
        if line is not None:
            self._partition.calls.setdefault(key, {})[call.call_id] = self._calls[key, call.call_id] = line
            self._sums.add_amounts(call_lines(line, key), line.minute, call_amounts(line))
            if stands is not None:
                self._sums.add_amounts(call_lines(stands, key), stands.minute, -call_amounts(stands))
            elif key != agent:
                self._sources.note_misrouted(event, sent_key)
            if not is_plain(call, event.started_ms, event.time_ms):
                self._sources.note_doubts(event, doubts_of_call(call, event.started_ms, event.time_ms))
        elif stands is not None and outcome is Outcome.DUPLICATE:
            remembered = stands.source, stands.project
            _, came = fold_call(None, call, key, event.time_ms, stands.stamp, self._counting, *remembered)
            if came is not None and came != stands:
                self._sources.note_conflict(event, "call", stands.source, call_conflict(stands, came, key))
        return outcome

    def _call_key(self, key: str, agent: str, call_id: str) -> str:
        # A method of its own: a closure in _call would slow every call, and nearly every key is its agent.
        return line_key(key, agent, lambda form: self._partition.call(form, call_id, self._limits))

    def _fact(self, event: Event, key: str) -> Outcome:
        data: Any = event.data
        kind, fold = self._facts_of[type(data)]
        fact_id, sent_key = id_of_fact(data), key
        if key != data.agent:
            key = line_key(key, data.agent, lambda form: self._partition.fact(kind, form, fact_id, self._limits))
        if key != data.agent:
            self._sources.note_astray(event)
        else:
            self._agents.add(key)
        stands = self._partition.fact(kind, key, fact_id, self._limits)
        outcome, line = fold(stands, event.data, key, event.time_ms, self._stamp)
        if line is not None:
            if self._partition.tombstones:
                line = without_mentions(line, self._partition.is_erased)
            line = with_origin(line, event, self._projects)
            self._partition.facts.setdefault((kind, key), {})[fact_id] = self._facts[kind, key, fact_id] = line
            self._sums.add(fact_gives(line, key))
            self._sums.add(fact_gives(stands, key, -1))
            if stands is None and key != data.agent:
                self._sources.note_misrouted(event, sent_key)
        elif stands is not None and outcome is Outcome.DUPLICATE:
            before = line_before(stands, type(data))
            if before is not None:
                _, came = fold(before, data, key, event.time_ms, self._stamp)
                source = getattr(stands, "source", None) if type(data) in RECORDS else None
                self._sources.note_conflict(event, kind, source, fact_conflict(stands, came, key))
        return outcome

    def _state(self, event: Event, key: str) -> Outcome:
        data: Any = event.data
        sent_key = key
        if key != data.agent:
            key = line_key(key, data.agent, lambda form: self._partition.timelines.get((form, data.agent)))
        if key != data.agent:
            self._sources.note_astray(event)
        else:
            self._agents.add(key)
        timeline = self._partition.timelines.setdefault((key, data.agent), Timeline())
        entry = state_entry(event.time_ms, data.state)
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
        stands = self._partition.snapshots.get(name)
        if stands is not None and snapshot.time_ms <= stands.time_ms:
            return Outcome.DUPLICATE if snapshot.time_ms == stands.time_ms else Outcome.SUPERSEDED
        self._partition.snapshots[name] = self._snapshots[name] = snapshot
        return Outcome.APPLIED

    def take_changes(self, halt: Halt | None = None) -> Changes | None:
        """The changes since the last call, for one transaction; None where the position has not moved.

        With ``halt`` there are changes once the partition has a position: it does not go on from there.
        """
        partition = self._partition
        if partition.position is None or self._start is None or (self.is_committed and halt is None):
            return None
        partition.halt = halt
        sources = self._sources.take_changes()
        self._limits = self._find_limits()
        swept, cut = self._sweep()
        changes = Changes(
            self._after,
            self._start,
            partition.position,
            partition.newest_ms,
            partition.heartbeat_ms,
            dict(partition.totals),
            self._limits,
            self._sums.cells(self._site_time, self._limits) if self._limits is not None else {},
            self._calls,
            self._facts,
            self._entries,
            cut,
            {agent: partition.timelines[agent, agent].now() for key, agent, *_ in self._entries if key == agent},
            self._snapshots,
            self._dead,
            sources,
            self._site_time.clock,
            halt,
            partition.erasures,
            tuple(dict.fromkeys(self._erased)),
            self._tombstones,
            partition.quiet_ms,
            partition.floor,
            swept,
        )
        self._begin_batch()
        return changes

    def _sweep(self) -> tuple[bool, dict[tuple[str, str], TimelineStart]]:
        """Forgets old lines and cuts timelines, once per day of the log or its silence -> whether it did, starts of the cut."""
        limits = self._limits
        if limits is None or limits.call_stamp == self._swept:
            return False, {}
        is_last = limits.call_stamp > self._stamp  # a log that fell silent: nothing in it is newer
        if self._swept is not None and limits.call_stamp < self._swept + _SWEEP_HOURS and not is_last:
            return False, {}
        self._swept = limits.call_stamp
        self._partition.forget(limits)
        before_ms = (self._partition.newest_ms or 0) - self._counting.lateness_ms
        return True, self._partition.cut(max(before_ms, limits.call_stamp * HOUR_MS))
