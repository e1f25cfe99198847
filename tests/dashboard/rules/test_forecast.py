"""The chance of reaching the target, against the independent oracle and the sum it stands for."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.rules.figures import Reason
from dashboard.rules.forecast import forecast, month_end
from tests.golden import differences, rule_cases


def answer(k: float, net: float, L: float, L_rem: float, target: float | None) -> dict[str, Any]:
    row = (np.array([math.nan if value is None else float(value)]) for value in (net, L, L_rem, target))
    found = forecast(float(k), *row)
    reason = Reason(found.p_reach.reason[0])
    return {
        "p_reach": None if reason else float(found.p_reach.value[0]),
        "need": None if math.isnan(found.need[0]) else int(found.need[0]),
        "reason": reason.word,
    }


@pytest.mark.parametrize("case", rule_cases("forecast"))
def test_golden_case(case: dict[str, Any]) -> None:
    found, expected = answer(**case["input"]), dict(case["expected"])
    assert differences(found, expected, case["tolerance"]) == []


@given(st.integers(1, 50), st.integers(0, 30), st.floats(0.1, 40), st.floats(0.1, 40), st.integers(1, 60))
def test_it_is_one_minus_the_sum_of_the_counts_that_miss(k: int, net: int, done: float, left: float, more: int) -> None:
    r, p = k + net, (k + done) / (k + done + left)
    missing = sum(math.comb(x + r - 1, x) * p**r * (1 - p) ** x for x in range(more))
    assert answer(k, net, done, left, net + more)["p_reach"] == pytest.approx(1 - missing, abs=1e-9)


def test_without_a_target_there_is_no_chance_to_say() -> None:
    assert answer(100, 5, 5, 5, None) == {"p_reach": None, "need": None, "reason": "no_target"}


def test_decimals_that_subtract_to_a_whole_number_need_that_many_calls() -> None:
    assert answer(100, 1.4, 5, 5, 4.4)["need"] == 3


@given(st.integers(1, 400), st.integers(0, 40_000), st.floats(1, 40_000), st.floats(0.1, 20_000))
@example(1, 0, 1.0, 1001.0)
def test_the_ends_of_the_interval_are_where_the_chance_passes_a_tenth(
    k: int, net: int, done: float, left: float
) -> None:
    """The chance of reaching an end is that of ``forecast``; the middle is the mean of the remaining count."""
    numbers = (np.array([float(value)]) for value in (net, done, left))
    found = month_end(float(k), *numbers)

    def reaches(target: float) -> float:
        return float(answer(k, net, done, left, target)["p_reach"])

    low, high = (int(end[0]) for end in (found.low, found.high))
    assert reaches(low + 1) <= 0.9 + 1e-9 and (low == net or reaches(low) >= 0.9 - 1e-9)
    assert reaches(high + 1) <= 0.1 + 1e-9 and (high == net or reaches(high) >= 0.1 - 1e-9)
    assert found.expected[0] == pytest.approx(net + (k + net) * left / (k + done))


def test_with_nothing_to_come_the_end_is_what_there_is() -> None:
    found = month_end(100.0, np.array([7.0]), np.array([5.0]), np.array([0.0]))
    assert [float(each[0]) for each in (found.expected, found.low, found.high)] == [7.0, 7.0, 7.0]
