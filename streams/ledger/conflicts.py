"""Duplicates that would give something else: two systems number their facts alike, or a correction kept its version.

What a duplicate *would give* is found by folding it once more into its line as the line was before it. What is given is the
lines (agent, campaign, queue), the minute and the amounts. Words (a reason, a topic, an id of another record) give nothing,
and neither does the source: bridges and replays rightly send the same again. Amounts that follow from others by a limit of
the site are not compared, so a replay after a change of policy is no conflict. A decision of one instant gives something else
where it names another agent, or as a revision another score.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np

from streams.events import (
    ComplaintDecided,
    ComplaintRecorded,
    ConductRecorded,
    EvaluationDecided,
    EvaluationScored,
    SurveyAnswered,
)
from streams.ledger.calls import CallLine, call_amounts, call_lines
from streams.ledger.facts import FactLine, fact_gives
from streams.ledger.outcome import Difference
from streams.metrics import NAMES, to_rows

_BEFORE: dict[type, dict[str, Any]] = {
    ComplaintRecorded: {"kind": None},
    ComplaintDecided: {"rank": (-1, 0)},
    EvaluationScored: {"version": -1},
    EvaluationDecided: {"revised_ms": -1, "appeal": (-1, 0)},
    SurveyAnswered: {"rank": -1},
    ConductRecorded: {"version": -1},
}
"""What ranks an event of a type in its line, as it is before any came. A type that is not here has no conflicts."""
_BY_LIMIT = {"short", "effective", "in_time", "abandoned_short", "surveys_satisfied"}
_KINDS_OF_LINES = ("campaign", "queue", "project")


def line_before(line: FactLine, event: type) -> FactLine | None:
    """A line as if no event of that type had ranked in it: folding one into it applies. None: such events never conflict."""
    rank = _BEFORE.get(event)
    return None if rank is None else msgspec.structs.replace(line, **rank)


def call_conflict(stands: CallLine, came: CallLine, key: str) -> tuple[str, ...]:
    """In what two lines of one call differ by what they give; empty: in nothing."""
    return _differing(_call_gives(stands, key), _call_gives(came, key))


def fact_conflict(stands: FactLine, came: FactLine, key: str) -> tuple[str, ...]:
    """The same of two lines of any other fact."""
    return _differing(fact_gives(stands, key), fact_gives(came, key))


def _call_gives(line: CallLine, key: str) -> list[Difference]:
    return [Difference(each, line.minute, call_amounts(line)) for each in call_lines(line, key)]


def _differing(stands: Iterable[Difference], came: Iterable[Difference]) -> tuple[str, ...]:
    """Lines by their kind, ``minute``, and metrics by name, in this order."""
    before, after = ({each.line: each for each in gives} for gives in (stands, came))
    found = sorted({_kind_of(line) for line in before.keys() ^ after.keys()})
    both = [(before[line], after[line]) for line in before if line in after]
    if any(one.minute != other.minute for one, other in both):
        found.append("minute")
    unequal = [one.amounts - other.amounts for one, other in both if one.amounts != other.amounts]
    changed: list[bool] = np.any(to_rows(unequal), axis=0).tolist() if unequal else [False] * len(NAMES)
    metrics = (name for name, is_other in zip(NAMES, changed, strict=True) if is_other and name not in _BY_LIMIT)
    return (*found, *metrics)


def _kind_of(line: str) -> str:
    return next((kind for kind in _KINDS_OF_LINES if line.startswith(f"~{kind}:")), "agent")
