"""Topics of Kafka: makes them, and gives their identity and settings, their offsets and their open transactions.

The only room of the admin client. It writes no record and holds no connection: each call opens a client, asks and closes it.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import (
    AuthorizationError,
    InvalidTopicError,
    KafkaError,
    TopicAlreadyExistsError,
    UnknownTopicOrPartitionError,
    for_code,
)
from kafka.protocol.consumer import IsolationLevel

from streams.halts import OpenTransaction
from streams.kafka_log.kafka_connect import KafkaRefuses, failure, no_right
from streams.kafka_log.kafka_connect import Unreachable as Unreachable
from streams.kafka_log.kafka_connect import connect as connect
from streams.kafka_log.kafka_endpoint import Kafka, endpoint_of
from streams.site_time import DAY_MS

_APPEND_TIMES_S = 3.0
RETENTION_MS = 40 * DAY_MS
_TIMESTAMP_TYPE, _RETENTION = "message.timestamp.type", "retention.ms"
_NO_ID = UUID(int=0)
_NAMES = "Kafka takes no such topic name: it has 1 to 249 letters, digits, dots, _ and -, and is not . or .."


class NoSuchTopic(LookupError):
    """The broker has no such topic, or takes no such name; the message says how it is made, or named."""


class TopicInfo(NamedTuple):
    """The identity of a topic, and the settings that the fold relies on.

    topic_id is "" from a broker without topic ids; retention_ms is None where the broker keeps records for ever (-1)
    or does not say. log_append_time is None where the client may not read the settings (DescribeConfigs), or there are none.
    """

    cluster_id: str
    topic_id: str
    partitions: int
    log_append_time: bool | None
    retention_ms: int | None


def ensure_topic(kafka: Kafka, topic: str, partitions: int = 4, retention_ms: int = RETENTION_MS) -> bool:
    """Makes the topic where there is none -> whether it was made now. Times are the broker's (LogAppendTime).

    A topic that exists is left as it is: `describe` says whether it fits. Raises Unreachable, and NoSuchTopic for a name that
    no topic can have. Where the client may not make topics, KafkaRefuses says what to make.
    """
    configs = {_TIMESTAMP_TYPE: "LogAppendTime", _RETENTION: str(retention_ms)}
    wanted = {topic: {"num_partitions": partitions, "replication_factor": -1, "configs": configs}}
    with admin_of(kafka) as admin:
        try:
            admin.create_topics(wanted)
        except TopicAlreadyExistsError:
            return False
        except AuthorizationError as error:
            with suppress(NoSuchTopic):  # Kafka gives this error for an existing topic too
                _topic(admin, topic)
                return False
            settings = " ".join(f"--config {name}={value}" for name, value in configs.items())
            raise KafkaRefuses(
                f"Kafka at {kafka} has no topic {topic!r}, and {endpoint_of(kafka).principal} may not make it: make it "
                f"(kafka-topics --create --topic {topic} --partitions {partitions} {settings}), or give the right Create on it"
            ) from error
        admin.wait_for_topics([topic])
    return True


def describe(kafka: Kafka, topic: str) -> TopicInfo:
    """Identity and settings of a topic. Raises NoSuchTopic, Unreachable."""
    with admin_of(kafka) as admin:
        described = _topic(admin, topic)
        cluster_id, topic_id = str(admin.describe_cluster()["cluster_id"]), described.get("topic_id")
        configs = _configs(admin, topic)
    retention_ms = int(configs.get(_RETENTION) or -1)
    return TopicInfo(
        cluster_id=cluster_id,
        topic_id="" if topic_id in (None, "", _NO_ID) else str(topic_id),
        partitions=len(described["partitions"]),
        log_append_time=configs.get(_TIMESTAMP_TYPE) == "LogAppendTime" if configs else None,
        retention_ms=retention_ms if retention_ms >= 0 else None,
    )


def cluster_id_of(kafka: Kafka) -> str:
    """The id of the cluster. Raises Unreachable."""
    with admin_of(kafka) as admin:
        return str(admin.describe_cluster()["cluster_id"])


def require_rights(kafka: Kafka, topic: str, *operations: str) -> None:
    """Raises KafkaRefuses unless the client may do all of it with the topic ("Read", "Write"); NoSuchTopic, Unreachable."""
    with admin_of(kafka) as admin:
        rights = _topic(admin, topic).get("authorized_operations") or ()
    # A described topic has the right Describe: where that is missing, the broker gives no rights.
    missing = [operation for operation in operations if operation.upper() not in rights]
    if missing and "DESCRIBE" in rights:
        raise no_right(kafka, f"{' and '.join(missing)} on topic {topic!r}")


def ends(kafka: Kafka, topic: str) -> dict[int, tuple[int, int]]:
    """Partition -> (first offset, end of what can be read). Raises NoSuchTopic, Unreachable.

    The end is the last stable offset: a record behind an open transaction is no fact yet (`open_transactions`).
    """
    with admin_of(kafka) as admin:
        places = partitions_of(admin, topic)
        first = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
        last = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST), IsolationLevel.READ_COMMITTED)
    after = {place: latest.offset for place, latest in last.items()}
    after |= _fetch_high_watermarks(
        kafka, {place: after[place] for place, latest in last.items() if latest.timestamp >= 0}
    )
    return {place.partition: (first[place].offset, after[place]) for place in sorted(places)}


def open_transactions(kafka: Kafka, topic: str, now_ms: int) -> dict[int, OpenTransaction]:
    """Partition -> the transaction that holds it back for long: no record behind it is read until it ends.

    Raises NoSuchTopic, Unreachable.
    """
    with admin_of(kafka) as admin:
        places = dict.fromkeys(partitions_of(admin, topic), OffsetSpec.LATEST)
        stable = admin.list_partition_offsets(places, IsolationLevel.READ_COMMITTED)
        written = admin.list_partition_offsets(places)
        begins = {place: end.offset for place, end in stable.items() if end.offset < written[place].offset}
        since = _append_times(kafka, begins) if begins else {}
        transactions = {
            place: OpenTransaction(offset, written[place].offset - offset, since.get(place), None)
            for place, offset in begins.items()
        }
        long = {place: each for place, each in transactions.items() if each.is_long(now_ms)}
        names = _producers(admin, long)
    return {place.partition: each._replace(producer=names.get(place)) for place, each in sorted(long.items())}


def partitions_of(admin: KafkaAdminClient, topic: str) -> list[TopicPartition]:
    """The partitions of a topic. Raises NoSuchTopic, KafkaError."""
    return [TopicPartition(topic, p["partition_index"]) for p in _topic(admin, topic)["partitions"]]


def _fetch_high_watermarks(kafka: Kafka, near: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
    """The next offset of each partition, from a fetch close to its end.

    For a broker that answers "latest" with the first offset of its last batch + 1, and with a time, where Kafka gives
    the end and no time (Tansu 0.6). Its answer to a fetch is right.
    """
    if not near:
        return {}
    with _consumer_at(kafka, {place: max(0, offset - 1) for place, offset in near.items()}) as consumer:
        deadline = monotonic() + 10
        while any(consumer.highwater(place) is None for place in near):
            try:
                consumer.poll(timeout_ms=200)
            except KafkaError as error:
                raise failure(kafka, error, "Read") from error
            if monotonic() > deadline:
                raise Unreachable(f"Kafka at {kafka} did not say in 10 s where {sorted(near)} end")
        return {place: consumer.highwater(place) for place in near}


def _append_times(kafka: Kafka, begins: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """When the record at each offset was appended, as far as Kafka gives the records within a few seconds."""
    times: dict[TopicPartition, int] = {}
    with _consumer_at(kafka, begins, max_partition_fetch_bytes=1024, max_poll_records=1) as consumer:
        deadline = monotonic() + _APPEND_TIMES_S
        while len(times) < len(begins) and monotonic() < deadline:
            try:
                polled = consumer.poll(timeout_ms=200)
            except KafkaError:
                break
            for place, records in polled.items():
                times.setdefault(place, records[0].timestamp)
                consumer.pause(place)
    return times


@contextmanager
def _consumer_at(kafka: Kafka, offsets: Mapping[TopicPartition, int], **configs: int) -> Iterator[KafkaConsumer]:
    with closing(connect(KafkaConsumer, kafka, enable_auto_commit=False, **configs)) as consumer:
        consumer.assign(list(offsets))
        for place, offset in offsets.items():
            consumer.seek(place, offset)
        yield consumer


def _producers(admin: KafkaAdminClient, held: Mapping[TopicPartition, OpenTransaction]) -> dict[TopicPartition, str]:
    """The producers of the transactions; nothing from a broker that does not name them, or not to this client."""
    try:
        states = admin.describe_producers(held)
        ids = {
            place: state.producer_id
            for place, each in states.items()
            for state in each.active_producers
            if state.current_transaction_start_offset == held[place].offset
        }
        listed = admin.list_transactions(producer_id_filters=set(ids.values())) if ids else {}
    except KafkaError:
        return {}
    names = {each.producer_id: each.transactional_id for of_broker in listed.values() for each in of_broker}
    return {place: names[number] for place, number in ids.items() if number in names}


@contextmanager
def admin_of(kafka: Kafka) -> Iterator[KafkaAdminClient]:
    """An admin client for the block, which raises NoSuchTopic and Unreachable."""
    admin = connect(KafkaAdminClient, kafka, bootstrap_timeout_ms=10_000, request_timeout_ms=20_000)
    try:
        yield admin
    except InvalidTopicError as error:
        raise NoSuchTopic(f"{_NAMES} ({error})") from error
    except KafkaError as error:
        raise failure(kafka, error, "Describe", admin) from error
    finally:
        admin.close()


def _topic(admin: KafkaAdminClient, topic: str) -> dict[str, Any]:
    described: dict[str, Any] = admin.describe_topics([topic])[0]
    error = for_code(described["error_code"])
    if error is InvalidTopicError or issubclass(error, AuthorizationError):
        raise error(topic)
    if error is UnknownTopicOrPartitionError or not described["partitions"]:
        raise NoSuchTopic(
            f"Kafka has no topic {topic!r}: `callfloor run` and `callfloor replay` make it, or name yours"
        )
    if described["error_code"]:
        raise error(topic)
    return described


def _configs(admin: KafkaAdminClient, topic: str) -> dict[str, str | None]:
    """The settings of the topic that the broker gives; none from a broker without settings."""
    asked = ConfigResource(ConfigResourceType.TOPIC, topic)
    answer = admin.describe_configs([asked], config_filter="all")
    return {name: entry["value"] for name, entry in answer.get("topic", {}).get(topic, {}).items()}
