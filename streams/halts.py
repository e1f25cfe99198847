"""Why a partition is not counted any further, as a value: stored beside its position, and shown where people look."""

from collections.abc import Mapping

import msgspec

GAP, CODEC, CORRUPT, BROKER = REASONS = ("gap", "codec", "corrupt", "broker")
"""Kafka no longer has the next records; a compression that is not installed; bytes that are no records; Kafka refuses."""
_CURES = {
    GAP: "Kafka's retention is shorter than the consumer was away; nothing is skipped silently. Count into another Redis "
    "database from the beginning of the topic, and raise retention.ms",
    CODEC: "install what it names (pip install 'kafka-python[snappy,lz4,zstd]') and start the consumer again",
    CORRUPT: "the broker's disk or its replica is damaged: let a sound replica lead the partition; it is tried again by itself",
    BROKER: "see the broker's log; it is tried again by itself",
}


class Halt(msgspec.Struct, frozen=True, array_like=True):
    """``offset`` cannot be read, for one of REASONS; everything before it is counted. ``detail``: in the reader's words."""

    reason: str
    offset: int
    detail: str


class PartitionHalted(Exception):
    """What comes next in these partitions cannot be read: counting on would lose it silently."""

    def __init__(self, halts: Mapping[int, Halt]) -> None:
        self.halts = halts
        super().__init__("; ".join(sentence(number, halt) for number, halt in sorted(halts.items())))


def sentence(partition: int, halt: Halt) -> str:
    """What happened, where, and what to do next."""
    cure = _CURES.get(halt.reason, _CURES[BROKER])
    what = f"partition {partition} is counted up to offset {halt.offset} and no further ({halt.reason})"
    return f"{what}: {halt.detail}. To do: {cure}"
