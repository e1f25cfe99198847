"""Facts as their sources send them, with usual values where a test does not care."""

from collections.abc import Mapping, Sequence
from typing import Any

from streams.counting_policy import Counting, Retention
from streams.decode import Record, encode
from streams.ledger.fold import Fold
from streams.ledger.partition_state import Changes, PartitionState
from streams.metrics import INDEX, NAMES, to_rows
from streams.site_time import SiteTime, parse_rfc3339, rfc3339

NOW_MS = parse_rfc3339("2026-11-23T06:00:00Z")
SHANGHAI = SiteTime("Asia/Shanghai")
Cells = dict[tuple[str, int, str, str], int]
"""(kind of bucket, its key, line, metric) -> amount; zeros left out."""


def at(seconds: float = 0) -> int:
    """An instant so many seconds after the morning on which the tests play, in ms."""
    return NOW_MS + round(seconds * 1000)


def event(kind: str, time_ms: int, data: Mapping[str, Any]) -> bytes:
    """The value of a record."""
    return encode(kind, "id", "/acd", time_ms, data)


def call(call_id: str = "c1", *, agent: str | None = "1042", at_ms: int = NOW_MS, **data: Any) -> dict[str, Any]:
    """The data of a handled outbound call of 131 s that ended in a sale."""
    usual = {
        "version": 1,
        "direction": "outbound",
        "outcome": "handled",
        "disposition": "sale",
        "talk_s": 131,
        "wrap_s": 18,
    }
    return usual | {"call_id": call_id, "agent": agent, "ended_at": rfc3339(at_ms)} | data


def call_record(
    offset: int, call_id: str = "c1", *, at_ms: int = NOW_MS, key: str | None = None, **data: Any
) -> Record:
    """A call as a record, under its agent's key unless another is given."""
    made = call(call_id, at_ms=at_ms, **data)
    return record(offset, "call.ended", made, at_ms=at_ms, key=(made["agent"] or "") if key is None else key)


def record(
    offset: int,
    kind: str,
    data: Mapping[str, Any],
    *,
    at_ms: int = NOW_MS,
    key: str | None = None,
    append_ms: int | None = None,
) -> Record:
    """Any fact as a record that was appended when it happened."""
    key = data.get("agent") or "" if key is None else key
    return Record(offset, at_ms if append_ms is None else append_ms, key.encode(), event(kind, at_ms, data))


def state_record(offset: int, state: str, at_ms: int, agent: str = "1042", key: str | None = None) -> Record:
    """A change of state as a record."""
    return record(offset, "agent.state", {"agent": agent, "state": state}, at_ms=at_ms, key=key)


def new_fold(
    known: PartitionState | None = None,
    *,
    site_time: SiteTime = SHANGHAI,
    counting: Counting | None = None,
    retention: Retention | None = None,
) -> Fold:
    """A fold with the policy's defaults."""
    return Fold(known or PartitionState(), site_time, counting or Counting(), retention or Retention())


def fold_all(fold: Fold, records: Sequence[Record]) -> Changes:
    """All records in one batch."""
    for one in records:
        fold.fold_record(one)
    changes = fold.take_changes()
    assert changes is not None
    return changes


def add_cells(cells: Cells, changes: Changes) -> None:
    """Adds what a batch changes, as the store does, and drops what is past its retention."""
    for bucket, lines in changes.cells.items():
        for line, amounts in lines.items():
            for name, amount in amounts_by_name(amounts).items():
                place = (*bucket, line, name)
                cells[place] = cells.get(place, 0) + amount
    for place in [place for place, amount in cells.items() if not amount or not _kept(place, changes)]:
        del cells[place]


def _kept(place: tuple[str, int, str, str], changes: Changes) -> bool:
    return changes.limits is None or place[1] >= changes.limits.buckets[place[0]]


def cells_of(changes: Changes) -> Cells:
    """The cells of one batch into nothing."""
    cells: Cells = {}
    add_cells(cells, changes)
    return cells


def amounts_by_name(amounts: int) -> dict[str, int]:
    """Amounts -> metric -> amount, zeros left out."""
    row = to_rows([amounts])[0].tolist()
    return {name: row[INDEX[name]] for name in NAMES if row[INDEX[name]]}
