"""The replay of a file to Kafka: files of our events as they are, vendor files through their adapter.

``read_lines`` gives the records of a file and sends nothing; ``send_lines`` sends and counts them. Every record ends in
exactly one of sent, skipped and refused.
"""

import csv
import io
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from streams.site_time import parse_rfc3339
from streams.sources import anonymous_bank
from streams.sources.event_file import BadFile, FileEvent, head_of, json_object, opened, read_entries
from streams.sources.record import Adapted, RefusedRecord, SkippedRecord
from streams.text_file import AS_CSV, NotText, decode_text, read_text

Order = Literal["file", "time"]
PROGRESS_EVERY = 2000
_NAMED = 5
"""So many refused lines are named for each reason."""


class FileRecord(NamedTuple):
    """One record to send. ``partition`` None: its ledger line decides. ``time_ms`` None: no time could be read."""

    key: bytes
    value: bytes
    partition: int | None
    time_ms: int | None


Line = FileRecord | SkippedRecord | RefusedRecord


class Sender(Protocol):
    """The methods of streams.kafka_log.produce.Producer that ``send_lines`` calls."""

    def send(self, key: bytes, value: bytes, *, partition: int | None = None) -> None: ...

    def flush(self) -> None: ...


@dataclass
class Count:
    """The outcomes of the records so far.

    ``left``: how many were to come at an early stop; ``fault``: why the file could not be read to its end;
    ``refused_lines``: the first few of each reason.
    """

    sent: int = 0
    left: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refused_lines: dict[str, list[int]] = field(default_factory=dict)
    fault: str = ""

    @property
    def lines(self) -> int:
        return self.sent + self.skipped.total() + self.refused.total()


def read_lines(path: Path, format: str, order: Order = "file") -> Iterator[Line]:
    """The records of a file of one of FORMATS, in the order of the file or of event time. Raises BadFile, OSError."""
    lines = FORMATS[format].read(path)
    return lines if order == "file" else iter(_by_time(lines))


def send_lines(
    lines: Iterable[Line],
    producer: Sender,
    *,
    partition_of: Callable[[bytes, bytes], int | None] = lambda key, value: None,
    speed: float | None = None,
    progress: Callable[[Count], None] = lambda count: None,
    stop: threading.Event | None = None,
) -> Count:
    """Sends the records; ``speed`` is in times real time, None as fast as possible. ``stop`` ends it early, flushed.

    ``partition_of``: key and value of a record without a partition -> the partition of its ledger line, or None
    (streams.store.record_routes).
    """
    count, stop = Count(), stop or threading.Event()
    pace = _Pace(speed, stop) if speed else None
    rest = _until_fault(lines, count)
    for line in rest:
        if stop.is_set() or (pace and isinstance(line, FileRecord) and not pace.wait_for(line, producer.flush)):
            producer.flush()
            count.left = 1 + sum(1 for _ in rest)
            break
        _send_line(line, producer, partition_of, count)
        if count.lines % PROGRESS_EVERY == 0:
            progress(count)
    producer.flush()
    progress(count)
    return count


def _until_fault(lines: Iterable[Line], count: Count) -> Iterator[Line]:
    """The lines up to a fault of the file, which ends them and is noted in ``count``."""
    try:
        yield from lines
    except BadFile as error:
        count.fault = str(error)


class _Pace:
    """Holds each record back until its time, scaled; a record before the newest time so far goes at once."""

    def __init__(self, speed: float, stop: threading.Event) -> None:
        self._speed = speed
        self._stop = stop
        self._zero: tuple[int, float] | None = None

    def wait_for(self, record: FileRecord, before: Callable[[], None]) -> bool:
        """Waits -> False at a stop; ``before`` is called before a wait."""
        if record.time_ms is None:
            return True
        self._zero = self._zero or (record.time_ms, time.monotonic())
        due = self._zero[1] + (record.time_ms - self._zero[0]) / 1000 / self._speed
        if due > time.monotonic():
            before()
        return not self._stop.wait(max(0.0, due - time.monotonic()))


def _send_line(line: Line, producer: Sender, partition_of: Callable[[bytes, bytes], int | None], count: Count) -> None:
    if isinstance(line, FileRecord):
        partition = partition_of(line.key, line.value) if line.partition is None else line.partition
        producer.send(line.key, line.value, partition=partition)
        count.sent += 1
    elif isinstance(line, SkippedRecord):
        count.skipped[line.reason] += 1
    else:
        count.refused[line.reason] += 1
        named = count.refused_lines.setdefault(line.reason, [])
        if line.line and len(named) < _NAMED:
            named.append(line.line)


def _by_time(lines: Iterable[Line]) -> list[Line]:
    """Stable by event time; a line without one stays behind the line it follows."""
    newest, keyed = 0, []
    for line in lines:
        if isinstance(line, FileRecord) and line.time_ms is not None:
            newest = line.time_ms
        keyed.append((newest, line))
    return [line for _, line in sorted(keyed, key=lambda pair: pair[0])]


