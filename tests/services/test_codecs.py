"""Every codec of Kafka is counted, whoever compresses: kafka-python, librdkafka, the broker with the classes of Java's client."""

from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.codec import snappy_encode
from kafka.record import default_records

from streams.kafka_log import fetch_batches
from streams.store.client import open_redis
from tests.golden import ROOT
from tests.services import stored
from tests.services.consuming import PARTITIONS, call, handled, run_until_end
from tests.services.kafka import KafkaServer

pytestmark = pytest.mark.services
CODECS = ["gzip", "snappy", "lz4", "zstd"]
FIELD = ROOT / "tests/cases/field/01-snappy-batch/events.jsonl"
COUNT = 200


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    with open_redis(redis_url) as opened:
        yield opened


def send(kafka: KafkaServer, topic: str, values: list[bytes], key: bytes = b"a1", **how: Any) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", linger_ms=200, batch_size=1 << 20, **how)
    for number, value in enumerate(values):
        producer.send(topic, value, key, partition=number % PARTITIONS)
    producer.flush(30)
    producer.close()


@pytest.mark.parametrize("batches", [True, False], ids=["batches", "stock poll"])
def test_the_field_case(
    kafka: KafkaServer, topic: str, client: Any, batches: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not batches:
        monkeypatch.setattr(fetch_batches, "install_batch_reader", fetch_batches.name_faults)
    send(kafka, topic, FIELD.read_bytes().splitlines(), b"1042", compression_type="snappy")
    run_until_end(kafka, topic, client)
    months = stored.cells(client, topic, "mo", PARTITIONS)
    assert months["1042", "2026-11", "handled"] == 1


@pytest.mark.parametrize("codec", CODECS)
def test_kafka_python_compresses(kafka: KafkaServer, topic: str, client: Any, codec: str) -> None:
    send(kafka, topic, [call(n) for n in range(COUNT)], compression_type=codec)
    run_until_end(kafka, topic, client)
    assert handled(client, topic) == COUNT


def test_snappy_without_frames(kafka: KafkaServer, topic: str, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """librdkafka writes one raw block, Java many in the frames of xerial: kafka-python's own are xerial's."""
    monkeypatch.setattr(default_records, "snappy_encode", lambda data: snappy_encode(data, xerial_compatible=False))
    send(kafka, topic, [call(n) for n in range(COUNT)], compression_type="snappy")
    run_until_end(kafka, topic, client)
    assert handled(client, topic) == COUNT


@pytest.mark.parametrize("codec", CODECS)
def test_the_broker_compresses(kafka: KafkaServer, client: Any, codec: str) -> None:
    """As Java's client does, framing snappy as xerial does, in blocks of 32 KiB."""
    topic = kafka.fresh_topic(compression_type=codec)
    send(kafka, topic, [call(n) for n in range(COUNT)])
    run_until_end(kafka, topic, client)
    assert handled(client, topic) == COUNT
