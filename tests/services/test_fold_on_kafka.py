"""The golden fold scenarios a second time: through a real Kafka, with the log's own append times, into a real Redis.

The topic keeps CreateTime so that a record can carry the append time of the case; the times of this log lie months around
today, which the broker is told to take.
"""

import threading
from collections.abc import Iterable

import pytest
from kafka import KafkaProducer

from streams.consume.consume import consume
from streams.store.client import open_redis
from tests.fold_scenario import compare, rules_of
from tests.golden import Logged, fold_scenarios, scenario
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.services
PARTITIONS = 4
AGES = str(10**15)


def send(kafka: KafkaServer, topic: str, records: Iterable[Logged]) -> None:
    """The records as the log has them: partition, key, value, time and order; the gaps between its offsets are closed."""
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all")
    try:
        sent = [
            producer.send(topic, record.value, record.key, partition=record.partition, timestamp_ms=record.append_ms)
            for record in records
        ]
        producer.flush(30)
        for future in sent:
            future.get(timeout=PATIENCE_S)
    finally:
        producer.close()


@pytest.mark.parametrize("name", fold_scenarios())
@pytest.mark.parametrize("batch", [20_000, 7])
def test_a_scenario_through_kafka(name: str, batch: int, kafka: KafkaServer, redis_url: str) -> None:
    found = scenario(name)
    topic = kafka.fresh_topic(
        PARTITIONS, message_timestamp_type="CreateTime", message_timestamp_after_max_ms=AGES, retention_ms="-1"
    )
    send(kafka, topic, found.records)
    with open_redis(redis_url) as client:
        rules = rules_of(found.config)
        consume(kafka.bootstrap, topic, client, rules, until_end=True, batch=batch, stop=threading.Event())
        assert compare(found, client, topic, PARTITIONS) == []
