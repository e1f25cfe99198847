"""Reads the ledger from Redis: the records behind the numbers of one agent, or all facts of a partition.

The newest line of an id stands. Lines and cells are read at one position; what the cells have beyond the lines belongs to
lines past their retention.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from streams.ledger.calls import ABANDONED, CONVERTED, EFFECTIVE, HANDLED, SHORT, CallLine, call_amounts
from streams.ledger.facts import (
    ActionLine,
    ComplaintLine,
    ConductLine,
    Decision,
    EvaluationLine,
    FactLine,
    SurveyLine,
    amounts_of,
    complaint_status,
    newest_of,
)
from streams.metrics import INDEX, Rows, to_rows, unpack
from streams.site_time import HOUR_MS, MINUTE_MS, SiteTime, day_key
from streams.store.keys import Keys
from streams.store.ledger_rows import Names, in_order, unpack_calls, unpack_facts

__all__ = ["ActionLine", "ComplaintLine", "ConductLine", "Decision", "EvaluationLine", "FactLine", "SurveyLine"]
__all__ += ["BEGINNING", "Entry", "Ledger", "LedgerBusy", "LedgerReader", "Passage"]
__all__ += ["complaint_status", "entry_of", "newest_of", "status_of"]

_TRIES = 50
_HOURS_AT_ONCE = 24
_CALL_STATUS = {
    CONVERTED: "converted",
    SHORT: "short",
    EFFECTIVE: "effective",
    HANDLED: "handled",
    ABANDONED: "abandoned",
}


class LedgerBusy(RuntimeError):
    """A new hour began in the journals each time they were read. Ask again."""


class Entry(NamedTuple):
    """One record of an agent: when it counts, and its amounts (int64 per metric). ``line`` is a CallLine or a FactLine."""

    id: str
    kind: str
    at_ms: int
    gives: Rows
    line: Any

    def amount(self, metric: str) -> int:
        """Its amount of one metric."""
        return int(self.gives[INDEX[metric]])


class Ledger(NamedTuple):
    """The records of an agent on some business days, and the cells of these days at the same position."""

    entries: tuple[Entry, ...]
    cells: dict[int, Rows]
    """yyyymmdd -> int64 per metric; days without a cell are left out."""
    newest_ms: int


class Passage(NamedTuple):
    """The newest commit up to which a journal was read: its hour of the log and its first offset."""

    hour: int = 0
    start: int = -1


BEGINNING = Passage()


class LedgerReader:
    """Reads the journals of the partitions [0, partitions) of a topic. It never writes."""

    def __init__(self, client: Any, topic: str, partitions: int, site_time: SiteTime) -> None:
        self._client = client
        self._keys = [Keys(topic, partition) for partition in range(partitions)]
        self._time = site_time

    @property
    def partitions(self) -> range:
        """The partitions that are read."""
        return range(len(self._keys))

    def ledger(self, agent: str, first_ms: int, days: Sequence[int], calls: bool = True) -> Ledger:
        """The records of an agent (a record key) on business days (yyyymmdd), the first of which starts at ``first_ms``."""
        parts = [self._part(keys, agent, first_ms, days, calls) for keys in self._with_cells(agent, "d", days)]
        cells: dict[int, Rows] = {}
        for part in parts:
            for day, row in part.cells.items():
                cells[day] = cells[day] + row if day in cells else row
        wanted = set(days)
        entries = [entry for part in parts for entry in part.entries if self._day_key(entry.at_ms) in wanted]
        newest_ms = max((part.newest_ms for part in parts), default=0)
        return Ledger(tuple(sorted(entries, key=lambda entry: (entry.at_ms, entry.id))), cells, newest_ms)

    def facts(self, agent: str) -> list[Entry]:
        """All stored records of an agent but calls, also those that count nothing now; oldest first."""
        parts = [self._part(keys, agent, 0, [], calls=False) for keys in self._with_cells(agent, "mo")]
        return sorted((entry for part in parts for entry in part.entries), key=lambda entry: (entry.at_ms, entry.id))

    def all_facts(self, partition: int, since_ms: int = 0) -> dict[tuple[str, str, str], FactLine]:
        """(kind, key, id) -> line, for the lines of a partition written at or after ``since_ms`` of the log."""
        _, journals = self._read(self._keys[partition], ("lf",), since_ms // HOUR_MS, [], "")
        return {(kind, key, id): line for blob in journals["lf"] for kind, key, id, line in unpack_facts(blob)}

    def facts_after(
        self, partition: int, passage: Passage = BEGINNING
    ) -> Iterator[tuple[Passage, list[tuple[str, str, str, FactLine]]]]:
        """(passage, lines of one commit) for each commit after ``passage``, in their order. A line is (kind, key, id, line).

        A line may come again: the last one stands. Little is in memory at a time, so it reads a ledger of months. Commits
        made meanwhile may be missing and come with the next call.
        """
        keys = self._keys[partition]
        hours = [hour for _, hour in self._hours(keys, ("lf",), passage.hour)]
        if hours and hours[0] == passage.hour:
            yield from _commits(passage.hour, self._rest_of_hour(keys, passage))
            del hours[0]
        for some in (hours[at : at + _HOURS_AT_ONCE] for at in range(0, len(hours), _HOURS_AT_ONCE)):
            with self._client.pipeline(transaction=False) as pipe:
                for hour in some:
                    pipe.hgetall(keys.bucket("lf", hour))
                found = pipe.execute()
            for hour, blobs in zip(some, found, strict=True):
                yield from _commits(hour, {int(start): blob for start, blob in blobs.items()})

    def _rest_of_hour(self, keys: Keys, passage: Passage) -> dict[int, bytes]:
        bucket = keys.bucket("lf", passage.hour)
        starts = [start for start in map(int, self._client.hkeys(bucket)) if start > passage.start]
        blobs = self._client.hmget(bucket, starts) if starts else []
        return {start: blob for start, blob in zip(starts, blobs, strict=True) if blob is not None}

    def _day_key(self, ms: int) -> int:
        return day_key(self._time.day(ms).label)

    def _with_cells(self, agent: str, kind: str, days: Sequence[int] | None = None) -> list[Keys]:
        """The keys of the partitions that counted something for an agent: usually one."""
        found = []
        for keys in self._keys:
            buckets = days if days is not None else [int(b) for b in self._client.zrange(keys.existing(kind), 0, -1)]
            with self._client.pipeline(transaction=False) as pipe:
                for bucket in buckets:
                    pipe.hexists(keys.bucket(kind, bucket), agent)
                if buckets and any(pipe.execute()):
                    found.append(keys)
        return found

    def _part(self, keys: Keys, agent: str, first_ms: int, days: Sequence[int], calls: bool) -> Ledger:
        """The records and cells of an agent in one partition; moved lines and decisions without their record are left out."""
        kinds = ("lc", "lf") if calls else ("lf",)
        head, journals = self._read(keys, kinds, first_ms // HOUR_MS, days, agent)
        names = Names([name.decode() for name in head.names])
        lines = {call_id: line for _, call_id, line in unpack_calls(journals.get("lc", ()), names, [agent])}
        named = agent.encode()  # most commits do not name the agent, so they need no decoding
        blobs = [blob for blob in journals["lf"] if named in blob]
        facts = {(kind, id): line for blob in blobs for kind, key, id, line in unpack_facts(blob) if key == agent}
        cells = {day: unpack([cell])[0] for day, cell in zip(days, head.cells, strict=True) if cell is not None}
        return Ledger(tuple(_entries(lines, facts)), cells, head.newest_ms)

    def _read(
        self, keys: Keys, kinds: Sequence[str], first_hour: int, days: Sequence[int], agent: str
    ) -> tuple["_Head", dict[str, list[bytes]]]:
        """Cells and journals of one position, read in one transaction; read again if a new hour began just before."""
        hours = self._hours(keys, kinds, first_hour)
        for _ in range(_TRIES):
            with self._client.pipeline(transaction=True) as pipe:
                for kind in kinds:
                    pipe.zrangebyscore(keys.existing(kind), first_hour, "+inf")
                pipe.hget(keys.meta, "newest_ms").lrange(keys.names, 0, -1)
                for day in days:
                    pipe.hget(keys.bucket("d", day), agent)
                for kind, hour in hours:
                    pipe.hgetall(keys.bucket(kind, hour))
                found = iter(pipe.execute())
            now = [(kind, int(hour)) for kind in kinds for hour in next(found)]
            if now == hours:
                head = _Head(int(next(found) or 0), next(found), [next(found) for _ in days])
                blobs = list(zip(hours, found, strict=True))
                return head, {kind: in_order(hour for (of, _), hour in blobs if of == kind) for kind in kinds}
            hours = now
        raise LedgerBusy("the ledger changed each time it was read; ask again")

    def _hours(self, keys: Keys, kinds: Sequence[str], first_hour: int) -> list[tuple[str, int]]:
        return [
            (kind, int(hour))
            for kind in kinds
            for hour in self._client.zrangebyscore(keys.existing(kind), first_hour, "+inf")
        ]


class _Head(NamedTuple):
    newest_ms: int
    names: list[bytes]
    cells: list[bytes | None]


def entry_of(id: str, kind: str, line: FactLine) -> Entry | None:
    """A line -> its record; None where it moved to another agent, or a decision waits for its record."""
    return Entry(id, kind, line.at_ms, to_rows([amounts_of(line)])[0], line) if _counts_here(line) else None


def status_of(entry: Entry) -> str:
    """The status of a record: pending, confirmed, reversed; scored, revised; offered, answered; the outcome of a call."""
    match entry.line:
        case ComplaintLine(decision=decision):
            return complaint_status(decision)
        case EvaluationLine(revised_ms=revised_ms):
            return "revised" if revised_ms >= 0 else "scored"
        case SurveyLine(rank=rank):
            return "answered" if rank else "offered"
        case ConductLine(kind=kind) | ActionLine(kind=kind):
            return kind
        case CallLine(flags=flags):
            return next((word for bit, word in _CALL_STATUS.items() if flags & bit), "not_handled")
    raise TypeError(type(entry.line).__name__)


def _commits(hour: int, blobs: dict[int, bytes]) -> Iterator[tuple[Passage, list[tuple[str, str, str, FactLine]]]]:
    for start in sorted(blobs):
        yield Passage(hour, start), unpack_facts(blobs[start])


def _entries(calls: dict[str, CallLine], facts: dict[tuple[str, str], FactLine]) -> list[Entry]:
    found: list[tuple[str, str, int, CallLine | FactLine, int]] = [
        *(
            (id, "call", line.minute * MINUTE_MS, line, amounts)
            for id, line in calls.items()
            if (amounts := call_amounts(line))
        ),
        *((id, kind, line.at_ms, line, amounts_of(line)) for (kind, id), line in facts.items() if _counts_here(line)),
    ]
    rows = to_rows([each[4] for each in found])
    return [Entry(id, kind, at_ms, row, line) for (id, kind, at_ms, line, _), row in zip(found, rows, strict=True)]


def _counts_here(line: FactLine) -> bool:
    """Whether a line is a record of the agent of its key: not moved, and more than a decision that waits for its record."""
    recorded = not isinstance(line, EvaluationLine) or line.version >= 0
    return line.gives and recorded and not (isinstance(line, ComplaintLine) and line.moved)
