"""The audit log for people: its newest rows with filters, their number by kind, and who looked at one person.

It follows the topic and keeps the rows of a few months in columns of numbers, some 60 bytes a row: a text that is there a million
times is kept once. Whether the chains hold says ``audit_chain.ChainCheck``, which reads the whole log.
"""

import threading
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import msgspec
import numpy as np

from dashboard.access.audit_rows import KINDS, AuditEntry, AuditRow, NoRow, decode_row
from streams.site_time import DAY_MS

KEPT_MS = 92 * DAY_MS
"""What people see of the log in a page: three months. Older rows stand in the log, for ``callfloor audit-log``."""
MOST_ROWS = 500
_CLOSE_S = 2.0
_LOOKS = frozenset({"viewed_person", "exported", "denied"})
_TEXTS = AuditEntry.__struct_fields__


class ValueLog(Protocol):
    """A topic as it grows: ``streams.kafka_log.log_reader.ValueFollower``."""

    next: int

    def read(self) -> Iterator[tuple[int, bytes | None]]: ...
    def close(self) -> None: ...


class AuditLine(AuditEntry, frozen=True, kw_only=True):
    """One row as people see it. ``number``: its place in the log, from 1."""

    number: int
    time_ms: int


@dataclass(frozen=True)
class AuditFilter:
    """Which rows. ``account``: a text in the account or the name; ``people``: the agents concerned; [``from_ms``, ``to_ms``)."""

    kind: str | None = None
    account: str | None = None
    people: frozenset[str] | None = None
    from_ms: int | None = None
    to_ms: int | None = None

    def has(self, row: AuditRow) -> bool:
        """Whether a row is wanted."""
        part = (self.account or "").casefold()
        return (
            self.kind in (None, row.kind)
            and (self.people is None or row.whom in self.people)
            and (self.from_ms is None or row.time_ms >= self.from_ms)
            and (self.to_ms is None or row.time_ms < self.to_ms)
            and (part in row.account.casefold() or part in row.name.casefold())
        )


class Looker(NamedTuple):
    """Somebody who looked at a person, or was refused: how often, and when last. ``agent``: of the account, if it is one."""

    account: str
    name: str
    kind: str
    looks: int
    last_ms: int
    agent: str | None = None


