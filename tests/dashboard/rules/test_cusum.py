"""The drop detector against the independent oracle."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.cusum import floor_moved, fresh, minute
from tests.golden import differences, rule_cases

counts = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), max_size=20)


def answer(given_input: dict[str, Any]) -> dict[str, Any]:
    state, levels, drops = fresh(1), [], []
    for each in given_input["minutes"]:
        quiet = floor_moved([each["floor"][0]], [each["floor"][1]]) if each.get("floor") else np.array([False])
        state = fresh(1) if each.get("shift_start") else state
        state = minute(state, np.array([each["n"]]), np.array([each["dL"]]), given_input["h"], quiet)
        levels.append(float(state.level[0]))
        drops.append(bool(state.drop[0]))
    return {"S": levels, "drop": drops, "first_signal": drops.index(True) if True in drops else None}


@pytest.mark.parametrize("case", rule_cases("cusum"))
def test_golden_case(case: dict[str, Any]) -> None:
    assert differences(answer(case["input"]), case["expected"], case["tolerance"]) == []


@given(counts)
def test_agents_do_not_touch_one_another_and_a_signal_stays(minutes: list[list[int]]) -> None:
    never = np.zeros(3, np.bool_)
    together, alone = fresh(3), [fresh(1) for _ in range(3)]
    for calls in minutes:
        before = together
        together = minute(together, np.array(calls, np.float64), np.full(3, 1.5), 2.0, never)
        alone = [minute(a, np.array([float(n)]), np.array([1.5]), 2.0, never[:1]) for a, n in
                 zip(alone, calls, strict=True)]  # fmt: skip
        assert (together.drop >= before.drop).all()
        assert together.level.tolist() == [each.level[0] for each in alone]


def test_a_level_that_equals_the_limit_in_decimals_signals() -> None:
    state, never = fresh(1), np.array([False])
    for _ in range(9):  # nine times 0.3 x 0.3, in binary a little below 0.81
        assert not state.drop[0]
        state = minute(state, np.array([0.0]), np.array([0.3]), 0.81, never)
    assert state.drop[0]
