"""The consumer on a real Kafka: ends of logs, restarts of a group's member, gaps, topics made anew."""

import logging
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from streams.halts import GAP, PartitionHalted
from streams.kafka_log import fetch_batches
from streams.kafka_log.fetch import Fetcher
from streams.kafka_log.topics import connect, describe
from streams.store.client import open_redis
from streams.store.identity import TopicChanged
from streams.store.reader import Reader
from tests.dashboard.cli.program import call as run
from tests.services.consuming import PARTITIONS, Member, call, handled, run_until_end
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    with open_redis(redis_url) as opened:
        yield opened


def produce(kafka: KafkaServer, topic: str, numbers: range, **configs: Any) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", **configs)
    if "transactional_id" in configs:
        producer.init_transactions()
        producer.begin_transaction()
    for number in numbers:
        producer.send(topic, call(number), b"a1", partition=number % PARTITIONS)
    if "transactional_id" in configs:
        producer.commit_transaction()
    producer.flush(30)
    producer.close()


@pytest.mark.parametrize("batches", [True, False], ids=["batches", "stock poll"])
def test_a_log_that_ends_in_markers_of_transactions_has_an_end(
    kafka: KafkaServer, topic: str, client: Any, monkeypatch: pytest.MonkeyPatch, batches: bool
) -> None:
    if not batches:
        monkeypatch.setattr(fetch_batches, "install_batch_reader", lambda kafka: False)
    produce(kafka, topic, range(20), transactional_id=f"t-{topic}")
    run_until_end(kafka, topic, client)
    assert handled(client, topic) == 20
    produce(kafka, topic, range(20, 24), transactional_id=f"t-{topic}")
    run_until_end(kafka, topic, client)
    assert handled(client, topic) == 24


def test_a_member_that_restarts_has_its_partitions_back(kafka: KafkaServer, topic: str, client: Any) -> None:
    member = Member(kafka, topic, client, "one")
    produce(kafka, topic, range(8))
    wait_until(lambda: handled(client, topic) == 8, PATIENCE_S, "counted")
    member.stop()
    produce(kafka, topic, range(8, 16))
    began = time.monotonic()
    member = Member(kafka, topic, client, "one")
    try:
        wait_until(lambda: handled(client, topic) == 16, 40, "counted after the restart: the session lasts 45 s")
    finally:
        member.stop()
    assert time.monotonic() - began < 45


def test_two_members_share_and_count_once(kafka: KafkaServer, topic: str, client: Any) -> None:
    members = [Member(kafka, topic, client, name) for name in ("one", "two")]
    try:
        produce(kafka, topic, range(400))
        wait_until(lambda: handled(client, topic) == 400, PATIENCE_S, "counted by both")
    finally:
        for member in members:
            member.stop()