def _events(path: Path) -> Iterator[Line]:
    """The events of a file; with a ``log.csv`` in its folder a recorded log: each line, byte for byte, to its partition and key.

    A fault of the file as a whole is raised at once, before the first line is given.
    """
    with opened(path):  # raises a fault of the file before anything is made or sent for it
        log = _log(path.with_name("log.csv"))
    if log is None:
        return (_file_record(record) if isinstance(record, FileEvent) else record for record in read_entries(path))
    with opened(path) as file:
        lines = sum(1 for _ in file)
    if lines != len(log):
        more = "more" if lines > len(log) else "fewer"
        raise BadFile(f"{path} has {more} lines ({lines}) than the log.csv beside it ({len(log)}); nothing was sent")
    return _logged(path, log)


def _file_record(event: FileEvent) -> FileRecord:
    return FileRecord(_key(event.event), event.value, None, _time_ms(event.event))


def _logged(path: Path, log: Iterable[tuple[int, bytes]]) -> Iterator[Line]:
    """The lines of a recorded log, split at ``\\n`` only; a line that is no event becomes a dead letter again."""
    with opened(path) as file:
        for raw, (partition, key) in zip(file, log, strict=False):
            value = raw.removesuffix(b"\n")
            yield FileRecord(key, value, partition, _time_ms(json_object(value) or {}))


def _log(path: Path) -> list[tuple[int, bytes]] | None:
    if not path.exists():
        return None
    try:
        rows = csv.DictReader(io.StringIO(read_text(path, AS_CSV), newline=""))
        log = [(int(row["partition"]), row["key"].encode()) for row in rows]
    except NotText as error:
        raise BadFile(f"{path}: {error}; nothing was sent") from error
    except (KeyError, ValueError, TypeError, AttributeError, csv.Error) as error:
        raise BadFile(f"{path} must have the columns partition and key, one line per event ({error!r})") from error
    for number, (partition, _) in enumerate(log, start=2):
        if partition < 0:
            raise BadFile(f"{path}:{number}: partition {partition} is below 0; nothing was sent")
    return log


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    data = event.get("data")
    return data if isinstance(data, dict) else {}


def _key(event: Mapping[str, Any]) -> bytes:
    """The key of docs/events.md 1: the agent, ``~queue:<id>`` or ``~campaign:<id>`` of a snapshot, else empty."""
    kind, _, what = str(event.get("type")).partition(".")
    word = _data(event).get(kind if what == "snapshot" else "agent")
    if not isinstance(word, str):
        return b""
    return (f"~{kind}:{word}" if what == "snapshot" else word).encode("utf-8", "replace")


def _time_ms(event: Mapping[str, Any]) -> int | None:
    at = _data(event).get("ended_at") if event.get("type") == "call.ended" else event.get("time")
    try:
        return parse_rfc3339(at) if isinstance(at, str) else None
    except ValueError:
        return None


class VendorAdapter(Protocol):
    """A module of streams.sources for a vendor's text files."""

    FIRST_LINE: str
    """Of every file of the format."""

    def rows(self, text: str) -> Iterable[Mapping[str, str] | RefusedRecord]:
        """The text of a file -> its rows, the first on line 2. Raises ValueError where it is no file of the format."""

    def adapt(self, row: Mapping[str, str]) -> Adapted:
        """One row -> its facts, or the reason why there are none."""


class FileFormat(NamedTuple):
    """A format that can be replayed: what a file holds, its first line (None: any other), and its reader."""

    content: str
    first_line: str | None
    read: Callable[[Path], Iterator[Line]]


def _vendor(content: str, adapter: VendorAdapter) -> FileFormat:
    def read(path: Path) -> Iterator[Line]:
        with opened(path) as file:  # raises a fault of the file before its first line is given
            return _adapted_lines(adapter, path, file.read())

    return FileFormat(content, adapter.FIRST_LINE, read)


def _adapted_lines(adapter: VendorAdapter, path: Path, raw: bytes) -> Iterator[Line]:
    try:
        for line, row in enumerate(adapter.rows(decode_text(raw)), 2):
            adapted = row if isinstance(row, RefusedRecord) else adapter.adapt(row)
            if isinstance(adapted, list):
                yield from (FileRecord(fact.key, fact.encode(), None, fact.time_ms) for fact in adapted)
            else:
                yield adapted._replace(line=line) if isinstance(adapted, RefusedRecord) else adapted
    except NotText as error:
        raise BadFile(f"{path}{f':{error.line}' if error.line else ''}: {error}") from error
    except ValueError as error:
        raise BadFile(f"{path}: {error}") from error


EVENTS = "events"
FORMATS: Mapping[str, FileFormat] = {
    EVENTS: FileFormat(
        "CloudEvents, one JSON object per line or one JSON array, packed with gzip or not; with a log.csv beside it, "
        "the partition and key of each line",
        None,
        _events,
    ),
    "anonymous_bank": _vendor("a month of the Technion bank's call log", anonymous_bank),
}
"""By name, as ``--format`` takes it."""


def format_of(path: Path) -> str:
    """The name of a file's format, from its first line. Raises OSError, BadFile."""
    first = head_of(path).split(b"\n", 1)[0].rstrip(b"\r")
    named = (name for name, each in FORMATS.items() if each.first_line and first == each.first_line.encode())
    return next(named, EVENTS)
