"""A TOML file and the lines on which its keys stand, so that an error can name the line.

The values are those of Python's own reader; where they stand comes from the tree of tree-sitter's grammar, which keeps it.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from dashboard.site.problems import Problems, SiteError
from streams.text_file import NotText, read_text

KeyPath = tuple[str | int, ...]
"""``("site", "zone")``, ``("policies", 0, "grades", 1, "lower")``."""


class Document(NamedTuple):
    """What a TOML file holds, and the line (from 1) of each table, key and element of a list."""

    raw: dict[str, Any]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line of a path, or of the nearest table around it; 1 if nothing of it is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_toml(path: Path, problems: Problems) -> Document:
    """A file -> its document. One that cannot be parsed at all is one problem with its line: raises SiteError."""
    try:
        text = read_text(path)
        return Document(tomllib.loads(text), find_lines(text))
    except OSError as error:
        problems.add(0, f"cannot be read ({error.strerror}); give the path of a TOML file with at least [site] zone")
    except NotText as error:
        problems.add(error.line, str(error))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        problems.add(int(found.group(1)) if found else text.count("\n") + 1, f"is not TOML: {error}")
    raise SiteError(problems.all)


def find_lines(text: str) -> dict[KeyPath, int]:
    """TOML that holds -> the line of each of its paths."""
    lines: dict[KeyPath, int] = {}
    tables: dict[KeyPath, int] = {}
    for node in Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node.children:
        path: KeyPath = ()
        if node.type in ("table", "table_array_element"):
            path = _header(node, tables)
            for n in range(len(path)):
                lines.setdefault(path[: n + 1], _line(node))
        for pair in [node] if node.type == "pair" else node.children:
            _add(pair, path, lines)
    return lines


def _header(node: Node, tables: dict[KeyPath, int]) -> KeyPath:
    """The path of a header: an array element takes the next index, a table under an array belongs to its newest element."""
    path: KeyPath = ()
    names = _names(node.named_children[0])
    for at, name in enumerate(names):
        path = (*path, name)
        if node.type == "table_array_element" and at == len(names) - 1:
            tables[path] = tables.get(path, 0) + 1
        if path in tables:
            path = (*path, tables[path] - 1)
    return path


def _add(node: Node, path: KeyPath, lines: dict[KeyPath, int]) -> None:
    """A ``key = value`` below ``path``, and whatever is in an inline table or a list."""
    if node.type != "pair":
        return
    for name in _names(node.named_children[0]):
        path = (*path, name)
        lines.setdefault(path, _line(node))
    _add_value(node.named_children[-1], path, lines)


def _add_value(node: Node, path: KeyPath, lines: dict[KeyPath, int]) -> None:
    if node.type == "inline_table":
        for pair in node.named_children:
            _add(pair, path, lines)
    elif node.type == "array":
        for at, item in enumerate(child for child in node.named_children if child.type != "comment"):
            lines[(*path, at)] = _line(item)
            _add_value(item, (*path, at), lines)


def _names(key: Node) -> list[str]:
    if key.type == "dotted_key":
        return [name for part in key.named_children for name in _names(part)]
    return [(key.text or b"").decode().strip("\"'")]


def _line(node: Node) -> int:
    return node.start_point[0] + 1
