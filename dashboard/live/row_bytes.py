"""The JSON of every agent's row, column by column: at some ticks all rows of a floor change, so no row is looked at by itself.

A column of numbers is written at once and cut at its commas; a row is then its pieces joined.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

from dashboard.counts.lines import NO_TEAM, Lines, Person
from dashboard.counts.ring import Minutes
from dashboard.judging import agent_table
from dashboard.judging.agent_table import WORDS, AgentTable
from dashboard.rules.deduction import Numbers

SPARK_QUARTERS = 40
_SPARK_AT = agent_table.COLUMNS.index("aht_s") + 1
COLUMNS = (
    *Person._fields,
    *agent_table.COLUMNS[:_SPARK_AT],
    "spark",
    *agent_table.COLUMNS[_SPARK_AT:],
)
_WORDS = {name: [*map(orjson.dumps, words), b"null"] for name, words in WORDS.items()}
"""By code; the last stands for -1, which is not known."""
Rows = NDArray[np.intp]


class RowBytes:
    """The rows of all teams; only those whose numbers changed are written again."""

    def __init__(self) -> None:
        self._before: AgentTable | None = None
        self._lines: Lines | None = None
        self._people: list[bytes] = []
        self._rows: list[bytes] = []
        self._tables: list[bytes] = []

    def update(self, lines: Lines, table: AgentTable) -> list[list[int]]:
        """Takes a tick's table; gives each team's rows that changed."""
        changed = np.nonzero(self._changed(lines, table) & (lines.team != NO_TEAM))[0]
        self._make_room(lines)
        for row, written in zip(changed.tolist(), _written(lines, table, changed, self._people), strict=True):
            self._rows[row] = written
        by_team: list[list[int]] = [[] for _ in lines.teams]
        for row, team in zip(changed.tolist(), lines.team[changed].tolist(), strict=True):
            by_team[team].append(row)
        for team, rows in enumerate(by_team):
            if rows:
                self._tables[team] = b",".join([self._rows[row] for row in lines.members[team]])
        self._before = table
        return by_team

    def of(self, rows: Sequence[int]) -> bytes:
        """The JSON of these rows, with commas between."""
        return b",".join([self._rows[row] for row in rows])

    def of_team(self, team: int) -> bytes:
        """The same of all rows of a team."""
        return self._tables[team]

    def _make_room(self, lines: Lines) -> None:
        # A new day has new rows: forget those of yesterday.
        if lines is not self._lines:
            self._people, self._rows, self._tables = [], [], [b""] * len(lines.teams)
            self._lines = lines
        self._people += [orjson.dumps([*person])[:-1] for person in lines.people[len(self._people) :]]
        self._rows += [b""] * (len(lines.people) - len(self._rows))

    def _changed(self, lines: Lines, table: AgentTable) -> NDArray[np.bool_]:
        before, count = self._before, table.numbers.shape[1]
        if before is None or lines is not self._lines or before.quarters.shape[1] != table.quarters.shape[1]:
            return np.ones(count, np.bool_)
        known = before.numbers.shape[1]
        changed = np.ones(count, np.bool_)
        changed[:known] = (before.numbers != table.numbers[:, :known]).any(axis=0)
        changed[:known] |= (before.quarters != table.quarters[:known]).any(axis=1)
        moved = [at for at, first in enumerate(table.spark_from) if first != before.spark_from[at]]
        return changed | np.isin(lines.team, moved) if moved else changed


def _written(lines: Lines, table: AgentTable, rows: Rows, people: Sequence[bytes]) -> Iterator[bytes]:
    """Rows -> the JSON of each, in the order of COLUMNS; what is not known is null."""
    if not len(rows):
        return iter(())
    numbers = np.ascontiguousarray(table.numbers[:, rows])
    columns = [_column(name, numbers[at]) for at, name in enumerate(agent_table.COLUMNS)]
    sparks = _sparks(table.quarters[rows], np.array(table.spark_from)[lines.team[rows]])
    pieces = zip(
        [people[row] for row in rows.tolist()], *columns[:_SPARK_AT], sparks, *columns[_SPARK_AT:], strict=True
    )
    return (b",".join(each) + b"]" for each in pieces)


def _column(name: str, values: Numbers) -> list[bytes]:
    if (words := _WORDS.get(name)) is not None:
        return [words[code] for code in values.astype(np.int64).tolist()]
    return column(np.where(values < 0, np.nan, values))


def column(values: Numbers) -> list[bytes]:
    """The JSON of each number; null for NaN. At least one."""
    # Every number is written as a float; the ones that are whole lose the end that says so.
    written = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1] + b","
    return written.replace(b".0,", b",")[:-1].split(b",")


def _sparks(quarters: Minutes, first: Rows) -> list[bytes]:
    """(rows x quarter hours) and where each row begins -> the last of them as lists."""
    found = [b"[]"] * len(quarters)
    for begin in np.unique(first).tolist():
        rows = np.nonzero(first == begin)[0]
        shown = np.ascontiguousarray(quarters[rows, begin:][:, -SPARK_QUARTERS:])
        if shown.shape[1]:
            written = orjson.dumps(shown, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].split(b"],[")
            for row, each in zip(rows.tolist(), written, strict=True):
                found[row] = b"[" + each + b"]"
    return found
