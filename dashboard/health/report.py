"""What was seen around the counters, in JSON: unknown is null, times are RFC 3339."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.floor.partition_follower import STALE_S
from dashboard.floor.reported import uncounted
from dashboard.health.observed import KafkaSeen, Letters, PublisherSeen, StoreSeen
from dashboard.health.roster_gap import roster_to_do
from dashboard.health.source_notices import noticed_to_do
from dashboard.health.split_agents import split_to_do
from streams.counting_policy import BY_REBUILD
from streams.halts import OpenTransaction
from streams.site_time import DAY_MS, rfc3339

SHORTEST_RETENTION_MS = 35 * DAY_MS
SILENT_PUBLISHER_MS = STALE_S * 1000
FULL = 0.9
"""Of the memory a Redis may use: above, it is told."""


def unseen() -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Around:
    """Who looks around the counters. ``kafka`` never waits for Kafka; what asks Redis raises what it raises."""

    kafka: Callable[[], KafkaSeen | None] = unseen
    store: Callable[[], StoreSeen | None] = unseen
    publisher: Callable[[], PublisherSeen | None] = unseen


def kafka_told(seen: KafkaSeen | None) -> dict[str, Any]:
    """The topic; all null before the first look, ``reachable`` too."""
    if seen is None:
        return dict.fromkeys(("reachable", "error", "seen", "log_append_time", "retention_days", "held"))
    days = None if seen.retention_ms is None else round(seen.retention_ms / DAY_MS, 1)
    held = [_held(number, each, seen.at_ms) for number, each in (seen.held or {}).items()]
    known = {"log_append_time": seen.log_append_time, "retention_days": days, "held": held}
    return {"reachable": seen.error is None, "error": seen.error, "seen": rfc3339(seen.at_ms), **known}


def _held(partition: int, found: OpenTransaction, at_ms: int) -> dict[str, Any]:
    """An open transaction; how long it has been open, and the records that wait behind it."""
    held_s = None if found.since_ms is None else (at_ms - found.since_ms) // 1000
    return {
        "partition": partition,
        "offset": found.offset,
        "n": found.waiting,
        "held_s": held_s,
        "producer": found.producer,
    }


def letters_told(seen: KafkaSeen | None) -> list[dict[str, Any]] | None:
    """The dead letters by reason; None where nobody could look yet."""
    if seen is None or seen.letters is None:
        return None
    return [_letters(each) for each in seen.letters]


def _letters(of: Letters) -> dict[str, Any]:
    newest = None if of.newest_ms is None else rfc3339(of.newest_ms)
    return {**of._asdict(), "newest": newest} | {"newest_ms": of.newest_ms, "by_rebuild": of.reason in BY_REBUILD}


def store_told(seen: StoreSeen | None) -> dict[str, Any]:
    """Redis, that it answers, and what it says of itself."""
    if seen is None:
        return {"reachable": True}
    return {"reachable": True, "used_bytes": seen.used, "most_bytes": seen.most or None, "policy": seen.policy or None}


def publisher_told(seen: PublisherSeen | None, now_ms: int) -> dict[str, Any]:
    """Who publishes; null where nobody holds the right to."""
    if seen is None:
        return dict.fromkeys(("host", "pid", "build", "tick", "tick_age_s"))
    age_s = None if seen.tick_ms is None else max(0, now_ms - seen.tick_ms) / 1000
    tick = None if seen.tick_ms is None else rfc3339(seen.tick_ms)
    return {"host": seen.host, "pid": seen.pid, "build": seen.build or None, "tick": tick, "tick_age_s": age_s}


def lag_of(seen: KafkaSeen | None, positions: Mapping[int, int | None]) -> dict[int, int | None]:
    """Partition -> records in the log that are not counted yet; None where it is not known.

    The ends may be some seconds older than the positions: then nothing waits.
    """
    ends = (seen.ends if seen else None) or {}
    return {number: _lag(ends.get(number), position) for number, position in positions.items()}


def _lag(of: tuple[int, int] | None, position: int | None) -> int | None:
    if of is None:
        return None
    begin, end = of
    return max(0, end - (begin if position is None else position))


def to_do(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong, by code and figures, the worst first; the page has the words. It is made of the whole report."""
    return [
        *_of_redis(report["redis"]),
        *_of_kafka(report["kafka"]),
        *_of_partitions([*(report.get("partitions") or ()), *(report.get("actions_halted") or ())]),
        *_of_publisher(report["publisher"]),
        *([{"code": "site"}] if report["site"]["problems"] else []),
        *([{"code": "clock", **waiting}] if (waiting := report["site"].get("waiting")) else []),
        *({"code": "silent", "source": each["source"]} for each in report["silent"] or ()),
        *split_to_do(report["split"]),
        *noticed_to_do(report.get("noticed")),
        *_of_types(report.get("totals") or {}),
        *_of_letters(report["dead_letters"] or ()),
        *([{"code": "forgotten", "n": len(report["forgotten"])}] if report["forgotten"] else []),
        *([{"code": "overdue", "n": report["appeals_overdue"]}] if report["appeals_overdue"] else []),
        *roster_to_do(report.get("roster")),
        *_of_viewers(report.get("viewers")),
    ]


def _of_redis(redis: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not redis["reachable"]:
        return [{"code": "redis"}]
    most, found = redis.get("most_bytes"), []
    if "policy" in redis and redis["policy"] is None:
        found.append({"code": "policy_hidden"})
    if redis.get("policy") not in (None, "noeviction"):
        found.append({"code": "policy", "policy": redis["policy"]})
    if most and redis["used_bytes"] > FULL * most:
        found.append({"code": "memory", "share": redis["used_bytes"] / most})
    return found


def _of_kafka(kafka: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"code": "kafka", "detail": kafka["error"]}] if kafka["reachable"] is False else []
    if kafka["reachable"] and kafka["log_append_time"] is None:
        found.append({"code": "settings_hidden"})
    if kafka["log_append_time"] is False:
        found.append({"code": "append_time"})
    if kafka["retention_days"] is not None and kafka["retention_days"] * DAY_MS < SHORTEST_RETENTION_MS:
        found.append({"code": "retention", "days": kafka["retention_days"]})
    return found + [{"code": "transaction", **each} for each in kafka.get("held") or ()]


def _of_partitions(partitions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those that are not counted any further, by the reason."""
    return [
        {
            "code": f"halted_{halt['reason']}",
            "partition": each["partition"],
            "offset": halt["offset"],
            "detail": halt["detail"],
        }
        for each in partitions
        if (halt := each.get("halt"))
    ]


def _of_publisher(publisher: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    if publisher is None:
        return []
    age_s = publisher["tick_age_s"]
    silent = publisher["host"] is None or age_s is None or age_s * 1000 > SILENT_PUBLISHER_MS
    return [{"code": "publisher"}] if silent else []


def _of_types(totals: Mapping[str, int]) -> list[dict[str, Any]]:
    """Records of unknown types, where none of a known one was ever counted."""
    unknown = totals.get("ignored", 0) if uncounted([totals]) else 0
    return [{"code": "unknown_types", "n": unknown}] if unknown else []


def _of_viewers(viewers: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Browsers whose stream gives nothing, so that they ask."""
    if not viewers or not viewers["asking"]:
        return []
    return [{"code": "asking", "n": viewers["asking"], "since": viewers["asking_since"]}]


def _of_letters(letters: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    late = sum(each["waiting"] for each in letters if each.get("by_rebuild"))
    waiting = sum(each["waiting"] for each in letters) - late
    counted = (("letters", waiting), ("too_late", late))
    return [{"code": code, "n": number} for code, number in counted if number]
