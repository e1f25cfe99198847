"""Evidence, trend and flags per line -> the columns that stand beside the counts of an agent."""

from dataclasses import replace

import numpy as np

from dashboard.board.side_jobs import FlagsNow
from dashboard.floor.agent_table import FLAGS, MarkColumns, known_or, no_marks
from dashboard.floor.lines import Lines
from dashboard.floor.tick_facts import Whole
from dashboard.people.evidence import EvidenceNow
from dashboard.people.quality_charts import Trended
from dashboard.rules.evidence import Verdict
from dashboard.rules.figures import Flags

_RATIO_DECIMALS = 2
_TREND_DECIMALS = 1
_WATCH = FLAGS.index("watch")


def beside(
    lines: Lines, evidence: EvidenceNow | None, trend: Trended | None, flags: FlagsNow | None, assessed: Flags
) -> MarkColumns:
    """None: nothing is said of it. A ratio is not said while it is too early, nor a flag of who is not assessed."""
    flag, flag_since = _flags(lines, evidence, flags, assessed)
    said = replace(no_marks(len(lines)), flag=flag, flag_since=flag_since)
    if trend is not None:
        said = replace(said, trend=known_or(trend.z, _TREND_DECIMALS), trend_state=trend.state.astype(np.int64))
    if evidence is None:
        return said
    early = evidence.too_early | np.isnan(evidence.peer_ratio)
    ends = (evidence.peer_ratio, evidence.low, evidence.high)
    peer, low, high = (known_or(np.where(early, np.nan, values), _RATIO_DECIMALS) for values in ends)
    return replace(said, peer=peer, peer_low=low, peer_high=high, verdict=evidence.verdict.astype(np.int64))


def _flags(lines: Lines, evidence: EvidenceNow | None, flags: FlagsNow | None, assessed: Flags) -> tuple[Whole, Whole]:
    """Index into FLAGS and since when, -1 where there is none. Of a watch nothing is kept, so it has no beginning."""
    flag, since = np.full((2, len(lines)), -1, np.int64)
    if evidence is not None:
        flag[evidence.verdict == Verdict.WATCH] = _WATCH
    for agent, found in (flags.open if flags is not None else {}).items():
        row = lines.find_row(agent)
        if row is not None:
            flag[row], since[row] = FLAGS.index(found.rule), found.since_ms
    return np.where(assessed, flag, -1), np.where(assessed, since, -1)
