"""An owner of a partition, as the tests of the store play it."""

from typing import Any

from streams.counting_policy import Counting
from streams.decode import Record
from streams.ledger.fold import Fold
from streams.ledger.partition_state import Changes, PartitionState
from streams.metrics import NAMES
from streams.store.identity import LogIdentity
from streams.store.loader import load
from streams.store.reader import Reader
from streams.store.store import Store
from tests.streams.making import at, call_record, new_fold, record, state_record

TOPIC = "callfloor.events"
IDENTITY = LogIdentity("cluster-1", "topic-1", 4)


def take_over(
    client: Any, partition: int = 0, identity: LogIdentity = IDENTITY, counting: Counting | None = None
) -> tuple[Store, Fold, PartitionState]:
    store, known = load(client, TOPIC, partition, identity)
    return store, new_fold(known, counting=counting), known


def changes_of(fold: Fold, *records: Record) -> Changes:
    for one in records:
        fold.fold_record(one)
    changes = fold.take_changes()
    assert changes is not None
    return changes


def commit(client: Any, *records: Record, partition: int = 0, counting: Counting | None = None) -> None:
    """One batch by an owner who has just taken the partition over."""
    store, fold, _ = take_over(client, partition, counting=counting)
    store.commit(changes_of(fold, *records))


def cells(client: Any, kind: str, partition: int = 0) -> dict[tuple[int, str], dict[str, int]]:
    """(bucket, line) -> metric -> amount, zeros left out."""
    reader = Reader(client, TOPIC, 4)
    return {
        (bucket.key, line): {name: n for name, n in zip(NAMES, row, strict=True) if n}
        for bucket, lines, rows in reader.cells(partition, kind, reader.buckets(partition, kind))
        for line, row in zip(lines, rows.tolist(), strict=True)
    }


def everything(client: Any) -> dict[bytes, Any]:
    """All of a Redis, byte for byte."""
    return {key: client.dump(key) for key in client.keys("*")}


FACTS = (
    call_record(0, campaign="renewal-11", queue="sales"),
    call_record(1, "c2", agent=None, outcome="abandoned"),
    record(2, "complaint.recorded", {"complaint_id": "k", "agent": "1042", "kind": "complaint"}, at_ms=at(5)),
    record(3, "evaluation.scored", {"evaluation_id": "e", "version": 1, "agent": "1042", "score": 88.5}, at_ms=at(6)),
    record(4, "survey.answered", {"survey_id": "s", "agent": "1042", "score": 5, "scale": [1, 5]}, at_ms=at(7)),
    record(
        5,
        "conduct.recorded",
        {"record_id": "r", "version": 1, "agent": "1042", "kind": "late", "points": -2},
        at_ms=at(8),
    ),
    state_record(6, "talk", at(0)),
    state_record(7, "wrap", at(90)),
    record(8, "queue.snapshot", {"queue": "sales", "waiting": 3}, at_ms=at(9), key="~queue:sales"),
    record(9, "pipeline.heartbeat", {"sent_at": "2026-11-23T06:00:10Z"}, at_ms=at(10)),
    record(10, "unknown.type", {}),
    Record(11, at(11), b"1042", b"{"),
)
