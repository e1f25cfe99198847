"""The single scores of a floor: one per evaluation and agent, in order of (time, id), read from the ledger and kept up."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.rules.figures import Whole
from streams.store.ledger_reader import EvaluationLine, FactLine


class Score(NamedTuple):
    """One evaluation: when it was given (ms), its id, its agent (a number), and its points in hundredths."""

    at_ms: int
    id: str
    agent: int
    points: int


class Scores(NamedTuple):
    """Columns of one length, in order of (time, id): ms, number of the agent, hundredths of a point, id."""

    at_ms: Whole
    agent: Whole
    points: Whole
    ids: NDArray[np.object_]

    def replaced(self, gone: Iterable[Score], new: Iterable[Score]) -> "Scores":
        """Without the scores ``gone`` and with ``new`` in their places."""
        kept = np.ones(len(self.at_ms), np.bool_)
        kept[self.find_places(_columns_of(list(gone)))] = False
        left, more = Scores._make(column[kept] for column in self), _columns_of(sorted(new))
        at = left.find_places(more)
        return Scores._make(np.insert(column, at, values) for column, values in zip(left, more, strict=True))

    def find_places(self, others: "Scores") -> Whole:
        """Where others stand, or belong."""
        first, end = (np.searchsorted(self.at_ms, others.at_ms, side) for side in ("left", "right"))
        for at in np.flatnonzero(end > first).tolist():
            first[at] = self._among(int(first[at]), int(end[at]), others.ids[at], int(others.agent[at]))
        return first

    def _among(self, first: int, end: int, id: str, agent: int) -> int:
        """The same among those of one time; an id stands there twice only while it is moved to another agent."""
        at = bisect_left(self.ids, id, first, end)
        while at < end and self.ids[at] == id and self.agent[at] < agent:
            at += 1
        return at


class ScoreIndex:
    """The evaluations of the ledger, applied line by line; ``scores`` are the ones in force.

    ``numbers``: agent ids as small integers, in the order of their first appearance. They only grow.

    The last line of an evaluation under one record key holds: a revised score replaces the first, an appealed one stays. A score
    whose record names another agent, or that is only decided so far, is not this agent's.
    """

    def __init__(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers
        self._known: defaultdict[int, dict[str, int]] = defaultdict(dict)
        self._changed: dict[tuple[int, str], Score | None] = {}
        self.scores = _columns_of([])

    def note(self, lines: Iterable[tuple[str, str, str, FactLine]]) -> int:
        """(kind, record key, id, line) in the order of writing, other kinds passed over -> how many wait for ``settle``."""
        for _, key, id, line in lines:
            # A decision alone says nothing of a score, which may lie in another partition.
            if isinstance(line, EvaluationLine) and line.version >= 0:
                agent = self._numbers.setdefault(key, len(self._numbers))
                self._changed[agent, id] = _score(agent, id, line)
        return len(self._changed)

    def settle(self) -> bool:
        """Brings ``scores`` up to what was noted; whether they are others now."""
        changed, self._changed = self._changed, {}
        if not changed:
            return False
        gone = [
            Score(at_ms, id, agent, 0)
            for agent, id in changed
            if (at_ms := self._known[agent].pop(id, None)) is not None
        ]
        new = [score for score in changed.values() if score is not None]
        self.scores = self.scores.replaced(gone, new)
        for score in new:
            self._known[score.agent][score.id] = score.at_ms
        return bool(gone or new)


def _score(agent: int, id: str, line: EvaluationLine) -> Score | None:
    if not line.gives:
        return None
    return Score(line.at_ms, id, agent, line.revised_points if line.revised_ms >= 0 else line.points)


def _columns_of(scores: list[Score]) -> Scores:
    ids = np.empty(len(scores), np.object_)
    ids[:] = [score.id for score in scores]
    at_ms, agent, points = (np.array([score[at] for score in scores], np.int64) for at in (0, 2, 3))
    return Scores(at_ms, agent, points, ids)
