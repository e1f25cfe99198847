"""Share satisfied with its 95 % Wilson interval, n and response rate (docs/rules.md 8). One element per row.

Wilson 1927; Newcombe 1998 (Stat Med 17:857), method 3.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Z95, Figures, Reason, figures, ratio


@dataclass(frozen=True)
class Share:
    """A share of answers, 0..1; NaN where nobody answered."""

    share: Figures
    low: Numbers
    high: Numbers
    response_rate: Numbers
    """answered / offered; NaN where nothing is known to be offered."""


def share(satisfied: ArrayLike, answered: ArrayLike, offered: ArrayLike) -> Share:
    """Counts (NaN = unknown) -> the share and its interval, cut to [0, 1]."""
    yes, n = np.asarray(satisfied, np.float64), np.asarray(answered, np.float64)
    asked = np.where(n > 0, n, np.nan)
    p = yes / asked
    middle = p + Z95 * Z95 / (2 * asked)
    half = Z95 * np.sqrt(p * (1 - p) / asked + Z95 * Z95 / (4 * asked * asked))
    scale = 1 + Z95 * Z95 / asked
    return Share(
        share=figures(p, (~(n > 0), Reason.NO_ANSWERS)),
        low=np.clip((middle - half) / scale, 0.0, 1.0),
        high=np.clip((middle + half) / scale, 0.0, 1.0),
        response_rate=ratio(n, offered),
    )
