"""What the pages show of every agent, as arrays: cheap to make, and cheap to compare with the tick before."""

from dataclasses import dataclass

import numpy as np

from dashboard.counts.facts import Facts, Whole
from dashboard.counts.ring import Minutes
from dashboard.judging.judgement import Judgement
from dashboard.rules.deduction import Numbers
from dashboard.rules.eligibility import Ineligible, Standing
from dashboard.rules.figures import Reason
from streams.metrics import Rows

UNKNOWN = -1.0
WHOLE = (
    "state", "since", "handled", "pending", "converted", "score", "scored", "satisfied", "answered", "short",
    "assessed", "why",
)  # fmt: skip
REAL = ("deducted", "net", "aht_s", "due", "pace")
WHY = ("not_assessed", "leave", *(reason.name.lower() for reason in Reason))
"""Why a row has no pace. Of the reasons against assessing somebody a page shows only the first two words."""
_REASONS = WHY.index("none")
_LEAVE = frozenset({Ineligible.MATERNITY_LEAVE, Ineligible.LEAVE_OVER_HALF})


@dataclass(frozen=True)
class AgentTable:
    """Per line of ``lines``; -1 stands for "not known" (none of these is ever negative)."""

    whole: Whole
    """(lines x len(WHOLE)); ``why`` is an index into WHY."""
    real: Numbers
    """(lines x len(REAL))."""
    quarters: Minutes
    spark_from: list[int]
    """Per team: the quarter hour in which its first call of today lies."""


def agent_table(facts: Facts, judged: Judgement, why: Whole) -> AgentTable:
    """One tick, judged -> the table. ``why`` as ``unassessed`` gives it."""
    column = judged.counted.column
    busy = column("talk_s") + column("hold_s") + column("wrap_s")
    score = _quotient(column("evaluation_points"), column("evaluations"), 0).astype(np.int64)
    whole = np.column_stack(
        [facts.state, facts.since_ms, column("handled"), judged.pending, column("converted"), score]
        + [column(name) for name in ("evaluations", "surveys_satisfied", "surveys_answered", "short")]
        + [judged.assessed, np.where(judged.assessed, _REASONS + judged.pace.pace.reason, why)]
    )
    shown, paced = judged.deduction.shown, judged.pace
    due = np.where(np.isnan(paced.by_now), UNKNOWN, np.round(paced.by_now, 1))
    pace = np.where(np.isnan(paced.pace.value), UNKNOWN, np.round(paced.pace.value, 3))
    real = np.column_stack([shown.deducted, shown.net, _quotient(busy, column("handled"), 1), due, pace])
    return AgentTable(whole, real, facts.quarters, _first_quarters(facts))


def unassessed(standings: tuple[Standing, ...]) -> Whole:
    """Why each row is not assessed, as far as a page may say so; of an assessed row it says nothing."""
    return np.array(
        [WHY.index("leave" if _LEAVE & set(each.reasons) else "not_assessed") for each in standings], np.int64
    )


def _first_quarters(facts: Facts) -> list[int]:
    """Per team the first quarter hour with a call; past the last one where there is none."""
    called = facts.quarters > 0
    none = called.shape[1]
    of_agent = np.where(called.any(axis=1), called.argmax(axis=1), none)
    of_team = np.full(len(facts.lines.teams) + 1, none)
    np.minimum.at(of_team, facts.lines.team + 1, of_agent)
    first: list[int] = of_team[1:].tolist()
    return first


def _quotient(part: Rows, whole: Rows, decimals: int) -> Numbers:
    """part / whole; -1 where whole is 0."""
    return np.where(whole > 0, np.round(part / np.maximum(whole, 1), decimals), UNKNOWN)
