"""A month of 5,000 agents in Redis as the store keeps it: cells of every kind, the journals, states; and their site.

400,000 calls of today in the ledger, 2,000 complaints (one in four decided, one in ten of these appealed), 10,000 evaluations and
20,000 surveys over the month. Day and month cells add up to the same, so that explanations close.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.ledger.calls import EFFECTIVE, GIVES, HANDLED, OUTBOUND, CallLine
from streams.ledger.facts import ComplaintLine, Decision, EvaluationLine, FactLine, SurveyLine, amounts_of
from streams.metrics import COUNT, INDEX, Rows, pack, to_rows
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS, Bucket, day_key
from streams.store.keys import Keys
from streams.store.ledger_rows import Names, pack_calls, pack_facts
from streams.store.store import MOST_CALLS
from tests.benchmarks.bench_tick import AGENTS, MIDNIGHT_MS, NOW_MS, PARTITIONS

TOPIC = "bench"
TODAY = date(2026, 11, 23)
DAYS = [TODAY - timedelta(days=n) for n in range(22, -1, -1) if (TODAY - timedelta(days=n)).weekday() < 5]
HOURS, MINUTES, CALLS = 10, 600, 400_000
COMPLAINTS, EVALUATIONS, SURVEYS = 2_000, 10_000, 20_000
_FLAGS = GIVES | HANDLED | OUTBOUND | EFFECTIVE


class MonthFloor:
    """Fills one Redis."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._chance = np.random.default_rng(5)
        self.agents = [[f"agent-{n:05}" for n in range(p, AGENTS, PARTITIONS)] for p in range(PARTITIONS)]

    def fill(self, counted_ms: int = NOW_MS) -> None:
        """All of it, and everything is counted up to an instant."""
        for p in range(PARTITIONS):
            keys = Keys(TOPIC, p)
            self._fill(p, keys)
            self._client.hset(keys.meta, mapping={"position": 1, "heartbeat_ms": counted_ms, "newest_ms": NOW_MS})

    def _fill(self, p: int, keys: Keys) -> None:
        agents, facts = self.agents[p], list(self._facts(p))
        month: Rows = np.zeros((len(agents), COUNT), np.int64)
        for day in DAYS:
            rows = self._day(keys, day, p) + _sums(agents, [each for each in facts if _label(each[1]) == day])
            month += rows
            self._put(keys, Bucket("d", day_key(day)), agents, rows)
        self._put(keys, Bucket("mo", day_key(TODAY) // 100), agents, month)
        self._journal(keys, facts)

    def _day(self, keys: Keys, day: date, p: int) -> Rows:
        """Calls and states of a day -> their sums; the hour blocks, and today's minutes and ledger, add up to them."""
        total: Rows = np.zeros((len(self.agents[p]), COUNT), np.int64)
        first = (MIDNIGHT_MS - (TODAY - day).days * DAY_MS + 8 * HOUR_MS) // MINUTE_MS
        for hour in range(HOURS):
            block = first + 60 * hour
            rows = self._today(keys, block, p) if day == TODAY else self._rows(len(total), 8, 3_000)
            self._put(keys, Bucket("h", block), self.agents[p], rows)
            total += rows
        return total

    def _today(self, keys: Keys, block: int, p: int) -> Rows:
        """One hour of today: its minutes, and the calls of each minute in the ledger."""
        agents, names = self.agents[p], Names([*self.agents[p]])
        total: Rows = np.zeros((len(agents), COUNT), np.int64)
        for minute in range(block, block + 60):
            at = self._chance.choice(len(agents), CALLS // PARTITIONS // MINUTES, replace=False)
            rows: Rows = np.zeros((len(agents), COUNT), np.int64)
            rows[:, INDEX["state_available_s"]] = self._chance.integers(0, 60, len(agents))
            for name, amount in (
                ("attempts", 1),
                ("handled", 1),
                ("handled_outbound", 1),
                ("effective", 1),
                ("talk_s", 60),
            ):
                rows[at, INDEX[name]] = amount
            self._put(keys, Bucket("m", minute), agents, rows)
            line = CallLine(1, minute, None, None, 60, 0, 0, 0, _FLAGS, minute // 60)
            calls = [((agents[i], f"c-20261123-{minute}-{i:05}"), line) for i in at.tolist()]
            for first in range(0, len(calls), MOST_CALLS):
                blob = pack_calls(dict(calls[first : first + MOST_CALLS]), names)
                self._client.hset(keys.bucket("lc", minute // 60), str(minute * 1000 + first), blob)
            self._client.zadd(keys.existing("lc"), {str(minute // 60): minute // 60})
            total += rows
        return total

    def _rows(self, count: int, most: int, worked_s: int) -> Rows:
        rows: Rows = np.zeros((count, COUNT), np.int64)
        handled = self._chance.integers(0, most, count)
        for name in ("attempts", "handled", "handled_outbound", "effective"):
            rows[:, INDEX[name]] = handled
        rows[:, INDEX["talk_s"]] = 60 * handled
        rows[:, INDEX["state_available_s"]] = self._chance.integers(0, worked_s, count)
        return rows

    def _put(self, keys: Keys, bucket: Bucket, agents: list[str], rows: Rows) -> None:
        with self._client.pipeline(transaction=False) as pipe:
            pipe.hset(keys.bucket(*bucket), mapping=dict(zip(agents, pack(rows), strict=True)))
            pipe.zadd(keys.existing(bucket.kind), {str(bucket.key): bucket.key})
            pipe.execute()

    def _facts(self, p: int) -> Iterator[tuple[tuple[str, str, str], int, FactLine]]:
        """(kind, key, id), when it counts, and the line."""
        for kind, count in (("complaint", COMPLAINTS), ("evaluation", EVALUATIONS), ("survey", SURVEYS)):
            for n, (agent, day, minute) in enumerate(self._when(p, count // PARTITIONS)):
                at_ms = MIDNIGHT_MS - (TODAY - DAYS[day]).days * DAY_MS + 8 * HOUR_MS + minute * MINUTE_MS
                yield (kind, self.agents[p][agent], f"{kind}-{p}-{n:05}"), at_ms, _line(kind, at_ms, n)

    def _when(self, p: int, count: int) -> list[list[int]]:
        ends = ((len(self.agents[p])), len(DAYS), MINUTES)
        found: NDArray[np.int64] = np.column_stack([self._chance.integers(0, end, count) for end in ends])
        rows: list[list[int]] = found.tolist()
        return rows

    def _journal(self, keys: Keys, facts: list[tuple[tuple[str, str, str], int, FactLine]]) -> None:
        for offset, (key, at_ms, line) in enumerate(sorted(facts, key=lambda each: each[1])):
            self._client.hset(keys.bucket("lf", at_ms // HOUR_MS), str(offset), pack_facts({key: line}))
            self._client.zadd(keys.existing("lf"), {str(at_ms // HOUR_MS): at_ms // HOUR_MS})
        self._client.rpush(keys.names, *self.agents[keys.partition])


def _sums(agents: list[str], facts: list[tuple[tuple[str, str, str], int, FactLine]]) -> Rows:
    place = {agent: at for at, agent in enumerate(agents)}
    total: Rows = np.zeros((len(agents), COUNT), np.int64)
    np.add.at(total, [place[key] for (_, key, _), _, _ in facts], to_rows([amounts_of(line) for _, _, line in facts]))
    return total


def _line(kind: str, at_ms: int, n: int) -> FactLine:
    stamp = at_ms // HOUR_MS
    if kind == "evaluation":
        return EvaluationLine(stamp=stamp, gives=True, version=1, at_ms=at_ms, points=8_000 + n % 2_000)
    if kind == "survey":
        return SurveyLine(
            stamp=stamp, gives=True, rank=n % 2, at_ms=at_ms, points=8_000 * (n % 2), satisfied=n % 2 == 1
        )
    made = tuple(_decisions(at_ms, n))
    decision = made[-1].decision if made else None
    return ComplaintLine(stamp=stamp, gives=True, kind="complaint", at_ms=at_ms, decision=decision, decisions=made)


def _decisions(at_ms: int, n: int) -> Iterator[Decision]:
    if n % 4 == 0:
        yield Decision(at_ms + MINUTE_MS, "confirmed", "qa", None)
    if n % 40 == 0:
        yield Decision(at_ms + 2 * MINUTE_MS, "appealed", None, None)


def _label(at_ms: int) -> date:
    return TODAY - timedelta(days=-((at_ms - MIDNIGHT_MS) // DAY_MS))
