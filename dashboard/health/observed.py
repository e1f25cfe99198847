"""What was seen around the counters, finished values: whoever connects to Kafka and Redis makes them."""

from collections.abc import Mapping
from typing import NamedTuple

from streams.halts import OpenTransaction


class Letters(NamedTuple):
    """The dead letters of one reason: those waiting, those of them refused again after a replay, those lost, the newest."""

    reason: str
    waiting: int
    again: int
    gone: int
    newest_ms: int | None
    place: str | None
    """topic / partition / offset of the newest one."""
    field: str | None
    """What of it was wrong, without its content."""
    shape: str | None
    """Its form without its content; None where Kafka no longer has it."""


class KafkaSeen(NamedTuple):
    """The log at an instant. ``error``: why it could not be seen then; the rest is that of the last time it could."""

    at_ms: int
    error: str | None = None
    ends: Mapping[int, tuple[int, int]] | None = None
    """Partition -> (first offset kept, end of what can be read)."""
    log_append_time: bool | None = None
    retention_ms: int | None = None
    """None: for ever, or not known."""
    letters: tuple[Letters, ...] | None = None
    held: Mapping[int, OpenTransaction] | None = None
    """Partition -> the open transaction that holds it back for long."""


class StoreSeen(NamedTuple):
    """A Redis: bytes used and allowed (0: no limit of its own), and what it does when they are used up."""

    used: int
    most: int
    policy: str


class PublisherSeen(NamedTuple):
    """Who publishes: host and process, the build, and the instant of what it published last."""

    host: str
    pid: int
    build: str
    tick_ms: int | None
