"""The window of 20 shifts, the running one and the 19 before it: its sums, evidence and verdict (docs/rules.md 9). Pure.

A finished shift is a business day with exposure whose expected count is known; NaN = no such shift. After a review is
acknowledged the window holds only later shifts.
"""

from typing import NamedTuple

import numpy as np

from dashboard.rules import evidence
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import Verdict, softened, verdict
from dashboard.rules.figures import Codes, Flags, Whole
from dashboard.rules.peers import WINDOW

PAST = WINDOW - 1


class Sums(NamedTuple):
    """Per agent: N and L over some shifts, and how many these are."""

    counted: Numbers
    expected: Numbers
    shifts: Whole


def recent(known: Flags, most: int = PAST) -> Flags:
    """(agents x days, oldest first): of each agent's shifts the last ``most``."""
    return np.asarray(known & (np.cumsum(known[:, ::-1], axis=1)[:, ::-1] <= most), np.bool_)


def past(counted: Numbers, expected: Numbers, days: Whole, restart: Whole) -> Sums:
    """(agents x days) N and L, NaN = no shift; ordinals of the days; per agent the day of the acknowledged review, 0 = none."""
    known = ~np.isnan(expected) & (days > restart[:, None])
    within = recent(known)
    n, due = (np.where(within, values, 0.0).sum(axis=1) for values in (counted, expected))
    return Sums(n, due, within.sum(axis=1))


def with_running(before: Sums, counted: Numbers, expected: Numbers, restarted: Flags) -> Sums:
    """The finished shifts and the running one. No expected count (NaN), or restarted today: it is not in the window."""
    there = ~np.isnan(expected) & ~restarted
    return Sums(
        before.counted + np.where(there, counted, 0.0),
        before.expected + np.where(there, expected, 0.0),
        before.shifts + there,
    )


def spread(sums: Sums, phi: Numbers, strata: Whole, count: int) -> Numbers:
    """k of each agent: one per stratum (code below ``count``), from its agents' windows; 100 where there are too few."""
    k = np.full(len(phi), evidence.DEFAULT_K)
    for stratum in range(count):
        own = np.nonzero((strata == stratum) & (sums.shifts > 0) & ~np.isnan(phi))[0]
        if len(own):
            found = evidence.spread_between(sums.counted[own], sums.expected[own], float(phi[own[0]]))
            k[strata == stratum] = found
    return k


def judged(
    sums: Sums, phi: Numbers, log_e: Numbers, here: Flags, review_open: Flags, net: Numbers, target_by_now: Numbers
) -> Codes:
    """Codes of ``Verdict`` for display; none without ``here``, a running shift that says something.

    The latch of a review is the open episode, so the verdict depends on nothing shown before.
    """
    due = np.where(here, sums.expected, np.nan)
    found = verdict(due, phi, log_e, review_open)
    was = np.where(review_open, Verdict.REVIEW, Verdict.ON_PACE).astype(np.int8)
    return softened(found, was, net, target_by_now)
