"""Readers of logs: a whole topic as it grows, and single records by their offsets.

They belong to no group and store no position: the caller says from where. A reader is used by one thread, and replaced by
a new one after any error.
"""

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.decode import Record
from streams.kafka_log.fetch_batches import as_record, name_faults
from streams.kafka_log.kafka_connect import connect_consumer
from streams.kafka_log.kafka_endpoint import Kafka
from streams.kafka_log.topics import NoSuchTopic, Unreachable, ends

Headers = Sequence[tuple[str, bytes]]
_SILENT_S = 30.0
_LEAP = 5_000
"""A gap between two wanted records of up to so many is read over; a longer one is leapt over."""
_POLL_MS = 250
_END_MS = 5_000
"""So long Kafka may take to say where a log ends."""


class _Reader:
    def __init__(self, kafka: Kafka) -> None:
        """Connects. Raises topics.Unreachable."""
        self._endpoint = kafka
        self._kafka: KafkaConsumer = connect_consumer(kafka, max_poll_records=_LEAP, fetch_max_wait_ms=100)
        name_faults(self._kafka)

    def _poll(self) -> dict[TopicPartition, list[Any]]:
        try:
            polled: dict[TopicPartition, list[Any]] = self._kafka.poll(timeout_ms=_POLL_MS)
        except KafkaError as error:
            raise Unreachable(f"Kafka did not give what it has: {error}") from error
        return polled

    def _position(self, partition: TopicPartition) -> int:
        try:
            return int(self._kafka.position(partition))
        except KafkaError as error:
            raise Unreachable(f"Kafka did not say where its reader stands: {error}") from error

    def close(self) -> None:
        """Closes the connection."""
        self._kafka.close()


class TopicFollower(_Reader):
    """The headers of every record of a topic, from its beginning and as it grows."""

    def __init__(self, kafka: Kafka, topic: str) -> None:
        """Connects. Raises topics.Unreachable, and topics.NoSuchTopic."""
        offsets = ends(kafka, topic)
        super().__init__(kafka)
        self._topic = topic
        self._ends = {TopicPartition(topic, number): end for number, (_, end) in offsets.items()}
        self._kafka.assign(list(self._ends))
        for partition in self._ends:
            self._kafka.seek(partition, offsets[partition.partition][0])

    def read(self) -> Iterator[tuple[Headers, int]]:
        """(headers, append time in ms) of what came since the last call; at first all up to the end at the time of connecting.

        Raises topics.Unreachable, also where the topic was deleted or recreated meanwhile.
        """
        deadline = monotonic() + _SILENT_S
        while True:
            polled = self._poll()
            for records in polled.values():
                yield from ((record.headers, record.timestamp) for record in records)
            if polled:
                deadline = monotonic() + _SILENT_S
            elif all(self._position(partition) >= end for partition, end in self._ends.items()):
                return
            _refuse_silence(deadline, f"the end of {self._topic}")


class ValueFollower(_Reader):
    """The values of a topic of one partition, from an offset on and as it grows.

    ``begin``: the first offset that the log still has; ``end``: its end as far as it is known; ``next``: the offset of the next
    value.
    """

    def __init__(self, kafka: Kafka, topic: str, start: int | None = None, since_ms: int | None = None) -> None:
        """From ``start`` on, or from the first record appended at ``since_ms`` or later, or from the beginning.

        Raises topics.Unreachable, and topics.NoSuchTopic.
        """
        self.begin, self.end = ends(kafka, topic)[0]
        super().__init__(kafka)
        self._partition = TopicPartition(topic, 0)
        self._kafka.assign([self._partition])
        if start is None:
            start = self.begin if since_ms is None else self._offset_at(since_ms)
        self.next = max(start, self.begin)
        self._kafka.seek(self._partition, self.next)

    def seek_last(self) -> None:
        """Goes on with the newest record; in an empty log with the next one."""
        self.next = max(self.end - 1, self.begin)
        self._kafka.seek(self._partition, self.next)

    def read(self) -> Iterator[tuple[int, bytes | None]]:
        """(offset, value) up to the end at the time of connecting, later up to that of the call. Raises topics.Unreachable."""
        if self._position(self._partition) >= self.end:
            self.end = self._find_end()
        deadline = monotonic() + _SILENT_S
        while self._position(self._partition) < self.end:
            polled = self._poll().get(self._partition, [])
            for record in polled:
                self.next = record.offset + 1
                yield record.offset, record.value
            if polled:
                deadline = monotonic() + _SILENT_S
            _refuse_silence(deadline, f"the end of {self._partition.topic}")

    def _find_end(self) -> int:
        try:
            return int(self._kafka.end_offsets([self._partition], _END_MS)[self._partition])
        except KafkaError as error:
            raise Unreachable(f"Kafka did not say where {self._partition.topic} ends: {error}") from error

    def _offset_at(self, since_ms: int) -> int:
        try:
            found = self._kafka.offsets_for_times({self._partition: since_ms})[self._partition]
        except KafkaError as error:
            raise Unreachable(f"Kafka did not say where {self._partition.topic} stood at a time: {error}") from error
        return self.end if found is None else int(found.offset)


class RecordReader(_Reader):
    """Single records of any topic by their offsets."""

    def read_records(self, topic: str, wanted: Mapping[int, Sequence[int]]) -> Iterator[tuple[int, int, Record | None]]:
        """Partition -> rising offsets: (partition, offset, record), with None where Kafka no longer has the record.

        Raises topics.Unreachable, also where there is no such topic.
        """
        try:
            bounds = ends(self._endpoint, topic)
        except NoSuchTopic as error:  # renamed, or being recreated: that does not say that its records are lost
            raise Unreachable(f"nothing can be read of it now, try again: {error}") from error
        for number, offsets in wanted.items():
            begin, end = bounds.get(number, (0, 0))
            yield from ((number, offset, None) for offset in offsets if not begin <= offset < end)
            readable = [offset for offset in offsets if begin <= offset < end]
            for offset, record in self._read_offsets(TopicPartition(topic, number), readable, end):
                yield number, offset, record

    def _read_offsets(
        self, partition: TopicPartition, offsets: Sequence[int], end: int
    ) -> Iterator[tuple[int, Record | None]]:
        if offsets:
            self._kafka.assign([partition])
        record: Record | None = None
        records: Iterator[Record] = iter(())
        for offset in offsets:
            if offset == offsets[0] or (record is not None and offset - record.offset > _LEAP):
                self._kafka.seek(partition, offset)
                records = self._read_until(partition, end)
                record = next(records, None)
            while record is not None and record.offset < offset:
                record = next(records, None)
            yield offset, record if record is not None and record.offset == offset else None

    def _read_until(self, partition: TopicPartition, end: int) -> Iterator[Record]:
        """Every record from the current position to the end: a log may end in markers, which are no records."""
        deadline = monotonic() + _SILENT_S
        while self._position(partition) < end:
            polled = self._poll().get(partition, [])
            yield from map(as_record, polled)
            if polled:
                deadline = monotonic() + _SILENT_S
            _refuse_silence(deadline, f"partition {partition.partition} of {partition.topic}")


def _refuse_silence(deadline: float, what: str) -> None:
    if monotonic() > deadline:
        raise Unreachable(f"Kafka did not give {what} within {_SILENT_S:.0f} s")
