"""Seats of the agents on walls: team after team, in each in the order of the roster. A seat has an alias and no id.

Where nobody is in a team all agents have a seat, in the order of their ids and named by the id, and stand on the floor's page
too. On a site with a roster an agent in no team has no seat: there is no alias.

A board says how people are named on it: ``alias``, ``full`` (by name), or ``none``. A board has a topic without people, and
where one of its pages shows them another with them, named in its way: no name goes to a wall that shows aliases. Under a works
council no board has people.
"""

from collections.abc import Iterable

import numpy as np
import orjson
from msgspec import UNSET, Raw, UnsetType
from numpy.typing import NDArray

from dashboard.board.frame_types import SeatRow, SeatRows
from dashboard.board.json_numbers import plain_all
from dashboard.board.topics import board_topic
from dashboard.floor import agent_table
from dashboard.floor.agent_table import AgentTable
from dashboard.floor.lines import Lines
from dashboard.rules.deduction import Numbers
from dashboard.site.load import Site
from dashboard.site.types import BoardPages

COLUMNS = SeatRow.__struct_fields__
"""``seat``: its place from 0 on; an agent without an alias has null in both languages."""
PAGE, FLOOR_PAGE = "agents", "floor"
USUAL_BOARD = "main"
"""The board that is there without a word of the site file: the floor's page, people by alias."""
_FULL, _NONE = "full", "none"
_COLUMNS = Raw(orjson.dumps(COLUMNS))
_NUMBERS = [agent_table.NUMBERS.index(name) for name in COLUMNS[4:]]
_STATES = agent_table.WORDS["state"]


def namings(site: Site) -> dict[str, str]:
    """Board -> how people are named on it: ``alias``, ``full``, or ``none`` where none of its pages shows a person.

    Boards of a project are not in it.
    """
    pages = {PAGE} if site.teams and site.roster else {PAGE, FLOOR_PAGE}
    boards = [board for board in site.boards if board.id != USUAL_BOARD]
    usual = next((board for board in site.boards if board.id == USUAL_BOARD), BoardPages(USUAL_BOARD))
    shows = {board.id: site.judges_persons and bool(pages & {*board.pages}) for board in (usual, *boards)}
    plain = [board for board in (usual, *boards) if board.project is None]
    return {board.id: board.names if shows[board.id] else _NONE for board in plain}


def project_boards(site: Site) -> dict[str, str]:
    """Board -> the project that it shows; other boards are not in it."""
    return {board.id: board.project for board in site.boards if board.project is not None}


def board_topics(site: Site) -> list[str]:
    """The topics of all boards."""
    named = namings(site).items()
    plain = [
        board_topic(board, people)
        for board, names in named
        for people in ((False, True) if names != _NONE else (False,))
    ]
    return [*plain, *map(board_topic, project_boards(site))]


class SeatBytes:
    """The JSON of the seats, named in one way; only those whose figures changed are written again."""

    def __init__(self, names: str) -> None:
        self._full = names == _FULL
        self._lines: Lines | None = None
        self._teamless = 0
        self._at: NDArray[np.intp] = np.empty(0, np.intp)
        self._heads: list[bytes] = []
        self._rows: list[bytes] = []
        self._before: Numbers = np.empty((0, 0))

    def write_seats(self, lines: Lines, table: AgentTable) -> tuple[SeatRows, SeatRows | UnsetType]:
        """One tick -> the field ``seats`` of the snapshot, and of the frame: UNSET where nothing changed."""
        fresh = lines is not self._lines or len(lines.teamless) != self._teamless
        if fresh:
            self._seat(lines)
        now = table.numbers[_NUMBERS][:, self._at]
        changed = np.arange(len(self._at)) if fresh else np.nonzero((now != self._before).any(axis=0))[0]
        for seat, figures in zip(changed.tolist(), _written(now[:, changed]), strict=True):
            self._rows[seat] = self._heads[seat] + figures
        self._before = now
        moved = [self._rows[seat] for seat in changed.tolist()]
        return _seat_rows(self._rows), _seat_rows(moved) if moved else UNSET

    def _seat(self, lines: Lines) -> None:
        """A new day, another site, or somebody new in no team: everybody takes a seat."""
        teamless = [] if lines.rostered else sorted(lines.teamless, key=lambda row: lines.people[row].id)
        members = zip((*(team.id for team in lines.teams), None), (*lines.members, teamless), strict=True)
        seated = [(team, row) for team, rows in members for row in rows]
        self._lines, self._teamless = lines, len(lines.teamless)
        self._at = np.array([row for _, row in seated], np.intp)
        named = [[seat, team, *_names(lines, row, self._full)] for seat, (team, row) in enumerate(seated)]
        self._heads = [orjson.dumps(each)[:-1] for each in named]
        self._rows = [b""] * len(seated)


def _names(lines: Lines, row: int, full: bool) -> tuple[str | None, str | None]:
    """The names of one seat in both languages."""
    if full:
        return lines.people[row].name, lines.people[row].name_en
    if row >= lines.rostered:
        return lines.people[row].id, None
    spell = lines.spells[row]
    return spell.alias, spell.alias_en or spell.alias


def _written(numbers: Numbers) -> Iterable[bytes]:
    """(5 x seats) -> ``,state,since,handled,deducted,net]`` of each; null for -1, not known: none is ever below 0."""
    words = [_STATES[code] if code >= 0 else None for code in numbers[0].astype(np.int64).tolist()]
    rest = [[None if value < 0 else value for value in plain_all(values)] for values in numbers[1:]]
    return [b"," + orjson.dumps(row)[1:] for row in zip(words, *rest, strict=True)]


def _seat_rows(rows: list[bytes]) -> SeatRows:
    return SeatRows(_COLUMNS, Raw(b"[" + b",".join(rows) + b"]"))
