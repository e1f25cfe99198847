"""Files -> records: keys, partitions, order, pace and counts, without a broker (the real one: tests/services)."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.decode import encode
from streams.sources import anonymous_bank
from streams.sources.event_file import BadFile
from streams.sources.record import RefusedRecord, SkippedRecord
from streams.sources.replay import FORMATS, Count, FileRecord, Line, format_of, read_lines, send_lines

T0 = 1_795_968_000_000


class Kept:
    """Keeps what is sent, in order; a flush is kept as None."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, bytes, int | None] | None] = []

    def send(self, key: bytes, value: bytes, *, partition: int | None = None) -> None:
        self.sent.append((key, value, partition))

    def flush(self) -> None:
        self.sent.append(None)


def state(agent: str, at_ms: int) -> bytes:
    return encode("agent.state", f"s-{at_ms}", "/t", at_ms, {"agent": agent, "state": "talk"})


def events_file(folder: Path, *lines: bytes) -> Path:
    path = folder / "events.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def test_the_key_is_the_agent_a_snapshots_source_or_empty(tmp_path: Path) -> None:
    call = {"call_id": "c", "agent": None, "ended_at": "2026-11-30T00:00:00Z"}
    lines = [
        state("1042", T0),
        encode("call.ended", "1", "/t", T0, call),
        encode("queue.snapshot", "2", "/t", T0, {"queue": "vip", "waiting": 1}),
        encode("campaign.snapshot", "3", "/t", T0, {"campaign": "r-11", "list_size": 2, "done": 1}),
        b'{"data": []}',
    ]
    items = [line for line in read_lines(events_file(tmp_path, *lines), "events") if isinstance(line, FileRecord)]
    assert [item.key for item in items] == [b"1042", b"", b"~queue:vip", b"~campaign:r-11", b""]
    assert [item.value for item in items] == lines
    assert {item.partition for item in items} == {None}


def test_lines_of_a_recorded_log_are_sent_byte_for_byte(tmp_path: Path) -> None:
    lines = [b'{"a": "\xe2\x80\xa8"}\r', b"\x0b\x1c\x85", b"", b"\xff", b"no json"]
    (tmp_path / "log.csv").write_text("partition,key\n" + "0,1\n" * len(lines))
    assert [i.value for i in read_lines(events_file(tmp_path, *lines), "events") if isinstance(i, FileRecord)] == lines


def test_a_log_beside_the_file_gives_partition_and_key(tmp_path: Path) -> None:
    path = events_file(tmp_path, state("1", T0), state("2", T0))
    (tmp_path / "log.csv").write_text("partition,offset,append_ms,key\n2,0,5,7\n0,0,6,\n")
    items = [line for line in read_lines(path, "events") if isinstance(line, FileRecord)]
    assert [(i.partition, i.key) for i in items] == [(2, b"7"), (0, b"")]


@pytest.mark.parametrize("log", ["partition,offset,append_ms,key\n2,0,5,7\n", "offset\n1\n2\n", "partition,key\nx,1\n"])
def test_a_log_that_does_not_fit_is_an_error(tmp_path: Path, log: str) -> None:
    path = events_file(tmp_path, state("1", T0), state("2", T0))
    (tmp_path / "log.csv").write_text(log)
    with pytest.raises(BadFile, match=r"log\.csv"):
        read_lines(path, "events")  # nothing is given, so nothing is sent


def test_a_log_with_more_lines_than_the_file_is_an_error(tmp_path: Path) -> None:
    path = events_file(tmp_path, state("1", T0))
    (tmp_path / "log.csv").write_text("partition,key\n0,1\n0,1\n")
    with pytest.raises(BadFile, match=r"fewer lines \(1\) than the log.csv beside it \(2\)"):
        read_lines(path, "events")


def test_a_partition_that_cannot_be_is_named_with_its_line(tmp_path: Path) -> None:
    path = events_file(tmp_path, state("1", T0), state("2", T0))
    (tmp_path / "log.csv").write_text("partition,key\n0,1\n-1,1\n")
    with pytest.raises(BadFile, match=r"log\.csv:3: partition -1"):
        read_lines(path, "events")


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_that_is_missing_or_a_folder_is_told_before_it_is_read(tmp_path: Path, format: str) -> None:
    with pytest.raises(FileNotFoundError):
        read_lines(tmp_path / "missing", format)
    with pytest.raises(IsADirectoryError):
        read_lines(tmp_path, format)


