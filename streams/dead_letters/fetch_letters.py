"""Reading what lies in Kafka already: the topic of dead letters to its end, and single records by their places.

No group and no stored position: who asks says from where.
"""

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.dead_letters.letters import Letter, Note, read_entry
from streams.decode import Record
from streams.kafka_log.fetch_batches import as_record, name_faults
from streams.kafka_log.kafka_endpoint import Kafka
from streams.kafka_log.topics import NoSuchTopic, Unreachable, connect, ends

_SILENT_S = 30.0
_LEAP = 5_000
"""So many records between two that are wanted are read over; over more it leaps."""
_POLL_MS = 250


class LetterReader:
    """The topic of dead letters from its beginning. Used by one thread; begin with a new one after any error."""

    def __init__(self, kafka: Kafka, topic: str) -> None:
        """Connects. Raises topics.Unreachable, and topics.NoSuchTopic while nothing was ever refused."""
        begins = ends(kafka, topic)
        self._kafka: KafkaConsumer = connect(KafkaConsumer, kafka, **_settings())
        name_faults(self._kafka)
        self._places = [TopicPartition(topic, number) for number in begins]
        self._kafka.assign(self._places)
        for place in self._places:
            self._kafka.seek(place, begins[place.partition][0])

    def read(self, until: Mapping[int, int] | None = None) -> Iterator[Letter | Note | None]:
        """What has come since the last time; with ``until`` (partition -> offset) at least up to there.

        Raises topics.Unreachable, also where the topic is another by now.
        """
        deadline = monotonic() + _SILENT_S
        while True:
            found = _poll(self._kafka)
            for records in found.values():
                yield from (read_entry(record.headers, record.timestamp) for record in records)
            if found:
                deadline = monotonic() + _SILENT_S
            elif until is None or self._passed(until):
                return
            _refuse_silence(deadline, "the end of the dead letters")

    def _passed(self, until: Mapping[int, int]) -> bool:
        return all(_position(self._kafka, place) >= until.get(place.partition, 0) for place in self._places)

    def close(self) -> None:
        """Lets the connection go."""
        self._kafka.close()


class LogReader:
    """Single records of any topic by their places. Used by one thread."""

    def __init__(self, kafka: Kafka) -> None:
        """Connects. Raises topics.Unreachable."""
        self._endpoint = kafka
        self._kafka: KafkaConsumer = connect(KafkaConsumer, kafka, **_settings())
        name_faults(self._kafka)

    def records(self, topic: str, places: Mapping[int, Sequence[int]]) -> Iterator[tuple[int, int, Record | None]]:
        """Partition -> offsets, rising: (partition, offset, the record; None where Kafka no longer has it).

        Raises topics.Unreachable, also where there is no such topic.
        """
        kept = self._kept(topic)
        for partition, offsets in places.items():
            begin, end = kept.get(partition, (0, 0))
            here = [offset for offset in offsets if begin <= offset < end]
            yield from ((partition, offset, None) for offset in offsets if not begin <= offset < end)
            for offset, record in self._of(TopicPartition(topic, partition), here, end):
                yield partition, offset, record

    def _kept(self, topic: str) -> dict[int, tuple[int, int]]:
        try:
            return ends(self._endpoint, topic)
        except NoSuchTopic as error:  # renamed, or being made anew: no word on whether its records are lost
            raise Unreachable(f"nothing can be read of it now, try again: {error}") from error

    def _of(self, place: TopicPartition, offsets: Sequence[int], end: int) -> Iterator[tuple[int, Record | None]]:
        if not offsets:
            return
        self._kafka.assign([place])
        self._kafka.seek(place, offsets[0])
        found = self._from(place, end)
        record = next(found, None)
        for offset in offsets:
            if record is not None and offset - record.offset > _LEAP:
                self._kafka.seek(place, offset)
                found = self._from(place, end)
                record = next(found, None)
            while record is not None and record.offset < offset:
                record = next(found, None)
            yield offset, record if record is not None and record.offset == offset else None

    def _from(self, place: TopicPartition, end: int) -> Iterator[Record]:
        """Every record from where the reader stands up to the end: a log may end in markers, which are no records."""
        deadline = monotonic() + _SILENT_S
        while _position(self._kafka, place) < end:
            found = _poll(self._kafka).get(place, [])
            for record in found:
                yield as_record(record)
            if found:
                deadline = monotonic() + _SILENT_S
            _refuse_silence(deadline, f"partition {place.partition} of {place.topic}")

    def close(self) -> None:
        """Lets the connection go."""
        self._kafka.close()


def _poll(kafka: KafkaConsumer) -> dict[TopicPartition, list[Any]]:
    try:
        found: dict[TopicPartition, list[Any]] = kafka.poll(timeout_ms=_POLL_MS)
    except KafkaError as error:
        raise Unreachable(f"Kafka did not give what it has: {error}") from error
    return found


def _position(kafka: KafkaConsumer, place: TopicPartition) -> int:
    try:
        return int(kafka.position(place))
    except KafkaError as error:
        raise Unreachable(f"Kafka did not say where its reader stands: {error}") from error


def _refuse_silence(deadline: float, what: str) -> None:
    if monotonic() > deadline:
        raise Unreachable(f"Kafka did not give {what} within {_SILENT_S:.0f} s")


def _settings() -> dict[str, Any]:
    return {
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "allow_auto_create_topics": False,
        "isolation_level": "read_committed",
        "max_poll_records": _LEAP,
        "fetch_max_wait_ms": 100,
        "reconnect_backoff_max_ms": 1_000,
        "bootstrap_timeout_ms": 10_000,
    }
