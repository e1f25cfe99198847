"""Reads cells, states, snapshots and the change feed from Redis, for the read model, totals and check."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import msgspec

from streams.agent_routes import AgentRoutes
from streams.events import Snapshot, StateNow
from streams.halts import Halt
from streams.ledger.counters import Limits
from streams.metrics import Rows, UnknownSchema, unpack
from streams.site_time import Bucket, DayClock
from streams.source_days import SourceDay, SourceDays, read_source_field
from streams.store.errors import StoreAway
from streams.store.feed import FIELD, FeedEntry
from streams.store.keys import Keys
from streams.tombstones import Tombstone

_state = msgspec.msgpack.Decoder(StateNow)
_snapshot = msgspec.msgpack.Decoder(Snapshot)
_source_day = msgspec.msgpack.Decoder(SourceDay)
_halt = msgspec.msgpack.Decoder(Halt)
_entry = msgspec.msgpack.Decoder(FeedEntry)
_floor = msgspec.msgpack.Decoder(Limits)
_tombstone = msgspec.msgpack.Decoder(Tombstone)
_routes = msgspec.msgpack.Decoder(dict[str, int])
T = TypeVar("T")
Cells = tuple[Bucket, list[str], Rows]


class Meta(NamedTuple):
    """Position and sums of a partition. ``heartbeat_ms``: sent_at of the newest heartbeat that was folded."""

    position: int
    newest_ms: int | None
    heartbeat_ms: int | None
    totals: dict[str, int]
    halt: Halt | None = None
    """Why it does not go on; None: it goes on."""
    erasures: int = 0
    """Records of erasure that were obeyed; with another number the lines must be read again."""


class Change(NamedTuple):
    """One commit of the change feed; ``cells`` are those of the entry, unpacked."""

    id: str
    entry: FeedEntry
    meta: Meta
    cells: list[Cells]


class Reader:
    """Reads the partitions [0, partitions) of a topic. It never writes."""

    def __init__(self, client: Any, topic: str, partitions: int) -> None:
        self._client = client
        self.topic = topic
        self._keys = [Keys(topic, partition) for partition in range(partitions)]

    @property
    def partitions(self) -> range:
        """The partitions that are read."""
        return range(len(self._keys))

    def meta(self, partition: int) -> Meta | None:
        """Position and sums; None if nothing was committed yet."""
        found = self._client.hgetall(self._keys[partition].meta)
        if b"position" not in found:
            return None
        fields = {name.decode(): value for name, value in found.items()}
        totals = {name[2:]: int(value) for name, value in fields.items() if name.startswith("n:")}
        newest_ms, heartbeat_ms = (int(fields[n]) if n in fields else None for n in ("newest_ms", "heartbeat_ms"))
        halt = _halt.decode(fields["halt"]) if "halt" in fields else None
        return Meta(int(fields["position"]), newest_ms, heartbeat_ms, totals, halt, int(fields.get("erasures", 0)))

    def clock(self) -> DayClock | None:
        """The clock of the counted days, from the first partition that has it; None: the clock of the site holds."""
        for keys in self._keys:
            zone, day_start = self._client.hmget(keys.meta, DayClock._fields)
            if zone is not None:
                return DayClock(zone.decode(), day_start.decode())
        return None

    def buckets(self, partition: int, kind: str) -> list[int]:
        """The buckets of a kind that exist, oldest first."""
        return [int(key) for key in self._client.zrange(self._keys[partition].existing(kind), 0, -1)]

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]:
        """The cells of these buckets, in one round trip. Buckets that do not exist come back empty."""
        with self._client.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hgetall(self._keys[partition].bucket(kind, key))
            found = pipe.execute() if keys else []
        return [
            (Bucket(kind, key), [line.decode() for line in cells], unpack(cells.values()))
            for key, cells in zip(keys, found, strict=True)
        ]

    def counts_of(self, partition: int, line: str) -> bool:
        """Whether a partition has counted anything of a line in any stored month."""
        with self._client.pipeline(transaction=False) as pipe:
            for month in self.buckets(partition, "mo"):
                pipe.hexists(self._keys[partition].bucket("mo", month), line)
            return any(pipe.execute())

    def cells_of(self, partition: int, kind: str, keys: Sequence[int], line: str) -> tuple[list[int], Rows]:
        """One line's cells of these buckets, in one round trip -> the buckets that have one, and their rows."""
        with self._client.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hget(self._keys[partition].bucket(kind, key), line)
            found = [(key, cell) for key, cell in zip(keys, pipe.execute(), strict=True) if cell is not None]
        return [key for key, _ in found], unpack([cell for _, cell in found])

    def state_of(self, partition: int, agent: str) -> StateNow | None:
        """An agent's state now; None where the partition has none."""
        found = self._client.hget(self._keys[partition].now, agent)
        return None if found is None else _state.decode(found)

    def states(self, partition: int) -> dict[str, StateNow]:
        """Agent -> the state now and since when."""
        return self._decoded(self._keys[partition].now, _state.decode)

    def snapshots(self, partition: int) -> dict[str, Snapshot]:
        """``queue:<id>`` and ``campaign:<id>`` -> the newest snapshot."""
        return self._decoded(self._keys[partition].snapshots, _snapshot.decode)

    def sources(self, partition: int) -> dict[str, int]:
        """CloudEvents source -> newest append time in ms."""
        return self._decoded(self._keys[partition].sources, int)

    def types(self, partition: int) -> dict[str, int]:
        """Type of event -> valid facts ever counted; a type that never came is left out."""
        return self._decoded(self._keys[partition].types, int)

    def state_sources(self, partition: int) -> dict[str, str]:
        """Agent -> source of the state the agent is in now."""
        return self._decoded(self._keys[partition].state_sources, bytes.decode)

    def source_days(self, partition: int) -> SourceDays:
        """(yyyymmdd, source) -> its findings on that business day of the log, for the newest days."""
        found = self._client.hgetall(self._keys[partition].source_days)
        return {read_source_field(name): _source_day.decode(noticed) for name, noticed in found.items()}

    def routes(self, partition: int) -> AgentRoutes:
        """Agent -> source -> yyyymmdd of the newest business day of the log on which it sent a fact of the agent."""
        return self._decoded(self._keys[partition].routes, _routes.decode)

    def silence(self, partition: int) -> tuple[int | None, Limits | None]:
        """The first heartbeat after the newest fact, and the limits that silence has raised."""
        quiet, floor = self._client.hmget(self._keys[partition].meta, "quiet_ms", "floor")
        return int(quiet) if quiet else None, _floor.decode(floor) if floor else None

    def tombstones(self, partition: int) -> dict[str, Tombstone]:
        """``tombstone_id`` of an erased agent -> the tombstone."""
        return self._decoded(self._keys[partition].tombstones, _tombstone.decode)

    def _decoded(self, key: str, decode: Callable[[bytes], T]) -> dict[str, T]:
        return {name.decode(): decode(value) for name, value in self._client.hgetall(key).items()}

    def feed_end(self, partition: int) -> str:
        """The id of the newest feed entry; ``0-0`` if there is none."""
        newest = self._client.xrevrange(self._keys[partition].feed, count=1)
        return newest[0][0].decode() if newest else "0-0"

    def feed(self, partition: int, after: str, count: int = 500) -> list[Change]:
        """The commits after a feed id, oldest first. A Change whose ``start`` is not the last position seen is a gap."""
        found = self._client.xrange(self._keys[partition].feed, min=f"({after}", count=count)
        return [_change(entry_id.decode(), _entry.decode(fields[FIELD.encode()])) for entry_id, fields in found]


def _change(entry_id: str, entry: FeedEntry) -> Change:
    meta = Meta(entry.position, entry.newest_ms, entry.heartbeat_ms, entry.totals, entry.halt)
    cells = [(Bucket(cells.kind, cells.key), cells.lines, unpack(cells.cells)) for cells in entry.cells]
    return Change(entry_id, entry, meta, cells)


class CountedClock:
    """Called, it gives the clock of what is counted; while Redis is away the one it gave last, None before there is any."""

    def __init__(self, reader: Callable[[], Reader]) -> None:
        self._reader = reader
        self._last: DayClock | None = None

    def __call__(self) -> DayClock | None:
        with suppress(*StoreAway, OSError, UnknownSchema):
            self._last = self._reader().clock()
        return self._last
