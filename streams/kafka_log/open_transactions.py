"""Which partitions an open transaction holds back, since when, and whose it is: from there on nothing is read until it ends."""

from collections.abc import Mapping
from contextlib import closing
from time import monotonic

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError
from kafka.protocol.consumer import IsolationLevel

from streams.halts import OpenTransaction
from streams.kafka_log.kafka_endpoint import Kafka
from streams.kafka_log.topics import admin_of, connect, places_of

_READ_S = 3.0


def open_transactions(kafka: Kafka, topic: str, now_ms: int) -> dict[int, OpenTransaction]:
    """Partition -> the transaction that holds it back for long. Raises NoSuchTopic, Unreachable."""
    with admin_of(kafka) as admin:
        places = dict.fromkeys(places_of(admin, topic), OffsetSpec.LATEST)
        stable = admin.list_partition_offsets(places, IsolationLevel.READ_COMMITTED)
        written = admin.list_partition_offsets(places)
        begins = {place: end.offset for place, end in stable.items() if end.offset < written[place].offset}
        since = _append_times(kafka, begins) if begins else {}
        found = {
            place: OpenTransaction(offset, written[place].offset - offset, since.get(place), None)
            for place, offset in begins.items()
        }
        long = {place: each for place, each in found.items() if each.is_long(now_ms)}
        names = _producers(admin, long)
    return {place.partition: each._replace(producer=names.get(place)) for place, each in sorted(long.items())}


def _append_times(kafka: Kafka, begins: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """When the record at each offset was appended, of those that Kafka gives within a few seconds."""
    found: dict[TopicPartition, int] = {}
    few = {"max_partition_fetch_bytes": 1024, "max_poll_records": 1, "enable_auto_commit": False, "group_id": None}
    with closing(connect(KafkaConsumer, kafka, **few)) as consumer:
        consumer.assign(list(begins))
        for place, offset in begins.items():
            consumer.seek(place, offset)
        deadline = monotonic() + _READ_S
        while len(found) < len(begins) and monotonic() < deadline:
            try:
                polled = consumer.poll(timeout_ms=200)
            except KafkaError:
                break
            for place, records in polled.items():
                found.setdefault(place, records[0].timestamp)
                consumer.pause(place)
    return found


def _producers(admin: KafkaAdminClient, found: Mapping[TopicPartition, OpenTransaction]) -> dict[TopicPartition, str]:
    """Whose the transactions are; nothing of a broker that does not say, or does not say it to everybody."""
    try:
        states = admin.describe_producers(found)
        ids = {
            place: state.producer_id
            for place, each in states.items()
            for state in each.active_producers
            if state.current_transaction_start_offset == found[place].offset
        }
        listed = admin.list_transactions(producer_id_filters=set(ids.values())) if ids else {}
    except KafkaError:
        return {}
    names = {each.producer_id: each.transactional_id for of_broker in listed.values() for each in of_broker}
    return {place: names[number] for place, number in ids.items() if number in names}
