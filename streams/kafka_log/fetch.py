"""The fetcher of the consumer: batches of records per partition. Positions come from the caller, never from Kafka's commits."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    BrokerResponseError,
    CorruptRecordError,
    FencedInstanceIdError,
    InvalidRecordError,
    KafkaError,
    KafkaTimeoutError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
    UnsupportedCodecError,
)

from streams.decode import Record
from streams.halts import BROKER, CODEC, CORRUPT, GAP, Halt, PartitionHalted
from streams.kafka_log import fetch_batches
from streams.kafka_log.fetch_batches import UnreadableBatch
from streams.kafka_log.kafka_connect import connect_consumer, failure, refusal_of
from streams.kafka_log.kafka_endpoint import Kafka

_SEEK_MS = 10_000
_SESSION_MS = 10_000
"""For so long a dead member holds its partitions; a restart under the same instance name has them back at once."""
KafkaAway = KafkaError
"""The error of kafka-python while the broker cannot be reached, under our name."""


class InstanceInUse(Exception):
    """Another consumer of the group has the same instance name."""


class Read(NamedTuple):
    """The records that one poll gave of a partition; nothing before ``position`` is left to read."""

    records: list[Record]
    position: int


class Fetcher:
    """The partitions of one topic that this process owns. Used by one thread.

    With a group, Kafka decides who owns which partition; a static ``instance`` has its partitions back at once after a
    restart. Without a group, all partitions are owned. A partition is not read until ``seek`` gives a position. Only
    committed records are read: no aborted ones, and none behind an open transaction.
    """

    def __init__(
        self,
        kafka: Kafka,
        topic: str,
        partitions: int,
        topic_id: str = "",
        *,
        group: str | None,
        instance: str,
        batch: int,
    ) -> None:
        """Connects; raises topics.Unreachable. ``topic_id``: "" where it is not known; ``batch``: records per poll at most."""
        self._endpoint = kafka
        self.topic = topic
        self._partitions = partitions
        self._topic_id = topic_id
        self._instance = instance
        self.owned: set[int] = set()
        """The partitions that this process has now."""
        self.waiting: set[int] = set()
        """Owned partitions without a position yet."""
        self.positions: dict[int, int] = {}
        """Partition that is read -> the offset that is read next."""
        self._doubted: dict[int, int] = {}
        self._kafka: KafkaConsumer = connect_consumer(
            kafka,
            group_id=group,
            group_instance_id=instance if group is not None else None,
            session_timeout_ms=_SESSION_MS,
            metadata_max_age_ms=5_000,  # added partitions and a recreated topic are noticed in seconds
            max_poll_records=batch,
            fetch_max_bytes=64 * 1024 * 1024,
            max_partition_fetch_bytes=8 * 1024 * 1024,
            fetch_max_wait_ms=250,
        )
        fetch_batches.install_batch_reader(self._kafka)
        if group is None:
            self._kafka.assign([TopicPartition(topic, p) for p in range(partitions)])
            self._hold_all(range(partitions))
        else:
            self._kafka.subscribe([topic], listener=_Listener(self._hold_all, self._release_all))

    def _hold_all(self, partitions: Iterable[int]) -> None:
        # Paused at a position without meaning: without any position, poll would ask Kafka for one.
        for partition in partitions:
            place = TopicPartition(self.topic, partition)
            self._kafka.seek(place, 0)
            self._kafka.pause(place)
            self.owned.add(partition)
            self.waiting.add(partition)
            self.positions.pop(partition, None)

    def _release_all(self, partitions: Iterable[int]) -> None:
        self.owned -= set(partitions)
        self.waiting -= set(partitions)
        for partition in partitions:
            self.positions.pop(partition, None)

    @property
    def differs(self) -> bool:
        """Whether the topic has another id or number of partitions by now; every member hears of it within seconds.

        Records are fetched by the name of their topic: where it was recreated, a position may lie in the new one. With another
        number, a group may leave a member without partitions, or never finish sharing them out.
        """
        topic_id = self._kafka._cluster.topic_id(self.topic)  # noqa: SLF001
        is_another = bool(self._topic_id) and topic_id is not None and str(topic_id) != self._topic_id
        return is_another or len(self._kafka.partitions_for_topic(self.topic)) not in (0, self._partitions)

    def seek(self, partition: int, position: int | None) -> None:
        """Reads from a position on; None: from the earliest record that Kafka has. Raises KafkaAway."""
        place = TopicPartition(self.topic, partition)
        if position is None:
            self._kafka.seek_to_beginning(place)
            position = self._kafka.position(place, timeout_ms=_SEEK_MS)
            if position is None:
                raise KafkaTimeoutError(f"Kafka did not say where partition {partition} begins")
        else:
            self._kafka.seek(place, position)
        self._kafka.resume(place)
        self.waiting.discard(partition)
        self.positions[partition] = position

    def hold(self, partition: int) -> None:
        """Stops reading a partition until ``seek`` is called for it."""
        self._hold_all([partition])

    def drop(self, partition: int) -> None:
        """Stops reading a partition, though it is owned."""
        self._hold_all([partition])
        self.waiting.discard(partition)

    def end(self, partition: int) -> int | None:
        """The end of a partition's log as of its last fetch, open transactions included; None: not known."""
        return self._kafka.highwater(TopicPartition(self.topic, partition))  # type: ignore[no-any-return]

    def poll(self, timeout_s: float) -> dict[int, Read]:
        """The new records, in order per partition. Raises PartitionHalted, InstanceInUse, KafkaAway, KafkaRefuses."""
        try:
            polled = self._kafka.poll(timeout_ms=int(timeout_s * 1000))
        except (OffsetOutOfRangeError, NoOffsetForPartitionError) as error:
            gap = "Kafka no longer has what comes next"
            numbers = _partitions(error)
            raise PartitionHalted(
                {number: Halt(GAP, self.positions.get(number, 0), gap) for number in numbers}
            ) from error
        except UnreadableBatch as error:
            self._doubt(error)
            return {}
        except AuthorizationError as error:
            raise failure(self._endpoint, error, "Read") from error
        except FencedInstanceIdError as error:
            raise InstanceInUse(
                f"another consumer of this group is named {self._instance!r}: give each its own --instance"
            ) from error
        if not polled and (refusal := refusal_of(self._kafka)) is not None:
            raise refusal
        return self._reads(polled)

    def _reads(self, polled: dict[TopicPartition, list[Any]]) -> dict[int, Read]:
        reads = {}
        for number, before in self.positions.items():
            place = TopicPartition(self.topic, number)
            position = self._kafka.position(place, timeout_ms=0)
            if position is not None and position != before:
                self.positions[number] = position
                records = polled.get(place, [])
                if records and not isinstance(records[0], Record):
                    records = [*map(fetch_batches.as_record, records)]
                reads[number] = Read(records, position)
        return reads

    def _doubt(self, error: UnreadableBatch) -> None:
        """A broken batch is fetched once more. Raises PartitionHalted where it was broken before."""
        number, cause = error.topic_partition.partition, error.cause
        if self._doubted.get(number) == error.offset:
            raise PartitionHalted(
                {number: Halt(_reason(cause), error.offset, f"{type(cause).__name__}: {cause}")}
            ) from error
        self._doubted[number] = error.offset

    def close(self) -> None:
        """Closes the connection. A static member stays in the group until its session ends, so a restart finds its partitions.

        Leaving at a clean stop (``remove_group_members``) was measured: another member then has the partitions after 0.4 s
        instead of 10 s. But a restart, by far the commoner stop, would move them to the others and back, each time loading
        their ledgers, and a group of one would wait out the broker's ``group.initial.rebalance.delay.ms`` (3 s); staying, it
        counts again after 0.5 s. So a member stays in the group, and the others wait 10 s for one that is gone for good.
        """
        self._kafka.close()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, assign: Callable[[list[int]], None], revoke: Callable[[list[int]], None]) -> None:
        self._assign, self._revoke = assign, revoke

    def on_partitions_assigned(self, assigned: Any) -> None:
        self._assign([place.partition for place in assigned])

    def on_partitions_revoked(self, revoked: Any) -> None:
        self._revoke([place.partition for place in revoked])


def _partitions(error: KafkaError) -> list[int]:
    places = error.args[0] if error.args else ()
    return [place.partition for place in ([places] if isinstance(places, TopicPartition) else places)]


def _reason(cause: Exception) -> str:
    if isinstance(cause, UnsupportedCodecError):
        return CODEC
    if isinstance(cause, BrokerResponseError) and not isinstance(cause, (CorruptRecordError, InvalidRecordError)):
        return BROKER
    return CORRUPT
