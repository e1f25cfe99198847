"""A real month of calls through a real Kafka and a real Redis equals the truth in every cell."""

import csv
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.kafka_log.produce import Producer
from streams.site_time import DAY_MS, SiteTime
from streams.sources import replay
from streams.store.client import open_redis
from tests.golden import real_data
from tests.services import stored
from tests.services.bank_recount import recount
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer

pytestmark = [pytest.mark.services, pytest.mark.realdata]
RULES = Rules(SiteTime("Asia/Jerusalem"), Counting(lateness_ms=40 * DAY_MS), Retention(minutes_ms=40 * DAY_MS))


class Month(NamedTuple):
    """The month as it stands in Redis after a replay in one order."""

    client: Any
    topic: str
    sent: replay.Count


def send_month(kafka: KafkaServer, folder: Path, order: replay.Order) -> tuple[str, replay.Count]:
    """The month's file -> a topic of its own."""
    topic = kafka.fresh_topic()
    with Producer(kafka.bootstrap, topic) as producer:
        lines = replay.read_lines(folder / "january.txt", "anonymous_bank", order)
        return topic, replay.send_lines(lines, producer)


@pytest.fixture(scope="module")
def bank() -> Path:
    return real_data() / "anonymousbank"


@pytest.fixture(scope="module", params=["file", "time"])
def month(request: Any, kafka: KafkaServer, redis_server: RedisServer, bank: Path) -> Iterator[Month]:
    redis_server.start()
    redis_server.flush()
    topic, count = send_month(kafka, bank, request.param)
    with open_redis(redis_server.url) as client:
        consume(kafka.bootstrap, topic, client, RULES, until_end=True, stop=threading.Event())
        yield Month(client, topic, count)


def truth(path: Path, key: tuple[str, ...], value: str) -> dict[tuple[str, ...], int]:
    with path.open(newline="") as file:
        return {tuple(row[name] for name in key): int(row[value]) for row in csv.DictReader(file)}


def of_agents(cells: stored.Cells, metric: str) -> dict[tuple[str, ...], int]:
    return {(day, line): n for (line, day, name), n in cells.items() if name == metric and not line.startswith("~")}


def test_every_agent_day_is_the_truth(month: Month, bank: Path) -> None:
    days = stored.cells(month.client, month.topic, "d")
    path = bank / "truth_january_agent_completion_day.csv"
    key = ("completion_date", "agent")
    assert of_agents(days, "handled") == truth(path, key, "completed")
    assert of_agents(days, "talk_s") == {k: v for k, v in truth(path, key, "talk_seconds").items() if v}


def test_what_cannot_be_counted_is_refused_by_name(month: Month) -> None:
    assert month.sent.refused == {"no_service_time": 42}
    assert month.sent.skipped == {"phantom": 240}


def test_calls_without_an_agent_stand_on_their_own_line(month: Month, bank: Path) -> None:
    months = stored.cells(month.client, month.topic, "mo")
    unattributed = sum(n for (line, _, name), n in months.items() if (line, name) == ("~unattributed", "handled"))
    timeless = 42 - sum(truth(bank / "truth_january_agent_month.csv", ("agent",), "handled_no_time").values())
    counted = sum(truth(bank / "truth_january_day_totals.csv", ("date",), "handled_unattributed").values())
    assert unattributed == counted - timeless


def test_every_cell_equals_an_independent_recount(month: Month, bank: Path) -> None:
    expected = recount(bank / "january.txt")
    assert stored.cells(month.client, month.topic, "m") == expected["minute"]
    assert stored.cells(month.client, month.topic, "d") == expected["day"]


def test_queue_lines_add_up_to_the_calls_that_carry_one(month: Month) -> None:
    days = stored.cells(month.client, month.topic, "d")
    sums: dict[bool, Counter[tuple[str, str]]] = {True: Counter(), False: Counter()}
    for (line, day, name), amount in days.items():
        sums[line.startswith("~queue:")][day, name] += amount
    assert sums[True] == sums[False]


def test_minutes_add_up_to_the_rolling_truth(month: Month, bank: Path) -> None:
    minutes = stored.cells(month.client, month.topic, "m")
    handled = {(line, int(minute)): n for (line, minute, name), n in minutes.items() if name == "handled"}
    compared = 0
    with (bank / "truth_january_rolling.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            instant = datetime.fromisoformat(row["asof_local"]).replace(tzinfo=ZoneInfo("Asia/Jerusalem"))
            if instant.second:
                continue
            to = int(instant.timestamp()) // 60
            compared += 1
            for window, column in ((15, "n15_ge_lt"), (60, "n60_ge_lt")):
                counted = sum(handled.get((row["agent"], minute), 0) for minute in range(to - window, to))
                assert counted == int(row[column]), row
    assert compared > 1000


def test_the_same_file_in_time_order_gives_the_same_bytes(
    kafka: KafkaServer, redis_server: RedisServer, bank: Path
) -> None:
    found = []
    for order in ("file", "time"):
        redis_server.start()
        redis_server.flush()
        topic, _ = send_month(kafka, bank, order)
        with open_redis(redis_server.url) as client:
            consume(kafka.bootstrap, topic, client, RULES, until_end=True, stop=threading.Event())
            found.append(stored.counter_bytes(client, topic))
    assert found[0] == found[1]
    assert sum(len(cells) for cells in found[0].values()) > 10_000


def test_the_recount_would_notice_one_call(bank: Path, tmp_path: Path) -> None:
    lines = (bank / "january.txt").read_bytes().splitlines(keepends=True)
    less = tmp_path / "less.txt"
    less.write_bytes(b"".join(lines[:2] + lines[3:]))
    assert recount(less) != recount(bank / "january.txt")
