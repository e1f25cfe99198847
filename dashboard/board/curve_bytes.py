"""What the curves of a team's agents are drawn from, beside his own counters -> the snapshot of its topic.

Written together with the evidence of the team. A web worker adds an agent's own minutes to it (dashboard.curves).
"""

from typing import Any

import numpy as np
import orjson

from dashboard.floor.lines import Lines
from dashboard.people.evidence import EvidenceNow
from dashboard.people.quality_charts import Charted, Trended

_RATE_DECIMALS = 4
_PHI_DECIMALS = 4
_SCORE_DECIMALS = 4


def curve_bytes(
    lines: Lines, evidence: EvidenceNow, trended: Trended | None, charted: Charted | None, team: int
) -> bytes:
    """The fields of one team's snapshot after the head.

    Per agent ``rates`` (calls per hour of exposure of his peers, by hour block of the day), ``phi``, ``carried_s``, and of his
    chart of quality ``mu``, ``sigma`` and ``scores`` (0-100, in order). Unknown is null.
    """
    rows = lines.members[team]
    rates = np.round(evidence.per_hour[:, rows].T, _RATE_DECIMALS).tolist()
    phi = np.round(evidence.phi[rows], _PHI_DECIMALS).tolist()
    carried = evidence.carried_s[rows].tolist()
    agents: dict[str, dict[str, Any]] = {
        lines.people[row].id: {"rates": rates[at], "phi": phi[at], "carried_s": carried[at]}
        for at, row in enumerate(rows)
    }
    if trended is not None and charted is not None:
        for row in rows:
            agents[lines.people[row].id] |= _quality(trended, charted, row)
    return b',"at":%d,"agents":%b}' % (evidence.at_ms, orjson.dumps(agents))


def _quality(trended: Trended, charted: Charted, row: int) -> dict[str, Any]:
    """Of whom nothing may be said there are no limits: of him nothing is charted."""
    if np.isnan(trended.low[row]):
        return {}
    mu, sigma = (round(float(values[row]), _SCORE_DECIMALS) for values in (trended.mu, trended.sigma))
    return {"mu": mu, "sigma": sigma, "scores": charted.of(row).tolist()}
