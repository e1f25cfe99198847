"""The one admin door to Kafka: makes topics, says what they are, says where they begin and end.

It never reads or writes a record, and keeps no connection: each call opens a client, asks and closes it.
"""

from collections.abc import Iterator
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

from streams.kafka_log.kafka_connect import KafkaRefuses, failure, no_right
from streams.kafka_log.kafka_connect import Unreachable as Unreachable
from streams.kafka_log.kafka_connect import connect as connect
from streams.kafka_log.kafka_endpoint import Kafka, endpoint_of

RETENTION_MS = 40 * 86_400_000
_TIMESTAMP_TYPE, _RETENTION = "message.timestamp.type", "retention.ms"
_NO_ID = UUID(int=0)
_NAMES = "Kafka takes no such topic name: it has 1 to 249 letters, digits, dots, _ and -, and is not . or .."


class NoSuchTopic(LookupError):
    """The broker does not know the topic, or takes no such name; the message says how it is made, or named."""


class TopicInfo(NamedTuple):
    """What identifies a topic, and the settings that the fold relies on.

    topic_id is "" from a broker without topic ids; retention_ms is None where the broker keeps records for ever (-1)
    or does not say. log_append_time is None where the client may not read the settings (DescribeConfigs), or there are none.
    """

    cluster_id: str
    topic_id: str
    partitions: int
    log_append_time: bool | None
    retention_ms: int | None


def ensure_topic(kafka: Kafka, topic: str, partitions: int = 4, retention_ms: int = RETENTION_MS) -> bool:
    """Makes the topic where there is none; True if it was made now. Times are the broker's (LogAppendTime).

    A topic that exists is left as it is: `describe` says whether it fits. Raises Unreachable, and NoSuchTopic for a name that
    none can have. Where the client may not make topics, KafkaRefuses says what to make.
    """
    configs = {_TIMESTAMP_TYPE: "LogAppendTime", _RETENTION: str(retention_ms)}
    wanted = {topic: {"num_partitions": partitions, "replication_factor": -1, "configs": configs}}
    with admin_of(kafka) as admin:
        try:
            admin.create_topics(wanted)
        except TopicAlreadyExistsError:
            return False
        except AuthorizationError as error:
            if _exists(admin, topic):  # Kafka says this of a topic that is there, too
                return False
            settings = " ".join(f"--config {name}={value}" for name, value in configs.items())
            raise KafkaRefuses(
                f"Kafka at {kafka} has no topic {topic!r}, and {endpoint_of(kafka).principal} may not make it: make it "
                f"(kafka-topics --create --topic {topic} --partitions {partitions} {settings}), or give the right Create on it"
            ) from error
        admin.wait_for_topics([topic])
    return True


def _exists(admin: KafkaAdminClient, topic: str) -> bool:
    with suppress(NoSuchTopic):
        return bool(_topic(admin, topic))
    return False


def describe(kafka: Kafka, topic: str) -> TopicInfo:
    """Identity and settings of a topic. Raises NoSuchTopic, Unreachable."""
    with admin_of(kafka) as admin:
        found = _topic(admin, topic)
        cluster_id = str(admin.describe_cluster()["cluster_id"])
        configs = _configs(admin, topic)
    retention_ms = int(configs.get(_RETENTION) or -1)
    return TopicInfo(
        cluster_id=cluster_id,
        topic_id=_id_text(found.get("topic_id")),
        partitions=len(found["partitions"]),
        log_append_time=configs.get(_TIMESTAMP_TYPE) == "LogAppendTime" if configs else None,
        retention_ms=retention_ms if retention_ms >= 0 else None,
    )


def require_rights(kafka: Kafka, topic: str, *operations: str) -> None:
    """Raises KafkaRefuses unless the client may do all of it with the topic ("Read", "Write"); NoSuchTopic, Unreachable."""
    with admin_of(kafka) as admin:
        rights = _rights(_topic(admin, topic))
    missing = [operation for operation in operations if rights is not None and operation.upper() not in rights]
    if missing:
        raise no_right(kafka, f"{' and '.join(missing)} on topic {topic!r}")


def ends(kafka: Kafka, topic: str) -> dict[int, tuple[int, int]]:
    """Partition -> (first offset kept, end of what can be read). Raises NoSuchTopic, Unreachable.

    The end is the last stable offset: what lies behind an open transaction is no fact yet (`open_transactions`).
    """
    with admin_of(kafka) as admin:
        places = places_of(admin, topic)
        first = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
        last = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST), IsolationLevel.READ_COMMITTED)
    after = {place: found.offset for place, found in last.items()}
    after |= _high_watermarks(kafka, {place: after[place] for place, found in last.items() if found.timestamp >= 0})
    return {place.partition: (first[place].offset, after[place]) for place in sorted(places)}


def places_of(admin: KafkaAdminClient, topic: str) -> list[TopicPartition]:
    """The partitions of a topic. Raises NoSuchTopic, KafkaError."""
    return [TopicPartition(topic, p["partition_index"]) for p in _topic(admin, topic)["partitions"]]


def _high_watermarks(kafka: Kafka, near: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
    """The next offset of each partition, from a fetch close to its end.

    For a broker that answers "latest" with the first offset of its last batch + 1, and with a time, where Kafka gives
    the end and no time (Tansu 0.6). What it says beside a fetch is right.
    """
    if not near:
        return {}
    with closing(connect(KafkaConsumer, kafka, enable_auto_commit=False, group_id=None)) as consumer:
        consumer.assign(list(near))
        for place, offset in near.items():
            consumer.seek(place, max(0, offset - 1))
        deadline = monotonic() + 10
        while any(consumer.highwater(place) is None for place in near):
            try:
                consumer.poll(timeout_ms=200)
            except KafkaError as error:
                raise failure(kafka, error, "Read") from error
            if monotonic() > deadline:
                raise Unreachable(f"Kafka at {kafka} did not say in 10 s where {sorted(near)} end")
        return {place: consumer.highwater(place) for place in near}


@contextmanager
def admin_of(kafka: Kafka) -> Iterator[KafkaAdminClient]:
    """An admin client as long as the block lasts, which raises NoSuchTopic and Unreachable."""
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
    found: dict[str, Any] = admin.describe_topics([topic])[0]
    error = for_code(found["error_code"])
    if error is InvalidTopicError or issubclass(error, AuthorizationError):
        raise error(topic)
    if error is UnknownTopicOrPartitionError or not found["partitions"]:
        raise NoSuchTopic(
            f"Kafka has no topic {topic!r}: `callfloor run` and `callfloor replay` make it, or name yours"
        )
    if found["error_code"]:
        raise error(topic)
    return found


def _configs(admin: KafkaAdminClient, topic: str) -> dict[str, str | None]:
    """All settings of the topic that the broker tells; none from a broker that keeps none."""
    asked = ConfigResource(ConfigResourceType.TOPIC, topic)
    answer = admin.describe_configs([asked], config_filter="all")
    return {name: entry["value"] for name, entry in answer.get("topic", {}).get(topic, {}).items()}


def _rights(found: dict[str, Any]) -> frozenset[str] | None:
    """Who is told about a topic may describe it: where that is not among the rights, the broker tells none."""
    rights = frozenset(found.get("authorized_operations") or ())
    return rights if "DESCRIBE" in rights else None


def _id_text(topic_id: UUID | str | None) -> str:
    return "" if topic_id in (None, "", _NO_ID) else str(topic_id)
