"""A store in memory made of the same bytes as the one in Redis, for laws that need thousands of take-overs."""

from array import array

from streams.events import StateNow
from streams.ledger.partition_state import Changes, PartitionState
from streams.ledger.states import Timeline, TimelineStart
from streams.store.ledger_rows import (
    Names,
    pack_calls,
    pack_entries,
    pack_facts,
    unpack_calls,
    unpack_entries,
    unpack_facts,
)
from tests.streams.making import Cells, add_cells


class Shelf:
    """What was committed: cells, states and sums; and what the next owner would know."""

    def __init__(self) -> None:
        self.cells: Cells = {}
        self.states: dict[str, StateNow] = {}
        self.dead: list[tuple[int, str]] = []
        self.known = PartitionState()
        self._names = Names()
        self._blobs: list[tuple[bytes, bytes, bytes]] = []
        self._bases: dict[tuple[str, str], TimelineStart] = {}

    def put(self, changes: Changes) -> None:
        """Commits a batch; it must follow the one before."""
        assert changes.after == self.known.position
        add_cells(self.cells, changes)
        self.states |= changes.states
        self.dead += [(letter.offset, letter.reason) for letter in changes.dead]
        self._bases |= changes.cut
        entries = pack_entries(changes.entries, self._names)
        self._blobs.append((pack_calls(changes.calls, self._names), pack_facts(changes.facts), entries))
        self.known = self._after(changes)

    def _after(self, changes: Changes) -> PartitionState:
        known = PartitionState()
        known.position, known.newest_ms, known.heartbeat_ms = changes.position, changes.newest_ms, changes.heartbeat_ms
        known.totals = dict(changes.totals)
        known.quiet_ms, known.floor = changes.quiet_ms, changes.floor
        known.snapshots, known.sources = (
            self.known.snapshots | changes.snapshots,
            self.known.sources | changes.sources.heard_ms,
        )
        known.types = self.known.types | changes.sources.types
        known.state_sources = self.known.state_sources | changes.sources.state_sources
        known.source_days = {
            place: day for place, day in self.known.source_days.items() if place not in changes.sources.old_days
        } | {place: day.copy() for place, day in changes.sources.days.items()}
        return known

    def take_over(self) -> PartitionState:
        """Everything known at the position, from the bytes."""
        known, names = self._after_nothing(), Names(self._names.fresh)
        for calls, facts, entries in self._blobs:
            for key, call_id, call in unpack_calls([calls], names):
                known.calls.setdefault(key, {})[call_id] = call
            for kind, key, fact_id, fact in unpack_facts(facts):
                known.facts.setdefault((kind, key), {})[fact_id] = fact
            for key, agent, entry, reason in unpack_entries(entries, names):
                timeline = known.timelines.setdefault((key, agent), self._base(key, agent))
                if timeline.since_ms is None or entry >> 4 > timeline.entries[0] >> 4:
                    timeline.add(entry)
                    timeline.note_reason(entry, reason)
        return known

    def _after_nothing(self) -> PartitionState:
        known = PartitionState()
        known.position, known.newest_ms = self.known.position, self.known.newest_ms
        known.quiet_ms, known.floor = self.known.quiet_ms, self.known.floor
        known.heartbeat_ms, known.totals = self.known.heartbeat_ms, dict(self.known.totals)
        known.snapshots, known.sources = dict(self.known.snapshots), dict(self.known.sources)
        known.types = dict(self.known.types)
        known.state_sources = dict(self.known.state_sources)
        known.source_days = {place: day.copy() for place, day in self.known.source_days.items()}
        known.timelines = {name: self._base(*name) for name in self._bases}
        return known

    def _base(self, key: str, agent: str) -> Timeline:
        found = self._bases.get((key, agent))
        if found is None:
            return Timeline()
        timeline = Timeline(array("q", [found[0]]), found[1])
        timeline.note_reason(found[0], found[2])
        return timeline
