"""CPU of the evidence at 5,000 agents and 10 hours: found anew (every five seconds), and in the ticks between.

And the history of 20 shifts: how long it takes to read beside the ticks, and how long a tick that comes meanwhile has to wait.
"""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec import msgpack

from dashboard.floor.day_ring import span_of
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import Follower
from dashboard.floor.partition_sums import StatesNow
from dashboard.people.drops import Limit, PastHours, TunedLimit
from dashboard.people.evidence import STEP_MS, Evidence, EvidenceNow
from dashboard.people.history import History
from dashboard.people.history_loader import HistoryLoader
from dashboard.site.load import Site
from streams.events import StateNow
from streams.metrics import COUNT, INDEX, Rows, pack
from streams.site_time import DAY_MS, MINUTE_MS, Bucket, SiteTime
from streams.store.client import open_redis
from streams.store.errors import StoreAway
from streams.store.feed import FIELD, FeedCells, FeedEntry
from streams.store.keys import Keys
from streams.store.reader import Reader
from tests.benchmarks.bench_tick import AGENTS, MIDNIGHT_MS, MINUTES, NOW_MS, PARTITIONS, TOPIC, site
from tests.waiting import wait_until

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
SHIFTS, HOURS, STRATA, CHANGED, TICKS, PER_TICK = 20, MINUTES // 60, 8, 100, 20, 20
WITHIN_S = 300.0
WORK_MS = 15.0
TIME = SiteTime("Asia/Shanghai")


