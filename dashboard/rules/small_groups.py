"""Which groups are too small to be shown by themselves, and which of them are shown together (docs/rules.md 9).

Numbers of fewer than ``least`` people are numbers of persons. Whoever reads a surface can add its sums and take them from each
other, also from those of the day before. The sums of a surface are disjoint rows and their whole, so what can be reached so are
unions of the cells in which the rows of today cross those of yesterday, and what no row shows. So each of these has nobody, or
``least`` people or more; where it has fewer, further rows are hidden with it, the smallest first.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from enum import IntEnum
from typing import Any

import numpy as np

from dashboard.rules.figures import Flags, Whole

LEAST_MEMBERS = 8
"""Members from which on the numbers of a group are not those of persons."""


class Detail(IntEnum):
    """How exact the figures of the assessed of a row may be, beside sums over all of the row."""

    EXACT = 0
    """All are assessed, so both are sums of the same people."""
    COARSE = 1
    """Ratios to the hundredth, and no sum of the assessed: less the sum of all it would be that of the others."""
    RATIO = 2
    """The same and not what is due: the others are too few even for a rounded sum."""
    NONE = 3
    """The assessed are too few."""


def detail_of(assessed: int, others: int, least: int) -> Detail:
    """A row of so many assessed and other people -> the detail of the figures of the assessed; ``least`` 0: all."""
    if not least or not (assessed and others):
        return Detail.NONE if 0 < assessed < least else Detail.EXACT
    if assessed < least:
        return Detail.NONE
    return Detail.RATIO if others < least else Detail.COARSE


def hidden_groups(
    sizes: Sequence[Whole], least: int, hidden: Collection[int] = (), order: Callable[[int], Any] | None = None
) -> frozenset[int]:
    """The groups that are not shown by themselves: ``hidden``, and those that have to go with them; ``least`` 0: no more.

    ``sizes``: people of the groups, counted in one or several ways (on the roster, at work ...), each (groups x cells): the cells
    are the rows that were shown the day before, one where there were none. Groups with nobody are shown. ``order``: a key of the
    groups; the first of it is hidden where a further one must be. None: the smallest.
    """
    if not least:
        return frozenset(hidden)
    few = [np.nonzero(_is_few(each, least).any(axis=1))[0].tolist() for each in sizes]
    found = {*hidden, *(at for groups in few for at in groups)}
    left = [each[sorted(found)].sum(axis=0) for each in sizes]
    order = order or (lambda at: (int(sizes[0][at].sum()), at))
    while (at := _next_hidden(sizes, left, least, found, order)) is not None:
        found.add(at)
        left = [rest + each[at] for rest, each in zip(left, sizes, strict=True)]
    return frozenset(found)


def _next_hidden(
    sizes: Sequence[Whole], left: Sequence[Whole], least: int, found: Collection[int], order: Callable[[int], Any]
) -> int | None:
    """The first group by ``order`` with people in a cell of which few are left beside the shown groups."""
    for each, rest in zip(sizes, left, strict=True):
        for cell in np.nonzero(_is_few(rest, least))[0].tolist():
            others = [at for at in np.nonzero(each[:, cell])[0].tolist() if at not in found]
            if others:
                return int(min(others, key=order))
    return None


def _is_few(people: Whole, least: int) -> Flags:
    return np.asarray((people > 0) & (people < least), np.bool_)


def pools(
    hidden: Collection[int], sizes: Sequence[Whole], kinds: Sequence[Hashable], least: int
) -> list[tuple[int, ...]]:
    """Hidden groups -> those that are shown together: by kind where no kind has too few people, else all in one.

    ``sizes``: as in ``hidden_groups``. Where they are too few together there is no pool. A kind without people is in none.
    """

    def count(groups: Sequence[int]) -> int:
        return int(sizes[0][list(groups)].sum()) if sizes else 0

    def is_enough(groups: Sequence[int]) -> bool:
        return not any(_is_few(each[list(groups)].sum(axis=0), least).any() for each in sizes)

    by_kind: dict[Hashable, list[int]] = {}
    for at in sorted(hidden):
        by_kind.setdefault(kinds[at], []).append(at)
    if all(map(is_enough, by_kind.values())):
        return [tuple(groups) for groups in by_kind.values() if count(groups) >= max(1, least)]
    everything = tuple(sorted(hidden))
    return [everything] if is_enough(everything) and count(everything) >= least else []
