"""A real month explained: what the records of every agent and day add is the truth's number of calls."""

import csv
import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dashboard.actions.explain import Explanation, explain
from dashboard.cli.main import main
from dashboard.floor.periods import day_period, month_period
from dashboard.site.load import Site
from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.kafka_log.produce import Producer
from streams.site_time import DAY_MS, HOUR_MS, SiteTime
from streams.sources import replay
from streams.store.client import open_redis
from streams.store.ledger_reader import LedgerReader
from tests.golden import real_data
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer

pytestmark = [pytest.mark.services, pytest.mark.realdata]
SITE = Site(name="bank", zone="Asia/Jerusalem")
TIME = SiteTime(SITE.zone)
KEPT = {"all": 40 * DAY_MS, "three days": 72 * HOUR_MS}


class Month(NamedTuple):
    """January in Redis, with the ledger of calls kept for all of it or for three days."""

    client: Any
    topic: str
    redis_url: str
    kept: str


@pytest.fixture(scope="module")
def bank() -> Path:
    return real_data() / "anonymousbank"


@pytest.fixture(scope="module", params=KEPT)
def month(request: Any, kafka: KafkaServer, redis_server: RedisServer, bank: Path) -> Iterator[Month]:
    redis_server.start()
    redis_server.flush()
    topic = kafka.fresh_topic()
    rules = Rules(TIME, Counting(lateness_ms=KEPT[request.param]), Retention(minutes_ms=40 * DAY_MS))
    with Producer(kafka.bootstrap, topic) as producer:
        replay.send_lines(replay.read_lines(bank / "january.txt", "anonymous_bank", "time"), producer)
    with open_redis(redis_server.url) as client:
        consume(kafka.bootstrap, topic, client, rules, until_end=True, stop=threading.Event())
        yield Month(client, topic, redis_server.url, request.param)


def truth(path: Path) -> dict[tuple[str, str], int]:
    with path.open(newline="") as file:
        return {(row["agent"], row["completion_date"]): int(row["completed"]) for row in csv.DictReader(file)}


def of_month(month: Month, agent: str) -> Explanation:
    ledgers = LedgerReader(month.client, month.topic, 4, TIME)
    return explain(ledgers, SITE, agent, month_period(date(1999, 1, 1)), date(1999, 1, 31))


def test_a_month_of_every_agent_adds_up_to_the_truth(month: Month, bank: Path) -> None:
    expected = truth(bank / "truth_january_agent_completion_day.csv")
    for agent in sorted({agent for agent, _ in expected}):
        found = of_month(month, agent).term("calls")
        assert found.value == sum(record.effect for record in found.records)
        days: Counter[str] = Counter()
        for record in found.records:
            assert record.time is not None
            day = record.date or _day(record.time)
            days[day] += int(record.effect)
        assert days == {day: n for (who, day), n in expected.items() if who == agent}


def _day(text: str) -> str:
    from streams.site_time import parse_rfc3339

    return str(TIME.day(parse_rfc3339(text)).label)


def test_calls_stand_one_by_one_as_long_as_their_lines_are_kept(month: Month, bank: Path) -> None:
    agents = sorted({agent for agent, _ in truth(bank / "truth_january_agent_completion_day.csv")})
    records = [record for agent in agents for record in of_month(month, agent).term("calls").records]
    kinds = Counter(record.kind for record in records)
    assert kinds["call"] > 500
    assert bool(kinds["day"]) == (month.kept == "three days")
    if month.kept == "three days":
        assert max(record.date or "" for record in records if record.kind == "day") <= "1999-01-29"
    assert len({record.id for record in records if record.kind == "call"}) == kinds["call"]


def test_a_day_is_part_of_its_month(month: Month, bank: Path) -> None:
    (agent, day), n = max(
        truth(bank / "truth_january_agent_completion_day.csv").items(), key=lambda pair: (pair[0][1], pair[1])
    )
    ledgers = LedgerReader(month.client, month.topic, 4, TIME)
    found = explain(ledgers, SITE, agent, day_period(date.fromisoformat(day)), date(1999, 1, 31))
    assert (found.term("net").value, found.formula) == (n, f"net {n} = calls {n} - deducted 0 + floored 0")


def test_the_command_prints_it(
    month: Month, bank: Path, kafka: KafkaServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[site]\nzone = "Asia/Jerusalem"\n')
    (agent, day), n = max(
        truth(bank / "truth_january_agent_completion_day.csv").items(), key=lambda pair: (pair[0][1], pair[1])
    )
    common = ["explain", agent, "--period", "day", "--date", day, "--site", str(site)]
    common += ["--redis", month.redis_url, "--topic", month.topic, "--kafka", kafka.bootstrap]
    assert main([*common, "--format", "json"]) == 0
    (calls,) = [term for term in json.loads(capsys.readouterr().out)["terms"] if term["name"] == "calls"]
    assert calls["value"] == n == sum(record["effect"] for record in calls["records"])
    assert main(common) == 0
    assert f"net {n} = calls {n} - deducted 0 + floored 0" in capsys.readouterr().out
