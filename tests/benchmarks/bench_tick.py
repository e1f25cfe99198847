"""CPU of a tick at 5,000 agents and every topic, and the cold start.

The promise: read model, rules and frames in at most 40 ms of CPU; first full frame within 2 s.
"""

import statistics
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.flag_register import FlagRegister
from dashboard.board.bus import AWAY, FrameWriter
from dashboard.board.bus_flags import RedisFlags
from dashboard.board.frames import Frames
from dashboard.board.people_now import AFTER_MS as TOLD_MS
from dashboard.board.read_model import ReadModel
from dashboard.board.rollup_now import AFTER_MS as ROLLUP_MS
from dashboard.board.rollup_now import EVERY_MS
from dashboard.board.side_jobs import NO_SIDE_JOBS, FlagWatch, SideJobs
from dashboard.floor.judged_now import AFTER_MS as MONTH_MS
from dashboard.people.evidence import STEP_MS
from dashboard.people.history_loader import HistoryLoader
from dashboard.people.quality_trends import QualityFollower, Trends
from dashboard.site.load import Site, Spell, Team
from dashboard.site.types import LeaveDay, RotaDay, ShiftTimes, default_policies
from streams.events import TYPES, StateNow
from streams.metrics import COUNT, INDEX, pack
from streams.site_time import MINUTE_MS, Bucket, SiteTime
from streams.store.client import open_redis
from streams.store.feed import FIELD, FeedCells, FeedEntry
from streams.store.keys import Keys
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader
from tests.waiting import wait_until

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
AGENTS, TEAMS, PARTITIONS, MINUTES = 5_000, 250, 4, 600
CHANGED = 100
TICKS, WARM, TICK_MS = 60, 8, 250
PAST_SHIFTS = 20
TOPIC, ACTIONS = "bench", "bench-actions"
MIDNIGHT_MS = 1_795_363_200_000
NOW_MS = MIDNIGHT_MS + (8 * 60 + MINUTES) * MINUTE_MS
SHIFTS = (
    ShiftTimes("early", "08:00", "17:00", (("12:00", "13:00"),)),
    ShiftTimes("late", "10:00", "19:00", (("13:00", "14:00"),)),
)
FILLED = (
    "attempts",
    "handled",
    "handled_outbound",
    "talk_s",
    "wrap_s",
    "state_talk_s",
    "state_available_s",
    "evaluations",
)


