"""Erases a person from what is stored of a partition, within the commit of the batch that says so.

``find_erasure`` reads and changes nothing, since a transaction cannot read; ``Erasure.write`` puts its commands into the
transaction. The position is compared there, so what was read is what is stored.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from streams.ledger.counters import CellChanges
from streams.ledger.erasure import without_mentions
from streams.ledger.outcome import ERASED
from streams.ledger.partition_state import Changes
from streams.metrics import to_amounts, unpack
from streams.site_time import KINDS, Bucket
from streams.store.keys import JOURNALS, Keys
from streams.store.ledger_rows import (
    GONE,
    Names,
    names_in,
    pack_calls,
    pack_entries,
    pack_facts,
    unpack_calls,
    unpack_entries,
    unpack_facts,
)

_AT_ONCE = 500
_start_name = msgspec.msgpack.Decoder(tuple[str, str])
Blobs = dict[tuple[str, int, bytes], bytes]
"""(kind of journal, hour, first offset) -> blob; an empty one is deleted."""


class Erasure(NamedTuple):
    """What the erasure of some agents changes in the store of a partition."""

    agents: tuple[str, ...]
    cells: dict[Bucket, list[str]]
    """The agents with a cell in each bucket."""
    moved: CellChanges
    """The amounts of these cells, to add to ``~erased``."""
    blobs: Blobs
    starts: list[bytes]
    """Fields of the starts of timelines."""
    names: list[int]

    def write(self, pipe: Any, keys: Keys) -> None:
        """Deletes and replaces. The change feed goes: it has cells by line. A reader finds a gap and reads all."""
        for bucket, lines in self.cells.items():
            pipe.hdel(keys.bucket(*bucket), *lines)
        for (kind, hour, start), blob in self.blobs.items():
            if blob:
                pipe.hset(keys.bucket(kind, hour), start, blob)
            else:
                pipe.hdel(keys.bucket(kind, hour), start)
        for key in (keys.now, keys.state_sources, keys.routes):
            pipe.hdel(key, *self.agents)
        if self.starts:
            pipe.hdel(keys.timeline_starts, *self.starts)
        for number in self.names:
            pipe.lset(keys.names, number, GONE)
        pipe.xtrim(keys.feed, maxlen=0, approximate=False)

    def added_to(self, cells: CellChanges) -> CellChanges:
        """The changes of a batch, and the amounts that move."""
        for bucket, lines in self.moved.items():
            of_bucket = cells.setdefault(bucket, {})
            for line, amounts in lines.items():
                of_bucket[line] = of_bucket.get(line, 0) + amounts
        return cells


def find_erasure(
    client: Any, keys: Keys, exist: Mapping[str, Iterable[int]], names: Names, changes: Changes
) -> Erasure:
    """What the store holds of the agents that a batch erases; ``exist``: the stored buckets and hours by kind.

    ``names`` forgets those that nothing uses any more. Raises what Redis raises.
    """
    agents, limits = changes.erased, changes.limits
    held = [Bucket(kind, key) for kind in KINDS for key in sorted(exist[kind])]
    held = [bucket for bucket in held if limits is None or limits.keeps(bucket)]
    cells: dict[Bucket, list[str]] = {}
    moved: CellChanges = {}
    for bucket, found in _cells_of(client, keys, held, agents):
        cells[bucket] = list(found)
        moved[bucket] = {ERASED: sum(to_amounts(row) for row in unpack(found.values()))}
    blobs = dict(_blobs_without(client, keys, exist, names, agents))
    fields = client.hkeys(keys.timeline_starts)
    starts = [field for field in fields if not set(agents).isdisjoint(_start_name.decode(field))]
    return Erasure(agents, cells, moved, blobs, starts, forget_unused_names(client, keys, exist, names, blobs))


def forget_unused_names(
    client: Any, keys: Keys, exist: Mapping[str, Iterable[int]], names: Names, replaced: Blobs | None = None
) -> list[int]:
    """``names`` forgets those that no stored row uses -> their numbers, for ``LSET``; ``replaced``: blobs that come instead."""
    used: set[int] = set()
    for kind in ("lc", "ls"):
        for hour, start, stored in _stored_blobs(client, keys, kind, exist):
            if blob := (replaced or {}).get((kind, hour, start), stored):
                used |= names_in(kind, blob)
    return names.forget_unused(used)


def _cells_of(
    client: Any, keys: Keys, held: Sequence[Bucket], agents: Sequence[str]
) -> Iterator[tuple[Bucket, dict[str, bytes]]]:
    for at in range(0, len(held), _AT_ONCE):
        some = held[at : at + _AT_ONCE]
        with client.pipeline(transaction=False) as pipe:
            for bucket in some:
                pipe.hmget(keys.bucket(*bucket), list(agents))
            for bucket, cells in zip(some, pipe.execute(), strict=True):
                found = {agent: cell for agent, cell in zip(agents, cells, strict=True) if cell is not None}
                if found:
                    yield bucket, found


def _stored_blobs(
    client: Any, keys: Keys, kind: str, exist: Mapping[str, Iterable[int]]
) -> Iterator[tuple[int, bytes, bytes]]:
    for hour in sorted(exist[kind]):
        for start, blob in client.hgetall(keys.bucket(kind, hour)).items():
            yield hour, start, blob


def _blobs_without(
    client: Any, keys: Keys, exist: Mapping[str, Iterable[int]], names: Names, agents: Sequence[str]
) -> Iterator[tuple[tuple[str, int, bytes], bytes]]:
    """The blobs that name the agents, without them."""
    for kind in JOURNALS:
        for hour, start, blob in _stored_blobs(client, keys, kind, exist):
            bare = _WITHOUT[kind](blob, names, set(agents))
            if bare != blob:
                yield (kind, hour, start), bare


def _calls_without(blob: bytes, names: Names, agents: set[str]) -> bytes:
    if not any(unpack_calls([blob], names, agents)):
        return blob
    left = {(key, id): line for key, id, line in unpack_calls([blob], names) if key not in agents}
    return pack_calls(left, names) if left else b""


def _facts_without(blob: bytes, names: Names, agents: set[str]) -> bytes:
    rows = unpack_facts(blob)
    left = {
        (kind, key, id): without_mentions(line, agents.__contains__)
        for kind, key, id, line in rows
        if key not in agents
    }
    if len(left) == len(rows) and all(left[kind, key, id] is line for kind, key, id, line in rows):
        return blob
    return pack_facts(left) if left else b""


def _entries_without(blob: bytes, names: Names, agents: set[str]) -> bytes:
    entries = list(unpack_entries(blob, names))
    left = [entry for entry in entries if agents.isdisjoint(entry[:2])]
    if len(left) == len(entries):
        return blob
    return pack_entries(left, names) if left else b""


_WITHOUT = {"lc": _calls_without, "lf": _facts_without, "ls": _entries_without}
