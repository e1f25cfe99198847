"""The baseline of one agent, score by score: what the samples of all agents are held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dashboard.rules.ewma import LEAST_SCORES
from dashboard.rules.figures import Reason


class BaselineSource(StrEnum):
    """The earlier scores from which the limits come: the agent's own or the team's."""

    OWN = "own"
    TEAM = "team"


@dataclass(frozen=True)
class Baseline:
    """Where an agent's scores come from; ``basis`` None with the reason: no verdict."""

    basis: BaselineSource | None
    reason: Reason
    mu: float
    sigma: float


def baseline(own: Sequence[float], team: Sequence[float]) -> Baseline:
    """Scores of the previous 20 shifts, of the agent and of the team -> mean and sample deviation to judge by."""
    for basis, scores in ((BaselineSource.OWN, own), (BaselineSource.TEAM, team)):
        if len(scores) >= LEAST_SCORES:
            # Equal scores have no variation, whatever binary rounding makes of their mean.
            sigma = float(np.std(scores, ddof=1)) if max(scores) > min(scores) else 0.0
            reason = Reason.NONE if sigma > 0 else Reason.NO_VARIATION
            return Baseline(basis, reason, float(np.mean(scores)), sigma)
    return Baseline(None, Reason.TOO_FEW_SCORES, np.nan, np.nan)
