"""Closing a month of 5,000 agents: judged, frozen, sent to Kafka line by line, read back, written as files."""

import threading
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.closing_adjustments import MonthReader
from dashboard.actions.closing_rows import SealedRows
from dashboard.actions.closing_service import ClosingService, Sheet
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import Period, end_of, month_period
from dashboard.site.load import Site
from dashboard.tables import write_workbook
from streams.consume.consume import consume, rules_of_actions
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.kafka_log.produce import LazyProducer, Producer
from streams.kafka_log.topics import ensure_topic
from streams.site_time import DAY_MS, SiteTime
from streams.store.client import open_redis
from streams.store.ledger_reader import LedgerReader
from streams.store.reader import Reader
from tests.benchmarks.bench_explain import figures, timed
from tests.benchmarks.bench_tick import MIDNIGHT_MS, PARTITIONS, site
from tests.benchmarks.month_floor import TOPIC, MonthFloor
from tests.services.kafka import KafkaServer

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
CLOCK = SiteTime("Asia/Shanghai")
MONTH = month_period(date(2026, 11, 1))
NOW_MS = MIDNIGHT_MS + 9 * DAY_MS
RULES = rules_of_actions(Rules(CLOCK, Counting(future_ms=400 * DAY_MS), Retention()))


def test_closing(kafka: KafkaServer, topic: str, redis_url: str, tmp_path: Path) -> None:
    ensure_topic(kafka.bootstrap, topic, PARTITIONS)
    stop = threading.Event()
    with open_redis(redis_url) as client, open_redis(redis_url) as other:
        MonthFloor(client).fill(NOW_MS)
        reading = partial(consume, kafka.bootstrap, topic, other, RULES, group=None, beat_s=None, stop=stop)
        thread = threading.Thread(target=reading)
        thread.start()
        try:
            print()
            measure(client, kafka, topic, tmp_path)
        finally:
            stop.set()
            thread.join(30)


def measure(client: Any, kafka: KafkaServer, topic: str, folder: Path) -> None:
    """Prints what closing costs, and what reading it back does."""
    floor, before = site(), used(client)
    books = books_of(client, topic)
    post = LazyProducer(lambda: Producer(kafka.bootstrap, topic, give_up_s=30))
    closing = ClosingService(floor, books, partial(sheet_of, client, floor), post.send_records, topic, lambda: NOW_MS)
    found: list[bytes] = []
    print(f"close: {figures([timed(lambda: found.append(closing.close(MONTH, 'Mrs Wu')))])}")
    print(f"its document {len(found[0]) / 2**20:.1f} MB, Redis {(used(client) - before) / 2**20:.0f} MB more")
    post.close()
    sealed = SealedRows(floor, books)
    print(f"three workbooks: {figures([timed(partial(write, sealed, folder))])}")
    again = books_of(client, topic)
    print(f"the log read from the beginning: {figures([timed(again.log.refresh)])}")
    print(f"what has changed since: {figures([timed(again.adjustments)])}")


def books_of(client: Any, topic: str) -> MonthReader:
    """As the command opens them."""
    log = ActionFollower(LedgerReader(client, topic, PARTITIONS, CLOCK), Reader(client, topic, PARTITIONS))
    return MonthReader(log, LedgerReader(client, TOPIC, PARTITIONS, CLOCK), Reader(client, TOPIC, PARTITIONS), CLOCK)


def sheet_of(client: Any, floor: Site, period: Period) -> Sheet:
    """A month at its end, judged."""
    moment = end_of(CLOCK.day_of(period.last), NOW_MS, CLOCK)
    board = BoardJudge(Reader(client, TOPIC, PARTITIONS), floor, CLOCK).judge("month", moment)
    return {by: sheet.rows(board, by) for by in sheet.BY}


def write(sealed: SealedRows, folder: Path) -> None:
    """Every tier as a workbook."""
    for by in sheet.BY:
        with (folder / f"{by}.xlsx").open("wb") as file:
            write_workbook(sheet.columns(by), sealed.rows(MONTH, by), file, by)


def used(client: Any) -> int:
    """Bytes."""
    return int(client.info("memory")["used_memory"])
