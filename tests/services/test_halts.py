"""Partitions that cannot be read: bytes flipped on the broker's disk, a codec that is not installed, records that expired."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer, codec
from kafka.record.default_records import DefaultRecordBatch
from kafka.record.util import calc_crc32c

from dashboard.cli.main import main
from streams.consume import consumer
from streams.halts import BROKER, CODEC, CORRUPT, Halt, PartitionHalted
from streams.kafka_log import fetch_batches
from streams.store.client import open_redis
from streams.store.reader import Reader
from tests.services.consuming import PARTITIONS, Member, call, handled, run_until_end
from tests.services.kafka import KafkaServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
_HEADER = DefaultRecordBatch.HEADER_STRUCT


@pytest.fixture
def client(redis_url: str) -> Iterator[Any]:
    with open_redis(redis_url) as opened:
        yield opened


def send(kafka: KafkaServer, topic: str, numbers: range, **how: Any) -> None:
    """Each call in a batch of its own, one partition after the other."""
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", linger_ms=0, batch_size=1, **how)
    for number in numbers:
        producer.send(topic, call(number), b"a1", partition=number % PARTITIONS).get(30)
    producer.close()


def halt_of(client: Any, topic: str, partition: int) -> Halt | None:
    meta = Reader(client, topic, PARTITIONS).meta(partition)
    return meta.halt if meta else None


@contextmanager
def stopped(kafka: KafkaServer) -> Iterator[None]:
    """The broker's files are ours as long as the block lasts."""
    kafka.stop()
    try:
        yield
    finally:
        kafka.start()


def segment_of(kafka: KafkaServer, topic: str, partition: int) -> Path:
    return kafka.folder / "data" / f"{topic}-{partition}" / f"{0:020d}.log"


def change_batch(segment: Path, offset: int, change: Callable[[bytearray], None]) -> None:
    """Changes the batch at an offset in a file of a broker that is down."""
    raw = bytearray(segment.read_bytes())
    at, end = _batch_at(raw, offset)
    one = bytearray(raw[at:end])
    change(one)
    assert len(one) == end - at
    assert one != raw[at:end]
    raw[at:end] = one
    segment.write_bytes(raw)


def _batch_at(raw: bytearray, offset: int) -> tuple[int, int]:
    at = 0
    while at < len(raw):
        base, length, *_ = _HEADER.unpack_from(raw, at)
        if base == offset:
            return at, at + 12 + length
        at += 12 + length
    raise LookupError(offset)


def _with(**fields: int) -> Callable[[bytearray], None]:
    """Fields of the header set, and the checksum right."""
    names = ("base", "length", "epoch", "magic", "crc", "attributes", "last", "first_ms", "newest_ms")
    names += ("producer", "producer_epoch", "sequence", "count")

    def change(one: bytearray) -> None:
        header = list(_HEADER.unpack_from(one))
        for name, value in fields.items():
            header[names.index(name)] = value
        _HEADER.pack_into(one, 0, *header)
        header[4] = calc_crc32c(memoryview(one)[DefaultRecordBatch.ATTRIBUTES_OFFSET :])
        _HEADER.pack_into(one, 0, *header)

    return change


def _flipped(one: bytearray) -> None:
    one[-5] ^= 0xFF


def _lying_record(one: bytearray) -> None:
    one[_HEADER.size] ^= 2  # the length of its first record
    _with()(one)


OR_REFUSED = f"{CORRUPT}|{BROKER}"
"""The broker itself may stumble over it."""
FAULTS: dict[str, tuple[Callable[[bytearray], None], str]] = {
    "a byte flipped": (_flipped, CORRUPT),
    "a record's length lies": (_lying_record, CORRUPT),
    "fewer records than there are": (_with(count=0), CORRUPT),
    "a codec nobody knows": (_with(attributes=0x07), CODEC),
    "no gzip": (_with(attributes=0x01), CORRUPT),
    "no snappy": (_with(attributes=0x02), CORRUPT),
    "no lz4": (_with(attributes=0x03), CORRUPT),
    "no zstd": (_with(attributes=0x04), CORRUPT),
    "a format nobody knows": (_with(magic=3), CORRUPT),
    "a format of old that it is not": (_with(magic=1), OR_REFUSED),
    "offsets of another place": (_with(base=1 << 40), OR_REFUSED),
}


