"""The running shift against its peers, stratum by stratum, no agent by himself."""

from dataclasses import dataclass

import numpy as np

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Codes, Whole
from dashboard.rules.peers import RateSource, expected


@dataclass(frozen=True, eq=False)
class PeersNow:
    """Per line."""

    per_hour: Numbers
    """(hour blocks x lines): calls per hour of exposure of his peers; NaN where there is no rate."""
    basis: Codes
    """(lines,): the weakest of ``RateSource`` in a block with exposure."""
    expected: Numbers
    """(lines,): L; NaN where it is not known, or without exposure."""


def peers_now(counted: Whole, exposure_s: Whole, history: Numbers, strata: Whole) -> PeersNow:
    """(hour blocks x lines) calls and exposure, (strata x hour blocks) rates of history, and the stratum of each line."""
    per_hour = np.full(counted.shape, np.nan)
    basis = np.full(counted.shape[1], RateSource.NO_VERDICT, np.int8)
    due = np.full(counted.shape[1], np.nan)
    for stratum, rates in enumerate(history):
        own = np.nonzero((strata == stratum) & exposure_s.any(axis=0))[0]
        found = expected(counted[:, own].T, exposure_s[:, own].T, rates)
        there = exposure_s[:, own].T > 0
        per_hour[:, own], due[own] = found.per_hour.T, found.count
        basis[own] = np.where(there, found.basis, np.int8(RateSource.PEERS_WITHOUT_HISTORY)).min(axis=1, initial=3)
    return PeersNow(per_hour, basis, due)
