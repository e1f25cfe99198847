"""``[[policies]]``: the tables -> dated blocks, and what must hold between them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from dashboard.rules import deduction, grades, scoring
from dashboard.site.models import GradeRow, PolicyTable, ProfileTable, WeightsTable
from dashboard.site.sections import Sections
from dashboard.site.toml_lines import KeyPath
from dashboard.site.types import PROFILES, PolicyBlock, Profile, default_grades, default_policies

_FAULTS = {
    "empty": "grades must have one bracket at least",
    "gap": "grades must follow each other without a gap, the first from 0, the last without upper",
    "overlap": "grades must not overlap: a bracket begins where the one before ends, and only the last is without upper",
    "disorder": "grades must rise: lower below upper, each bracket above the one before",
}


def policies(sections: Sections) -> tuple[PolicyBlock, ...]:
    """The blocks, oldest first; the defaults of docs/site.md where there are none."""
    read = sections.read_list(("policies",), PolicyTable)
    _check_dates(sections, read)
    return tuple(_block(sections, at, table) for at, table in read) or default_policies()


def _check_dates(sections: Sections, read: Sequence[tuple[int, PolicyTable]]) -> None:
    for (before, old), (at, new) in pairwise(read):
        if new.effective_from <= old.effective_from:
            line = sections.line(("policies", before, "effective_from"))
            message = f"policies.effective_from must be later than {old.effective_from} on line {line}: oldest first, "
            message += "one block a month"
            sections.add(("policies", at, "effective_from"), message)
    for at, table in read:
        if table.published_on and table.published_on.replace(day=1) > table.effective_from:
            message = f"policies.published_on must be in the month of effective_from {table.effective_from} or before: "
            message += "a rule judges no month that was over when it was published"
            sections.add(("policies", at, "published_on"), message)
    seen: dict[str, int] = {}
    for at, table in read:
        known = seen.setdefault(table.version, at)
        if known != at:
            line = sections.line(("policies", known, "version"))
            sections.add(
                ("policies", at, "version"), f'policies.version "{table.version}" is used before, on line {line}'
            )


def _block(sections: Sections, at: int, table: PolicyTable) -> PolicyBlock:
    path = ("policies", at)
    profiles = sections.read_list((*path, "profiles"), ProfileTable)
    return PolicyBlock(
        version=table.version,
        effective_from=table.effective_from,
        published_on=table.published_on,
        deduction=deduction.DeductionPolicy(**{**dict(table.deduction), "mode": deduction.Mode(table.deduction.mode)}),
        indices=scoring.IndexPolicy(**dict(table.indices)),
        grades=_grades(sections, path, table),
        excluded_posts=table.eligibility.excluded_posts,
        profiles={**PROFILES, **{each.id: _profile(each) for _, each in profiles}},
        tier_weights=_weights(table.tiers.weights, {}),
        close_from_day=table.closing.from_day,
        **dict(table.appeals),
    )


def _profile(table: ProfileTable) -> Profile:
    values: dict[str, Any] = dict(table)
    return Profile(**{**values, "weights": _weights(table.weights, PROFILES[table.direction].weights)})


def _weights(given: WeightsTable | None, otherwise: Mapping[str, float]) -> dict[str, float]:
    """Indices that weigh nothing are left out."""
    return dict(otherwise) if given is None else {name: weight for name, weight in given if weight}


def _grades(sections: Sections, path: KeyPath, table: PolicyTable) -> grades.Grades:
    closed = grades.ClosedEdge(table.grades_closed)
    if table.grades is None:
        return grades.Grades(default_grades().brackets, closed)
    brackets = tuple(_bracket(sections, (*path, "grades", n), row) for n, row in enumerate(table.grades))
    fault = grades.fault(brackets)
    if fault is not None:
        where = f" (lines {fault.lines[0]} and {fault.lines[1]})" if len(set(fault.lines)) > 1 else ""
        at = [bracket.line for bracket in brackets].index(fault.lines[-1]) if fault.lines else 0
        sections.add((*path, "grades", at), _FAULTS[fault.error] + where)
    return grades.Grades(brackets, closed)


def _bracket(sections: Sections, path: KeyPath, row: GradeRow) -> grades.Bracket:
    return grades.Bracket(sections.line(path), row.lower, row.upper, row.label, row.coefficient)
