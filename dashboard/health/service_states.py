"""The states of Kafka, Redis and the publisher, and their JSON in the health report: unknown is null, times are RFC 3339."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from dashboard.board.bus import LEASE_KEY, snapshot_key
from streams.counting_policy import BY_REBUILD
from streams.halts import OpenTransaction
from streams.site_time import DAY_MS, rfc3339
from streams.store.client import RedisState


class DeadLetterSum(NamedTuple):
    """The dead letters of one reason: those waiting, those of them refused again after a replay, those that Kafka lost.

    ``location``, ``field`` and ``shape`` describe the newest letter without its content: topic / partition / offset, the field
    that is wrong, its form. None: Kafka no longer has it.
    """

    reason: str
    waiting: int
    again: int
    gone: int
    newest_ms: int | None
    location: str | None
    field: str | None
    shape: str | None


class KafkaState(NamedTuple):
    """The log at an instant. ``error``: why Kafka did not answer then; the other fields are from its last answer."""

    at_ms: int
    error: str | None = None
    ends: Mapping[int, tuple[int, int]] | None = None
    """Partition -> (first offset kept, end of what can be read)."""
    log_append_time: bool | None = None
    retention_ms: int | None = None
    """None: for ever, or not known."""
    letters: tuple[DeadLetterSum, ...] | None = None
    held: Mapping[int, OpenTransaction] | None = None
    """Partition -> the open transaction that has held it back for long."""


class PublisherState(NamedTuple):
    """The holder of the publisher's lease: host and process, its build, and the instant of the newest frame."""

    host: str
    pid: int
    build: str
    tick_ms: int | None


class _FloorSnapshot(msgspec.Struct):
    now: int
    build: str = ""


_SNAPSHOT = msgspec.json.Decoder(_FloorSnapshot)


def read_publisher(client: Any) -> PublisherState | None:
    """None where nobody holds the lease. Raises what is in bus.AWAY."""
    holder, newest = client.get(LEASE_KEY), client.get(snapshot_key("floor"))
    if holder is None:
        return None
    process = json.loads(holder)
    snapshot = _SNAPSHOT.decode(newest) if newest else None
    build, tick_ms = (snapshot.build, snapshot.now) if snapshot else ("", None)
    return PublisherState(process["host"], process["pid"], build, tick_ms)


def kafka_report(state: KafkaState | None) -> dict[str, Any]:
    """The topic of the events; all null before Kafka was first asked, ``reachable`` too."""
    if state is None:
        return dict.fromkeys(("reachable", "error", "seen", "log_append_time", "retention_days", "held"))
    return {
        "reachable": state.error is None,
        "error": state.error,
        "seen": rfc3339(state.at_ms),
        "log_append_time": state.log_append_time,
        "retention_days": None if state.retention_ms is None else round(state.retention_ms / DAY_MS, 1),
        "held": [_transaction(number, each, state.at_ms) for number, each in (state.held or {}).items()],
    }


def _transaction(partition: int, open_one: OpenTransaction, at_ms: int) -> dict[str, Any]:
    """An open transaction, for how long it has been open, and the records that wait behind it."""
    held_s = None if open_one.since_ms is None else (at_ms - open_one.since_ms) // 1000
    figures = {"offset": open_one.offset, "n": open_one.waiting, "held_s": held_s, "producer": open_one.producer}
    return {"partition": partition, **figures}


def letters_report(state: KafkaState | None) -> list[dict[str, Any]] | None:
    """The dead letters by reason; None before Kafka was first asked."""
    if state is None or state.letters is None:
        return None
    return [
        {
            **{name: getattr(each, name) for name in ("reason", "waiting", "again", "gone", "newest_ms")},
            "newest": time_text(each.newest_ms),
            "place": each.location,
            "field": each.field,
            "shape": each.shape,
            "by_rebuild": each.reason in BY_REBUILD,
        }
        for each in state.letters
    ]


def redis_report(state: RedisState | None) -> dict[str, Any]:
    """A Redis that answers; ``state`` None: nothing asks for its memory."""
    if state is None:
        return {"reachable": True}
    limits = {"most_bytes": state.most or None, "policy": state.policy or None}
    return {"reachable": True, "used_bytes": state.used, **limits}


def publisher_report(state: PublisherState | None, now_ms: int) -> dict[str, Any]:
    """The publisher at work; all null where nobody holds the lease."""
    if state is None:
        return dict.fromkeys(("host", "pid", "build", "tick", "tick_age_s"))
    age_s = None if state.tick_ms is None else max(0, now_ms - state.tick_ms) / 1000
    process = {"host": state.host, "pid": state.pid, "build": state.build or None}
    return {**process, "tick": time_text(state.tick_ms), "tick_age_s": age_s}


def count_waiting(state: KafkaState | None, partition: int, position: int | None) -> int | None:
    """Records of a partition in the log that are not counted yet; None where the log's end is not known.

    The end may be some seconds older than the position: then nothing waits.
    """
    kept = ((state.ends if state else None) or {}).get(partition)
    return None if kept is None else max(0, kept[1] - (kept[0] if position is None else position))


def time_text(ms: int | None) -> str | None:
    """RFC 3339; None: there is no such instant."""
    return None if ms is None else rfc3339(ms)