class Floor:
    """20 finished shifts in hour blocks and 10 hours of today in minutes, of everybody; and commits of calls and states."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._chance = np.random.default_rng(7)
        self._agents = [[f"agent-{n:05}" for n in range(p, AGENTS, PARTITIONS)] for p in range(PARTITIONS)]
        self._position = [1] * PARTITIONS

    def fill(self) -> None:
        """All of it; everybody has been in their state for up to four minutes."""
        for p in range(PARTITIONS):
            keys = Keys(TOPIC, p)
            for day in range(1, SHIFTS + 1):
                for hour in range(HOURS):
                    self._put(keys, Bucket("h", (MIDNIGHT_MS - day * DAY_MS) // MINUTE_MS + 60 * (8 + hour)), p, 60)
            for minute in range(NOW_MS // MINUTE_MS - MINUTES, NOW_MS // MINUTE_MS):
                self._put(keys, Bucket("m", minute), p, 1)
            states = zip(self._agents[p], self._ages_ms(len(self._agents[p])), strict=True)
            self._client.hset(keys.now, mapping={a: msgpack.encode(StateNow("talk", NOW_MS - ms)) for a, ms in states})
            self._client.hset(keys.meta, mapping={"position": 1, "heartbeat_ms": NOW_MS})

    def change(self, now_ms: int) -> None:
        """100 agents end a call; one commit per partition: their last four minutes and their state."""
        for p in range(PARTITIONS):
            at = self._chance.choice(len(self._agents[p]), CHANGED // PARTITIONS, replace=False)
            lines, packed = [self._agents[p][i] for i in at.tolist()], pack(self._rows(len(at), 1))
            minutes = range(now_ms // MINUTE_MS - 3, now_ms // MINUTE_MS + 1)
            cells = [FeedCells("m", minute, lines, packed) for minute in minutes]
            states = {line: StateNow("talk", now_ms) for line in lines}
            entry = FeedEntry(self._position[p], self._position[p] + 1, now_ms, now_ms, {}, cells, states, {}, {}, [])
            self._client.xadd(Keys(TOPIC, p).feed, {FIELD: msgpack.encode(entry)}, maxlen=2000, approximate=True)
            self._position[p] += 1
            self._client.hset(Keys(TOPIC, p).meta, "position", self._position[p])

    def _put(self, keys: Keys, bucket: Bucket, p: int, minutes: int) -> None:
        rows = self._rows(len(self._agents[p]), minutes)
        self._client.hset(keys.bucket(*bucket), mapping=dict(zip(self._agents[p], pack(rows), strict=True)))
        self._client.zadd(keys.existing(bucket.kind), {str(bucket.key): bucket.key})

    def _rows(self, count: int, minutes: int) -> Rows:
        """Calls and states of so many minutes: 10 calls an hour, always at work."""
        rows: Rows = np.zeros((count, COUNT), np.int64)
        rows[:, INDEX["handled"]] = rows[:, INDEX["attempts"]] = self._chance.poisson(minutes / 6, count)
        rows[:, INDEX["state_talk_s"]] = self._chance.integers(0, 60 * minutes, count)
        rows[:, INDEX["state_available_s"]] = 60 * minutes - rows[:, INDEX["state_talk_s"]]
        return rows

    def _ages_ms(self, count: int) -> list[int]:
        return [int(ms) for ms in self._chance.integers(0, 4 * MINUTE_MS, count)]


class Board:
    """What the read model holds for the evidence."""

    def __init__(self, client: Any, where: Site) -> None:
        day = TIME.day(NOW_MS)
        self._followers = [Follower(Reader(client, TOPIC, PARTITIONS), p, span_of(day)) for p in range(PARTITIONS)]
        self._lines = Lines(where, day.label)
        self._states, self._evidence = StatesNow(self._lines), Evidence(where, TIME, self._lines, day)

    def update(self, now_ms: int, history: History) -> tuple[EvidenceNow, float]:
        """The evidence, and the CPU of its share of the tick in ms."""
        for follower in self._followers:
            follower.follow()
        rings = [(f.ring, self._lines.rows(f.ring.lines)) for f in self._followers]
        state, since_ms = self._states.read_states(self._followers)
        net, owed = np.zeros(len(self._lines)), np.ones(len(self._lines))
        started_s = time.thread_time()
        found = self._evidence.evidence_at(now_ms, rings, state, since_ms, history, {}, (), net, owed)
        return found, 1000 * (time.thread_time() - started_s)


def test_evidence_tick(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        floor, where = Floor(client), strata(site())
        floor.fill()
        history = load(client, where)
        board = Board(client, where)
        print(f"first evidence of a day that is 10 hours old: {board.update(NOW_MS, history)[1]:.1f} ms CPU")
        report("found anew", [anew(floor, board, NOW_MS + n * STEP_MS, history) for n in range(1, TICKS)])
        now_ms = NOW_MS + TICKS * STEP_MS
        others = [board.update(now_ms, replace(history))[1] for _ in range(1, TICKS)]
        report("another history, all ten hours again", others)
        board.update(now_ms, history)
        report("between", [board.update(now_ms + n, history)[1] for n in range(1, TICKS)])


def anew(floor: Floor, board: Board, now_ms: int, history: History) -> float:
    """Five seconds later: as many commits as there were ticks."""
    for _ in range(PER_TICK):
        floor.change(now_ms)
    found, cpu_ms = board.update(now_ms, history)
    assert found.at_ms == now_ms
    return cpu_ms


def load(client: Any, where: Site) -> History:
    """Reads the shifts beside a thread that has 15 ms of work to do four times a second, as a tick has."""
    tuned, took = TunedLimit(), list[float]()
    loader = HistoryLoader(
        Reader(client, TOPIC, PARTITIONS), where, lambda: NOW_MS, StoreAway, lambda past: timed(tuned, past, took)
    )
    alone = [work_ms() for _ in range(TICKS)]
    started_s, cpu_s = time.perf_counter(), time.process_time()
    with loader.running(), ticking(loader.turn) as waited:
        wait_until(lambda: loader.history is not None, WITHIN_S, "history")
    wall_s, used_s = time.perf_counter() - started_s, time.process_time() - cpu_s
    history = loader.history
    assert history is not None
    print(
        f"history of {SHIFTS} shifts x {HOURS} hours of {AGENTS} agents: {wall_s:.1f} s, {used_s:.1f} s CPU with the ticks"
    )
    print(f"of it the limits of {STRATA} strata: {sum(took):.1f} s CPU")
    print(f"work of {WORK_MS} ms: alone {statistics.median(alone):.1f} ms, worst {max(alone):.1f}")
    print(f"beside the reading: {statistics.median(waited):.1f} ms, worst {max(waited):.1f} ({len(waited)} ticks)")
    return history


def timed(limit: Limit, past: PastHours, took: list[float]) -> float:
    """h, and the CPU that it took in s."""
    started_s = time.thread_time()
    found = limit(past)
    took.append(time.thread_time() - started_s)
    return found


@contextmanager
def ticking(turn: threading.Lock) -> Iterator[list[float]]:
    """Works again and again in another thread; -> how long it took, in ms."""
    stop, took = threading.Event(), list[float]()

    def tick() -> None:
        while not stop.wait(0.25):
            started_s = time.perf_counter()
            with turn:
                work_ms()
            took.append(1000 * (time.perf_counter() - started_s))

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield took
    finally:
        stop.set()
        thread.join()


def work_ms() -> float:
    """How long 15 ms of plain Python and small arrays take."""
    started_s, own_s = time.perf_counter(), time.thread_time()
    values = np.arange(1000)
    while 1000 * (time.thread_time() - own_s) < WORK_MS:
        values = values[::-1] + 1
    return 1000 * (time.perf_counter() - started_s)


def strata(where: Site) -> Site:
    """Eight strata."""
    return replace(where, roster=tuple(s._replace(stratum=f"s{n % STRATA}") for n, s in enumerate(where.roster)))


def report(name: str, figures: list[float]) -> None:
    """Median and 95th percentile."""
    p95 = statistics.quantiles(figures, n=20)[-1]
    print(f"evidence, {name}: median {statistics.median(figures):.2f} ms, p95 {p95:.2f} ms CPU")
