"""Reads everything that the counters and ledgers of a topic hold about one person, for them to have or to see that it is gone."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from streams.ledger.erasure import without_mentions
from streams.ledger.states import STATES
from streams.metrics import NAMES
from streams.site_time import KINDS, rfc3339
from streams.store.keys import JOURNALS, Keys
from streams.store.ledger_rows import Names, unpack_calls, unpack_entries, unpack_facts
from streams.store.reader import Reader
from streams.tombstones import Tombstone, tombstone_id

_KIND_NAMES = {"m": "minutes", "h": "hours", "d": "days", "mo": "months"}
_start_name = msgspec.msgpack.Decoder(tuple[str, str])


class PersonRecord(NamedTuple):
    """One record of the ledger: its kind and id, and its fields as JSON values."""

    kind: str
    id: str
    line: dict[str, Any]


class HeldData(NamedTuple):
    """What one partition holds about a person."""

    cells: dict[str, dict[str, dict[str, int]]]
    """``minutes``, ``hours`` (by their first instant), ``days`` and ``months`` -> bucket -> metric -> amount, without zeros."""
    records: list[PersonRecord]
    states: list[dict[str, Any]]
    """``time``, ``state`` and ``reason`` of each change of state that is kept, oldest first."""
    mentions: list[tuple[str, str]]
    """(kind, id) of records of other people that name this one."""
    places: list[str]
    """Further keys of Redis that have the id, by the last part of their names."""
    tombstone: Tombstone | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held. A tombstone does not have the id."""
        return not (any(self.cells.values()) or self.records or self.states or self.mentions or self.places)


class PersonReader:
    """Reads one person in the partitions [0, partitions) of a topic. It never writes."""

    def __init__(self, client: Any, topic: str, partitions: int, agent: str) -> None:
        self.topic = topic
        self.agent = agent
        self.partitions = range(partitions)
        self._client = client
        self._reader = Reader(client, topic, partitions)

    def read(self, show: Callable[[str], None] = lambda text: None) -> Iterator[HeldData]:
        """Each partition in turn; ``show`` gets where the work stands. Raises what Redis raises."""
        for partition in self.partitions:
            keys = Keys(self.topic, partition)
            show(f"{self.topic}, partition {partition} of {len(self.partitions)}")
            records, states, mentions = self._lines(keys, partition)
            cells = {_KIND_NAMES[kind]: self._cells(partition, kind) for kind in KINDS}
            tombstone = self.tombstone(partition)
            yield HeldData(cells, records, states, mentions, self._places(keys, partition), tombstone)

    def tombstone(self, partition: int) -> Tombstone | None:
        """The tombstone of the person in a partition; None where they were not erased there."""
        return self._reader.tombstones(partition).get(tombstone_id(self.agent))

    def erasures(self, partition: int) -> int:
        """The erasures that a partition has obeyed."""
        meta = self._reader.meta(partition)
        return meta.erasures if meta else 0

    def _cells(self, partition: int, kind: str) -> dict[str, dict[str, int]]:
        buckets = self._reader.buckets(partition, kind)
        found, rows = self._reader.cells_of(partition, kind, buckets, self.agent)
        return {
            _bucket_name(kind, key): {name: amount for name, amount in zip(NAMES, row, strict=True) if amount}
            for key, row in zip(found, rows.tolist(), strict=True)
        }

    def _lines(
        self, keys: Keys, partition: int
    ) -> tuple[list[PersonRecord], list[dict[str, Any]], list[tuple[str, str]]]:
        records: dict[tuple[str, str], PersonRecord] = {}
        states: dict[int, dict[str, Any]] = {}
        mentions: dict[tuple[str, str], None] = {}
        for kind in JOURNALS:
            for hour in self._reader.buckets(partition, kind):
                with self._client.pipeline(transaction=True) as pipe:
                    pipe.hgetall(keys.bucket(kind, hour)).lrange(keys.names, 0, -1)
                    stored, listed = pipe.execute()
                names = Names([name.decode() for name in listed])
                for blob in (stored[start] for start in sorted(stored, key=int)):
                    if kind == "lc":
                        for _, id, call in unpack_calls([blob], names, [self.agent]):
                            records["call", id] = PersonRecord("call", id, msgspec.structs.asdict(call))
                    elif kind == "lf":
                        for of, key, id, line in unpack_facts(blob):
                            if key == self.agent:
                                records[of, id] = PersonRecord(of, id, msgspec.structs.asdict(line))
                            elif without_mentions(line, self.agent.__eq__) is not line:
                                mentions[of, id] = None
                    else:
                        for key, agent, entry, reason in unpack_entries(blob, names):
                            if self.agent in (key, agent):
                                states[entry] = _state(entry, reason)
        return list(records.values()), [states[entry] for entry in sorted(states)], list(mentions)

    def _places(self, keys: Keys, partition: int) -> list[str]:
        agent, client = self.agent.encode(), self._client
        hashes = (keys.now, keys.state_sources, keys.routes)
        found = [key for key in hashes if client.hexists(key, agent)]
        starts = map(_start_name.decode, client.hkeys(keys.timeline_starts))
        found += [keys.timeline_starts] if any(self.agent in start for start in starts) else []
        days = self._reader.source_days(partition).values()
        texts = {text for day in days for finding in day.findings.values() for text in finding.example.values()}
        found += (
            [keys.source_days] if self.agent in texts | {lag.id for day in days for lag in day.lags.values()} else []
        )
        found += [keys.names] if agent in client.lrange(keys.names, 0, -1) else []
        return [key.rpartition(":")[2] for key in found]


def _bucket_name(kind: str, key: int) -> str:
    if kind in ("m", "h"):
        return rfc3339(key * 60_000)
    text = str(key)
    return f"{text[:4]}-{text[4:6]}" + (f"-{text[6:]}" if kind == "d" else "")


def _state(entry: int, reason: str | None) -> dict[str, Any]:
    return {"time": rfc3339(entry >> 4), "state": STATES[entry & 15], "reason": reason}
