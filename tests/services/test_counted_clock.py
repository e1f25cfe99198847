"""Another time zone waits until Redis is counted again: counting, numbers and `check` go on by the days that were counted."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from kafka import KafkaProducer

from streams.decode import encode
from streams.site_time import DayClock
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests.dashboard.cli.program import call
from tests.services import stored
from tests.services.consuming import PARTITIONS
from tests.services.kafka import KafkaServer

pytestmark = pytest.mark.services
EVENING = datetime.now(UTC).replace(hour=20, minute=0, second=0, microsecond=0) - timedelta(days=2)
"""The next day in Shanghai."""
UTC_DAY, SHANGHAI_DAY = f"{EVENING:%Y-%m-%d}", f"{EVENING + timedelta(days=1):%Y-%m-%d}"
SHANGHAI = {"CALLFLOOR_ZONE": "Asia/Shanghai"}


def produce(kafka: KafkaServer, topic: str, number: int) -> None:
    at = EVENING.isoformat()
    data = {"call_id": f"c{number}", "version": 1, "agent": "a1", "direction": "inbound", "outcome": "handled"}
    value = encode("call.ended", f"e{number}", "/test", round(EVENING.timestamp() * 1000), data | {"ended_at": at})
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    producer.send(topic, value, b"a1", partition=number)
    producer.flush(30)
    producer.close()


def days_of(client: Any, topic: str) -> dict[str, int]:
    cells = stored.cells(client, topic, "d", PARTITIONS)
    return {day: n for (line, day, metric), n in cells.items() if (line, metric) == ("a1", "handled")}


def test_another_zone_waits_until_all_is_counted_again(kafka: KafkaServer, topic: str, redis_url: str) -> None:
    given = {"KAFKA": kafka.bootstrap, "REDIS": redis_url, "TOPIC": topic, "ACTIONS": kafka.fresh_topic()}
    settings = {f"CALLFLOOR_{name}": value for name, value in given.items()}
    with open_redis(redis_url) as client:
        produce(kafka, topic, 0)
        assert call("consume", "--until-end", CALLFLOOR_ZONE="UTC", **settings).returncode == 0
        produce(kafka, topic, 1)
        consumed = call("consume", "--until-end", **SHANGHAI, **settings)
        assert days_of(client, topic) == {UTC_DAY: 2}
        assert Reader(client, topic, PARTITIONS).clock() == DayClock("UTC")
        waits = "the site has days of Asia/Shanghai from 00:00, what is counted has days of UTC from 00:00"
        assert consumed.stderr.count(waits) == 1
        checked = call("check", **SHANGHAI, **settings)
        assert f"warning: {waits}" in checked.stdout
        assert "empty this Redis database" in checked.stdout
        assert checked.returncode == 0
        printed = call("totals", "--by", "site", "--period", "day", "--raw", **SHANGHAI, **settings)
        assert [(row["period"], row["handled"]) for row in csv.DictReader(io.StringIO(printed.stdout))] == [
            (UTC_DAY, "2")
        ]
        assert waits in printed.stderr
        client.flushdb()
        again = call("consume", "--until-end", **SHANGHAI, **settings)
        assert days_of(client, topic) == {SHANGHAI_DAY: 2}
        assert "what is counted has" not in again.stderr + call("check", **SHANGHAI, **settings).stdout


def test_counters_of_an_older_program_have_the_days_of_the_site(kafka: KafkaServer, topic: str, redis_url: str) -> None:
    given = {"KAFKA": kafka.bootstrap, "REDIS": redis_url, "TOPIC": topic, "ACTIONS": kafka.fresh_topic()}
    settings = {f"CALLFLOOR_{name}": value for name, value in given.items()} | SHANGHAI
    with open_redis(redis_url) as client:
        produce(kafka, topic, 0)
        call("consume", "--until-end", **settings)
        for partition in range(PARTITIONS):
            client.hdel(f"{{{topic}/{partition}}}:meta", *DayClock._fields)
        assert Reader(client, topic, PARTITIONS).clock() is None
        produce(kafka, topic, 1)
        assert "what is counted has" not in call("consume", "--until-end", **settings).stderr
        assert days_of(client, topic) == {SHANGHAI_DAY: 2}
        assert Reader(client, topic, PARTITIONS).clock() == DayClock("Asia/Shanghai")
