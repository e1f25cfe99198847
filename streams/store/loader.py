"""Loads a partition from Redis: its store, and the state from which the fold goes on."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from streams.ledger.partition_state import PartitionState
from streams.ledger.states import Timeline, TimelineStart
from streams.site_time import KINDS
from streams.store.identity import LogIdentity, check_identity, check_schema
from streams.store.keys import JOURNALS, Keys
from streams.store.ledger_rows import Names, in_order, unpack_calls, unpack_entries, unpack_facts
from streams.store.reader import Reader
from streams.store.store import PositionMoved, Store

_start_name = msgspec.msgpack.Decoder(tuple[str, str])
_start = msgspec.msgpack.Decoder(TimelineStart)


def load(client: Any, topic: str, partition: int, identity: LogIdentity) -> tuple[Store, PartitionState]:
    """The store of a partition and its state at the stored position.

    Raises TopicChanged, UnknownSchema, RedisError; PositionMoved if another consumer, which does not know yet that it lost
    the partition, committed meanwhile: the bytes read are then of two positions and must not be used.
    """
    keys = Keys(topic, partition)
    _require_writable(client, keys)
    meta = client.hgetall(keys.meta)
    check_identity(meta, identity)
    check_schema(meta.get(b"schema"), topic)
    reader = Reader(client, topic, identity.partitions)
    state = _read_state(reader, partition)
    state.clock = reader.clock()
    exist = {kind: set(reader.buckets(partition, kind)) for kind in (*KINDS, *JOURNALS)}
    journals = {
        kind: in_order(client.hgetall(keys.bucket(kind, hour)) for hour in sorted(exist[kind])) for kind in JOURNALS
    }
    starts = client.hgetall(keys.timeline_starts)
    # After the rows, so that every number in them has its name.
    names = Names([name.decode() for name in client.lrange(keys.names, 0, -1)])
    if client.hget(keys.meta, "position") != meta.get(b"position"):
        raise PositionMoved(f"another consumer committed while partition {partition} was loaded")
    store = Store(client, topic, partition, identity)
    store.remember(names, exist)
    _fill(state, starts, journals, names)
    return store, state


def _require_writable(client: Any, keys: Keys) -> None:
    """Raises what Redis answers to a write (OOM, READONLY), before everything is read in vain. It changes nothing."""
    client.zadd(keys.existing(KINDS[0]), {"0": 0}, xx=True)


def _read_state(reader: Reader, partition: int) -> PartitionState:
    state = PartitionState()
    meta = reader.meta(partition)
    if meta is not None:
        state.position, state.newest_ms, state.heartbeat_ms = meta.position, meta.newest_ms, meta.heartbeat_ms
        state.totals |= meta.totals
        state.halt = meta.halt
        state.erasures = meta.erasures
        state.quiet_ms, state.floor = reader.silence(partition)
    state.snapshots = reader.snapshots(partition)
    state.sources = reader.sources(partition)
    state.types = reader.types(partition)
    state.state_sources = reader.state_sources(partition)
    state.source_days = reader.source_days(partition)
    state.routes = reader.routes(partition)
    state.tombstones = reader.tombstones(partition)
    return state


def _fill(
    state: PartitionState, starts: Mapping[bytes, bytes], journals: Mapping[str, Sequence[bytes]], names: Names
) -> None:
    for blob in journals["lc"]:
        for key, call_id, call in unpack_calls([blob], names):
            state.calls.setdefault(key, {})[call_id] = call
    for blob in journals["lf"]:
        for kind, key, fact_id, fact in unpack_facts(blob):
            state.facts.setdefault((kind, key), {})[fact_id] = fact
    for name, start in starts.items():
        entry, since_ms, reason = _start.decode(start)
        state.timelines[_start_name.decode(name)] = timeline = Timeline(array("q", [entry]), since_ms)
        timeline.note_reason(entry, reason)
    for blob in journals["ls"]:
        for key, agent, entry, reason in unpack_entries(blob, names):
            _replay(state.timelines.setdefault((key, agent), Timeline()), entry, reason)


def _replay(timeline: Timeline, entry: int, reason: str | None) -> None:
    # Entries at or before the start were cut off. They stay in the journal until its hour is dropped.
    if timeline.since_ms is None or entry >> 4 > timeline.entries[0] >> 4:
        timeline.add(entry)
        timeline.note_reason(entry, reason)
