"""A day that a producer of librdkafka sent is replayed from its file: nothing counts twice, whatever its partitioner is."""

import threading
from pathlib import Path
from zlib import crc32

import pytest

from dashboard.cli.main import main
from dashboard.settings import Settings, load
from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.decode import Record
from streams.kafka_log.produce import Producer
from streams.site_time import SiteTime
from streams.store.client import open_redis
from tests.services import stored
from tests.services.acting import consuming
from tests.services.kafka import KafkaServer
from tests.streams.making import at, call_record, record, state_record

pytestmark = pytest.mark.services
PARTITIONS = 4
AGENTS = [f"agent-{n}" for n in range(8)]
LOST = 12


def a_day() -> list[Record]:
    found = []
    for agent in AGENTS:
        found += [call_record(0, f"{agent}-{n}", agent=agent, at_ms=at(n)) for n in range(3)]
        found += [state_record(0, state, at(n * 60), agent) for n, state in enumerate(("available", "talk", "offline"))]
        data = {"complaint_id": f"k-{agent}", "agent": agent}
        found.append(record(0, "complaint.recorded", {**data, "kind": "complaint"}))
        found.append(record(0, "complaint.decided", {**data, "decision": "confirmed"}))
    lost = {"agent": None, "direction": "inbound", "outcome": "abandoned", "wait_s": 60}
    return found + [call_record(0, f"lost-{n}", **lost) for n in range(LOST)]


def crc_partition(sent: Record, at: int) -> int:
    """As librdkafka does: keys by CRC32, what has none anywhere."""
    return crc32(sent.key) % PARTITIONS if sent.key else at % PARTITIONS


def counted(settings: Settings) -> list[stored.Cells]:
    """Counts what lies in Kafka -> all cells of minutes and months."""
    rules = Rules(SiteTime("Asia/Shanghai"), Counting(), Retention())
    with open_redis(settings.redis) as client:
        consume(settings.kafka, settings.topic, client, rules, until_end=True, stop=threading.Event())
        return [stored.cells(client, settings.topic, kind) for kind in ("m", "mo")]


def sent_by_librdkafka(kafka: KafkaServer, topic: str, folder: Path) -> Path:
    """A day in Kafka -> the same as a file."""
    day = a_day()
    with Producer(kafka.bootstrap, topic) as producer:
        for number, sent in enumerate(day):
            producer.send(sent.key, sent.value, partition=crc_partition(sent, number))
    file = folder / "day.jsonl"
    file.write_bytes(b"\n".join(sent.value or b"" for sent in day))
    return file


def replay(file: Path, settings: Settings, *more: str) -> None:
    where = [f"--{name}={getattr(settings, name)}" for name in ("kafka", "topic")]
    assert main(["replay", str(file), *where, f"--redis={settings.redis.url}", *more]) == 0


@pytest.fixture
def settings(kafka: KafkaServer, topic: str, redis_url: str) -> Settings:
    return load({"kafka": kafka.bootstrap, "redis": redis_url, "topic": topic, "actions": f"{topic}-actions"}, {})


def attempts(cells: stored.Cells) -> int:
    return sum(n for (_, _, name), n in cells.items() if name == "attempts")


def test_a_day_counted_from_another_hash_is_replayed_and_changes_nothing(
    kafka: KafkaServer, topic: str, settings: Settings, tmp_path: Path
) -> None:
    file = sent_by_librdkafka(kafka, topic, tmp_path)
    before = counted(settings)
    assert attempts(before[1]) == 3 * len(AGENTS) + LOST
    replay(file, settings, "--no-wait")
    assert counted(settings) == before


def test_what_lies_in_kafka_is_counted_before_the_file_is_sent(
    kafka: KafkaServer, topic: str, settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    file = sent_by_librdkafka(kafka, topic, tmp_path)
    with consuming(kafka, topic, redis_url):
        replay(file, settings)
    with open_redis(settings.redis) as client:
        assert attempts(stored.cells(client, topic, "mo")) == 3 * len(AGENTS) + LOST
