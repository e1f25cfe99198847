"""Evidence, trend and flags per line -> the columns that stand beside the counts of an agent.

Agents who are not assessed have no evidence, no limits and no flag.
"""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from dashboard.board.side_jobs import FlagsNow
from dashboard.floor.agent_table import FLAGS, MarkColumns, known_or, no_marks
from dashboard.floor.lines import Lines
from dashboard.people.evidence import EvidenceNow
from dashboard.people.quality_charts import Trended
from dashboard.rules.evidence import Verdict
from dashboard.rules.ewma import TrendState
from dashboard.rules.figures import Flags, Whole

_RATIO_DECIMALS = 2
_TREND_DECIMALS = 1
_WATCH = FLAGS.index("watch")


def agent_marks(
    lines: Lines, evidence: EvidenceNow | None, trend: Trended | None, flags: FlagsNow | None, assessed: Flags
) -> MarkColumns:
    """The columns; None: no mark of this kind. A ratio that is too early is not given."""
    flag, flag_since = _flags(lines, evidence, flags, assessed)
    marks = replace(no_marks(len(lines)), flag=flag, flag_since=flag_since)
    if trend is not None:
        marks = replace(marks, trend=known_or(trend.z, _TREND_DECIMALS), trend_state=trend.state.astype(np.int64))
    if evidence is None:
        return marks
    early = evidence.too_early | np.isnan(evidence.peer_ratio)
    ends = (evidence.peer_ratio, evidence.low, evidence.high)
    peer, low, high = (known_or(np.where(early, np.nan, values), _RATIO_DECIMALS) for values in ends)
    return replace(marks, peer=peer, peer_low=low, peer_high=high, verdict=evidence.verdict.astype(np.int64))


def evidence_of_assessed(evidence: EvidenceNow, assessed: Flags) -> EvidenceNow:
    """The same evidence; every number about other agents is unknown."""
    columns: dict[str, Any] = {each.name: getattr(evidence, each.name) for each in fields(evidence)}
    for name, values in columns.items():
        if isinstance(values, np.ndarray) and values.dtype.kind == "f":
            columns[name] = np.where(assessed, values, np.nan)
    verdict = np.where(assessed, evidence.verdict, Verdict.NO_VERDICT).astype(np.int8)
    return EvidenceNow(**columns | {"verdict": verdict, "drop": evidence.drop & assessed})


def trend_of_assessed(trended: Trended, assessed: Flags) -> Trended:
    """The same smoothed scores, which are facts; limits and state, which judge, for the assessed alone."""
    state = np.where(assessed, trended.state, TrendState.NONE).astype(np.int8)
    low, high = (np.where(assessed, ends, np.nan) for ends in (trended.low, trended.high))
    return replace(trended, low=low, high=high, state=state)


def _flags(lines: Lines, evidence: EvidenceNow | None, flags: FlagsNow | None, assessed: Flags) -> tuple[Whole, Whole]:
    """Index into FLAGS and since when, -1 where there is none. A watch is not stored, so it has no beginning."""
    flag, since = np.full((2, len(lines)), -1, np.int64)
    if evidence is not None:
        flag[evidence.verdict == Verdict.WATCH] = _WATCH
    for agent, open_flag in (flags.open if flags is not None else {}).items():
        row = lines.find_row(agent)
        if row is not None:
            flag[row], since[row] = FLAGS.index(open_flag.rule), open_flag.since_ms
    return np.where(assessed, flag, -1), np.where(assessed, since, -1)
