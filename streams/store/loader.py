"""Redis, taking a partition over: what is stored -> what the fold must know to go on."""

from array import array
from typing import Any, NamedTuple

import msgspec

from streams.ledger.partition_state import Known
from streams.ledger.states import Timeline, TimelineBase
from streams.site_time import KINDS
from streams.store.identity import Identity, check_identity, check_schema
from streams.store.keys import JOURNALS, Keys
from streams.store.ledger_rows import Names, unpack_calls, unpack_entries, unpack_facts
from streams.store.reader import Reader
from streams.store.store import PositionMoved, Store

_base_name = msgspec.msgpack.Decoder(tuple[str, str])
_base_entry = msgspec.msgpack.Decoder(TimelineBase)


class _Stored(NamedTuple):
    """What is stored of a partition, read before the names that it refers to."""

    exist: dict[str, set[int]]
    bases: dict[bytes, bytes]
    journals: dict[str, list[bytes]]


def load(client: Any, topic: str, partition: int, identity: Identity) -> tuple[Store, Known]:
    """The store of a partition and everything known at its position.

    Raises TopicChanged, UnknownSchema, RedisError; PositionMoved if another consumer, not yet aware that the partition is
    no longer his, committed while this was read: what was read is then of two positions and must not be used.
    """
    keys = Keys(topic, partition)
    _require_writable(client, keys)
    meta = client.hgetall(keys.meta)
    check_identity(meta, identity)
    check_schema(meta.get(b"schema"), topic)
    reader = Reader(client, topic, identity.partitions)
    known = _known(reader, partition)
    known.clock = reader.clock()
    stored = _read(client, keys)
    names = Names([name.decode() for name in client.lrange(keys.names, 0, -1)])
    if client.hget(keys.meta, "position") != meta.get(b"position"):
        raise PositionMoved(f"another consumer committed while partition {partition} was loaded")
    store = Store(client, topic, partition, identity)
    store.remember(names, stored.exist)
    _fill(known, stored, names)
    return store, known


def _require_writable(client: Any, keys: Keys) -> None:
    """Raises what Redis answers to a write (OOM, READONLY), before all is read in vain. It changes nothing."""
    client.zadd(keys.existing(KINDS[0]), {"0": 0}, xx=True)


def _known(reader: Reader, partition: int) -> Known:
    known = Known()
    meta = reader.meta(partition)
    if meta is not None:
        known.position, known.newest_ms, known.heartbeat_ms = meta.position, meta.newest_ms, meta.heartbeat_ms
        known.totals |= meta.totals
        known.halt = meta.halt
    known.snapshots = reader.snapshots(partition)
    known.sources = reader.sources(partition)
    known.types = reader.types(partition)
    known.state_sources = reader.state_sources(partition)
    known.source_days = reader.source_days(partition)
    known.routes = reader.routes(partition)
    return known


def _read(client: Any, keys: Keys) -> _Stored:
    exist = {kind: {int(key) for key in client.zrange(keys.existing(kind), 0, -1)} for kind in (*KINDS, *JOURNALS)}
    journals = {kind: _blobs(client, keys, kind, exist[kind]) for kind in JOURNALS}
    return _Stored(exist, client.hgetall(keys.base), journals)


def _blobs(client: Any, keys: Keys, kind: str, hours: set[int]) -> list[bytes]:
    """The blobs of a journal in the order in which they were written."""
    found: dict[int, bytes] = {}
    for hour in sorted(hours):
        found |= {int(start): blob for start, blob in client.hgetall(keys.bucket(kind, hour)).items()}
    return [found[start] for start in sorted(found)]


def _fill(known: Known, stored: _Stored, names: Names) -> None:
    for blob in stored.journals["lc"]:
        for key, call_id, call in unpack_calls(blob, names):
            known.calls.setdefault(key, {})[call_id] = call
    for blob in stored.journals["lf"]:
        for kind, key, fact_id, fact in unpack_facts(blob):
            known.facts.setdefault((kind, key), {})[fact_id] = fact
    for name, base in stored.bases.items():
        entry, since_ms, reason = _base_entry.decode(base)
        known.timelines[_base_name.decode(name)] = timeline = Timeline(array("q", [entry]), since_ms)
        timeline.note_reason(entry, reason)
    for blob in stored.journals["ls"]:
        for key, agent, entry, reason in unpack_entries(blob, names):
            _replay(known.timelines.setdefault((key, agent), Timeline()), entry, reason)


def _replay(timeline: Timeline, entry: int, reason: str | None) -> None:
    # What lies at or before the base was cut off, and is still in the journal until its hour is dropped.
    if timeline.since_ms is None or entry >> 4 > timeline.entries[0] >> 4:
        timeline.add(entry)
        timeline.note_reason(entry, reason)
