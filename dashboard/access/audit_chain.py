"""Chains of the audit log: each writer numbers its rows and puts the hash of the row before into each, and a check follows them.

A chain shows that rows were edited, left out, put in or moved. It cannot show it of the newest rows, nor against somebody who
writes the whole log anew: for that the heads are kept somewhere else, and compared.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from dashboard.access.audit_rows import NO_ROW, AuditEntry, AuditRow, NoRow, decode_row, is_intact, make_row
from streams.site_time import DAY_MS, rfc3339

_HEADS_MS = 31 * DAY_MS
_RECENT = 10_000
"""So many rows back a new chain may name the row before it: between looking and writing others write."""


@dataclass(frozen=True)
class Chain:
    """The chain of one writer as far as it is written. Without a row yet, ``head`` is the newest row of the log then."""

    writer: str = field(default_factory=lambda: secrets.token_hex(8))
    seq: int = 0
    head: str = NO_ROW

    def extend(self, entries: Iterable[tuple[AuditEntry, int]]) -> tuple["Chain", list[AuditRow]]:
        """Entries with their times -> the chain with them, and their rows."""
        chain, rows = self, []
        for entry, time_ms in entries:
            row = make_row(entry, time_ms, chain.writer, chain.seq + 1, chain.head)
            chain = replace(chain, seq=row.seq, head=row.hash)
            rows.append(row)
        return chain, rows

    def begin_again(self) -> "Chain":
        """A new chain behind this one: for a writer that cannot know whether its last rows arrived."""
        return Chain(head=self.head)


class Head(NamedTuple):
    """The newest row of a writer."""

    writer: str
    seq: int
    hash: str
    time_ms: int = 0

    @property
    def line(self) -> str:
        """As ``callfloor audit-log`` prints it, and takes it back."""
        return f"{self.writer} {self.seq} {self.hash} {rfc3339(self.time_ms)}"


class ChainFault(NamedTuple):
    """The first row of a chain that is not as it was written.

    ``seq`` is None, and ``writer`` empty, where the record is no row.
    """

    offset: int
    writer: str
    seq: int | None
    reason: str


class ChainCheck:
    """Follows all chains of a log, row by row. ``begin``: the first offset of the log; above 0 retention dropped older rows."""

    def __init__(self, begin: int = 0, kept: Iterable[Head] = ()) -> None:
        self.rows = 0
        self.intact = 0
        self.faults: list[ChainFault] = []
        self.heads: dict[str, Head] = {}
        self.begin = begin
        self._kept = {(head.writer, head.seq): head for head in kept}
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._broken: set[str] = set()

    def follow_row(self, offset: int, value: bytes | None) -> AuditRow | None:
        """The next record of the log -> its row, if it is one."""
        self.rows += 1
        try:
            row = decode_row(value)
        except NoRow as error:
            self.faults.append(ChainFault(offset, "", None, f"no row: {error}"))
            return None
        if row.writer not in self._broken:
            fault = self._fault(row)
            if fault is None:
                self.intact += 1
                self.heads[row.writer] = Head(row.writer, row.seq, row.hash, row.time_ms)
            else:
                self._broken.add(row.writer)
                self.faults.append(ChainFault(offset, row.writer, *fault))
        self._remember(row.hash)
        return row

    def finish(self) -> None:
        """At the end of the log: of the heads that were kept elsewhere, those whose rows are gone are faults too."""
        for head in self._kept.values():
            newest = self.heads.get(head.writer)
            if head.writer in self._broken or (newest is None and self.begin > 0):  # its rows may be past retention
                continue
            seq = newest.seq if newest else 0
            if seq < head.seq:
                reason = f"missing: the kept head has rows up to {head.seq}"
                self.faults.append(ChainFault(self.rows + self.begin, head.writer, seq + 1, reason))

    def recent_heads(self, now_ms: int) -> list[Head]:
        """The heads of the last month, the oldest first: older chains are behind those."""
        heads = (head for head in self.heads.values() if head.time_ms >= now_ms - _HEADS_MS)
        return sorted(heads, key=lambda head: (head.time_ms, head.writer))

    def _fault(self, row: AuditRow) -> tuple[int, str] | None:
        """The first wrong number of the chain, and why; None: the row is at its place."""
        before = self.heads.get(row.writer)
        if not is_intact(row):
            return row.seq, "edited: its hash is another"
        kept = self._kept.pop((row.writer, row.seq), None)
        if kept is not None and kept.hash != row.hash:
            return row.seq, "another row than the kept head names"
        if before is None:
            return self._fault_of_first(row)
        if row.seq > before.seq + 1:
            return before.seq + 1, "missing, or moved behind the next"
        if row.seq <= before.seq:
            return row.seq, "there twice, or put in"
        return None if row.prev == before.hash else (before.seq, "another row than the next one names")

    def _fault_of_first(self, row: AuditRow) -> tuple[int, str] | None:
        if self.begin > 0 and self.rows <= _RECENT:
            return None  # what it follows may be past retention
        if row.seq > 1:
            return 1, "missing, or moved behind the next"
        if row.prev != NO_ROW and row.prev not in self._recent:
            return 1, "the row before this chain is missing"
        return None

    def _remember(self, hash: str) -> None:
        self._recent[hash] = None
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
