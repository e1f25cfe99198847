"""Rows of figures in which few people stand behind a number at this moment (docs/rules.md 9).

A row of many people can have figures of few: those who had a call by now, who are signed in, who were evaluated. Such a row is
empty in these figures, and so are further rows where the whole less the others would give the figures of few.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from dashboard.floor.day_ring import NOBODY
from dashboard.floor.judgement import Judgement
from dashboard.floor.lines import Lines
from dashboard.rules.figures import Flags, Whole
from dashboard.rules.small_groups import Detail, detail_of, hidden_groups

WHOLE = -1
"""In the place of a row: all lines together."""


@dataclass(frozen=True)
class FewPeople:
    """The rows of one table whose figures stand for few, and how exact the figures of the assessed of each may be."""

    acting: Mapping[str, Whole]
    """What people do (call, evaluated ...) -> (rows,): how many of each row did."""
    silent: Mapping[str, frozenset[int]]
    """The same -> the rows whose figures of that are empty; WHOLE among them: so are those of all lines together."""
    agents: Flags
    """(lines,): whether the line is an agent."""
    detail: tuple[Detail, ...]
    """(rows + 1,): the last is that of all lines together."""


def is_few(people: int, least: int) -> bool:
    """Whether a figure would be that of a few persons."""
    return 0 < people < least


def few_people(
    lines: Lines,
    place: Whole,
    rows: int,
    unshown: Collection[int],
    acts: Mapping[str, Flags],
    assessed: Flags,
    least: int,
    goes_on: bool = False,
) -> FewPeople:
    """``place``: (lines,) the row of each, 0..rows-1; ``unshown``: the rows that nobody sees; ``acts``: who does what.

    ``goes_on``: the figures go on from day to day, so the row that is empty beside few others is the same on both days, whoever
    moved: the one with the first agent by id.
    """
    agents = agents_of(lines)
    acting, silent = {}, {}

    def first_id(row: int) -> str:
        return min(lines.people[line].id for line in np.nonzero((place == row) & agents)[0].tolist())

    for name, flags in acts.items():
        found = np.bincount(place[flags & agents], minlength=rows)
        whole = {WHOLE} if is_few(int(found.sum()), least) else set[int]()
        acting[name] = found
        silent[name] = (
            hidden_groups([found[:, None]], least, unshown, first_id if goes_on else None) - {*unshown}
        ) | whole
    people, judged = (np.bincount(place[flags], minlength=rows).tolist() for flags in (agents, agents & assessed))
    pairs = [*zip(judged, people, strict=True), (sum(judged), sum(people))]
    return FewPeople(acting, silent, agents, tuple(detail_of(part, all - part, least) for part, all in pairs))


def acts_of(judged: Judgement) -> dict[str, Flags]:
    """Flags of the lines with a call, an evaluation, a survey in a period."""
    column = judged.counted.column
    names = {"call": "attempts", "evaluated": "evaluations", "surveyed": "surveys_offered"}
    return {act: np.asarray(column(name) > 0, np.bool_) for act, name in names.items()}


def few_of_subset(
    of: FewPeople, inner: Collection[int], outer: Collection[int], members: Flags, acts: Mapping[str, Flags], least: int
) -> frozenset[str]:
    """What a table over ``members`` (lines,) may not show, beside the rows of ``of`` and their whole: the names of ``acts``.

    ``inner``, ``outer``: the shown rows of ``of`` that lie in it, and those outside of it.
    """
    found = set()
    for name, flags in acts.items():
        acting, silent = of.acting[name], of.silent[name]
        inside = int((flags & members & of.agents).sum())
        outside = int(acting.sum()) - inside
        rests = [
            people - sum(int(acting[row]) for row in rows if row not in silent)
            for people, rows in ((inside, inner), (outside, outer))
        ]
        if any(is_few(people, least) for people in (inside, outside, *rests)):
            found.add(name)
    return frozenset(found)


def agents_of(lines: Lines) -> Flags:
    """(lines,): whether the line is an agent."""
    found = np.ones(len(lines), np.bool_)
    found[[row for line in NOBODY if (row := lines.find_row(line)) is not None]] = False
    return found
