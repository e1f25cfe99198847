"""Record batches read as they lie give what kafka-python gives of them, whatever stands in them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.consumer.fetcher import Fetcher as KafkaFetcher
from kafka.record import MemoryRecords, MemoryRecordsBuilder
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from kafka.record.util import calc_crc32c

from streams.decode import Record
from streams.kafka_log.fetch_batches import BatchReading, FaultNaming, UnreadableBatch, install_batch_reader

STOCK: Any = KafkaFetcher.PartitionRecords
FAST: Any = type("Fast", (BatchReading, STOCK), {})
NAMED: Any = type("Named", (FaultNaming, STOCK), {})
PLACE = TopicPartition("calls", 0)
LOG_APPEND_TIME, CONTROL = 0x08, 0x20
_HEADER = DefaultRecordBatch.HEADER_STRUCT


class Written(NamedTuple):
    """A record as a producer writes it; ``later`` is its offset within the batch."""

    later: int
    time_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()


def batch(
    written: Sequence[Written],
    base: int = 0,
    codec: int = 0,
    more: int = 0,
    last: int | None = None,
    producer: int = -1,
    magic: int = 2,
) -> bytes:
    """A batch as a broker keeps it: its offsets set, ``more`` attributes, ``last`` offset within where records are gone."""
    built = DefaultRecordBatchBuilder(2, codec, False, -1, -1, -1, 1 << 20)
    for one in written:
        assert built.append(one.later, one.time_ms, one.key, one.value, list(one.headers))
    raw = bytearray(built.build())
    header = list(_HEADER.unpack_from(raw))
    header[0], header[3], header[5], header[9] = base, magic, header[5] | more, producer
    header[6] = header[6] if last is None else last
    _HEADER.pack_into(raw, 0, *header)
    header[4] = calc_crc32c(memoryview(raw)[DefaultRecordBatch.ATTRIBUTES_OFFSET :])
    _HEADER.pack_into(raw, 0, *header)
    return bytes(raw)


def as_plain(one: Any) -> Record:
    return one if isinstance(one, Record) else Record(one.offset, one.timestamp, one.key, one.value)


def read(reader: Any, raw: bytes, start: int = 0, at_most: int = 1 << 30) -> tuple[list[list[Record]], int]:
    """-> (the records of one ``take`` after the other, where the next fetch begins)."""
    part, found = reader(start, PLACE, MemoryRecords(raw)), []
    while part:
        found.append([as_plain(one) for one in part.take(at_most)])
    return [each for each in found if each], part.next_fetch_offset


values = st.one_of(st.none(), st.binary(max_size=300))
headers = st.lists(st.tuples(st.text(max_size=5), st.one_of(st.none(), st.binary(max_size=5))), max_size=2).map(tuple)
records = st.builds(
    Written, st.integers(1, 200), st.integers(0, 253_402_000_000_000), values, values, st.one_of(st.just(()), headers)
)


@st.composite
def logs(draw: st.DrawFn) -> bytes:
    """A few batches one after the other; within and between them records are missing, as compaction leaves them."""
    raw, base = b"", draw(st.integers(0, 1 << 40))
    for steps in draw(st.lists(st.lists(records, min_size=1, max_size=20), min_size=1, max_size=4)):
        later, written = -1, []
        for one in steps:
            later += one.later
            written.append(one._replace(later=later))
        last = later + draw(st.integers(0, 3))
        raw += batch(written, base, draw(st.integers(0, 4).filter(lambda codec: codec != 2)), draw(appended), last)
        base += last + 1 + draw(st.integers(0, 3))
    return raw


appended = st.sampled_from([0, LOG_APPEND_TIME])


@given(logs(), st.integers(0, 250), st.sampled_from([1, 3, 1 << 30]))
def test_it_reads_what_kafka_python_reads(raw: bytes, into: int, at_most: int) -> None:
    start = _HEADER.unpack_from(raw)[0] + into
    assert read(FAST, raw, start, at_most) == read(STOCK, raw, start, at_most)


def test_control_batches_are_no_records() -> None:
    one = [Written(0, 1, b"k", b"v")]
    raw = batch(one, 5) + batch([Written(0, 1, b"\0\0\0\1", b"\0" * 6)], 6, more=CONTROL) + batch(one, 7)
    assert read(FAST, raw, 5) == read(STOCK, raw, 5)
    assert [one.offset for one in read(FAST, raw, 5)[0][0]] == [5, 7]
    assert read(FAST, raw[: -len(batch(one))], 5)[1] == 7, "the marker is passed, so that an end is reached"


@pytest.mark.parametrize("at", [61, -1])
def test_a_batch_with_another_checksum_is_refused(at: int) -> None:
    raw = bytearray(batch([Written(0, 1, b"k", b"v")]))
    raw[at] ^= 1
    with pytest.raises(UnreadableBatch, match="checksum"):
        read(FAST, bytes(raw))


@given(st.binary(max_size=40), st.integers(0, 5))
def test_bytes_that_are_no_records_are_refused_or_are_what_they_say(body: bytes, count: int) -> None:
    """With a checksum that is right; never another error, never one record more."""
    header = [0, _HEADER.size - 12 + len(body), 0, 2, 0, 0, 0, 0, 0, -1, -1, -1, count]
    raw = bytearray(_HEADER.pack(*header) + body)
    header[4] = calc_crc32c(memoryview(raw)[DefaultRecordBatch.ATTRIBUTES_OFFSET :])
    _HEADER.pack_into(raw, 0, *header)
    try:
        found = read(FAST, bytes(raw))[0]
    except UnreadableBatch:
        return
    assert sum(map(len, found)) <= count  # of before the start none


def test_what_came_before_a_fault_is_given_first_and_nobody_asks_for_ever() -> None:
    good, bad = batch([Written(0, 1, b"k", b"v")]), bytearray(batch([Written(0, 1, b"k", b"w")], 1))
    bad[-1] ^= 1
    part = FAST(0, PLACE, MemoryRecords(good + bytes(bad)))
    assert [one.value for one in part.take(9)] == [b"v"]
    assert part.next_fetch_offset == 1
    with pytest.raises(UnreadableBatch, match="partition 0 of calls at offset 1: .*checksum"):
        part.take(9)
    assert not part, "kafka-python takes up the next fetch, as long as this one is drained"


def test_a_record_that_reaches_into_the_next_is_refused() -> None:
    raw = bytearray(batch([Written(0, 1, None, b"AA"), Written(1, 2, None, b"BB")]))
    assert raw.count(b"\x04AA") == 1
    raw[raw.index(b"\x04AA")] = 2 * 8
    header = list(_HEADER.unpack_from(raw))
    header[4] = calc_crc32c(memoryview(raw)[DefaultRecordBatch.ATTRIBUTES_OFFSET :])
    _HEADER.pack_into(raw, 0, *header)
    with pytest.raises(UnreadableBatch):
        read(FAST, bytes(raw))


@pytest.mark.parametrize("codec", [1, 3, 4], ids=["gzip", "lz4", "zstd"])
def test_compressed_batches(codec: int) -> None:
    raw = batch([Written(n, n, b"key", b"value" * 200) for n in range(50)], 7, codec)
    assert len(raw) < 5_000
    assert read(FAST, raw, 9, 20) == read(STOCK, raw, 9, 20)


@pytest.mark.parametrize("codec", [0, 3])
def test_batches_of_an_older_format(codec: int) -> None:
    old = MemoryRecordsBuilder(magic=1, compression_type=codec, batch_size=100_000)
    for n in range(5):
        old.append(1_000 + n, b"k", b"value" * 100)
    old.close()
    raw = bytes(old.buffer()) + batch([Written(0, 1, b"k", b"v")], 5)
    assert [one.offset for one in read(FAST, raw)[0][0]] == [0, 1, 2, 3, 4, 5]
    assert read(FAST, raw, 2) == read(STOCK, raw, 2)


class Place:
    """Where kafka-python keeps its reader."""

    def __init__(self, reader: Any) -> None:
        self._fetcher = self
        self.PartitionRecords = reader

    def _parse_fetched_data(self, fetch: Any) -> Any:
        raise fetch.fault


def test_it_takes_the_place_of_the_stock_reader() -> None:
    kafka: Any = Place(STOCK)
    assert install_batch_reader(kafka)
    assert issubclass(kafka.PartitionRecords, STOCK)
    assert read(kafka.PartitionRecords, batch([Written(0, 7, b"k", b"v")])) == ([[Record(0, 7, b"k", b"v")]], 1)


class Other(STOCK):  # type: ignore[misc]
    """Of a release that keeps its place under another name."""

    @property
    def next_fetch_offset(self) -> int:
        return self.fetch_offset  # type: ignore[no-any-return]

    @next_fetch_offset.setter
    def next_fetch_offset(self, offset: int) -> None: ...


class Elsewhere(STOCK):  # type: ignore[misc]
    """Of a release that does not ask for its records here."""

    def take(self, n: int) -> list[Any]:
        return []


@pytest.mark.parametrize("reader", [None, object, Other, Elsewhere])
def test_another_kafka_python_is_left_alone_and_said(reader: Any, caplog: pytest.LogCaptureFixture) -> None:
    kafka: Any = Place(reader)
    assert not install_batch_reader(kafka)
    assert kafka.PartitionRecords is reader
    assert "slower" in caplog.text
