"""What may be said about a person during the day (docs/rules.md 9), and never more than the evidence bears."""

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import LEAST_EXPECTED, REVIEW, WATCH
from dashboard.rules.figures import Codes, Flags


class Verdict(IntEnum):
    """The word on screen is the name in lower case."""

    NO_VERDICT = 0
    REVIEW = 1
    TOO_EARLY = 2
    WATCH = 3
    ON_PACE = 4


def verdict(expected: Numbers, phi: ArrayLike, log_e: Numbers, review_open: Flags) -> Codes:
    """L and phi (NaN = unknown), ln E and whether a review is open -> codes of ``Verdict``, the first that holds."""
    scale = np.asarray(phi, np.float64)
    masks = [
        np.isnan(expected) | np.isnan(scale),
        (log_e >= np.log(REVIEW)) | review_open,
        expected / scale < LEAST_EXPECTED,
        log_e >= np.log(WATCH),
    ]
    order = [Verdict.NO_VERDICT, Verdict.REVIEW, Verdict.TOO_EARLY, Verdict.WATCH]
    return np.asarray(np.select(masks, order, Verdict.ON_PACE), np.int8)


def softened(found: Codes, was: Codes, net: Numbers, target_by_now: Numbers) -> Codes:
    """Who is on target (net >= target by now > 0) is not flagged: a watch or a new review is shown as on pace.

    ``was`` are the verdicts shown before: a review that already stood stays until it is acknowledged.
    """
    on_target = (net >= target_by_now) & (target_by_now > 0)
    new = (found == Verdict.WATCH) | ((found == Verdict.REVIEW) & (was != Verdict.REVIEW))
    return np.where(on_target & new, Verdict.ON_PACE, found).astype(np.int8)
