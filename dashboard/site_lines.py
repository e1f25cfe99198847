"""Where a key stands in a TOML file: a scan of its lines, so that an error can name the line. It checks nothing."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-\"'. ]+?)\s*=")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')


def find_lines(text: str) -> dict[Path, int]:
    """TOML text -> the line (from 1) of each table and key: ``("site", "zone")``, ``("teams", 0, "id")``."""
    lines: dict[Path, int] = {}
    table: Path = ()
    for number, line in _statements(text):
        header = _HEADER.match(line)
        if header:
            table = _table(header.group(2), header.group(1) == "[[", lines)
            lines.setdefault(table[:1], number)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _parts(key.group(1)), number)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest table around it; 1 if nothing of it is in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _table(name: str, is_array: bool, lines: dict[Path, int]) -> Path:
    """The path of a header: an array element takes the next free index, a table under an array its newest element."""
    path: Path = ()
    parts = _parts(name)
    for at, part in enumerate(parts):
        path = (*path, part)
        count = sum(1 for known in lines if known[:-1] == path and isinstance(known[-1], int))
        if is_array and at == len(parts) - 1:
            path = (*path, count)
        elif count:
            path = (*path, count - 1)
    return path


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines on which a statement begins: not those inside an array, an inline table or a long string."""
    depth, quote = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        if depth == 0 and not quote:
            yield number, line
        quote, rest = _outside(line, quote)
        if not _HEADER.match(line) or depth:
            depth = max(0, depth + sum(rest.count(c) for c in "[{") - sum(rest.count(c) for c in "]}"))


def _outside(line: str, quote: str) -> tuple[str, str]:
    """A line -> (the long quote still open after it, what of it stands outside of strings and comments)."""
    rest = ""
    while True:
        if quote:
            _, closed, line = line.partition(quote)
            if not closed:
                return quote, rest
            quote = ""
        opening = re.search(r'"""|\'\'\'', line)
        if opening is None:
            return "", rest + _STRING.sub("", line).partition("#")[0]
        rest += _STRING.sub("", line[: opening.start()])
        quote, line = opening.group(), line[opening.end() :]
