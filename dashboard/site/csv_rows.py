"""A CSV list beside the site file -> its rows as a model, every fault with its line."""

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from dashboard.site.formula_cells import restore
from dashboard.site.problems import Problems, unknown
from dashboard.site.reading import Fault, Model, fields_of
from streams.text_file import AS_CSV, NotText, read_text

M = TypeVar("M", bound=Model)
_HINT = re.compile(r'"?sep=(.)"?(?=\n)')


class SourceLines(Protocol):
    """What csv.reader gives."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


def read_rows(path: Path, model: type[M], problems: Problems) -> list[tuple[int, M]] | None:
    """A list (UTF-8, the first line names the columns) -> its rows with their first lines, without faulty cells; no file -> none.

    Semicolons or tabs may stand in place of commas; cells that an export defused are what they were. An empty cell counts as
    not given. None if the file cannot be read as a whole.
    """
    found: list[tuple[int, M]] = []
    table = _table(path, model, problems) if path.exists() else []
    for line, cells in table or []:
        values = model.read(cells, partial(_say, problems, line, cells))
        if values is not None:
            found.append((line, values))
    return None if table is None else found


def _say(problems: Problems, line: int, cells: dict[str, str], fault: Fault) -> None:
    column = str(fault.loc[0])
    name = f'"{column}"'
    missing = fault.kind == "missing"
    problems.add(line, f"{name} is empty" if missing else f'{fault.message(name)}, not "{cells[column]}"')


def _table(path: Path, model: type[Model], problems: Problems) -> list[tuple[int, dict[str, str]]] | None:
    """(line, column -> text) of each row that is not blank; None, and one problem, if that cannot be told."""
    try:
        text = read_text(path, AS_CSV)
    except OSError as error:
        problems.add(0, f"cannot be read ({error.strerror}); it must be a CSV file")
        return None
    except NotText as error:
        problems.add(error.line, str(error))
        return None
    rows, delimiter = _without_hint(text)
    reader = csv.reader(io.StringIO(rows, newline=""), delimiter=delimiter or _delimiter(rows, model), strict=True)
    try:
        header = _header(reader)
        return (
            list(_cells(reader, header, problems)) if _header_holds(header, reader.line_num, model, problems) else None
        )
    except csv.Error as error:
        problems.add(reader.line_num, f"is not CSV: {error}")
    return None


def _without_hint(text: str) -> tuple[str, str]:
    """``sep=;``, which Excel knows as a first line -> an empty line in its place, and the sign that it names."""
    hint = _HINT.match(text)
    return (text[hint.end() :], hint[1]) if hint else (text, "")


def _delimiter(text: str, model: type[Model]) -> str:
    """What stands between cells: the sign under which most names of the header are columns of the list.

    Excel writes semicolons where decimals have a comma, and tabs where it saves a text.
    """
    first, names = text.lstrip().split("\n", 1)[0], fields_of(model).keys()
    return max(",;\t", key=lambda sign: len(names & {name.strip(' "') for name in first.split(sign)}))


def _header(reader: SourceLines) -> list[str]:
    """The names of the columns, without the empty ones at the end that a spreadsheet leaves behind."""
    names = next((cells for cells in reader if any(map(str.strip, cells))), [])
    return _trimmed([name.strip() for name in names], 0)


def _trimmed(cells: list[str], least: int) -> list[str]:
    """Without empty cells at the end, down to so many."""
    while len(cells) > least and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _cells(reader: SourceLines, header: list[str], problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    line = reader.line_num + 1
    for row in reader:
        cells = [restore(cell).strip() for cell in _trimmed(row, len(header))]
        if any(cells):
            if len(cells) == len(header):
                yield line, {name: cell for name, cell in zip(header, cells, strict=True) if cell}
            else:
                problems.add(line, f"has {len(cells)} cells, the header {len(header)}")
        line = reader.line_num + 1


def _header_holds(header: list[str], line: int, model: type[Model], problems: Problems) -> bool:
    fields, before, line = fields_of(model), len(problems.all), max(line, 1)
    for name in header:
        if name not in fields:
            problems.add(line, unknown("column", name, fields))
    for name in sorted({name for name in header if header.count(name) > 1}):
        problems.add(line, f'column "{name}" is there twice')
    for name, field in fields.items():
        if name not in header and (field.is_required() or name in model.COLUMNS_NEEDED):
            problems.add(line, f'column "{name}" is missing; the first line must name the columns')
    return len(problems.all) == before
