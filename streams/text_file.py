"""The text of a file that a person saved in UTF-8, with or without a byte order mark; for any other file, an error that says
what it is and how to save it.

The traces of desktop programs are removed: the mark at the front, CRLF and CR as ends of lines, NULs and the end of file of
DOS (Ctrl-Z) at the end. Nothing else is guessed: a wrong guess would change names and ids in silence.
"""

import codecs
from pathlib import Path

MARK = codecs.BOM_UTF8
AS_CSV = 'in Excel save it as "CSV UTF-8 (comma delimited)"'
AS_TEXT = "save it with the encoding UTF-8, which every editor offers when it saves"
_NO_TEXT = (
    (b"PK\x03\x04", "an Excel workbook or another ZIP file"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an old Excel"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "packed with gzip"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ", "packed with xz"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a document of a word processor"),
)
"""First bytes of a file -> what it is."""
_WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, 'UTF-16 (what Excel calls "Unicode Text")'),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LEFT_BEHIND = b"\0\x1a"
_HEAD = 400
_LEAST_ASCII = 0.1
"""The least share of ASCII (commas, digits, ends of lines) among the letters at the head of a list or an event."""
_LEAST_HAN = 0.5
"""The least share of Han characters in common use among the letters outside of ASCII, for GB18030 to be named."""


class NotText(ValueError):
    """A file that is no UTF-8 text. ``line``: from 1; 0: the file as a whole. The message says what it is and what to do."""

    def __init__(self, line: int, what: str, todo: str) -> None:
        super().__init__(f"{what}: {todo}")
        self.line = line


def read_text(path: Path, todo: str = AS_TEXT) -> str:
    """The text of a file, its lines ended by ``\\n``. Raises NotText, OSError. ``todo``: how a person saves such a file."""
    return decode_text(path.read_bytes(), todo)


def decode_text(raw: bytes, todo: str = AS_TEXT) -> str:
    """The text of bytes, as ``read_text`` gives it."""
    if what := head_problem(raw):
        raise NotText(0, what, todo)
    body = raw.removeprefix(MARK).rstrip(_LEFT_BEHIND)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        where = f"is not UTF-8 here (byte 0x{body[error.start]:02X})"
        raise NotText(line_of(body, error.start), f"{where}, it looks like {encoding_of(body)}", todo) from error
    if (at := text.find("\0")) >= 0:
        raise NotText(text.count("\n", 0, at) + 1, "holds a NUL, so it is no text", todo)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encoding_of(raw: bytes) -> str:
    """The likely name of the encoding of bytes that are no UTF-8, as people know it."""
    if _reads_like_chinese(raw):
        return "GB18030 (GBK), as Excel saves a CSV in China"
    return "Windows-1252 (Latin-1), as Excel saves a CSV in Europe and America"


def line_of(raw: bytes, at: int) -> int:
    """The line, from 1, of a byte, with any ends of lines."""
    before = raw[:at]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def head_problem(head: bytes) -> str:
    """The kind of file that begins so and is no text in UTF-8; "": it may be text."""
    for start, what in _NO_TEXT:
        if head.startswith(start):
            return f"is no text, it is {what}"
    for mark, what in _WIDE:
        if head.startswith(mark):
            return f"is {what}, not UTF-8"
    return "is UTF-16 without a mark, not UTF-8" if _is_unmarked_utf16(head[:_HEAD]) else ""


def _is_unmarked_utf16(head: bytes) -> bool:
    """Whether NULs stand on one side only and are as many as the ASCII characters of any list."""
    first, second = head[::2].count(0), head[1::2].count(0)
    return min(first, second) == 0 and max(2, len(head) / 2 * _LEAST_ASCII) <= max(first, second)


def _reads_like_chinese(raw: bytes) -> bool:
    """Whether it decodes as GB18030, and to Han characters of everyday use, which GB 2312 holds."""
    try:
        letters = [letter for letter in raw.decode("gb18030") if not letter.isascii()]
    except UnicodeDecodeError:
        return False
    return len(letters) > 0 and sum(_is_everyday(letter) for letter in letters) >= _LEAST_HAN * len(letters)


def _is_everyday(letter: str) -> bool:
    try:
        first, _ = letter.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return False
    return first >= 0xB0
