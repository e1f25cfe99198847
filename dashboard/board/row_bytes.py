"""The JSON of every agent's row, written column by column: at some ticks all rows of a floor change.

A column of numbers is written at once and cut at its commas; a row is then its pieces joined.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

from dashboard.board.frame_types import AgentRow
from dashboard.floor.agent_table import NUMBERS, WORDS, AgentTable
from dashboard.floor.lines import NO_TEAM, LineName, Lines
from dashboard.rules.deduction import Numbers

SPARK_QUARTERS = 40
COLUMNS = AgentRow.__struct_fields__
_SPARK_AT = COLUMNS.index("spark") - len(LineName._fields)
"""So many numbers stand before the spark."""
_WORDS = {name: [*map(orjson.dumps, words), b"null"] for name, words in WORDS.items()}
"""By code; the last stands for -1, which is not known."""
_NUMPY = orjson.OPT_SERIALIZE_NUMPY
Rows = NDArray[np.intp]


class RowBytes:
    """The rows of all agents, by team and last of the agents in no team.

    A row is its head, its spark and its tail; a piece that did not change is not written again.
    """

    def __init__(self) -> None:
        self._before: AgentTable | None = None
        self._lines: Lines | None = None
        self._people: list[bytes] = []
        self._heads: list[bytes] = []
        self._sparks: list[bytes] = []
        self._tails: list[bytes] = []
        self._rows: list[bytes] = []
        self._tables: list[bytes] = []

    def write_rows(self, lines: Lines, table: AgentTable) -> list[list[int]]:
        """Writes a tick's table -> the rows that changed, per team and last of the agents in no team."""
        shown = lines.team != NO_TEAM
        shown[lines.teamless] = True
        numbers, sparks = (changed & shown for changed in self._changed(lines, table))
        self._make_room(lines)
        self._write_numbers(table, np.nonzero(numbers)[0])
        self._write_sparks(lines, table, np.nonzero(sparks)[0])
        changed = np.nonzero(numbers | sparks)[0]
        members = [*lines.members, lines.teamless]
        by_team: list[list[int]] = [[] for _ in members]
        for row, team in zip(changed.tolist(), lines.team[changed].tolist(), strict=True):
            self._rows[row] = self._heads[row] + self._sparks[row] + self._tails[row]
            by_team[team].append(row)
        for team, rows in enumerate(by_team):
            if rows:
                self._tables[team] = b",".join([self._rows[row] for row in members[team]])
        self._before = table
        return by_team

    def join_rows(self, rows: Sequence[int]) -> bytes:
        """The JSON of these rows, with commas between."""
        return b",".join([self._rows[row] for row in rows])

    def team_rows(self, team: int) -> bytes:
        """The JSON of all rows of a team; -1: of the agents in no team."""
        return self._tables[team]

    def join_teams(self, teams: Iterable[int]) -> bytes:
        """The JSON of all rows of several teams."""
        return b",".join([self._tables[team] for team in teams if self._tables[team]])

    def _make_room(self, lines: Lines) -> None:
        # A new day has new rows: forget those of yesterday.
        if lines is not self._lines:
            self._people, self._heads, self._sparks, self._tails, self._rows = [], [], [], [], []
            self._tables, self._lines = [b""] * (len(lines.teams) + 1), lines
        new = lines.people[len(self._people) :]
        self._people += [orjson.dumps([*person])[:-1] for person in new]
        for pieces in (self._heads, self._sparks, self._tails, self._rows):
            pieces += [b""] * len(new)

    def _changed(self, lines: Lines, table: AgentTable) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(lines,) each: whether the numbers of a row changed, and whether its spark did."""
        before, count = self._before, table.numbers.shape[1]
        numbers, sparks = np.ones((2, count), np.bool_)
        if before is None or lines is not self._lines:
            return numbers, sparks
        known = before.numbers.shape[1]
        numbers[:known] = (before.numbers != table.numbers[:, :known]).any(axis=0)
        if before.quarters.shape[1] == table.quarters.shape[1]:
            sparks[:known] = (before.quarters != table.quarters[:known]).any(axis=1)
            starts = enumerate([table.spark_from[-1], *table.spark_from[:-1]], start=NO_TEAM)
            moved = [team for team, first in starts if first != before.spark_from[team]]
            sparks |= np.isin(lines.team, moved) if moved else False
        return numbers, sparks

    def _write_numbers(self, table: AgentTable, rows: Rows) -> None:
        if not len(rows):
            return
        numbers = np.ascontiguousarray(table.numbers[:, rows])
        columns = [_column(name, numbers[at]) for at, name in enumerate(NUMBERS)]
        for row, head, tail in zip(
            rows.tolist(), zip(*columns[:_SPARK_AT], strict=True), zip(*columns[_SPARK_AT:], strict=True), strict=True
        ):
            self._heads[row] = self._people[row] + b"," + b",".join(head) + b","
            self._tails[row] = b"," + b",".join(tail) + b"]"

    def _write_sparks(self, lines: Lines, table: AgentTable, rows: Rows) -> None:
        """The last quarter hours, from the team's first one with a call on."""
        first = np.array(table.spark_from, np.intp)[lines.team[rows]]
        for begin in np.unique(first).tolist():
            of = rows[first == begin]
            shown = np.ascontiguousarray(table.quarters[of, begin:][:, -SPARK_QUARTERS:])
            none = not shown.shape[1]
            written = [b""] * len(of) if none else orjson.dumps(shown, option=_NUMPY)[2:-2].split(b"],[")
            for row, each in zip(of.tolist(), written, strict=True):
                self._sparks[row] = b"[" + each + b"]"


def _column(name: str, values: Numbers) -> list[bytes]:
    if (words := _WORDS.get(name)) is not None:
        return [words[code] for code in values.astype(np.int64).tolist()]
    return column(np.where(values < 0, np.nan, values))


def column(values: Numbers) -> list[bytes]:
    """The JSON of each number; null for NaN. At least one."""
    # Every number is written as a float; the ones that are whole lose the end that says so.
    written = orjson.dumps(values, option=_NUMPY)[1:-1] + b","
    return written.replace(b".0,", b",")[:-1].split(b",")
