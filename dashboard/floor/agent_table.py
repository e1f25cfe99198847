"""The table of all agents as the pages show it, in numbers that are cheap to compare with those of the tick before."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.floor.day_ring import Minutes
from dashboard.floor.judgement import Judgement
from dashboard.floor.reported import Reported
from dashboard.floor.tick_facts import STATE_CODES, TickFacts
from dashboard.rules.deduction import Numbers
from dashboard.rules.eligibility import Ineligible, Standing
from dashboard.rules.evidence import Verdict
from dashboard.rules.ewma import TrendState
from dashboard.rules.figures import Reason, Whole
from streams.metrics import Rows

UNKNOWN = -1.0
FLAGS = ("review", "drop", "quality", "watch")
"""The marks next to a name, the gravest first."""
WHY = ("not_assessed", "leave", *(reason.name.lower() for reason in Reason), "works_council")
"""Why a row has no pace. Pages show only the first two words as reasons against assessing an agent."""
COLUMNS: dict[str, Any] = {
    "state": str | None,
    "since": int | None,
    "handled": int,
    "deducted": float | None,
    "pending": float | None,
    "net": float,
    "converted": int,
    "aht_s": float | None,
    "spark": list[int],
    "score": float | None,
    "scored": int | None,
    "satisfied": int | None,
    "answered": int | None,
    "short": int,
    "talks_known": int,
    "due": float | None,
    "pace": float | None,
    "assessed": bool,
    "why": str | None,
    "trend": float | None,
    "trend_state": str | None,
    "peer": float | None,
    "peer_low": float | None,
    "peer_high": float | None,
    "verdict": str | None,
    "flag": str | None,
    "flag_since": int | None,
}
"""The columns of a row in a frame behind the agent's name, with their types. The name of a metric is its count of the day."""
NUMBERS = tuple(name for name in COLUMNS if name != "spark")
"""The columns that are a number per line."""
WORDS: dict[str, tuple[str | bool | None, ...]] = {
    "state": STATE_CODES,
    "assessed": (False, True),
    "why": tuple(None if word == "none" else word for word in WHY),
    "trend_state": tuple(state.word for state in TrendState),
    "verdict": tuple(verdict.name.lower() for verdict in Verdict),
    "flag": FLAGS,
}
"""The columns that are codes: an index into these."""
_REASONS = WHY.index("none")
_OF_A_JUDGEMENT = ("since", "aht_s", "score", "due", "pace")
"""Unknown where no person is judged."""
_NO_JUDGEMENT = [WHY.index(word) for word in ("not_assessed", "none")]
_LEAVE = frozenset({Ineligible.MATERNITY_LEAVE, Ineligible.LEAVE_OVER_HALF})


@dataclass(frozen=True)
class MarkColumns:
    """Evidence, trend and flag of every line as the pages show them; -1 stands for "not known"."""

    trend: Numbers
    """Smoothed quality score, points on 0-100."""
    trend_state: Whole
    peer: Numbers
    """Ratio to the peers' expectation of the shift, and its 90 % interval."""
    peer_low: Numbers
    peer_high: Numbers
    verdict: Whole
    flag: Whole
    """Index into FLAGS."""
    flag_since: Whole
    """Ms since 1970."""


@dataclass(frozen=True)
class AgentTable:
    """Per line of ``lines``; -1 stands for "not known" (none of these is ever negative)."""

    numbers: Numbers
    """(len(NUMBERS) x lines)."""
    quarters: Minutes
    spark_from: list[int]
    """Per team, and last for the agents in no team: the quarter hour of the first call of today."""

    def column(self, name: str) -> Numbers:
        """One column, an element per line."""
        return np.asarray(self.numbers[NUMBERS.index(name)], np.float64)


def no_marks(lines: int) -> MarkColumns:
    """No line has a mark."""
    unknown, none = np.full(lines, UNKNOWN), np.full(lines, -1, np.int64)
    return MarkColumns(unknown, none, unknown, unknown, unknown, none, none, none)


