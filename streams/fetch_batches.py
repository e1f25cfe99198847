"""Record batches read as they lie: one small object per record, where kafka-python makes two objects and reads every field.

Most of what stock ``poll()`` costs is that (research/streams.md 3a). ``use`` puts a subclass of kafka-python's reader in its
place; how batches are fetched and cut into polls stays kafka-python's. The place has a private name, so ``use`` first looks
whether a batch comes out of it as it was written; if not, it says so and changes nothing.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CorruptRecordError
from kafka.record import MemoryRecords, MemoryRecordsBuilder

from streams.fold import Record

_log = logging.getLogger(__name__)


def use(kafka: KafkaConsumer) -> bool:
    """From now on ``kafka.poll`` gives ``Record``s; False: it goes on giving ConsumerRecords. For read_uncommitted only."""
    try:
        stock = kafka._fetcher.PartitionRecords  # noqa: SLF001
        reader = type("BatchReader", (BatchReading, stock), {})
        _try(reader)
    except Exception as error:  # noqa: BLE001  whatever another release does inside, its own way is there
        _log.warning("records are read one by one, which is slower: this kafka-python has another reader (%s)", error)
        return False
    kafka._fetcher.PartitionRecords = reader  # noqa: SLF001
    return True


def _try(reader: Any) -> None:
    """Reads a batch from its second record on. Raises LookupError unless its records and its place come out."""
    written = [Record(n, 1_795_000_000_000 + n, b"key" if n else None, b"value" * 40 * n) for n in range(3)]
    built = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=1000)
    for one in written:
        built.append(one.append_ms, one.key, one.value, [("h", b"x")] * one.offset)
    built.close()
    part = reader(1, TopicPartition("check", 0), MemoryRecords(built.buffer()))
    found = part.take(9), part.next_fetch_offset, part.leader_epoch, bool(part)
    if found != (written[1:], 3, 0, False):
        raise LookupError(f"a batch comes out of it as {found}")


def as_record(record: Any) -> Record:
    """What is needed of a ConsumerRecord; a Record is left as it is."""
    return record if isinstance(record, Record) else Record(record.offset, record.timestamp, record.key, record.value)


def records_of(batch: Any) -> list[Record]:
    """The records of a ``DefaultRecordBatch`` (format v2, of any compression), in order.

    Headers are passed over. Raises CorruptRecordError where the bytes are not what their lengths say.
    """
    iter(batch)  # uncompresses it
    data, at = bytes(batch._buffer), batch._pos  # noqa: SLF001
    base, first_ms = batch.base_offset, batch.first_timestamp
    append_ms = batch.max_timestamp if batch.timestamp_type == batch.LOG_APPEND_TIME else None
    found = []
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
            found.append(Record(base + later, first_ms + later_ms if append_ms is None else append_ms, key, value))
    except IndexError:
        raise CorruptRecordError(f"a batch ends within a record, after offset {base}") from None
    if at != len(data):
        raise CorruptRecordError(f"{len(data) - at} bytes after the last record of the batch at {base}")
    return found


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
    found, shift = byte & 0x7F, 7
    while True:
        at += 1
        byte = data[at]
        found |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (found >> 1) ^ -(found & 1), at + 1
        shift += 7
        if shift > 63:
            raise CorruptRecordError("a number of more than 64 bits")


class BatchReading:
    """Mixed into what kafka-python keeps of one fetched partition: yields ``Record`` in place of ConsumerRecord."""

    def _unpack_records(self: Any, tp: TopicPartition, records: Any, *deserializers: Any) -> Iterator[Record]:
        try:
            while (batch := records.next_batch()) is not None:
                for record in self._checked(batch):
                    self.next_fetch_offset = record.offset + 1
                    yield record
                if batch.magic == 2:
                    # Its last records may have been compacted away: what comes next is the batch after it.
                    self.next_fetch_offset = batch.next_offset
        except Exception:
            # kafka-python would ask a reader that is not drained for its next record for ever; drained, it fetches again.
            self.drain()
            raise
        self.drain()

    def _checked(self: Any, batch: Any) -> Iterable[Record]:
        if self.check_crcs and not batch.validate_crc():
            raise CorruptRecordError(f"{self.topic_partition}: the batch at {batch.base_offset} has another checksum")
        if batch.magic < 2:  # of before Kafka 0.11
            return map(as_record, batch)
        self.leader_epoch = batch.leader_epoch
        if batch.is_control_batch:
            return ()
        self.bytes_read += batch.size_in_bytes
        self.records_read += batch.records_count
        return records_of(batch)
