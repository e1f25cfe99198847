"""Batches of records per partition, from kafka-python. Positions come from whoever asks, never from Kafka's own commits."""

from collections.abc import Callable, Iterable, Mapping
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
"""So long a member that died keeps its partitions from others; by its own name it has them back at once."""
KafkaAway = KafkaError
"""What kafka-python raises while the broker cannot be talked to, under our name."""


class InstanceInUse(Exception):
    """Another consumer of the group bears the same name."""


class Read(NamedTuple):
    """What one poll gave of a partition. Nothing before ``position`` is left to read; what is no record is passed over."""

    records: list[Record]
    position: int


class Fetcher:
    """The partitions of one topic that this process owns. Used by one thread.

    With a group, Kafka decides who owns which partition; a static ``instance`` has its partitions back at once after a
    restart. Without one, all partitions are taken. A partition is not read until ``seek`` says from where. Only what was
    committed is read: neither what a producer took back nor what lies behind an open transaction.
    """

    def __init__(
        self, kafka: Kafka, topic: str, partitions: int, *, group: str | None, instance: str, batch: int
    ) -> None:
        """Connects; raises topics.Unreachable. ``batch``: records per poll at most."""
        self._endpoint = kafka
        self._topic = topic
        self._partitions = partitions
        self._instance = instance
        self._waiting: set[int] = set()
        self._owned: set[int] = set()
        self._positions: dict[int, int] = {}
        self._doubted: dict[int, int] = {}
        self._kafka: KafkaConsumer = connect_consumer(kafka, **_settings(group, instance, batch))
        fetch_batches.use(self._kafka)
        if group is None:
            self._kafka.assign([TopicPartition(topic, p) for p in range(partitions)])
            self._take(range(partitions))
        else:
            self._kafka.subscribe([topic], listener=_Listener(self._take, self._leave))

    def _take(self, partitions: Iterable[int]) -> None:
        # Paused at a position of no meaning: without any, poll would ask Kafka for one of its own.
        for partition in partitions:
            place = TopicPartition(self._topic, partition)
            self._kafka.seek(place, 0)
            self._kafka.pause(place)
            self._owned.add(partition)
            self._waiting.add(partition)
            self._positions.pop(partition, None)

    def _leave(self, partitions: Iterable[int]) -> None:
        self._owned -= set(partitions)
        self._waiting -= set(partitions)
        for partition in partitions:
            self._positions.pop(partition, None)

    @property
    def topic(self) -> str:
        """Whose partitions they are."""
        return self._topic

    @property
    def owned(self) -> frozenset[int]:
        """The partitions that are this process's now."""
        return frozenset(self._owned)

    @property
    def waiting(self) -> frozenset[int]:
        """Owned, and not told yet from where to read."""
        return frozenset(self._waiting)

    @property
    def differs(self) -> bool:
        """Whether Kafka by now tells of other partitions than the topic had: every member hears of it by itself, in seconds.

        A group may leave a member without partitions in that moment, or never finish sharing them out.
        """
        found = len(self._kafka.partitions_for_topic(self._topic))
        return found not in (0, self._partitions)

    def seek(self, partition: int, position: int | None) -> None:
        """Reads on from a position; None: from the earliest record that Kafka has. Raises KafkaAway."""
        place = TopicPartition(self._topic, partition)
        if position is None:
            self._kafka.seek_to_beginning(place)
            position = self._kafka.position(place, timeout_ms=_SEEK_MS)
            if position is None:
                raise KafkaTimeoutError(f"Kafka did not say where partition {partition} begins")
        else:
            self._kafka.seek(place, position)
        self._kafka.resume(place)
        self._waiting.discard(partition)
        self._positions[partition] = position

    def hold(self, partition: int) -> None:
        """Stops reading a partition until ``seek`` is called for it."""
        self._take([partition])

    def drop(self, partition: int) -> None:
        """Reads a partition no more, though it is owned."""
        self._take([partition])
        self._waiting.discard(partition)

    @property
    def positions(self) -> Mapping[int, int]:
        """Partition that is read -> the offset that is read next."""
        return self._positions

    def end(self, partition: int) -> int | None:
        """Where the log of a partition ended when something of it last came, open transactions included; None: not known."""
        return self._kafka.highwater(TopicPartition(self._topic, partition))  # type: ignore[no-any-return]

    def poll(self, timeout_s: float) -> dict[int, Read]:
        """What has come, in order per partition. Raises PartitionHalted, InstanceInUse, KafkaAway, KafkaRefuses."""
        try:
            found = self._kafka.poll(timeout_ms=int(timeout_s * 1000))
        except (OffsetOutOfRangeError, NoOffsetForPartitionError) as error:
            raise PartitionHalted({number: self._gap(number) for number in _partitions(error)}) from error
        except UnreadableBatch as error:
            self._doubt(error)
            return {}
        except AuthorizationError as error:
            raise failure(self._endpoint, error, "Read") from error
        except FencedInstanceIdError as error:
            raise InstanceInUse(
                f"another consumer of this group is named {self._instance!r}: give each its own --instance"
            ) from error
        if not found and (refusal := refusal_of(self._kafka)) is not None:
            raise refusal
        return self._moved({place.partition: _records(records) for place, records in found.items()})

    def _moved(self, found: dict[int, list[Record]]) -> dict[int, Read]:
        reads = {}
        for number, before in self._positions.items():
            position = self._kafka.position(TopicPartition(self._topic, number), timeout_ms=0)
            if position is not None and position != before:
                self._positions[number] = position
                reads[number] = Read(found.get(number, []), position)
        return reads

    def _gap(self, partition: int) -> Halt:
        return Halt(GAP, self._positions.get(partition, 0), "Kafka no longer has what comes next")

    def _doubt(self, error: UnreadableBatch) -> None:
        """What arrives broken is fetched once more. Raises PartitionHalted where it was broken before."""
        number, cause = error.place.partition, error.cause
        if self._doubted.get(number) == error.offset:
            raise PartitionHalted(
                {number: Halt(_reason(cause), error.offset, f"{type(cause).__name__}: {cause}")}
            ) from error
        self._doubted[number] = error.offset

    def close(self) -> None:
        """Lets go. A static member stays in the group until its session ends, so a restart finds its partitions.

        Leaving at a clean stop (``remove_group_members``) was measured: another member then has the partitions after 0.4 s
        instead of 10 s. But a restart, by far the commoner stop, would have the others take them over and give them back,
        each time loading their ledgers, and a group of one would wait out the broker's ``group.initial.rebalance.delay.ms``
        (3 s); staying, it counts again after 0.5 s. So a member stays, and one that is taken away for good is waited for.
        """
        self._kafka.close()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, take: Callable[[list[int]], None], leave: Callable[[list[int]], None]) -> None:
        self._take, self._leave = take, leave

    def on_partitions_assigned(self, assigned: Any) -> None:
        self._take([place.partition for place in assigned])

    def on_partitions_revoked(self, revoked: Any) -> None:
        self._leave([place.partition for place in revoked])


def _settings(group: str | None, instance: str, batch: int) -> dict[str, Any]:
    return {
        "group_id": group,
        "group_instance_id": instance if group is not None else None,
        "session_timeout_ms": _SESSION_MS,
        "metadata_max_age_ms": 5_000,  # partitions that are added, a topic made anew: noticed in seconds, not in minutes
        "max_poll_records": batch,
        "fetch_max_bytes": 64 * 1024 * 1024,
        "max_partition_fetch_bytes": 8 * 1024 * 1024,
        "fetch_max_wait_ms": 250,
    }


def _records(found: list[Any]) -> list[Record]:
    """Of one poll: all of one kind."""
    return found if isinstance(found[0], Record) else [*map(fetch_batches.as_record, found)]


def _partitions(error: KafkaError) -> list[int]:
    places = error.args[0] if error.args else ()
    return [place.partition for place in ([places] if isinstance(places, TopicPartition) else places)]


def _reason(cause: Exception) -> str:
    if isinstance(cause, UnsupportedCodecError):
        return CODEC
    if isinstance(cause, BrokerResponseError) and not isinstance(cause, (CorruptRecordError, InvalidRecordError)):
        return BROKER
    return CORRUPT