def test_time_order_is_stable_and_what_has_no_time_stays_behind_its_line(tmp_path: Path) -> None:
    late = {"call_id": "c", "agent": "3", "ended_at": "2026-11-29T16:00:00.5Z"}  # T0 + 0.5 s, whatever its time says
    call = json.dumps(
        {"specversion": "1.0", "type": "call.ended", "time": "2020-01-01T00:00:00Z", "data": late}
    ).encode()
    lines = [state("1", T0 + 1000), b'{"broken":1}', state("2", T0), call, state("4", T0 + 1000)]
    items = [
        line for line in read_lines(events_file(tmp_path, *lines), "events", "time") if isinstance(line, FileRecord)
    ]
    assert [i.value for i in items] == [lines[2], call, lines[0], lines[1], lines[4]]


def test_every_line_is_sent_skipped_or_refused() -> None:
    kept = Kept()
    told: list[int] = []
    item = FileRecord(b"k", b"v", 3, None)
    lines: list[Line] = [item, SkippedRecord("phantom"), RefusedRecord("bad_row", 3), RefusedRecord("bad_row", 4), item]
    count = send_lines(lines, kept, progress=lambda c: told.append(c.lines))
    assert (count.sent, count.skipped, count.refused) == (2, {"phantom": 1}, {"bad_row": 2})
    assert count.refused_lines == {"bad_row": [3, 4]}
    assert count.lines == 5 == told[-1]
    assert kept.sent == [(b"k", b"v", 3), (b"k", b"v", 3), None]


def test_speed_holds_items_back_and_flushes_before_it_waits() -> None:
    kept = Kept()
    items = [
        FileRecord(b"", b"1", None, T0),
        FileRecord(b"", b"2", None, T0 - 5000),
        FileRecord(b"", b"3", None, T0 + 20_000),
    ]
    began = time.monotonic()
    send_lines(items, kept, speed=100)
    assert time.monotonic() - began >= 0.2
    assert [entry and entry[1] for entry in kept.sent] == [b"1", b"2", None, b"3", None]


def test_what_was_sent_before_a_fault_of_the_file_is_counted_and_the_fault_is_kept() -> None:
    def lines() -> Iterator[Line]:
        yield FileRecord(b"k", b"v", 3, None)
        raise BadFile("e.json:7: the array does not end")

    kept = Kept()
    count = send_lines(lines(), kept)
    assert (count.sent, count.fault) == (1, "e.json:7: the array does not end")
    assert kept.sent[-1] is None, "flushed"


def test_the_format_is_told_by_the_first_line(tmp_path: Path) -> None:
    path = events_file(tmp_path, state("1", T0))
    assert format_of(path) == "events"
    for name, each in FORMATS.items():
        path.write_bytes(b"\xef\xbb\xbf" + (each.first_line or "{}").encode() + b"\r\n")
        assert format_of(path) == name


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_month_of_the_bank_is_read_however_it_was_saved(tmp_path: Path, mark: bytes, end: str) -> None:
    path = tmp_path / "month.txt"
    path.write_bytes(mark + "\n".join(["\t".join(anonymous_bank.COLUMNS), "one cell", ""]).replace("\n", end).encode())
    assert list(read_lines(path, "anonymous_bank")) == [RefusedRecord("bad_row", 2)]
    path.write_bytes("\t".join(anonymous_bank.COLUMNS).encode("utf-16"))
    with pytest.raises(BadFile, match="is UTF-16"):
        list(read_lines(path, "anonymous_bank"))


def test_a_stop_ends_a_wait_at_once_and_flushes() -> None:
    stop, kept = threading.Event(), Kept()
    items = [
        FileRecord(b"", b"1", None, T0),
        FileRecord(b"", b"2", None, T0 + 3_600_000),
        FileRecord(b"", b"3", None, None),
    ]
    threading.Timer(0.05, stop.set).start()
    count = send_lines(items, kept, speed=1, stop=stop)
    assert isinstance(count, Count)
    assert kept.sent[-1] is None
    assert (count.sent, count.left) == (1, 2)
    assert send_lines(items, kept, stop=stop).left == 3
    assert send_lines(items, kept).left == 0
