"""What an answer to a click costs with a month of 5,000 agents in Redis: explanations, and the same board judged whole.

The promise: 50 ms of CPU for an explanation.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest

from dashboard.actions.explain import explain
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import Moment, Period, day_period, live, moment_of, month_period
from dashboard.floor.single_agent import judge_of
from dashboard.site.load import Site
from streams.site_time import SiteTime
from streams.store.client import open_redis
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader
from tests.benchmarks.bench_tick import NOW_MS, PARTITIONS, site
from tests.benchmarks.month_floor import TODAY, TOPIC, MonthFloor

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
CLOCK = SiteTime("Asia/Shanghai")
PERIODS = {"day": day_period(TODAY), "month": month_period(TODAY), "past day": day_period(TODAY - timedelta(days=3))}
AGENTS = [f"agent-{n:05}" for n in range(17, 5_000, 331)]


def test_explanations(redis_url: str) -> None:
    with open_redis(redis_url) as client:
        MonthFloor(client).fill()
        print()
        explanations(client)
        boards(client)


def explanations(client: Any) -> None:
    """Prints the figures of ``GET /explain``."""
    for name, period in PERIODS.items():
        print(f"explain, {name}: {of_period(client, period)}")


def of_period(client: Any, period: Period) -> str:
    """The explanations of some agents; the first of a site makes its lists."""
    floor, ledgers = site(), LedgerReader(client, TOPIC, PARTITIONS, CLOCK)
    judge = judge_of(Reader(client, TOPIC, PARTITIONS), floor, CLOCK, lambda: NOW_MS)
    first, *taken = [timed(partial(explain, ledgers, floor, each, period, TODAY, judge)) for each in AGENTS]
    return f"{figures(taken)}; the first {first[0]:.0f} ms CPU"


def boards(client: Any) -> None:
    """Prints the figures of ``callfloor judge``."""
    floor = site()
    for period, text in product(("day", "month"), (None, "2026-11-23 14:32")):
        moment = live(NOW_MS, CLOCK) if text is None else moment_of(text, NOW_MS, CLOCK)
        print(f"judge, {period}, {text or 'now'}: {figures([timed(partial(sheet_of, client, floor, period, moment))])}")


def sheet_of(client: Any, floor: Site, period: str, moment: Moment) -> list[sheet.Row]:
    """The rows of every agent."""
    return sheet.rows(BoardJudge(Reader(client, TOPIC, PARTITIONS), floor, CLOCK).judge(period, moment), "agent")


def timed(act: Callable[[], Any]) -> tuple[float, float]:
    """CPU and wall in ms."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    act()
    return 1000 * (time.process_time() - cpu_s), 1000 * (time.perf_counter() - wall_s)


def figures(taken: list[tuple[float, float]]) -> str:
    """Medians and the worst."""
    cpu, wall = zip(*taken, strict=True)
    return f"CPU median {statistics.median(cpu):.0f} ms, worst {max(cpu):.0f}; wall median {statistics.median(wall):.0f} ms"