def agent_table(
    facts: TickFacts, judged: Judgement, why: Whole, beside: MarkColumns, persons: bool = True
) -> AgentTable:
    """One tick, judged -> the table. ``why`` as ``unassessed`` gives it; ``persons`` False: no person is judged."""
    column = judged.counted.column
    shown, paced = judged.deduction.current, judged.pace
    columns = {
        "state": facts.state,
        "since": facts.since_ms,
        "deducted": np.round(shown.deducted, 4),
        "pending": judged.pending,
        "net": np.round(shown.net, 4),
        "aht_s": _quotient(judged.facts.handle_s, column("handled"), 1),
        "score": _quotient(_quotient(column("evaluation_points"), column("evaluations"), 0), 100, 2),
        "scored": column("evaluations"),
        "satisfied": column("surveys_satisfied"),
        "answered": column("surveys_answered"),
        "due": known_or(paced.by_now, 1),
        "pace": known_or(paced.pace.value, 3),
        "assessed": judged.assessed,
        "why": np.where(judged.assessed, _REASONS + paced.pace.reason, why),
        **{name: getattr(beside, name) for name in MarkColumns.__dataclass_fields__},
    }
    unknown = unreported_columns(facts.reported)
    if not persons:
        unknown |= {*_OF_A_JUDGEMENT}
        columns["assessed"] = np.zeros(len(facts.lines), np.int64)
        columns["why"] = np.where(np.isin(columns["why"], _NO_JUDGEMENT), WHY.index("works_council"), columns["why"])
    numbers = np.empty((len(NUMBERS), len(facts.lines)))
    for at, name in enumerate(NUMBERS):
        numbers[at] = UNKNOWN if name in unknown else columns[name] if name in columns else column(name)
    return AgentTable(numbers, facts.quarters, _first_quarters(facts))


_OF_A_SOURCE: dict[str, tuple[str, ...]] = {
    "calls": ("pace",),
    "states": ("state", "since"),
    "complaints": ("deducted", "pending"),
    "evaluations": ("scored", "trend", "trend_state"),
    "surveys": ("satisfied", "answered"),
}
"""Kind of facts -> the columns made from it."""


def unreported_columns(known: Reported) -> frozenset[str]:
    """The columns that are unknown because no source has ever reported the facts they are made of."""
    return frozenset(name for kind, names in _OF_A_SOURCE.items() if not getattr(known, kind) for name in names)


def known_or(values: Numbers, decimals: int) -> Numbers:
    """Rounded; -1 where the value is unknown (NaN)."""
    return np.where(np.isnan(values), UNKNOWN, np.round(values, decimals))


def unassessed(standings: tuple[Standing, ...]) -> Whole:
    """Index into WHY of the reason against assessing each row, as far as a page may show it; meaningless for an assessed row."""
    return np.array(
        [WHY.index("leave" if _LEAVE & set(each.reasons) else "not_assessed") for each in standings], np.int64
    )


def _first_quarters(facts: TickFacts) -> list[int]:
    """Per team, and last for the agents in no team, the first quarter hour with a call; past the last one where there is none."""
    called = facts.quarters > 0
    none = called.shape[1]
    of_agent = np.where(called.any(axis=1), called.argmax(axis=1), none)
    of_team = np.full(len(facts.lines.teams) + 1, none)
    np.minimum.at(of_team, facts.lines.team + 1, of_agent)
    first: list[int] = np.roll(of_team, -1).tolist()
    return first


def _quotient(part: Numbers | Rows, whole: Rows | int, decimals: int) -> Numbers:
    """part / whole; -1 where whole is 0 or part is unknown."""
    found = np.round(part / np.maximum(whole, 1), decimals)
    return np.where((np.asarray(whole) > 0) & (part >= 0), found, UNKNOWN)
