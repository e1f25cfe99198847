"""Attainment, pace and required rate (docs/rules.md 4): net against what is owed, one element per agent."""

from dataclasses import dataclass

import numpy as np

from dashboard.rules.deduction import Numbers, lowered
from dashboard.rules.figures import Codes, Figures, Reason, Whole, figures, ratio

HOUR_S = 3600.0


@dataclass(frozen=True)
class Owed:
    """What is owed over one period, before forced work is taken off; one element per agent."""

    target: Numbers
    """Calls of the whole period; NaN = no target."""
    by_now: Numbers
    """Calls owed by now."""
    planned_s: Whole
    """Planned seconds of the whole period."""
    left_s: Whole
    """Planned seconds still to come."""


@dataclass(frozen=True)
class Pace:
    """Where an agent stands in a period."""

    target: Numbers
    """Calls, after what mode ``target`` takes off; NaN where there is none."""
    by_now: Numbers
    attainment: Figures
    """net / target of the whole period."""
    pace: Figures
    """net / target by now."""
    required_rate: Figures
    """Net calls per remaining planned hour."""
    reason: Codes
    """Why nothing can be said at all: ``NO_TARGET``, ``NO_PLANNED_HOURS``."""


def pace(net: Numbers, owed: Owed, off_target: Numbers) -> Pace:
    """Net calls, what is owed and what forced work takes from both targets (``Deduction.off_target``) -> pace."""
    target, by_now = lowered(owed.target, off_target), lowered(owed.by_now, off_target)
    nothing = (~(owed.target > 0), Reason.NO_TARGET), (owed.planned_s == 0, Reason.NO_PLANNED_HOURS)
    early = (~(owed.by_now > 0), Reason.NO_TIME_YET), (~(by_now > 0), Reason.NOTHING_OWED_YET)
    rate = ratio(np.maximum(0.0, target - net) * HOUR_S, owed.left_s)
    return Pace(
        target=target,
        by_now=by_now,
        attainment=figures(ratio(net, target), *nothing, (~(target > 0), Reason.NO_TARGET)),
        pace=figures(ratio(net, by_now), *nothing, *early),
        required_rate=figures(rate, *nothing, (owed.left_s == 0, Reason.NO_HOURS_LEFT)),
        reason=figures(target, *nothing).reason,
    )
