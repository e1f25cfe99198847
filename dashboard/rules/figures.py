"""A number or the reason why there is none, one per agent: the result of every rule that may have no number."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.rules.deduction import Numbers

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]
HOUR_S = 3600.0
Z95 = 1.959963984540054
"""The quantile of a two-sided 95 % interval of the normal distribution."""


class Reason(IntEnum):
    """Why there is no number; ``NONE`` where there is one. On screen and in files it is the name in lower case."""

    NONE = 0
    NO_TARGET = 1
    NO_PLANNED_HOURS = 2
    NO_TIME_YET = 3
    NOTHING_OWED_YET = 4
    NO_HOURS_LEFT = 5
    NO_ANSWERS = 6
    TOO_FEW_SCORES = 7
    NO_VARIATION = 8
    TOO_FEW_SHIFTS = 9
    NO_VERDICT = 10

    @property
    def word(self) -> str | None:
        """``no_target``; None where there is a number."""
        return self.name.lower() if self else None


@dataclass(frozen=True)
class Figures:
    """One element per agent: the number, NaN where there is none, and the code of the reason."""

    value: Numbers
    reason: Codes


def figures(value: ArrayLike, *reasons: tuple[ArrayLike, Reason]) -> Figures:
    """Numbers and (mask, reason) pairs -> figures; of several reasons the first stands."""
    numbers = np.asarray(value, np.float64)
    codes = np.zeros(numbers.shape, np.int8)
    for mask, reason in reversed(reasons):
        codes[np.broadcast_to(np.asarray(mask, np.bool_), codes.shape)] = reason
    return Figures(np.where(codes == Reason.NONE, numbers, np.nan), codes)


def ratio(numerator: ArrayLike, divisor: ArrayLike) -> Numbers:
    """numerator / divisor; NaN where either is unknown (NaN) or the divisor is 0."""
    over, under = np.asarray(numerator, np.float64), np.asarray(divisor, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(under > 0, over / under, np.nan)


def fill_rows(values: np.ndarray, rows: int, filler: float = 0) -> np.ndarray:
    """The same array with rows of ``filler`` behind, where it has fewer than ``rows``."""
    more = rows - len(values)
    return np.concatenate([values, np.full((more, *values.shape[1:]), filler, values.dtype)]) if more > 0 else values
