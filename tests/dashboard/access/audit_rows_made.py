"""A log of the audit in memory: chains, and the values that Kafka would have."""

from collections.abc import Iterator
from typing import Any

from dashboard.access.audit_chain import Chain, ChainCheck
from dashboard.access.audit_rows import AuditEntry, encode_row
from streams.actions import OutgoingRecord, ProduceFailed

START_MS = 1_763_870_400_000


def entry(**changes: Any) -> AuditEntry:
    usual = {"account": "oidc:1", "name": "周岚", "kind": "viewed_person", "where": "/team/dawn", "whom": "8100"}
    return AuditEntry(**{**usual, **changes})


def chained(count: int, chain: Chain | None = None, **changes: Any) -> tuple[Chain, list[bytes]]:
    """So many rows of one writer, a second apart, behind a chain -> the chain with them, and their values."""
    chain = chain or Chain()
    entries = [(entry(what=str(chain.seq + n), **changes), START_MS + n * 1000) for n in range(count)]
    longer, rows = chain.extend(entries)
    return longer, [encode_row(row) for row in rows]


def check(values: list[bytes], begin: int = 0, **more: Any) -> ChainCheck:
    found = ChainCheck(begin, **more)
    for offset, value in enumerate(values, begin):
        found.follow_row(offset, value)
    found.finish()
    return found


class MemoryLog:
    """What Kafka would have taken; ``is_away`` refuses, ``loses_receipts`` takes it and says that it did not."""

    def __init__(self) -> None:
        self.values: list[bytes] = []
        self.is_away = self.loses_receipts = False

    def post(self, records: list[OutgoingRecord]) -> None:
        if not self.is_away:
            self.values += [record.value for record in records]
        if self.is_away or self.loses_receipts:
            raise ProduceFailed("no broker")


class MemoryFollower:
    """The topic as it grows; ``faults``: how many times reading fails."""

    def __init__(self, values: list[bytes], start: int | None) -> None:
        self._values, self.next = values, start or 0
        self.faults = 0
        self.is_closed = False

    def read(self) -> Iterator[tuple[int, bytes | None]]:
        while self.next < len(self._values):
            self.next += 1
            yield self.next - 1, self._values[self.next - 1]
            if self.faults:
                raise ConnectionError("no broker")

    def close(self) -> None:
        self.is_closed = True
