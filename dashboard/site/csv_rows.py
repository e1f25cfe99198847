"""A CSV list beside the site file -> its rows as a model, every fault with its line."""

import csv
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from dashboard.site.problems import Problems, unknown
from dashboard.site.reading import Fault, Model, fields_of

M = TypeVar("M", bound=Model)


class Row(NamedTuple, Generic[M]):
    """One row that holds, and the line on which it begins."""

    line: int
    values: M


class Lines(Protocol):
    """What csv.reader gives."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


def read_rows(path: Path, model: type[M], problems: Problems) -> list[Row[M]] | None:
    """A list (UTF-8, the first line names the columns) -> its rows, without the cells that are faulty; no file -> none.

    An empty cell counts as not given. None if the file cannot be read as a whole.
    """
    found: list[Row[M]] = []
    table = _table(path, model, problems) if path.exists() else []
    for line, cells in table or []:
        values = model.read(cells, partial(_say, problems, line, cells))
        if values is not None:
            found.append(Row(line, values))
    return None if table is None else found


def _say(problems: Problems, line: int, cells: dict[str, str], fault: Fault) -> None:
    column = str(fault.loc[0])
    name = f'"{column}"'
    missing = fault.kind == "missing"
    problems.add(line, f"{name} is empty" if missing else f'{fault.of(name)}, not "{cells[column]}"')


def _table(path: Path, model: type[Model], problems: Problems) -> list[tuple[int, dict[str, str]]] | None:
    """(line, column -> text) of each row that is not blank; None, and one problem, if that cannot be told."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.add(0, f"cannot be read ({error.strerror}); it must be a CSV file")
        return None
    try:
        reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in next(reader, [])]
        return list(_cells(reader, header, problems)) if _header_holds(header, model, problems) else None
    except UnicodeDecodeError as error:
        problems.add(raw[: error.start].count(b"\n") + 1, "is not UTF-8 here")
    except csv.Error as error:
        problems.add(reader.line_num, f"is not CSV: {error}")
    return None


def _cells(reader: Lines, header: list[str], problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) == len(header):
                yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
            else:
                problems.add(line, f"has {len(cells)} cells, the header {len(header)}")
        line = reader.line_num + 1


def _header_holds(header: list[str], model: type[Model], problems: Problems) -> bool:
    fields, before = fields_of(model), len(problems.found)
    for name in header:
        if name not in fields:
            problems.add(1, unknown("column", name, fields))
    for name in sorted({name for name in header if header.count(name) > 1}):
        problems.add(1, f'column "{name}" is there twice')
    for name in (name for name, field in fields.items() if field.is_required()):
        if name not in header:
            problems.add(1, f'column "{name}" is missing; the first line must name the columns')
    return len(problems.found) == before
