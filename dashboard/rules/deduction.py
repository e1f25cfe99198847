"""The deduction of complaints and repeat enquiries from a volume (docs/rules.md 3): arrays in, arrays out, one element per agent.

The default: volume index = (calls handled - complaints handled) / target. A deduction acts on the sums of the
period shown and is floored at 0 once, per agent; tiers add floored nets. So on every line
``handled - deducted + floored == net``.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


class Mode(StrEnum):
    """The figure that the deduction acts on."""

    NUMERATOR = "numerator"
    """net = handled - weighted pending - weighted confirmed."""
    TARGET = "target"
    """net = handled; the same sum is taken from the target."""
    CONFIRMED = "confirmed"
    """As numerator, confirmed only: an appeal suspends the deduction."""
    OFF = "off"


CASE_STATES = ("pending", "confirmed", "reversed")
"""A complaint or repeat enquiry is in exactly one."""
_DEDUCTED = {Mode.NUMERATOR: ("pending", "confirmed"), Mode.CONFIRMED: ("confirmed",), Mode.TARGET: (), Mode.OFF: ()}
"""The states whose cases are taken from the calls."""


@dataclass(frozen=True)
class DeductionPolicy:
    """How a site deducts; weights are calls per complaint and per repeat enquiry."""

    mode: Mode = Mode.NUMERATOR
    complaint: float = 1.0
    repeat_enquiry: float = 1.0

    @property
    def weights(self) -> dict[str, float]:
        """Calls that a case weighs, by the plural that its metrics begin with."""
        return {"complaints": self.complaint, "repeat_enquiries": self.repeat_enquiry}


@dataclass(frozen=True)
class Deduction:
    """One reading of the pending cases; all in calls."""

    deducted: Numbers
    floored: Numbers
    net: Numbers
    off_target: Numbers
    """Calls to be taken from a target; 0 except in mode ``target``."""


@dataclass(frozen=True)
class DeductionRange:
    """The deduction of the cases as they stand, and the two ends of its provisional range."""

    current: Deduction
    if_confirmed: Deduction
    if_withdrawn: Deduction


def outcome(policy: DeductionPolicy, handled: ArrayLike, pending: Numbers, confirmed: Numbers) -> DeductionRange:
    """Calls and weighted cases (see ``weigh``), one element per agent -> the deduction and its range."""
    none = np.zeros_like(pending)
    return DeductionRange(
        current=deduct(policy, handled, pending, confirmed),
        if_confirmed=deduct(policy, handled, none, pending + confirmed),
        if_withdrawn=deduct(policy, handled, none, confirmed),
    )


def case_metrics(*states: str) -> tuple[str, ...]:
    """The metrics of cases in these states, in the order of ``DeductionPolicy.weights``."""
    return tuple(f"{kind}_{state}" for state in states for kind in DeductionPolicy().weights)


def case_weights(policy: DeductionPolicy) -> dict[str, float]:
    """Calls that a case takes from the volume, by its metric; 0 for one that takes none in the mode in force."""
    taken = _DEDUCTED[policy.mode]
    return {
        f"{kind}_{state}": weight * (state in taken) for kind, weight in policy.weights.items() for state in CASE_STATES
    }


def weigh(policy: DeductionPolicy, complaints: ArrayLike, repeat_enquiries: ArrayLike) -> Numbers:
    """Counts of cases -> calls."""
    return policy.complaint * np.asarray(complaints, np.float64) + policy.repeat_enquiry * np.asarray(
        repeat_enquiries, np.float64
    )


def deduct(policy: DeductionPolicy, handled: ArrayLike, pending: Numbers, confirmed: Numbers) -> Deduction:
    """One reading: weighted pending and confirmed as they stand."""
    calls = np.asarray(handled, np.float64)
    deducted = _deducted(policy.mode, pending, confirmed)
    net = np.maximum(0.0, calls - deducted)
    off_target = pending + confirmed if policy.mode is Mode.TARGET else np.zeros_like(deducted)
    return Deduction(deducted, net - (calls - deducted), net, off_target)


def lowered(target: ArrayLike, off_target: Numbers) -> Numbers:
    """The target after forced work; NaN (no target) stays NaN."""
    return np.maximum(0.0, np.asarray(target, np.float64) - off_target)


def _deducted(mode: Mode, pending: Numbers, confirmed: Numbers) -> Numbers:
    taken = _DEDUCTED[mode]
    if "pending" in taken:
        return pending + confirmed
    return confirmed if taken else np.zeros_like(confirmed)
