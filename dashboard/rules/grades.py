"""Brackets of the score (docs/rules.md 5): their faults, and the grade of a score.

Brackets are contiguous from 0, the last open. ``closed`` says which edge belongs to a bracket: ``left`` is
[lower, upper), ``right`` is (lower, upper], where 0 belongs to the first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole

DECIMALS = 10_000
"""A score has four decimals."""
NO_GRADE = -1


class ClosedEdge(StrEnum):
    """The edge that belongs to a bracket."""

    LEFT = "left"
    RIGHT = "right"


class Bracket(NamedTuple):
    """One row of the table of grades; ``upper`` None = open. ``line`` is its line in the site file."""

    line: int
    lower: float
    upper: float | None
    label: str
    coefficient: float


class BracketFault(NamedTuple):
    """A mistake of the brackets: ``empty``, ``disorder``, ``overlap`` or ``gap``, and between which lines."""

    error: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Grades:
    """Brackets without fault, lowest first."""

    brackets: tuple[Bracket, ...]
    closed: ClosedEdge = ClosedEdge.LEFT

    @property
    def lowers(self) -> Numbers:
        """(brackets,)."""
        return np.array([bracket.lower for bracket in self.brackets])

    def least(self, at: Whole) -> Numbers:
        """The least four-decimal score of the brackets at these places; infinite above the last."""
        steps = self.lowers * DECIMALS
        first = np.ceil(steps - 1e-6) if self.closed is ClosedEdge.LEFT else np.floor(steps + 1e-6) + 1
        return np.asarray(np.append(first, np.inf)[np.clip(at, 0, len(self.brackets))] / DECIMALS, np.float64)


def fault(brackets: Sequence[Bracket]) -> BracketFault | None:
    """The first fault in file order; None if the brackets hold."""
    if not brackets:
        return BracketFault("empty", ())
    return min(_faults(brackets), key=lambda found: found.lines, default=None)


def grade(grades: Grades, score: Numbers) -> Whole:
    """Scores of four decimals -> the index of their bracket; ``NO_GRADE`` where there is no score (NaN)."""
    below = np.searchsorted(grades.lowers, score, side="right" if grades.closed is ClosedEdge.LEFT else "left")
    return np.where(np.isnan(score), NO_GRADE, np.maximum(below - 1, 0))


def _faults(brackets: Sequence[Bracket]) -> Iterator[BracketFault]:
    """All faults; within the same lines the one that matters first comes first."""
    for row in brackets:
        if row.upper is not None and row.upper <= row.lower:
            yield BracketFault("disorder", (row.line, row.line))
    for row, after in pairwise(brackets):
        error = _between(row, after)
        if error:
            yield BracketFault(error, (row.line, after.line))
    first, last = brackets[0], brackets[-1]
    if first.lower != 0:
        yield BracketFault("gap", (first.line, first.line))
    if last.upper is not None:
        yield BracketFault("gap", (last.line, last.line))


def _between(row: Bracket, after: Bracket) -> str | None:
    if after.lower <= row.lower:
        return "disorder"
    if row.upper is None or after.lower < row.upper:
        return "overlap"
    return "gap" if after.lower > row.upper else None
