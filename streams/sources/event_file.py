"""Files of events, as people store and send them: their records one by one, without more than a few in memory.

One JSON object per line, objects that are indented, or one JSON array of them; packed with gzip or not; with a byte order mark or
not. A line that is no JSON object is ``RefusedRecord`` with its number and the next lines go on; in an array or between indented
objects nothing can be trusted after a fault, so there the file ends with ``BadFile``. A file whose first records are no events is
a ``BadFile`` before any record is given.
"""

import codecs
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import msgspec

from streams.sources.record import RefusedRecord, SkippedRecord
from streams.text_file import AS_TEXT, MARK, encoding_of, head_problem, line_of

_GZIP = b"\x1f\x8b"
_HEAD = _WINDOW = 65_536
NO_OBJECT, NOT_UTF8 = "no_json_object", "not_utf8"
"""Why a line is refused."""
_LOOKED_AT = 10
"""There must be an event among so many records at the beginning of a file."""
_LONGEST = 16 * 1024 * 1024
"""An object without an end after so many characters is a fault of the file."""
_LEFT_BEHIND = " \t\r\n\0\x1a"
_BETWEEN = re.compile(rf"[{_LEFT_BEHIND},\ufeff]*")
_DECODER = json.JSONDecoder()
_EXPECTED = (
    'expected are CloudEvents, one JSON object per line or one array of them: {"specversion":"1.0","type":"call.ended", ...}; '
    "nothing was sent"
)


class BadFile(ValueError):
    """A file that cannot be replayed, or not to its end; the message says where, and what is expected."""


class FileEvent(NamedTuple):
    """A JSON object of a file: its first line, its bytes in the file, and their value."""

    line: int
    value: bytes
    event: Mapping[str, Any]


