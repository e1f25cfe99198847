"""Writes one partition's counters, ledger and position to Redis in one compare-and-set transaction.

A commit that does not follow the stored position writes nothing and raises ``PositionMoved``: the consumer loads the partition
again. So a zombie, a second consumer or a rolled-back Redis costs time and never a count.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import redis

from streams.ledger.calls import CallLine
from streams.ledger.counters import CellChanges
from streams.ledger.facts import ActionLine
from streams.ledger.partition_state import Changes
from streams.metrics import SCHEMA, pack, to_rows, unpack
from streams.site_time import HOUR_MS, KINDS, Bucket
from streams.source_days import source_field
from streams.store.erasure import find_erasure, forget_unused_names
from streams.store.feed import FIELD, FeedCells, FeedEntry
from streams.store.identity import LogIdentity, check_identity
from streams.store.keys import JOURNALS, Keys
from streams.store.ledger_rows import GONE, Names, pack_calls, pack_entries, pack_facts

MOST_CALLS = 64
"""Up to so many calls, a commit joins its calls to the newest blob. A floor commits several times a second, often one call: a
blob for each would be a hundred thousand a day and partition."""
_FEED_LENGTH = 2_000
_FEED_BYTES = 64 * 1024 * 1024


class CallBlob(NamedTuple):
    """A blob of the journal of calls: its hour of the log, the first offset of the first commit in it, and its calls."""

    hour: int
    start: int
    calls: dict[tuple[str, str], CallLine]

    def joined_with(self, later: "CallBlob") -> "CallBlob":
        """The blob that is written next: this one with the later calls, or the later one where that is too much."""
        if later.hour != self.hour or len(self.calls) + len(later.calls) > MOST_CALLS:
            return later
        return CallBlob(self.hour, self.start, self.calls | later.calls)


class PositionMoved(Exception):
    """Another consumer committed, or Redis was rolled back: the state in memory no longer follows the stored one."""


class Store:
    """The writing side of one partition, one object per owner. It remembers which names and buckets are stored."""

    def __init__(self, client: Any, topic: str, partition: int, identity: LogIdentity) -> None:
        self._client = client
        self.keys = Keys(topic, partition)
        self._identity = identity
        self.names = Names()
        self._calls = CallBlob(-1, 0, {})
        self._exist: dict[str, set[int]] = {kind: set() for kind in (*KINDS, *JOURNALS)}

    def remember(self, names: Names, exist: dict[str, set[int]]) -> None:
        """Takes over the names and buckets that the loader read."""
        self.names, self._exist = names, exist

    def commit(self, changes: Changes) -> None:
        """Writes a batch whole or not at all. Raises PositionMoved, TopicChanged, redis.RedisError."""
        with self._client.pipeline(transaction=True) as pipe:
            pipe.watch(self.keys.meta)
            meta = pipe.hgetall(self.keys.meta)
            self._require_position(meta, changes)
            erasure = (
                find_erasure(self._client, self.keys, self._exist, self.names, changes) if changes.erased else None
            )
            cells = self._absolute(changes.cells if erasure is None else erasure.added_to(changes.cells))
            unused = self._unused_names(meta, changes)
            pipe.multi()
            for number in unused:
                pipe.lset(self.keys.names, number, GONE)
            if erasure is not None:
                self._calls = CallBlob(-1, 0, {})  # it may hold calls of an erased person
                erasure.write(pipe, self.keys)
            dropped = self._write(pipe, changes, cells)
            try:
                pipe.execute()
            except redis.WatchError as error:
                raise PositionMoved("another consumer committed first") from error
        self._note(changes, cells, dropped)

    def _require_position(self, meta: dict[bytes, bytes], changes: Changes) -> None:
        check_identity(meta, self._identity)
        stored = int(meta[b"position"]) if b"position" in meta else None
        if stored != changes.after:
            raise PositionMoved(f"stored position {stored}, this batch follows {changes.after}")

    def _unused_names(self, meta: dict[bytes, bytes], changes: Changes) -> list[int]:
        """Once a week of the log, and when a silent log has lost its last call: the numbers of names that no row has any more.

        All rows are read for it, so it is not done whenever an hour of them is dropped.
        """
        if not changes.swept or changes.limits is None or changes.erased:
            return []
        is_last = changes.limits.call_stamp > _hour(changes)
        if int(meta.get(b"trimmed", _week(changes))) == _week(changes) and not is_last:
            return []
        dropped = set(self._expired(changes))
        held = {kind: {key for key in keys if Bucket(kind, key) not in dropped} for kind, keys in self._exist.items()}
        return forget_unused_names(self._client, self.keys, held, self.names)

    def _absolute(self, changes: CellChanges) -> dict[Bucket, tuple[list[str], list[bytes]]]:
        """Differences -> packed absolute cells: the stored cells plus the differences."""
        cells = {bucket: lines for bucket, lines in changes.items() if lines}
        with self._client.pipeline(transaction=False) as pipe:
            for bucket, lines in cells.items():
                pipe.hmget(self.keys.bucket(*bucket), list(lines))
            stored = list(chain.from_iterable(pipe.execute())) if cells else []
        rows = to_rows([amounts for lines in cells.values() for amounts in lines.values()])
        if counted := [i for i, cell in enumerate(stored) if cell is not None]:
            rows[counted] += unpack([cell for cell in stored if cell is not None])
        packed = iter(pack(rows))
        return {bucket: (list(lines), [next(packed) for _ in lines]) for bucket, lines in cells.items()}

    def _write(self, pipe: Any, changes: Changes, cells: dict[Bucket, tuple[list[str], list[bytes]]]) -> list[Bucket]:
        for bucket, (lines, packed) in cells.items():
            pipe.hset(self.keys.bucket(*bucket), mapping=dict(zip(lines, packed, strict=True)))
        self._write_journals(pipe, changes)
        self._write_newest(pipe, changes)
        fresh: dict[str, dict[str, int]] = {}
        for kind, key in chain(cells, _journal_hours(changes)):
            if key not in self._exist[kind]:
                fresh.setdefault(kind, {})[str(key)] = key
        for kind, keys in fresh.items():
            pipe.zadd(self.keys.existing(kind), keys)
        dropped = list(self._expired(changes))
        for bucket in dropped:
            pipe.unlink(self.keys.bucket(*bucket))
            pipe.zrem(self.keys.existing(bucket.kind), bucket.key)
        self._write_meta(pipe, changes)
        entry = msgspec.msgpack.encode(_feed_entry(changes, cells, dropped))
        # Shorter where its entries are large, so that catching up does not fill Redis: a slow reader finds a gap and loads again.
        length = max(8, min(_FEED_LENGTH, _FEED_BYTES // len(entry)))
        pipe.xadd(self.keys.feed, {FIELD: entry}, maxlen=length, approximate=True)
        return dropped

    def _write_journals(self, pipe: Any, changes: Changes) -> None:
        if changes.calls:
            hour, start, calls = self._calls.joined_with(_call_blob(changes))
            pipe.hset(self.keys.bucket("lc", hour), str(start), pack_calls(calls, self.names))
        if changes.facts:
            pipe.hset(self.keys.bucket("lf", _hour(changes)), str(changes.start), pack_facts(changes.facts))
        if changes.entries:
            entries = pack_entries(changes.entries, self.names)
            pipe.hset(self.keys.bucket("ls", _hour(changes)), str(changes.start), entries)
        for (key, agent), first in changes.cut.items():
            pipe.hset(self.keys.timeline_starts, msgspec.msgpack.encode((key, agent)), msgspec.msgpack.encode(first))
        if self.names.fresh:
            pipe.rpush(self.keys.names, *self.names.fresh)

    def _write_newest(self, pipe: Any, changes: Changes) -> None:
        sources = changes.sources
        for key, newest in (
            (self.keys.now, _packed(changes.states)),
            (self.keys.snapshots, _packed(changes.snapshots)),
            (self.keys.sources, sources.heard_ms),
            (self.keys.types, sources.types),
            (self.keys.state_sources, sources.state_sources),
            (self.keys.source_days, _packed({source_field(key): day for key, day in sources.days.items()})),
            (self.keys.routes, _packed(sources.routes)),
            (self.keys.tombstones, _packed(changes.tombstones)),
        ):
            if newest:
                pipe.hset(key, mapping=newest)
        if sources.old_routes:
            pipe.hdel(self.keys.routes, *sources.old_routes)
        if sources.old_days:
            pipe.hdel(self.keys.source_days, *map(source_field, sources.old_days))

    def _expired(self, changes: Changes) -> Iterator[Bucket]:
        """The buckets that are older than their retention; hours of states wait until their timelines are cut."""
        if (limits := changes.limits) is None:
            return
        oldest = limits.buckets | {"lc": limits.call_stamp, "lf": limits.fact_stamp}
        if changes.swept:
            oldest["ls"] = limits.call_stamp
        for kind, limit in oldest.items():
            yield from (Bucket(kind, key) for key in sorted(self._exist[kind]) if key < limit)

    def _write_meta(self, pipe: Any, changes: Changes) -> None:
        meta: dict[str, Any] = self._identity._asdict() | {"schema": SCHEMA, "position": changes.position}
        meta |= changes.clock._asdict()
        for name, value in (("newest_ms", changes.newest_ms), ("heartbeat_ms", changes.heartbeat_ms)):
            if value is not None:
                meta[name] = value
        meta["quiet_ms"] = "" if changes.quiet_ms is None else changes.quiet_ms
        if changes.floor is not None:
            meta["floor"] = msgspec.msgpack.encode(changes.floor)
        if changes.swept:
            meta["trimmed"] = _week(changes)
        if changes.erasures:
            meta["erasures"] = changes.erasures
        if changes.halt is None:  # also one that another consumer wrote
            pipe.hdel(self.keys.meta, "halt")
        else:
            meta["halt"] = msgspec.msgpack.encode(changes.halt)
        pipe.hset(self.keys.meta, mapping=meta | {f"n:{name}": count for name, count in changes.totals.items()})

    def _note(self, changes: Changes, cells: Any, dropped: list[Bucket]) -> None:
        self.names.fresh.clear()
        if changes.calls:
            self._calls = self._calls.joined_with(_call_blob(changes))
        for kind, key in chain(cells, _journal_hours(changes)):
            self._exist[kind].add(key)
        for kind, key in dropped:
            self._exist[kind].discard(key)


def _packed(values: Mapping[str, Any]) -> dict[str, bytes]:
    return {name: msgspec.msgpack.encode(value) for name, value in values.items()}


def _hour(changes: Changes) -> int:
    return (changes.newest_ms or 0) // HOUR_MS


def _week(changes: Changes) -> int:
    return 0 if changes.limits is None else changes.limits.call_stamp // (7 * 24)


def _journal_hours(changes: Changes) -> list[Bucket]:
    written = {"lc": changes.calls, "lf": changes.facts, "ls": changes.entries}
    return [Bucket(kind, _hour(changes)) for kind, lines in written.items() if lines]


def _call_blob(changes: Changes) -> CallBlob:
    return CallBlob(_hour(changes), changes.start, changes.calls)


def _feed_entry(
    changes: Changes, cells: dict[Bucket, tuple[list[str], list[bytes]]], dropped: list[Bucket]
) -> FeedEntry:
    return FeedEntry(
        changes.start,
        changes.position,
        changes.newest_ms,
        changes.heartbeat_ms,
        changes.totals,
        [FeedCells(kind, key, lines, packed) for (kind, key), (lines, packed) in cells.items()],
        changes.states,
        changes.snapshots,
        changes.sources.heard_ms,
        [bucket for bucket in dropped if bucket.kind in KINDS],
        [
            (key, id, line)
            for (_, key, id), line in changes.facts.items()
            if isinstance(line, ActionLine) and line.gives
        ],
        changes.sources.types,
        [(day, source, noticed) for (day, source), noticed in changes.sources.days.items()],
        changes.sources.old_days,
        changes.halt,
        bool(changes.erased),
    )
