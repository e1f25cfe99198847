"""Agents by state: how many are in each, of the floor and of every group; a ringing telephone counts as available."""

import numpy as np

from dashboard.floor.tick_facts import NO_STATE, SIGNED_IN, STATE_CODES, STATES, Whole
from dashboard.floor.tiers import Groups


def count_states(state: Whole) -> dict[str, int]:
    """(lines,) codes -> how many are in each state, and ``signed_in`` in all."""
    return _named(np.bincount(state[state != NO_STATE], minlength=len(STATE_CODES)).tolist())


def count_states_by_group(state: Whole, by: Groups) -> list[dict[str, int]]:
    """The same of each group."""
    width, known = len(STATE_CODES), state != NO_STATE
    cells = np.bincount(by.group[known] * width + state[known], minlength=by.count * width)
    return [_named(counted) for counted in cells.reshape(by.count, width).tolist()]


def _named(counted: list[int]) -> dict[str, int]:
    shown = dict(zip(STATES, counted, strict=False))
    shown["available"] += counted[STATE_CODES.index("ringing")]
    return {**shown, "signed_in": sum(counted[:SIGNED_IN])}
