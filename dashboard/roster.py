"""roster.csv beside the site file: who is on the floor, in which team, from when to when."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from dashboard.site_problems import Problems, unknown
from dashboard.site_types import Spell

COLUMNS = (
    "agent", "name", "name_en", "alias", "alias_en", "team", "profile", "stratum", "post", "month_target",
    "has_probation", "regularised_on", "from", "to",
)  # fmt: skip
_REQUIRED = ("agent", "team")


class _Row(NamedTuple):
    line: int
    cells: Mapping[str, str]


def read_roster(path: Path, teams: frozenset[str], problems: Problems) -> tuple[Spell, ...]:
    """roster.csv -> its spells in file order; no file -> none. What is wrong goes to ``problems``."""
    if not path.exists():
        return ()
    problems = problems.of(str(path))
    found = [(row.line, _spell(row, teams, problems)) for row in _rows(path, problems)]
    spells = [(line, spell) for line, spell in found if spell is not None]
    _check_overlaps(spells, problems)
    return tuple(spell for _, spell in spells)


def _rows(path: Path, problems: Problems) -> Iterator[_Row]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return problems.add(raw[: error.start].count(b"\n") + 1, "is not UTF-8 here")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if not _header_holds(header, problems):
            return None
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield from _row(header, cells, reader.line_num, problems)
    except csv.Error as error:
        problems.add(reader.line_num, f"is not CSV: {error}")


def _header_holds(header: list[str], problems: Problems) -> bool:
    strangers = [name for name in header if name not in COLUMNS]
    for name in strangers:
        problems.add(1, unknown("column", name, COLUMNS))
    missing = [name for name in _REQUIRED if name not in header]
    for name in missing:
        problems.add(1, f'column "{name}" is missing; the first line must name the columns')
    return not strangers and not missing


def _row(header: list[str], cells: list[str], line: int, problems: Problems) -> Iterator[_Row]:
    if len(cells) != len(header):
        problems.add(line, f"has {len(cells)} cells, the header {len(header)}")
        return
    yield _Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})


def _spell(row: _Row, teams: frozenset[str], problems: Problems) -> Spell | None:
    before = len(problems.found)
    for name in _REQUIRED:
        if not row.cells[name]:
            problems.add(row.line, f'"{name}" is empty')
    if row.cells["team"] and row.cells["team"] not in teams:
        problems.add(row.line, unknown("team", row.cells["team"], teams))
    first, last = (_day(row, name, problems) for name in ("from", "to"))
    if first and last and last < first:
        problems.add(row.line, f'"to" {last} is before "from" {first}')
    name = row.cells.get("name") or row.cells["agent"]
    name_en = row.cells.get("name_en") or name
    alias = row.cells.get("alias") or None
    spell = Spell(row.cells["agent"], name, name_en, alias, row.cells["team"], first, last)
    return spell if len(problems.found) == before else None


def _day(row: _Row, name: str, problems: Problems) -> date | None:
    text = row.cells.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.add(row.line, f'"{name}" must be a date such as 2026-11-01, not "{text}"')
        return None


def _check_overlaps(spells: list[tuple[int, Spell]], problems: Problems) -> None:
    """An agent is in one team at a time."""
    by_agent: dict[str, list[tuple[int, Spell]]] = {}
    for line, spell in spells:
        for other_line, other in by_agent.setdefault(spell.agent, []):
            if spell.touches(other.from_ or date.min, other.to or date.max):
                problems.add(line, f'agent "{spell.agent}" is in a team on these days already, on line {other_line}')
        by_agent[spell.agent].append((line, spell))
