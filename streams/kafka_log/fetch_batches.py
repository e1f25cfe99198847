"""A faster reader of record batches for kafka-python, and errors that name the partition of a broken batch.

Most of the cost of stock ``poll()`` is two objects per record with every field read; this reader makes one small object.
``install_batch_reader`` puts a subclass of kafka-python's reader in its place; fetching batches and cutting them into polls
stays kafka-python's. The attribute is private, so a batch is first read through the subclass; where it does not come out as
it was written, a warning is logged and only faults are named.

With isolation ``read_committed`` the broker sends aborted records too, and with them the producers and first offsets of
aborted transactions; a marker in the log ends each of these ranges. The reader passes over them, as the stock reader does.
"""

import logging
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CorruptRecordError, KafkaError, OffsetOutOfRangeError, TopicAuthorizationFailedError
from kafka.protocol.consumer import IsolationLevel
from kafka.record import MemoryRecords, MemoryRecordsBuilder

from streams.decode import Record

_NEWEST_FORMAT = 2
_log = logging.getLogger(__name__)


class UnreadableBatch(KafkaError):  # type: ignore[misc]
    """The batch at ``offset`` of a partition cannot be read. ``cause``: the error of the reader."""

    retriable = False

    def __init__(self, topic_partition: TopicPartition, offset: int, cause: Exception) -> None:
        self.topic_partition, self.offset, self.cause = topic_partition, offset, cause
        super().__init__(
            f"partition {topic_partition.partition} of {topic_partition.topic} at offset {offset}: {cause}"
        )


def install_batch_reader(kafka: KafkaConsumer) -> bool:
    """From now on ``kafka.poll`` gives ``Record``s; False: it goes on giving ConsumerRecords. Faults as of ``name_faults``."""
    name_faults(kafka)
    try:
        reader = type("BatchReader", (BatchReading, kafka._fetcher.PartitionRecords), {})  # noqa: SLF001
        _check_reader(reader)
    except Exception as error:  # noqa: BLE001  another release may work otherwise inside: it goes on without this reader
        _log.warning("records are read one by one, which is slower: this kafka-python has another reader (%s)", error)
        return False
    kafka._fetcher.PartitionRecords = reader  # noqa: SLF001
    return True


def name_faults(kafka: KafkaConsumer) -> bool:
    """From now on ``kafka.poll`` raises UnreadableBatch for a batch that cannot be read.

    Stock poll raises the error of the codec, without the partition, and after that it gives nothing more.
    """
    try:
        fetcher = kafka._fetcher  # noqa: SLF001
        reader = type("NamedReader", (FaultNaming, fetcher.PartitionRecords), {})
        _check_stock_reader(reader)
        parse = fetcher._parse_fetched_data  # noqa: SLF001
    except Exception as error:  # noqa: BLE001  as above
        _log.warning(
            "a batch that cannot be read holds up all partitions: this kafka-python has another reader (%s)", error
        )
        return False

    def parse_named(fetch: Any) -> Any:
        try:
            part = parse(fetch)
        except (OffsetOutOfRangeError, TopicAuthorizationFailedError):
            raise
        except Exception as error:
            raise UnreadableBatch(fetch.topic_partition, fetch.fetched_offset, error) from error
        if part is not None:
            part.end = fetch.partition_data.high_watermark
        return part

    fetcher._parse_fetched_data = parse_named  # noqa: SLF001
    fetcher.PartitionRecords = reader
    return True


def _check_reader(reader: Any) -> None:
    """Reads two batches from the second record on, one of them aborted. Raises LookupError unless all comes out."""
    written = [Record(n, 1_795_000_000_000 + n, b"key" if n else None, b"value" * 40 * n) for n in range(3)]
    raw = _built(written) + _built(written, transactional=True)
    aborted = [SimpleNamespace(producer_id=7, first_offset=3)]
    part = _part(reader, raw, isolation_level=IsolationLevel.READ_COMMITTED, aborted_transactions=aborted)
    outcome = part.take(9), part.next_fetch_offset, part.leader_epoch, bool(part)
    if outcome != (written[1:], 6, 0, False):
        raise LookupError(f"a batch comes out of it as {outcome}")


def _check_stock_reader(reader: Any) -> None:
    """The same for a reader of ConsumerRecords, and an UnreadableBatch for a broken batch."""
    written = [Record(n, 1_795_000_000_000 + n, b"key", b"value") for n in range(3)]
    part = _part(reader, _built(written))
    outcome = [*map(as_record, part.take(9))], part.next_fetch_offset, bool(part)
    if outcome != (written[1:], 3, False):
        raise LookupError(f"a batch comes out of it as {outcome}")
    part = _part(reader, _built(written)[:-1] + b"?")
    try:
        part.take(9)
    except UnreadableBatch:
        if not part:
            return
    raise LookupError("a broken batch is not refused")


def _built(written: list[Record], transactional: bool = False) -> bytes:
    of_producer = {"transactional": True, "producer_id": 7, "producer_epoch": 0, "base_sequence": 0}
    more = of_producer if transactional else {}
    built = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=1000, **more)
    for record in written:
        built.append(record.append_ms, record.key, record.value, [("h", b"x")] * record.offset)
    built.close()
    base = len(written) if transactional else 0  # set by the broker, outside of the checksum
    return base.to_bytes(8, "big") + bytes(built.buffer())[8:]


def _part(reader: Any, raw: bytes, **more: Any) -> Any:
    return reader(1, TopicPartition("check", 0), MemoryRecords(raw), **more)


def as_record(record: Any) -> Record:
    """A ConsumerRecord -> a Record; a Record stays as it is."""
    return record if isinstance(record, Record) else Record(record.offset, record.timestamp, record.key, record.value)


