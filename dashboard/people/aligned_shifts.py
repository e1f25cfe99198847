"""The finished shifts of history on the rows of the running floor, aligned again only when something of it changed."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from dashboard.floor.lines import LineName
from dashboard.people.history import History
from dashboard.people.shift_window import Sums, past
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole


class Past:
    """Attributes, one element per line: ``sums`` of the shifts before the running one; ``carried_s`` how long a state had lasted
    when the day began; ``restart`` ordinal of the day of the acknowledged review, 0 = none.
    """

    def __init__(self, people: Sequence[LineName], history: History | None, restarts: Mapping[str, date]) -> None:
        self.history, self.restarts, self.lines = history, dict(restarts), len(people)
        at = history.agents if history is not None else {}
        self._rows = np.array([at.get(person.id, -1) for person in people], np.int64)
        found = [restarts.get(person.id) for person in people] if restarts else []
        self.restart = np.zeros(self.lines, np.int64)
        self.restart[: len(found)] = [day.toordinal() if day else 0 for day in found]
        self.sums = self._sums()
        self.carried_s = self._of(history.carried_s) if history is not None else np.zeros(self.lines, np.int64)

    def holds(self, history: History | None, restarts: Mapping[str, date], lines: int) -> bool:
        """Whether nothing changed since."""
        return history is self.history and lines == self.lines and restarts == self.restarts

    def _of(self, values: Whole) -> Whole:
        return np.where(self._rows >= 0, np.append(values, 0)[self._rows], 0)

    def _sums(self) -> Sums:
        if self.history is None or not self.history.days:
            return Sums(np.zeros(self.lines), np.zeros(self.lines), np.zeros(self.lines, np.int64))
        days = np.array([day.toordinal() for day in self.history.days], np.int64)
        return past(self._days(self.history.counted), self._days(self.history.expected), days, self.restart)

    def _days(self, values: Numbers) -> Numbers:
        nobody = np.full((1, values.shape[1]), np.nan)
        return np.concatenate([values, nobody])[self._rows]
