"""Numbers as JSON carries them: whole where they are whole, rounded once, None where nothing is known."""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from msgspec import Struct

from dashboard.rules.deduction import Numbers

Piece = TypeVar("Piece", bound=Struct)
DECIMALS = 4
"""Digits after the point of a sum of weighted calls and of a share."""
TENTH = 1


def plain(value: float) -> int | float:
    """A sum of weighted calls: whole where it is whole, else to four decimals."""
    rounded = round(float(value), DECIMALS)
    return int(rounded) if rounded.is_integer() else rounded


def plain_all(values: Numbers) -> list[int | float]:
    """As ``plain``, of many."""
    rounded = np.round(values, DECIMALS)
    whole = rounded.astype(np.int64)
    found: list[int | float] = whole.tolist() if (whole == rounded).all() else [plain(value) for value in rounded]
    return found


def rounded(values: Numbers, decimals: int) -> list[float | None]:
    """Rounded, None where nothing is known (NaN)."""
    return [None if value != value else value for value in np.round(values, decimals).tolist()]


def score(points: float, scored: float) -> float | None:
    """Hundredths of points -> mean score to two decimals."""
    return round(points / scored / 100, 2) if scored else None


def share(part: float, whole: float | None) -> float | None:
    """Part / whole; None where there is no whole."""
    return round(part / whole, DECIMALS) if whole else None


def structs(of: type[Piece], **columns: Iterable[object]) -> list[Piece]:
    """Columns of equal length, one per field -> one struct per place."""
    return [of(*values) for values in zip(*(columns.pop(name) for name in of.__struct_fields__), strict=True)]
