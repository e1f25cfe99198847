"""A fold scenario against a Redis: what must stand there, what does, and where they differ (tests/cases/README.md, fold)."""

from collections import Counter
from typing import Any

from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.ledger.partition_state import DEAD
from streams.metrics import NAMES
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS, Bucket, SiteTime, rfc3339
from streams.store.reader import Reader
from tests.golden import Scenario, differences

Answer = dict[str, Any]
"""``totals`` by partition, ``minute`` / ``day`` / ``month`` -> line -> bucket -> metric, ``state_now`` by agent."""

_KINDS = {"minute": "m", "day": "d", "month": "mo"}
_NOT_COMPARED = {"effective", "in_time", "wait_s", "abandoned", "conduct_records", "conduct_points"}
_NOT_COMPARED |= {"offered", "abandoned_short", "waits_known", "talks_known"}
_PARTS = ("misrouted", "conflicts")
"""Totals that the oracle does not have."""
_EXACT_REASONS = ("future", "too_late")


def rules_of(config: dict[str, Any]) -> Rules:
    """A scenario's settings as the rules of a fold. Minutes are kept long enough to be compared."""
    counting = Counting(
        lateness_ms=config["lateness_h"] * HOUR_MS,
        fact_lateness_ms=config["lateness_h"] * HOUR_MS,
        future_ms=config["future_min"] * MINUTE_MS,
        short_call_s=config["short_talk_s"],
        success_dispositions=frozenset(config["success_dispositions"]),
    )
    return Rules(SiteTime(config["zone"], config["business_day_start"]), counting, Retention(minutes_ms=60 * DAY_MS))


def expected_cells(scenario: Scenario) -> Answer:
    """What the oracle says, with the reasons of dead letters other than future and too_late as one sum."""
    expected = dict(scenario.expected)
    totals = {
        partition: sums | {"dead_by_reason": _reasons(sums["dead_by_reason"])}
        for partition, sums in expected["totals"].items()
    }
    return {"totals": totals, **{name: expected[name] for name in (*_KINDS, "state_now")}}


def stored_cells(client: Any, topic: str, partitions: int) -> Answer:
    """The same from Redis. Partitions of which nothing is stored are left out."""
    reader = Reader(client, topic, partitions)
    states = {agent: state for partition in reader.partitions for agent, state in reader.states(partition).items()}
    return {
        "totals": {str(p): _totals(meta.totals) for p in reader.partitions if (meta := reader.meta(p))},
        "state_now": {agent: {"state": now.state, "since": rfc3339(now.since_ms)} for agent, now in states.items()},
        **{name: _cells(reader, kind) for name, kind in _KINDS.items()},
    }


def compare(scenario: Scenario, client: Any, topic: str, partitions: int) -> list[str]:
    """Where Redis and the oracle differ, one line each."""
    return differences(stored_cells(client, topic, partitions), expected_cells(scenario))


def _totals(stored: dict[str, int]) -> Answer:
    dead = {name.removeprefix(DEAD): count for name, count in stored.items() if name.startswith(DEAD)}
    sums = {name: n for name, n in stored.items() if not name.startswith(DEAD) and name not in _PARTS}
    return sums | {"dead_by_reason": _reasons(dead)}


def _reasons(dead: dict[str, int]) -> dict[str, int]:
    exact = {reason: dead.get(reason, 0) for reason in _EXACT_REASONS}
    return exact | {"others": sum(dead.values()) - sum(exact.values())}


def _cells(reader: Reader, kind: str) -> Answer:
    found: dict[str, dict[str, Counter[str]]] = {}
    for partition in reader.partitions:
        for bucket, lines, rows in reader.cells(partition, kind, reader.buckets(partition, kind)):
            for line, row in zip(lines, rows.tolist(), strict=True):
                _add(found, line, _label(bucket), dict(zip(NAMES, row, strict=True)))
    return {line: {label: dict(cell) for label, cell in cells.items()} for line, cells in found.items()}


def _add(found: dict[str, dict[str, Counter[str]]], line: str, label: str, row: dict[str, int]) -> None:
    compared = {name: amount for name, amount in row.items() if amount and name not in _NOT_COMPARED}
    if compared and not line.startswith(("~campaign:", "~queue:")):
        found.setdefault(line, {}).setdefault(label, Counter()).update(compared)


def _label(bucket: Bucket) -> str:
    text = str(bucket.key)
    return {"d": f"{text[:4]}-{text[4:6]}-{text[6:]}", "mo": f"{text[:4]}-{text[4:]}"}.get(bucket.kind, text)
