"""Evaluations and shifts of some weeks, written to Redis through the real fold and the real store."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from dashboard.people.quality_trends import QualityFollower
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS, SiteTime
from streams.store.ledger_reader import LedgerReader
from tests.dashboard.partitions import MIDNIGHT_MS, PARTITIONS, TOPIC, event, reader, state

SHANGHAI = SiteTime("Asia/Shanghai")
TODAY = date(2026, 11, 23)


def days(count: int) -> range:
    """The midnights of so many days before today, oldest first."""
    return range(MIDNIGHT_MS - count * DAY_MS, MIDNIGHT_MS, DAY_MS)


def shift(agent: str, midnight_ms: int) -> list[tuple[str, bytes]]:
    """Ten minutes of one day in which work could reach the agent."""
    at = midnight_ms + 9 * HOUR_MS
    return [state(agent, at, "available"), state(agent, at + 10 * MINUTE_MS, "offline")]


def evaluation(agent: str, id: str, at_ms: int, score: float, key: str | None = None, version: int = 1) -> Any:
    """One score under the agent's key, or under another."""
    data = {"evaluation_id": id, "version": version, "agent": agent, "score": score}
    return key or agent, event("evaluation.scored", at_ms, data)


def decided(agent: str, id: str, at_ms: int, decision: str, score: float | None = None) -> tuple[str, bytes]:
    """An appeal of it, or another score in its place."""
    data: dict[str, Any] = {"evaluation_id": id, "agent": agent, "decision": decision}
    return agent, event("evaluation.decided", at_ms, data | ({} if score is None else {"score": score}))


def weeks(agent: str, count: int, scores: Iterable[float]) -> list[tuple[str, bytes]]:
    """So many shifts up to yesterday, and one score in each, oldest first."""
    records = []
    for midnight_ms, score in zip(days(count), scores, strict=True):
        records += shift(agent, midnight_ms)
        records.append(evaluation(agent, f"{agent}-{midnight_ms}", midnight_ms + 10 * HOUR_MS, score))
    return records


def reading(client: Any) -> QualityFollower:
    """The reading side of the same partitions."""
    return QualityFollower(LedgerReader(client, TOPIC, PARTITIONS, SHANGHAI), reader(client))
