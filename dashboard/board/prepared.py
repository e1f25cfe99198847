"""What is shown of values that are found once a second: made once for each of them, and not at every tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.board.lead_view import DeskView
from dashboard.board.people_now import Told
from dashboard.board.tier_view import month
from dashboard.floor.judged_now import MonthNow
from dashboard.floor.lines import Lines


@dataclass(frozen=True)
class Months:
    """The month as it is shown."""

    site: dict[str, Any]
    teams: list[dict[str, Any]]
    """In the order of the site file; the last are the lines in no team."""
    everyone: dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """``desks``: per team what its lead has to do, and last the same of everyone."""

    months: Months
    desks: list[dict[str, Any]]


class Preparing:
    """For the lines of one day; ``persons`` False: a works council has a say."""

    def __init__(self, lines: Lines, persons: bool) -> None:
        self._view = DeskView(lines, persons)
        self._month: MonthNow | None = None
        self._told: Told | None = None

    def of(self, now: MonthNow, told: Told, listed: Sequence[int]) -> Prepared:
        """The same parts again for the same objects. ``listed``: the teams of everyone."""
        if now is not self._month:
            board = now.board
            site, teams = month(now.site, board.site), month(now.teams, board.teams)
            self._month, self._months = now, Months(site[0], teams, month(now.everyone, board.everyone)[0])
        if told is not self._told:
            self._told, self._desks = told, self._view.of(told, listed)
        return Prepared(self._months, self._desks)
