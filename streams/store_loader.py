"""Redis, taking a partition over: what is stored -> what the fold must know to go on."""

from array import array
from typing import Any

import msgspec

from streams.counters import KINDS
from streams.keys import JOURNALS, Keys
from streams.known import Known
from streams.ledger.states import Timeline
from streams.ledger_rows import Names, unpack_calls, unpack_entries, unpack_facts
from streams.metrics import SCHEMA, UnknownSchema
from streams.store import Identity, Store, check_identity
from streams.store_reader import Reader

_base_name = msgspec.msgpack.Decoder(tuple[str, str])
_base_entry = msgspec.msgpack.Decoder(tuple[int, int])


def load(client: Any, topic: str, partition: int, identity: Identity) -> tuple[Store, Known]:
    """The store of a partition and everything known at its position. Raises TopicChanged, UnknownSchema, RedisError."""
    keys = Keys(topic, partition)
    meta = client.hgetall(keys.meta)
    check_identity(meta, identity)
    if meta and int(meta.get(b"schema", SCHEMA)) != SCHEMA:
        raise UnknownSchema(f"Redis holds cells of schema {int(meta[b'schema'])}, this program writes {SCHEMA}")
    store = Store(client, topic, partition, identity)
    names = Names([name.decode() for name in client.lrange(keys.names, 0, -1)])
    exist = {kind: {int(key) for key in client.zrange(keys.existing(kind), 0, -1)} for kind in (*KINDS, *JOURNALS)}
    store.remember(names, exist)
    known = _known(Reader(client, topic, partition + 1), partition)
    _load_journals(client, keys, exist, names, known)
    return store, known


def _known(reader: Reader, partition: int) -> Known:
    known = Known()
    meta = reader.meta(partition)
    if meta is not None:
        known.position, known.newest_ms, known.heartbeat_ms = meta.position, meta.newest_ms, meta.heartbeat_ms
        known.totals |= meta.totals
    known.snapshots = reader.snapshots(partition)
    known.sources = reader.sources(partition)
    return known


def _load_journals(client: Any, keys: Keys, exist: dict[str, set[int]], names: Names, known: Known) -> None:
    for blob in _blobs(client, keys, "lc", exist["lc"]):
        for key, call_id, call in unpack_calls(blob, names):
            known.calls.setdefault(key, {})[call_id] = call
    for blob in _blobs(client, keys, "lf", exist["lf"]):
        for kind, key, fact_id, fact in unpack_facts(blob):
            known.facts.setdefault((kind, key), {})[fact_id] = fact
    _load_bases(client, keys, known)
    for blob in _blobs(client, keys, "ls", exist["ls"]):
        for key, agent, entry in unpack_entries(blob, names):
            _replay(known.timelines.setdefault((key, agent), Timeline()), entry)


def _blobs(client: Any, keys: Keys, kind: str, hours: set[int]) -> list[bytes]:
    """The blobs of a journal in the order in which they were written."""
    found: dict[int, bytes] = {}
    for hour in sorted(hours):
        found |= {int(start): blob for start, blob in client.hgetall(keys.bucket(kind, hour)).items()}
    return [found[start] for start in sorted(found)]


def _load_bases(client: Any, keys: Keys, known: Known) -> None:
    for name, base in client.hgetall(keys.base).items():
        entry, since_ms = _base_entry.decode(base)
        known.timelines[_base_name.decode(name)] = Timeline(array("q", [entry]), since_ms)


def _replay(timeline: Timeline, entry: int) -> None:
    # What lies at or before the base was cut off, and is still in the journal until its hour is dropped.
    if timeline.since_ms is None or entry >> 4 > timeline.entries[0] >> 4:
        timeline.add(entry)