FileEntry = FileEvent | RefusedRecord | SkippedRecord


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked if it is packed. Raises OSError, and BadFile where the packed bytes are damaged."""
    with path.open("rb") as raw:
        is_packed = raw.read(2) == _GZIP
        raw.seek(0)
        if not is_packed:
            yield raw
            return
        try:
            with gzip.open(raw, "rb") as unpacked:
                yield cast("IO[bytes]", unpacked)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadFile(f"{path}: what gzip packed is damaged or cut off: {error}") from error


def head_of(path: Path) -> bytes:
    """The first bytes of a file, unpacked and without its mark. Raises OSError, BadFile."""
    with opened(path) as file:
        head = file.read(_HEAD)
    if what := head_problem(head):
        raise BadFile(f"{path}: {what}: {AS_TEXT}; nothing was sent")
    return head.removeprefix(MARK)


def read_entries(path: Path) -> Iterator[FileEntry]:
    """The records in their order. Raises OSError and BadFile, at once for a fault that the first records show."""
    head = head_of(path).lstrip()
    if not head.strip(_LEFT_BEHIND.encode()):
        raise BadFile(f"{path} is empty: {_EXPECTED}")
    is_array = head.startswith(b"[")
    entries = _lines(path) if not is_array and _has_lines(head) else _values(path, is_array)
    first: list[FileEntry] = []
    looked_at = 0
    try:
        for record in entries:
            first.append(record)
            looked_at += not isinstance(record, SkippedRecord)
            if looked_at == _LOOKED_AT:
                break
    except BadFile as error:
        if not any(map(_is_event, first)):
            raise BadFile(f"{error}; {_EXPECTED}") from error
        return chain(first, _raise_later(error))
    if not any(map(_is_event, first)):
        raise BadFile(f"{path} holds no events, it begins with {_first_line(head)}: {_EXPECTED}")
    return chain(first, entries)


def _raise_later(error: BadFile) -> Iterator[FileEntry]:
    raise error
    yield  # makes it a generator


def _has_lines(head: bytes) -> bool:
    """Whether each line is a record: the first is an object or no JSON at all, or one of the next is an event."""
    lines = [line.strip() for line in head.split(b"\n", _LOOKED_AT)[:_LOOKED_AT]]
    if not lines[0].startswith(b"{") or json_object(lines[0]) is not None:
        return True
    return any(_names_event(event) for event in map(json_object, lines) if event is not None)


def _names_event(event: Mapping[str, Any]) -> bool:
    return {"specversion", "type"} <= event.keys()


def _is_event(record: FileEntry) -> bool:
    return isinstance(record, FileEvent) and _names_event(record.event)


def _first_line(head: bytes) -> str:
    line = head.split(b"\n", 1)[0][:80]
    try:
        return repr(line.decode())
    except UnicodeDecodeError as error:
        if error.start > len(line) - 4:  # cut in the middle of a letter
            return repr(line[: error.start].decode())
        return f"{line!r}, which looks like {encoding_of(line)}"


def _lines(path: Path) -> Iterator[FileEntry]:
    """One object per line, split at ``\\n`` only."""
    with opened(path) as file:
        for number, raw in enumerate(file, 1):
            value = raw.removeprefix(MARK).strip(_LEFT_BEHIND.encode())  # a mark begins each file that was appended
            if (event := json_object(value)) is not None:
                yield FileEvent(number, value, event)
            else:
                yield RefusedRecord(_fault_of(value), number) if value else SkippedRecord("blank")


def _fault_of(value: bytes) -> str:
    try:
        value.decode()
    except UnicodeDecodeError:
        return NOT_UTF8
    return NO_OBJECT


def json_object(value: bytes) -> Mapping[str, Any] | None:
    """The object that some bytes hold as JSON; None where they hold none."""
    try:
        event = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _values(path: Path, is_array: bool) -> Iterator[FileEntry]:
    """Objects one after the other, in an array or not, over any number of lines."""
    with opened(path) as file:
        yield from _Objects(path, file, is_array)


class _Objects:
    """The objects of a text, through a window that moves on from one to the next."""

    def __init__(self, path: Path, file: IO[bytes], is_array: bool) -> None:
        self._path = path
        self._file = file
        self._is_array = is_array
        self._decode = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._line = 1

    def __iter__(self) -> Iterator[FileEntry]:
        if self._is_array and self._next():
            self._move(self._at + 1)
        while self._next():
            if self._is_array and self._text[self._at] == "]":
                self._move(self._at + 1)
                if self._next():
                    raise self._bad("something stands after the end of the array")
                return
            event, end = self._value()
            value, line = self._text[self._at : end].encode(), self._line
            self._move(end)
            yield FileEvent(line, value, event) if isinstance(event, dict) else RefusedRecord(NO_OBJECT, line)
        if self._is_array:
            raise self._bad("the array does not end")

    def _next(self) -> bool:
        """Moves to the next beginning of a value; False at the end of the file."""
        while True:
            self._move(_BETWEEN.match(self._text, self._at).end())  # type: ignore[union-attr]  # it always matches
            if self._at < len(self._text):
                return True
            if not self._read_more():
                return False

    def _value(self) -> tuple[Any, int]:
        """The value at the window's position, and where it ends."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                if end < len(self._text) or isinstance(value, dict) or not self._read_more():
                    return value, end
            except (ValueError, RecursionError) as error:
                is_cut = isinstance(error, json.JSONDecodeError) and len(self._text) - self._at < _LONGEST
                if not is_cut or not self._read_more():
                    raise self._bad(f"is no JSON: {error}") from error

    def _move(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to

    def _read_more(self) -> bool:
        """Reads as much again as the window holds; False at the end of the file."""
        self._text, self._at = self._text[self._at :], 0
        raw = self._file.read(max(_WINDOW, len(self._text)))
        try:
            self._text += self._decode.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            after = f"is not UTF-8 {line_of(raw, error.start) - 1} lines or more after this one"
            raise self._bad(f"{after}, it looks like {encoding_of(raw)}: {AS_TEXT}") from error
        return bool(raw)

    def _bad(self, what: str) -> BadFile:
        return BadFile(f"{self._path}:{self._line}: {what}")
