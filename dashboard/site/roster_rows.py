"""A roster to fill in: the rows of roster.csv as they are, then a row for every other agent, with an empty team.

What is printed can be saved as roster.csv and loaded as it is: a row without a team is left out until it has one.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dashboard.site.csv_rows import read_rows
from dashboard.site.lists import SpellRow
from dashboard.site.problems import Problems
from dashboard.site.reading import fields_of

_OPTIONAL = ("name_en", "alias_en")
"""Columns that stand there only where the roster has something in them."""
_NOT_GIVEN = {"has_probation": False}


def roster_rows(path: Path | None, agents: Iterable[str]) -> tuple[Sequence[str], list[dict[str, Any]]]:
    """The file (None or not there: no roster yet) and the agents seen -> the columns, and the rows by their names.

    Raises SiteError where the file is not right.
    """
    rows = [] if path is None else _read(path)
    known = {row["agent"] for row in rows}
    names = [name for name in fields_of(SpellRow) if name not in _OPTIONAL or any(row[name] for row in rows)]
    blank = dict.fromkeys(fields_of(SpellRow))
    return names, [*rows, *(blank | {"agent": agent} for agent in agents if agent not in known)]


def _read(path: Path) -> list[dict[str, Any]]:
    problems = Problems(str(path))
    rows = read_rows(path, SpellRow, problems) or []
    problems.raise_any()
    return [_cells(values) for _, values in rows]


def _cells(row: SpellRow) -> dict[str, Any]:
    values = {name: getattr(row, field) for name, field in _ATTRIBUTES.items()}
    return {name: None if value == _NOT_GIVEN.get(name, ...) else _text(value) for name, value in values.items()}


_ATTRIBUTES = {(field.alias or name): name for name, field in SpellRow.model_fields.items()}


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
