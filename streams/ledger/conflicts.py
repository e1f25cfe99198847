"""Finds duplicates that would count otherwise: two systems number their facts alike, or a correction has an old version.

A duplicate is folded once more into its line as the line was before it. Two lines conflict where their cells (agent, campaign,
queue), their minute or their amounts differ. Words (a reason, a topic, an id of another record) and the source are not
compared: bridges and replays rightly send the same again. Amounts that follow from a limit of the site are not compared
either, so a replay after a change of policy is no conflict.
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
"""Type of event -> the fields of a line that rank it, as they are before the first event. Other types have no conflicts."""
_BY_LIMIT = {"short", "effective", "in_time", "abandoned_short", "surveys_satisfied"}
_KINDS_OF_LINES = ("campaign", "queue", "project")


def line_before(line: FactLine, event: type) -> FactLine | None:
    """The line as if no event of that type had come, so that folding one applies. None: such events never conflict."""
    rank = _BEFORE.get(event)
    return None if rank is None else msgspec.structs.replace(line, **rank)


def call_conflict(stands: CallLine, came: CallLine, key: str) -> tuple[str, ...]:
    """Names of what differs between two lines of one call: kinds of lines, ``minute``, metrics. Empty: they count the same."""
    return _differing(_call_gives(stands, key), _call_gives(came, key))


def fact_conflict(stands: FactLine, came: FactLine, key: str) -> tuple[str, ...]:
    """As ``call_conflict``, for two lines of any other fact."""
    return _differing(fact_gives(stands, key), fact_gives(came, key))


def _call_gives(line: CallLine, key: str) -> list[Difference]:
    return [Difference(each, line.minute, call_amounts(line)) for each in call_lines(line, key)]


def _differing(stands: Iterable[Difference], came: Iterable[Difference]) -> tuple[str, ...]:
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