class Floor:
    """A day of 5,000 agents in Redis, cells as the store keeps them, changes as its feed carries them."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._chance = np.random.default_rng(3)
        self._agents = [[f"agent-{n:05}" for n in range(p, AGENTS, PARTITIONS)] for p in range(PARTITIONS)]
        self._day = [np.zeros((len(agents), COUNT), np.int64) for agents in self._agents]
        self._position = [1] * PARTITIONS

    def fill(self) -> None:
        """600 minutes; in each of them a quarter of the agents has something to count."""
        for p in range(PARTITIONS):
            keys, minutes = Keys(TOPIC, p), range(NOW_MS // MINUTE_MS - MINUTES, NOW_MS // MINUTE_MS)
            for minute in minutes:
                self._put(keys, Bucket("m", minute), p, self._some(p, len(self._agents[p]) // 4))
            for bucket in (Bucket("d", 20261123), Bucket("mo", 202611)):
                self._put(keys, bucket, p, np.arange(len(self._agents[p])), self._day[p])
            self._client.hset(keys.meta, mapping={"position": 1, "heartbeat_ms": NOW_MS})
            self._client.hset(keys.types, mapping=dict.fromkeys(TYPES, 1))  # what nobody reports is not shown

    def fill_hours(self) -> None:
        """20 finished shifts in hour blocks, of everybody."""
        for p, agents in enumerate(self._agents):
            for day in range(1, PAST_SHIFTS + 1):
                for hour in range(8, 8 + MINUTES // 60):
                    at = MIDNIGHT_MS // MINUTE_MS + 60 * (hour - 24 * day)
                    self._put(Keys(TOPIC, p), Bucket("h", at), p, np.arange(len(agents)), self._hours(len(agents)))

    def change(self, tick: int) -> None:
        """100 agents have a call; one commit per partition."""
        for p in range(PARTITIONS):
            at = self._some(p, CHANGED // PARTITIONS)
            self._count(p, at)
            minute = self._rows(len(at))
            today = self._day[p][at]
            buckets = [("m", NOW_MS // MINUTE_MS, minute), ("d", 20261123, today), ("mo", 202611, today)]
            lines = [self._agents[p][i] for i in at.tolist()]
            cells = [FeedCells(kind, key, lines, pack(rows)) for kind, key, rows in buckets]
            states = {line: StateNow("talk", NOW_MS + tick) for line in lines}
            entry = FeedEntry(self._position[p], self._position[p] + 1, NOW_MS, NOW_MS, {}, cells, states, {}, {}, [])
            self._client.xadd(
                Keys(TOPIC, p).feed, {FIELD: msgspec.msgpack.encode(entry)}, maxlen=2000, approximate=True
            )
            self._position[p] += 1
            self._client.hset(Keys(TOPIC, p).meta, "position", self._position[p])

    def _put(self, keys: Keys, bucket: Bucket, p: int, at: Any, rows: Any = None) -> None:
        if rows is None:
            rows = self._rows(len(at))
            self._day[p][at] += rows
        lines = [self._agents[p][i] for i in at.tolist()]
        with self._client.pipeline(transaction=False) as pipe:
            pipe.hset(keys.bucket(*bucket), mapping=dict(zip(lines, pack(rows), strict=True)))
            pipe.zadd(keys.existing(bucket.kind), {str(bucket.key): bucket.key})
            pipe.execute()

    def _some(self, p: int, count: int) -> Any:
        return self._chance.choice(len(self._agents[p]), count, replace=False)

    def _rows(self, count: int) -> Any:
        rows = np.zeros((count, COUNT), np.int64)
        for name in FILLED:
            rows[:, INDEX[name]] = self._chance.integers(1, 60 if name.endswith("_s") else 3, count)
        return rows

    def _hours(self, count: int) -> Any:
        rows = np.zeros((count, COUNT), np.int64)
        rows[:, INDEX["handled"]] = self._chance.poisson(10, count)
        rows[:, INDEX["state_talk_s"]] = self._chance.integers(1200, 2400, count)
        rows[:, INDEX["state_available_s"]] = 3600 - rows[:, INDEX["state_talk_s"]]
        return rows

    def _count(self, p: int, at: Any) -> None:
        self._day[p][at] += self._rows(len(at))


def site() -> Site:
    """250 teams of 20, judged by a target, on two shifts; one agent in ten has a day of leave."""
    teams = tuple(Team(f"t{n}", f"组{n}", f"Team {n}", "outbound") for n in range(TEAMS))
    roster = tuple(
        Spell(f"agent-{n:05}", f"姓名{n}", f"Name {n}", f"A{n}", f"t{n % TEAMS}", None, None) for n in range(AGENTS)
    )
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(30)]
    rota = tuple(
        RotaDay(spell.agent, day, SHIFTS[at % 2].id)
        for at, spell in enumerate(roster)
        for day in days
        if day.weekday() < 5
    )
    leave = tuple(LeaveDay(f"agent-{n:05}", days[n % 30], 1.0) for n in range(0, AGENTS, 10))
    block = default_policies()[0]
    profiles = {name: replace(each, month_target=3000, target_handle_s=240) for name, each in block.profiles.items()}
    return Site(
        zone="Asia/Shanghai", teams=teams, roster=roster, rota=rota, leave=leave, shifts=SHIFTS,
        policies=(replace(block, profiles=profiles),),
    )  # fmt: skip


def test_tick(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        floor = Floor(client)
        floor.fill()
        measure("without evidence", client, floor, NO_SIDE_JOBS)
        floor.fill_hours()
        measure("with all", client, floor, side_jobs_of(client))


def side_jobs_of(client: Any) -> SideJobs:
    """History of 20 shifts, trends and flags, all of it read; their threads do not run beside the ticks that are measured."""
    reader, time_of = Reader(client, TOPIC, PARTITIONS), SiteTime("Asia/Shanghai")
    history = HistoryLoader(reader, site(), lambda: NOW_MS, AWAY)
    with history.running():
        wait_until(lambda: history.history is not None, 300, "the past shifts")
    trends = Trends(QualityFollower(LedgerReader(client, TOPIC, PARTITIONS, time_of), reader), AWAY)
    lines = LedgerReader(client, ACTIONS, PARTITIONS, time_of)
    book = FlagRegister(RedisFlags(client), ActionFollower(lines, Reader(client, ACTIONS, PARTITIONS)), time_of)
    return SideJobs(history, trends, FlagWatch(book, AWAY))


def measure(name: str, client: Any, floor: Floor, parts: SideJobs) -> None:
    """Ticks of 15 seconds: some begin a second, some find the evidence anew; and one that begins a quarter hour."""
    writer, frames = FrameWriter(client), Frames("bench")
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    model = ReadModel(Reader(client, TOPIC, PARTITIONS), site(), parts)
    publish(model, frames, writer, NOW_MS)
    print(
        f"{name}: cold start: {time.perf_counter() - wall_s:.2f} s, CPU {time.process_time() - cpu_s:.2f} s (promise 2 s)"
    )
    for n in range(1, WARM):
        beside(parts)
        publish(model, frames, writer, NOW_MS + TICK_MS * n)
    took = {n: one_tick(floor, model, frames, writer, n) for n in range(WARM, WARM + TICKS)}
    report(f"{name}, all ticks", took.values())
    for kind, ticks in by_kind(took).items():
        report(f"{name}, {kind}", ticks)
    quarter_ms = NOW_MS + 15 * MINUTE_MS
    publish(model, frames, writer, quarter_ms - TICK_MS)
    report(f"{name}, one that begins a quarter hour (every row is sent)", [one_at(model, frames, writer, quarter_ms)])


def by_kind(took: dict[int, tuple[float, float]]) -> dict[str, list[tuple[float, float]]]:
    """Ticks by what is done at them beside the rest."""
    named = {0: "nothing more", MONTH_MS: "the month (every second)", TOLD_MS: "alerts, look first (every second)"}
    found: dict[str, list[tuple[float, float]]] = {}
    for n, figures in took.items():
        at_ms = TICK_MS * n
        kind = named.get(at_ms % 1000, named[0])
        kind = "evidence (every five seconds)" if at_ms % STEP_MS == 0 else kind
        kind = "the roll-up (every two seconds)" if (at_ms - ROLLUP_MS) % EVERY_MS == 0 else kind
        found.setdefault(kind, []).append(figures)
    return found


def beside(parts: SideJobs) -> None:
    """What the threads do."""
    if parts.trends is not None:
        parts.trends.step()
    if parts.flags is not None:
        parts.flags.step()


def one_tick(floor: Floor, model: ReadModel, frames: Frames, writer: FrameWriter, tick: int) -> tuple[float, float]:
    """CPU in ms: read model, rules and frames; and with the publishing."""
    floor.change(tick)
    return one_at(model, frames, writer, NOW_MS + TICK_MS * tick)


def one_at(model: ReadModel, frames: Frames, writer: FrameWriter, now_ms: int) -> tuple[float, float]:
    """The same of one instant, nothing being changed before."""
    started_s = time.process_time()
    view = model.tick(now_ms)
    assert view is not None
    made = list(frames.write_tick(view))
    made_s = time.process_time()
    writer.publish(made)
    return 1000 * (made_s - started_s), 1000 * (time.process_time() - started_s)


def publish(model: ReadModel, frames: Frames, writer: FrameWriter, now_ms: int) -> None:
    """One tick, to the end."""
    view = model.tick(now_ms)
    assert view is not None
    writer.publish(frames.write_tick(view))


def report(name: str, figures: Collection[tuple[float, float]]) -> None:
    """Median and 95th percentile of both figures."""
    for label, values in zip(("model, rules, frames", "and publishing"), zip(*figures, strict=True), strict=True):
        p95 = statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
        print(f"{name}, {label}: median {statistics.median(values):.1f} ms, p95 {p95:.1f} ms CPU (promise 40 ms)")