def test_what_cannot_be_read_halts_its_partition_alone(
    kafka: KafkaServer,
    client: Any,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And once the broker's disk is sound again it goes on exactly."""
    topics = {fault: kafka.fresh_topic(PARTITIONS) for fault in FAULTS}
    for topic in topics.values():
        send(kafka, topic, range(20))
    sound = {topic: segment_of(kafka, topic, 1).read_bytes() for topic in topics.values()}
    with stopped(kafka):
        for fault, topic in topics.items():
            change_batch(segment_of(kafka, topic, 1), 2, FAULTS[fault][0])
    for use in (fetch_batches.name_faults, fetch_batches.install_batch_reader):
        client.flushall()
        monkeypatch.setattr(fetch_batches, "install_batch_reader", use)
        for fault, topic in topics.items():
            caplog.clear()
            assert_halted(kafka, topic, client, FAULTS[fault][1])
            assert caplog.text.count("no further") == 1, fault
    assert_named_by_check(kafka, topics["a byte flipped"], redis_url, capsys)
    with stopped(kafka):
        for topic, raw in sound.items():
            segment_of(kafka, topic, 1).write_bytes(raw)
    for topic in topics.values():
        run_until_end(kafka, topic, client)
        assert (handled(client, topic), halt_of(client, topic, 1)) == (20, None)


def assert_halted(kafka: KafkaServer, topic: str, client: Any, reason: str) -> None:
    with pytest.raises(PartitionHalted, match=f"partition 1 is counted up to offset 2 and no further \\({reason}\\)"):
        run_until_end(kafka, topic, client)
    assert handled(client, topic) == 3 * 5 + 2
    found = [halt_of(client, topic, number) for number in range(PARTITIONS)]
    assert [halt and (halt.reason in reason.split("|"), halt.offset) for halt in found] == [None, (True, 2), None, None]


def assert_named_by_check(kafka: KafkaServer, topic: str, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--kafka", kafka.bootstrap, "--redis", redis_url, "--topic", topic, "--zone", "UTC"]) == 1
    assert "UNSOUND: partition 1 is counted up to offset 2 and no further (corrupt)" in capsys.readouterr().out


def test_a_running_consumer_goes_on_by_itself(
    kafka: KafkaServer, topic: str, client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A codec is missing at first: said once, the others go on, the partition is tried again."""
    monkeypatch.setattr(consumer, "AGAIN_S", 0.1)
    installed = codec.snappy
    send(kafka, topic, range(1, 2), compression_type="snappy")
    monkeypatch.setattr(codec, "snappy", None)
    sound = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all")
    member = Member(kafka, topic, client, "one", group=None, beat_s=None)
    try:
        wait_until(lambda: halt_of(client, topic, 1), PATIENCE_S, "halted")
        for number in range(100, 140):
            sound.send(topic, call(number), b"a1", partition=2)
        wait_until(lambda: handled(client, topic) == 40, PATIENCE_S, "the others go on")
        began = time.monotonic()
        wait_until(lambda: time.monotonic() - began > 1, PATIENCE_S, "it was tried some times more")
        halt = halt_of(client, topic, 1)
        assert halt
        assert (halt.reason, halt.offset, "snappy" in halt.detail) == (CODEC, 0, True)
        monkeypatch.setattr(codec, "snappy", installed)
        wait_until(lambda: handled(client, topic) == 41, PATIENCE_S, "counted on")
        wait_until(lambda: halt_of(client, topic, 1) is None, PATIENCE_S, "not halted any more")
    finally:
        member.stop()
        sound.close()
    assert caplog.text.count("no further (codec)") == 1
