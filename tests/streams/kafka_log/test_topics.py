"""The admin door and the producer, each on Apache Kafka and on the embedded broker of the demo."""

import threading
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from streams.actions import ProduceFailed
from streams.kafka_log import produce, topics
from streams.kafka_log.produce import Producer
from streams.simulator import embedded
from tests.absence import absent
from tests.services.kafka import KafkaServer

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def tansu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        broker = embedded.start_broker(tmp_path_factory.mktemp("tansu"))
    except embedded.NotInstalled as missing:
        absent(str(missing))
    yield broker.address
    broker.stop()


@pytest.fixture(params=["apache kafka", "embedded"])
def bootstrap(request: pytest.FixtureRequest) -> str:
    if request.param == "embedded":
        return str(request.getfixturevalue("tansu"))
    return str(request.getfixturevalue("kafka").bootstrap)


@pytest.fixture
def name() -> str:
    return f"test-{uuid4().hex[:12]}"


def test_a_topic_is_made_once_with_the_brokers_times(bootstrap: str, name: str) -> None:
    assert topics.ensure_topic(bootstrap, name, partitions=3)
    assert not topics.ensure_topic(bootstrap, name, partitions=5)
    info = topics.describe(bootstrap, name)
    assert info.partitions == 3
    assert info.log_append_time
    assert info.retention_ms == 40 * 86_400_000
    assert info.cluster_id and info.topic_id


def test_a_topic_made_again_has_another_id(bootstrap: str, name: str) -> None:
    topics.ensure_topic(bootstrap, name)
    before = topics.describe(bootstrap, name)
    with closing(topics.connect(KafkaAdminClient, bootstrap)) as admin:
        admin.delete_topics([name])
    topics.ensure_topic(bootstrap, name)
    after = topics.describe(bootstrap, name)
    assert after.topic_id != before.topic_id
    assert after.cluster_id == before.cluster_id


def test_what_a_topic_lacks_is_told(kafka: KafkaServer) -> None:
    name = kafka.fresh_topic(2, message_timestamp_type="CreateTime", retention_ms="-1")
    info = topics.describe(kafka.bootstrap, name)
    assert (info.partitions, info.log_append_time, info.retention_ms) == (2, False, None)
    assert info.cluster_id == kafka.cluster_id


def test_ends_are_the_records_sent(bootstrap: str, name: str) -> None:
    topics.ensure_topic(bootstrap, name, partitions=3)
    assert topics.ends(bootstrap, name) == {0: (0, 0), 1: (0, 0), 2: (0, 0)}
    with Producer(bootstrap, name) as producer:
        for count in (1, 5, 300):
            for i in range(count):
                producer.send(b"1042", b"%d" % i, partition=1)
            producer.flush()
        producer.send(b"", b"unattributed", partition=2)
    assert topics.ends(bootstrap, name) == {0: (0, 0), 1: (0, 306), 2: (0, 1)}


def test_absent_topics_and_brokers_are_told_apart(bootstrap: str, name: str) -> None:
    with pytest.raises(topics.NoSuchTopic, match=name):
        topics.describe(bootstrap, name)
    with pytest.raises(topics.NoSuchTopic, match=name):
        topics.ends(bootstrap, name)


def test_a_name_no_topic_can_have_is_not_a_broker_away(kafka: KafkaServer) -> None:
    for ask in (topics.ensure_topic, topics.describe):
        with pytest.raises(topics.NoSuchTopic, match="letters, digits"):
            ask(kafka.bootstrap, "bad name!")


@pytest.mark.parametrize("nowhere", ["127.0.0.1:1", "no port", "127.0.0.1:1,127.0.0.1:2"])
def test_nobody_there(nowhere: str) -> None:
    with pytest.raises(topics.Unreachable, match="setting `kafka`"):
        topics.describe(nowhere, "t")
    with pytest.raises(topics.Unreachable, match=nowhere):
        Producer(nowhere, "t")


def test_a_silent_broker_is_unreachable_and_nothing_stays_open(kafka: KafkaServer) -> None:
    threads = threading.active_count()
    kafka.pause()
    try:
        with pytest.raises(topics.Unreachable):
            topics.connect(KafkaAdminClient, kafka.bootstrap, bootstrap_timeout_ms=1_000)
    finally:
        kafka.resume()
    assert threading.active_count() == threads