def records_of(batch: Any) -> list[Record]:
    """The records of a ``DefaultRecordBatch`` (format v2, of any compression), in order.

    Headers are passed over. Raises CorruptRecordError where the bytes are not what their lengths say.
    """
    iter(batch)  # uncompresses it
    data, at = bytes(batch._buffer), batch._pos  # noqa: SLF001
    base, first_ms = batch.base_offset, batch.first_timestamp
    append_ms = batch.max_timestamp if batch.timestamp_type == batch.LOG_APPEND_TIME else None
    records = []
    try:
        for _ in range(batch.records_count):
            length, at = _varint(data, at)
            end = at + length
            later_ms, at = _varint(data, at + 1)  # after the attributes, which are unused
            later, at = _varint(data, at)
            size, at = _varint(data, at)
            key = data[at : (at := at + size)] if size >= 0 else None
            size, at = _varint(data, at)
            value = data[at : (at := at + size)] if size >= 0 else None
            at = at + 1 if data[at] == 0 else _past_headers(data, at)
            if at != end:
                raise CorruptRecordError(f"a record of {length} bytes ends elsewhere, after offset {base + later}")
            records.append(Record(base + later, first_ms + later_ms if append_ms is None else append_ms, key, value))
    except IndexError:
        raise CorruptRecordError(f"a batch ends within a record, after offset {base}") from None
    if at != len(data):
        raise CorruptRecordError(f"{len(data) - at} bytes after the last record of the batch at {base}")
    return records


def _past_headers(data: bytes, at: int) -> int:
    count, at = _varint(data, at)
    if count < 0:
        raise CorruptRecordError(f"{count} headers")
    for _ in range(2 * count):  # a name and a value each, which may be none
        size, at = _varint(data, at)
        at += max(size, 0)
    return at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A zigzag varint -> (number, where it ends)."""
    byte = data[at]
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at + 1
    number, shift = byte & 0x7F, 7
    while True:
        at += 1
        byte = data[at]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1), at + 1
        shift += 7
        if shift > 63:
            raise CorruptRecordError("a number of more than 64 bits")


class FaultNaming:
    """Mixed into kafka-python's reader of one fetched partition: a fault names partition and offset, and ends the reading.

    ``end``: the end of the log for the broker that sent this; -1: the broker did not say.
    """

    end = -1

    def __init__(self, fetch_offset: int, tp: TopicPartition, records: Any, *more: Any, **named: Any) -> None:
        super().__init__(fetch_offset, tp, _CheckedBatches(self, records), *more, **named)  # type: ignore[call-arg]

    def _read_records(self: Any, n: int | None = None) -> list[Any]:
        """At most ``n`` records. Raises UnreadableBatch, after the records before it were given."""
        try:
            return super().take(n)  # type: ignore[misc,no-any-return]
        except Exception as error:
            self.drain()  # a stock reader that has raised gives nothing and is never done; drained, it is fetched again
            raise UnreadableBatch(self.topic_partition, self.next_fetch_offset, error) from error

    take = _read_records  # kafka-python's name

    def _contains_abort_marker(self: Any, batch: Any) -> bool:
        # Compaction leaves markers without their record, for the sake of the producer's sequence.
        return bool(batch.records_count and super()._contains_abort_marker(batch))  # type: ignore[misc]


class _CheckedBatches:
    """The batches of a fetch. Raises CorruptRecordError for impossible values outside of a batch's checksum."""

    def __init__(self, part: Any, records: Any) -> None:
        self._part, self._records = part, records
        self._next = -1

    def next_batch(self) -> Any:
        batch = self._records.next_batch()
        if batch is None or batch.magic < _NEWEST_FORMAT:
            return batch
        if batch.magic > _NEWEST_FORMAT:
            raise CorruptRecordError(f"a batch has the format {batch.magic}, the newest known is {_NEWEST_FORMAT}")
        if batch.base_offset < self._next or batch.last_offset >= self._part.end >= 0:
            raise CorruptRecordError(
                f"a batch says that it holds the offsets {batch.base_offset} to {batch.last_offset}"
            )
        self._next = batch.next_offset
        return batch


class BatchReading(FaultNaming):
    """Yields ``Record`` in place of ConsumerRecord."""

    def _unpack_records(self: Any, tp: TopicPartition, records: Any, *deserializers: Any) -> Iterator[Record]:
        while (batch := records.next_batch()) is not None:
            for record in self._checked(batch):
                self.next_fetch_offset = record.offset + 1
                yield record
            if batch.magic == _NEWEST_FORMAT:
                # Its last records may have been compacted away: the batch after it comes next.
                self.next_fetch_offset = batch.next_offset
        self.drain()

    def _checked(self: Any, batch: Any) -> Iterable[Record]:
        if self.check_crcs and not batch.validate_crc():
            raise CorruptRecordError(f"{self.topic_partition}: the batch at {batch.base_offset} has another checksum")
        if batch.magic < _NEWEST_FORMAT:  # older than Kafka 0.11
            return map(as_record, batch)
        self.leader_epoch = batch.leader_epoch
        self.bytes_read += batch.size_in_bytes
        if self._is_aborted(batch) or batch.is_control_batch:
            return ()
        self.records_read += batch.records_count
        return records_of(batch)

    def _is_aborted(self: Any, batch: Any) -> bool:
        """Whether a batch belongs to an aborted transaction; a marker ends its producer's."""
        if self.isolation_level != IsolationLevel.READ_COMMITTED or not batch.has_producer_id():
            return False
        self._consume_aborted_transactions_up_to(batch.last_offset)
        if self._contains_abort_marker(batch):
            self.aborted_producer_ids.discard(batch.producer_id)
            return False
        return bool(self._is_batch_aborted(batch))
