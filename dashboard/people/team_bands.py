"""The band of a team's bar (docs/rules.md 8): how its calls per expected call vary from day to day, by its own last 20 days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.rules.bands import LEAST_DAYS, between_days
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from dashboard.rules.peers import dispersion

_PIECE = 20
"""Teams between two rests."""


@dataclass(frozen=True, eq=False)
class TeamDays:
    """A team's last 20 business days with work, oldest first."""

    counted: Numbers
    expected: Numbers
    phi: float
    """From the shifts of its agents; NaN where they are too few."""
    tau_squared: float
    """From day to day beyond that; NaN with fewer than 20 days."""


def team_days(
    teams: Whole, ids: Sequence[str], counted: Numbers, expected: Numbers, rest: Callable[[], object] = lambda: None
) -> dict[str, TeamDays]:
    """(agents x days): index of the team of that day (-1 = none), N and L (NaN = no shift) -> by team."""
    known = ~np.isnan(expected)
    found = {}
    for at, team in enumerate(ids):
        own = (teams == at) & known
        rows = np.nonzero(own.any(axis=1))[0]
        n, due = (np.where(own[rows], values[rows], 0.0) for values in (counted, expected))
        found[team] = _days(n, due)
        if at % _PIECE == 0:
            rest()
    return found


def _days(counted: Numbers, expected: Numbers) -> TeamDays:
    """(its agents x days) N and L, 0 = no shift."""
    n, due = counted.sum(axis=0), expected.sum(axis=0)
    last = np.nonzero(due > 0)[0][-LEAST_DAYS:]
    phi = dispersion(counted, expected).phi
    tau_squared = between_days(n[last], due[last], phi) if not np.isnan(phi) else float("nan")
    return TeamDays(n[last], due[last], phi, tau_squared)