def test_records_arrive_as_they_were_sent(bootstrap: str, name: str) -> None:
    topics.ensure_topic(bootstrap, name, partitions=2)
    with Producer(bootstrap, "elsewhere") as producer:
        producer.send(b"", b"\xff\x00", partition=1, topic=name, headers=[("reason", b"not_json")])
        producer.send(b"", b"again", partition=1, topic=name)
    with closing(topics.connect(KafkaConsumer, bootstrap, enable_auto_commit=False)) as consumer:
        consumer.assign([TopicPartition(name, 1)])
        consumer.seek_to_beginning()
        first, second = next(iter(consumer.poll(10_000, max_records=2).values()))
    assert (first.key, first.value, first.headers) == (b"", b"\xff\x00", [("reason", b"not_json")])
    assert (second.offset, second.value, second.headers) == (1, b"again", [])


def test_the_key_decides_the_partition(bootstrap: str, name: str) -> None:
    """Kafka's own hash (murmur2), as any other producer of the site uses it: 1042 and 1043 lie apart."""
    topics.ensure_topic(bootstrap, name, partitions=4)
    with Producer(bootstrap, name) as producer:
        for key in (b"1042", b"1042", b"1043", b""):
            producer.send(key, b"v")
    found = {partition: end for partition, (_, end) in topics.ends(bootstrap, name).items()}
    assert found == {0: 0, 1: 2, 2: 0, 3: 2}


def test_whose_times_the_records_carry(bootstrap: str, name: str) -> None:
    """The embedded broker takes LogAppendTime and does not do it: its records carry the sender's time."""
    topics.ensure_topic(bootstrap, name, partitions=1)
    with Producer(bootstrap, name) as producer:
        producer.send(b"1042", b"v", time_ms=1_700_000_000_123)
    with closing(topics.connect(KafkaConsumer, bootstrap, enable_auto_commit=False)) as consumer:
        consumer.assign([TopicPartition(name, 0)])
        consumer.seek_to_beginning()
        record = next(iter(consumer.poll(10_000).values()))[0]
    assert (record.timestamp_type, record.timestamp == 1_700_000_000_123) in {(1, False), (0, True)}


def test_times_of_the_sender_where_the_topic_takes_them(kafka: KafkaServer) -> None:
    name = kafka.fresh_topic(1, message_timestamp_type="CreateTime")
    with Producer(kafka.bootstrap, name) as producer:
        producer.send(b"1042", b"v", time_ms=1_700_000_000_123)
    with closing(topics.connect(KafkaConsumer, kafka.bootstrap, enable_auto_commit=False)) as consumer:
        consumer.assign([TopicPartition(name, 0)])
        consumer.seek_to_beginning()
        record = next(iter(consumer.poll(10_000).values()))[0]
    assert (record.timestamp, record.timestamp_type) == (1_700_000_000_123, 0)


def test_a_failure_is_told_by_flush_once(bootstrap: str, name: str) -> None:
    topics.ensure_topic(bootstrap, name, partitions=1)
    with Producer(bootstrap, name) as producer:
        producer.send(b"1042", b"good")
        producer.send(b"1042", b"no such partition", partition=7)
        producer.send(b"1042", b"x" * 2_000_000)
        with pytest.raises(ProduceFailed, match=f"2 of 3 records for topic '{name}'.*record 2: .*partition 7.*has"):
            producer.flush()
        producer.flush()
        producer.send(b"1042", b"x" * 2_000_000)
        with pytest.raises(ProduceFailed, match="record 4: .*shorten the record"):
            producer.flush()
    assert topics.ends(bootstrap, name) == {0: (0, 1)}


def test_a_topic_that_is_not_there_is_a_failure(kafka: KafkaServer, name: str) -> None:
    producer = Producer(kafka.bootstrap, name, give_up_s=1)
    producer.send(b"1042", b"v")
    with pytest.raises(ProduceFailed, match=name):
        producer.flush()
    producer.close()


def test_a_broker_that_falls_silent_is_a_failure(kafka: KafkaServer, topic: str) -> None:
    producer = Producer(kafka.bootstrap, topic, give_up_s=2)
    producer.send(b"1042", b"v")
    producer.flush()
    kafka.pause()
    try:
        producer.send(b"1042", b"v")
        with pytest.raises(ProduceFailed, match="1 of 1 records"):
            producer.flush()
        producer.close(timeout_s=0.1)
    finally:
        kafka.resume()


def test_memory_is_bounded_by_receipts(kafka: KafkaServer, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(produce, "IN_FLIGHT_RECORDS", 10)
    with Producer(kafka.bootstrap, topic) as producer:
        for _ in range(10):
            producer.send(b"1042", b"v")
        assert sum(end for _, end in topics.ends(kafka.bootstrap, topic).values()) == 10