class AuditFollower:
    """``open_log`` gives the topic from an offset on, or where that is None from the moment that people see.

    ``refresh`` raises what the log raises, and opens it again the next time. Several threads may ask, and never wait for Kafka.
    """

    def __init__(self, open_log: Callable[[int | None], ValueLog], clock_ms: Callable[[], int]) -> None:
        self._open_log = open_log
        self._clock_ms = clock_ms
        self._log: ValueLog | None = None
        self._next: int | None = None
        self._reading = threading.Lock()
        self._lock = threading.Lock()
        self._times = array("q")
        self._numbers = array("q")
        self._columns = {name: array("I") for name in _TEXTS}
        self._texts: list[str | None] = [None]
        self._ids: dict[str | None, int] = {None: 0}
        self._forgotten = 0
        self._about: dict[int, array[int]] = {}
        """The id of an agent -> the rows about them, counted from the first that was ever taken up."""

    def refresh(self) -> None:
        """Takes up new rows."""
        with self._reading:
            try:
                log = self._log = self._log or self._open_log(self._next)
                for offset, value in log.read():
                    self._add_row(offset, value)
                self._next = log.next
            except Exception:
                self._close()
                raise
            with self._lock:
                self._forget_before(self._clock_ms() - KEPT_MS)

    @property
    def total(self) -> int:
        """How many rows were ever written: the number of the newest."""
        return self._next or 0

    def rows(self, wanted: AuditFilter, limit: int = MOST_ROWS) -> list[AuditLine]:
        """The newest rows, newest first."""
        with self._lock:
            return [self._line(at) for at in self._select(wanted)[::-1][:limit].tolist()]

    def counts(self, wanted: AuditFilter) -> dict[str, int]:
        """Rows by kind, whatever kind is asked for: so they add up to all rows of the filter."""
        with self._lock:
            kinds = self._view("kind")[self._select(wanted, with_kind=False)]
            return {kind: int((kinds == self._ids.get(kind, -1)).sum()) for kind in KINDS}

    def lookers_at(self, agent: str, from_ms: int, to_ms: int | None = None) -> list[Looker]:
        """Everybody who looked at an agent or was refused, the latest first; the agent too."""
        with self._lock:
            accounts, kinds = self._columns["account"], self._columns["kind"]
            wanted = {self._ids.get(kind, -1) for kind in _LOOKS}
            counts: Counter[tuple[int, int]] = Counter()
            last: dict[tuple[int, int], int] = {}
            for ordinal in self._about.get(self._ids.get(agent, 0), ()):
                at = ordinal - self._forgotten
                if kinds[at] in wanted and from_ms <= self._times[at] and (to_ms is None or self._times[at] < to_ms):
                    counts[accounts[at], kinds[at]] += 1
                    last[accounts[at], kinds[at]] = at
            lines = [(self._line(at), counts[key]) for key, at in last.items()]
        looks = [Looker(line.account, line.name, line.kind, n, line.time_ms, line.agent) for line, n in lines]
        return sorted(looks, key=lambda each: each.last_ms, reverse=True)

    def close(self) -> None:
        """Closes the connection; one that waits for Kafka ends with its process."""
        if self._reading.acquire(timeout=_CLOSE_S):
            try:
                self._close()
            finally:
                self._reading.release()

    def _close(self) -> None:
        log, self._log = self._log, None
        if log is not None:
            self._next = log.next
            log.close()

    def _add_row(self, offset: int, value: bytes | None) -> None:
        try:
            row = decode_row(value)
        except NoRow:
            return  # the check of the chains names it
        with self._lock:
            self._times.append(row.time_ms)
            self._numbers.append(offset + 1)
            for name, column in self._columns.items():
                column.append(self._id_of(getattr(row, name)))
            if row.whom is not None:
                about = self._about.setdefault(self._ids[row.whom], array("q"))
                about.append(self._forgotten + len(self._times) - 1)

    def _id_of(self, text: str | None) -> int:
        id = self._ids.get(text)
        if id is None:
            id = self._ids[text] = len(self._texts)
            self._texts.append(text)
        return id

    def _select(self, wanted: AuditFilter, with_kind: bool = True) -> np.ndarray:
        """The positions of the rows, oldest first."""
        times = np.array(self._times, np.int64)
        mask = np.ones(len(times), bool)
        if wanted.from_ms is not None:
            mask &= times >= wanted.from_ms
        if wanted.to_ms is not None:
            mask &= times < wanted.to_ms
        if wanted.kind is not None and with_kind:
            mask &= self._view("kind") == self._ids.get(wanted.kind, -1)
        if wanted.people is not None:
            mask &= np.isin(self._view("whom"), [self._ids[id] for id in wanted.people if id in self._ids])
        if wanted.account is not None:
            ids = list(self._ids_with(wanted.account.casefold()))
            mask &= np.isin(self._view("account"), ids) | np.isin(self._view("name"), ids)
        return np.flatnonzero(mask)

    def _ids_with(self, part: str) -> Iterable[int]:
        return (id for id, text in enumerate(self._texts) if text is not None and part in text.casefold())

    def _view(self, name: str) -> np.ndarray:
        """A column as numbers, copied: an array that is looked at cannot grow."""
        return np.array(self._columns[name], np.int64)

    def _line(self, at: int) -> AuditLine:
        texts = {name: self._texts[column[at]] for name, column in self._columns.items()}
        return msgspec.convert({**texts, "number": self._numbers[at], "time_ms": self._times[at]}, AuditLine)

    def _forget_before(self, ms: int) -> None:
        old = next((at for at, time_ms in enumerate(self._times) if time_ms >= ms), len(self._times))
        for column in (self._times, self._numbers, *self._columns.values()):
            del column[:old]
        self._forgotten += old
        for about in self._about.values() if old else ():
            del about[: bisect_left(about, self._forgotten)]
