"""What coaching came to: an agent's ratio to his peers before it was planned and after, from shifts that outlast the window."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Protocol

import numpy as np

from dashboard.actions.flag_store import FlagStore, ShiftCount
from dashboard.rules.evidence import DEFAULT_K, peer_ratio

SHIFTS = 20
"""As many as evidence looks at, on either side."""
KEPT = 60


class PastShifts(Protocol):
    """The finished shifts of an agent."""

    def __call__(self, agent: str) -> Mapping[date, ShiftCount]: ...


def keep_shifts(store: FlagStore, agents: Collection[str], past: PastShifts) -> None:
    """Adds what is known of these agents now to what was kept: the window moves on, the comparison must not."""
    kept = store.shifts(sorted(agents))
    for agent in sorted(agents):
        before, now = kept.get(agent, {}), past(agent)
        merged = {**before, **now}
        newest = {day: merged[day] for day in sorted(merged)[-KEPT:]}
        if newest != before:
            store.keep_shifts(agent, newest)


def before_after(shifts: Mapping[date, ShiftCount], planned: date) -> dict[str, dict[str, Any] | None]:
    """Shifts by business day, and the day on which coaching was planned -> the ratio of the 20 before and the 20 after.

    That day itself is before: its shift was on when they talked. A side without enough evidence is None.
    """
    days = sorted(shifts)
    sides = {
        "before": [day for day in days if day <= planned][-SHIFTS:],
        "after": [day for day in days if day > planned][:SHIFTS],
    }
    return {name: _ratio([shifts[day] for day in side]) for name, side in sides.items()}


def _ratio(shifts: list[ShiftCount]) -> dict[str, Any] | None:
    """As docs/rules.md 9, with the k of few agents; phi is the newest shift's."""
    if not shifts:
        return None
    counted, expected = (
        np.array([sum(values)]) for values in ([s.counted for s in shifts], [s.expected for s in shifts])
    )
    found = peer_ratio(counted, expected, shifts[-1].phi, DEFAULT_K)
    if found.too_early[0] or not np.isfinite(found.peer_ratio[0]):
        return None
    low, ratio, high = (round(float(each[0]), 4) for each in (found.low, found.peer_ratio, found.high))
    return {"peer": ratio, "low": low, "high": high, "shifts": len(shifts), "counted": float(counted[0])}
