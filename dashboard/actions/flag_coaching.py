"""The outcome of coaching: an agent's ratio to the peers before it was planned and after, from shifts that outlast the window."""

from collections.abc import Callable, Collection, Mapping
from datetime import date

import msgspec
import numpy as np

from dashboard.actions.flag_store import FlagStore, ShiftCount
from dashboard.rules.evidence import DEFAULT_K, peer_ratio

SHIFTS = 20
"""On either side as many as evidence uses."""
MOST_SHIFTS = 60


class PeerRatio(msgspec.Struct, frozen=True):
    """The ratio of some shifts to the peers with its 90 % interval, and the calls counted in them."""

    peer: float
    low: float
    high: float
    shifts: int
    counted: float


FinishedShifts = Callable[[str], Mapping[date, ShiftCount]]
"""Agent -> the finished shifts by business day."""


def keep_shifts(store: FlagStore, agents: Collection[str], past: FinishedShifts) -> None:
    """Adds the shifts of these agents to those of the store: the window moves on, the comparison must not."""
    kept = store.shifts(sorted(agents))
    for agent in sorted(agents):
        before, now = kept.get(agent, {}), past(agent)
        merged = {**before, **now}
        newest = {day: merged[day] for day in sorted(merged)[-MOST_SHIFTS:]}
        if newest != before:
            store.keep_shifts(agent, newest)


def before_after(shifts: Mapping[date, ShiftCount], planned: date) -> dict[str, PeerRatio | None]:
    """Shifts by business day, and the day on which coaching was planned -> the ratio of the 20 before and the 20 after.

    The day itself is before: its shift was on when it was planned. A side without enough evidence is None.
    """
    days = sorted(shifts)
    sides = {
        "before": [day for day in days if day <= planned][-SHIFTS:],
        "after": [day for day in days if day > planned][:SHIFTS],
    }
    return {name: _ratio([shifts[day] for day in side]) for name, side in sides.items()}


def _ratio(shifts: list[ShiftCount]) -> PeerRatio | None:
    """docs/rules.md 9, with the k of few agents; phi is the newest shift's."""
    if not shifts:
        return None
    counted, expected = (
        np.array([sum(values)]) for values in ([s.counted for s in shifts], [s.expected for s in shifts])
    )
    ratios = peer_ratio(counted, expected, shifts[-1].phi, DEFAULT_K)
    if ratios.too_early[0] or not np.isfinite(ratios.peer_ratio[0]):
        return None
    low, ratio, high = (round(float(each[0]), 4) for each in (ratios.low, ratios.peer_ratio, ratios.high))
    return PeerRatio(ratio, low, high, len(shifts), float(counted[0]))