def test_a_gap_in_the_log_halts_its_partition_alone(
    kafka: KafkaServer, topic: str, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    produce(kafka, topic, range(40))
    run_until_end(kafka, topic, client)
    produce(kafka, topic, range(40, 80))
    admin = connect(KafkaAdminClient, kafka.bootstrap)
    admin.delete_records({TopicPartition(topic, 1): 15})
    admin.close()
    produce(kafka, topic, range(80, 84))
    member = Member(kafka, topic, client, "one")
    try:
        with caplog.at_level(logging.ERROR):
            said = "partition 1 is counted up to offset 10 and no further (gap)"
            wait_until(lambda: said in caplog.text, PATIENCE_S, "the gap is said")
        wait_until(lambda: handled(client, topic) == 10 + 3 * 21, PATIENCE_S, "the others go on")
    finally:
        member.stop()
    meta = Reader(client, topic, PARTITIONS).meta(1)
    assert meta is not None
    assert meta.position == 10
    assert meta.halt is not None
    assert (meta.halt.reason, meta.halt.offset) == (GAP, 10)
    assert caplog.text.count("no further (gap)") == 1


def test_a_topic_made_anew_is_refused(kafka: KafkaServer, topic: str, client: Any) -> None:
    produce(kafka, topic, range(4))
    run_until_end(kafka, topic, client)
    make_anew(kafka, topic)
    with pytest.raises(TopicChanged, match="topic_id"):
        run_until_end(kafka, topic, client)


def test_a_halt_among_the_actions_holds_up_no_event(kafka: KafkaServer, topic: str, redis_url: str) -> None:
    """What is counted up to the end counts both topics, and then says what it could not read."""
    actions = kafka.fresh_topic()
    given = {"KAFKA": kafka.bootstrap, "REDIS": redis_url, "TOPIC": topic, "ACTIONS": actions}
    settings = {f"CALLFLOOR_{name}": value for name, value in given.items()}
    produce(kafka, actions, range(4))
    assert run("consume", "--until-end", **settings).returncode == 0
    produce(kafka, actions, range(8))
    with closing(connect(KafkaAdminClient, kafka.bootstrap)) as admin:
        admin.delete_records({TopicPartition(actions, 1): 3})
    produce(kafka, topic, range(8))
    found = run("consume", "--until-end", **settings)
    assert found.returncode == 1
    assert "callfloor consume: partition 1 is counted up to offset 1 and no further (gap)" in found.stderr
    assert "Traceback" not in found.stderr
    with open_redis(redis_url) as client:
        assert handled(client, topic) == 8


def make_anew(kafka: KafkaServer, topic: str, partitions: int = PARTITIONS) -> None:
    admin = connect(KafkaAdminClient, kafka.bootstrap)
    admin.delete_topics([topic])
    wait_until(lambda: topic not in admin.list_topics(), PATIENCE_S, "the topic is gone")
    admin.create_topics({topic: {"num_partitions": partitions}}, wait_for_metadata=True)
    admin.close()


def test_a_topic_made_anew_under_a_running_consumer_ends_it(kafka: KafkaServer, topic: str, client: Any) -> None:
    produce(kafka, topic, range(100))
    member = Member(kafka, topic, client, "one", group=None, beat_s=None)
    try:
        wait_until(lambda: handled(client, topic) == 100, PATIENCE_S, "counted")
        make_anew(kafka, topic)
        wait_until(lambda: isinstance(member.ended, TopicChanged), PATIENCE_S, "the consumer ends")
    finally:
        member.stop()
    assert handled(client, topic) == 100


def test_a_topic_made_anew_and_filled_between_two_polls_is_noticed_while_it_is_read(
    kafka: KafkaServer, topic: str
) -> None:
    """Its records are fetched by the name of the topic, so the old position lies in it and no poll fails."""
    produce(kafka, topic, range(100))
    topic_id = describe(kafka.bootstrap, topic).topic_id
    with closing(Fetcher(kafka.bootstrap, topic, PARTITIONS, topic_id, group=None, instance="", batch=500)) as fetcher:
        for partition in range(PARTITIONS):
            fetcher.seek(partition, 25)
        fetcher.poll(0.5)
        assert not fetcher.differs
        make_anew(kafka, topic)
        produce(kafka, topic, range(1000, 1400))
        wait_until(lambda: [fetcher.poll(0.2)] and fetcher.differs, PATIENCE_S, "the other topic is noticed")


def test_a_gap_ends_a_run_to_the_end(kafka: KafkaServer, topic: str, client: Any) -> None:
    produce(kafka, topic, range(40))
    run_until_end(kafka, topic, client)
    produce(kafka, topic, range(40, 80))
    admin = connect(KafkaAdminClient, kafka.bootstrap)
    admin.delete_records({TopicPartition(topic, 1): 20})
    admin.close()
    with pytest.raises(PartitionHalted, match="partition 1 .*gap"):
        run_until_end(kafka, topic, client)


def test_partitions_added_under_a_group_are_refused(kafka: KafkaServer, topic: str, client: Any) -> None:
    produce(kafka, topic, range(8))
    members = [Member(kafka, topic, client, "one")]
    try:
        wait_until(lambda: handled(client, topic) == 8, PATIENCE_S, "counted")
        admin = connect(KafkaAdminClient, kafka.bootstrap)
        admin.create_partitions({topic: 6})
        admin.close()
        members.append(Member(kafka, topic, client, "two"))
        wait_until(lambda: all(isinstance(member.ended, TopicChanged) for member in members), PATIENCE_S, "all end")
    finally:
        for member in members:
            member.stop()


def test_another_instance_takes_over_within_a_session(kafka: KafkaServer, topic: str, client: Any) -> None:
    member = Member(kafka, topic, client, "one")
    produce(kafka, topic, range(8))
    wait_until(lambda: handled(client, topic) == 8, PATIENCE_S, "counted")
    member.stop()
    produce(kafka, topic, range(8, 16))
    member = Member(kafka, topic, client, "two")
    try:
        wait_until(lambda: handled(client, topic) == 16, PATIENCE_S, "counted by the other")
    finally:
        member.stop()
