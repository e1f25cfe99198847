"""Why a partition stands still: a halt, stored with its position, or an open transaction; and what to do about it."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from streams.site_time import rfc3339

GAP, CODEC, CORRUPT, BROKER = REASONS = ("gap", "codec", "corrupt", "broker")
"""Kafka no longer has the next records; a compression that is not installed; bytes that are no records; Kafka refuses."""
_CURES = {
    GAP: "Kafka's retention is shorter than the consumer was away; nothing is skipped silently. Count into another Redis "
    "database from the beginning of the topic, and raise retention.ms",
    CODEC: "install what it names (pip install 'kafka-python[snappy,lz4,zstd]') and start the consumer again",
    CORRUPT: "the broker's disk or its replica is damaged: let a sound replica lead the partition; it is tried again by itself",
    BROKER: "see the broker's log; it is tried again by itself",
}
LONG_MS = 15_000
"""A transaction that is open for longer is reported."""
_UNKNOWN_PRODUCER = "a producer that the broker does not name"


class Halt(msgspec.Struct, frozen=True, array_like=True):
    """``offset`` cannot be read, for one of REASONS; all before it is counted. ``detail``: the words of the reader."""

    reason: str
    offset: int
    detail: str


class PartitionHalted(Exception):
    """The next records of these partitions cannot be read: counting on would lose them silently."""

    def __init__(self, halts: Mapping[int, Halt]) -> None:
        self.halts = halts
        super().__init__("; ".join(sentence(number, halt) for number, halt in sorted(halts.items())))


def sentence(partition: int, halt: Halt) -> str:
    """The halt in words: what happened, where, and what to do next."""
    cure = _CURES.get(halt.reason, _CURES[BROKER])
    what = f"partition {partition} is counted up to offset {halt.offset} and no further ({halt.reason})"
    return f"{what}: {halt.detail}. To do: {cure}"


def as_object(halt: Halt | None) -> dict[str, str | int] | None:
    """The halt as JSON values."""
    return None if halt is None else msgspec.structs.asdict(halt)


class OpenTransaction(NamedTuple):
    """The oldest open transaction of a partition."""

    offset: int
    """The offset of its first record, where reading ends."""
    waiting: int
    """Offsets from there to the end of the log."""
    since_ms: int | None
    """When its first record was appended; None: not known."""
    producer: str | None
    """Its transactional id; None: the broker does not say."""

    def is_long(self, now_ms: int) -> bool:
        """Whether it holds its partition back for LONG_MS, or for a time that is not known."""
        return self.since_ms is None or now_ms - self.since_ms >= LONG_MS

    def sentence(self, partition: int, now_ms: int) -> str:
        """The transaction in words: what happened, where, and what to do next."""
        since = (
            "" if self.since_ms is None else f" since {rfc3339(self.since_ms)} ({(now_ms - self.since_ms) // 1000} s)"
        )
        producer = _UNKNOWN_PRODUCER if self.producer is None else repr(self.producer)
        return (
            f"partition {partition}: an open transaction of {producer} holds it back at offset {self.offset}{since}; "
            f"{self.waiting} records wait behind it and are not counted. To do: let the producer commit or abort, "
            "or end it with kafka-transactions.sh"
        )
