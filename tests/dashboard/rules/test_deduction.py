"""The deduction against the independent oracle, and what must hold whatever the numbers."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.deduction import (
    Deduction,
    DeductionPolicy,
    DeductionRange,
    Mode,
    deduct,
    lowered,
    outcome,
    weigh,
)
from dashboard.rules.figures import ratio
from tests.golden import rule_cases

KINDS = ("complaint", "repeat_enquiry")
PARTS = {
    "recorded": "pending",
    "appealed": "pending",
    "confirmed": "confirmed",
    "upheld": "confirmed",
    "withdrawn": "reversed",
    "overturned": "reversed",
}
counts = st.integers(0, 10_000)


def parts_of(items: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    parts = {kind: dict.fromkeys(("pending", "confirmed", "reversed"), 0) for kind in KINDS}
    for item in items:
        parts[item["kind"]][PARTS[item["status"]]] += item.get("count", 1)
    return parts


def weighed(policy: DeductionPolicy, parts: dict[str, dict[str, int]], part: str) -> np.ndarray:
    return weigh(policy, [parts["complaint"][part]], [parts["repeat_enquiry"][part]])


def policy_of(given_input: dict[str, Any]) -> DeductionPolicy:
    return DeductionPolicy(Mode(given_input["mode"]), **given_input["weights"])


def shown(reading: Deduction, target: float | None) -> dict[str, Any]:
    owed = lowered([math.nan if target is None else target], reading.off_target)
    value = ratio(reading.net, owed)[0]
    found = {"value": None, "reason": "no_target"} if math.isnan(value) else {"value": float(value), "reason": None}
    return {"net": float(reading.net[0]), "target": None if target is None else float(owed[0]), "index": found}


def answer(given_input: dict[str, Any]) -> dict[str, Any]:
    policy, parts, target = policy_of(given_input), parts_of(given_input["items"]), given_input["target"]
    found: DeductionRange = outcome(
        policy, [given_input["handled"]], weighed(policy, parts, "pending"), weighed(policy, parts, "confirmed")
    )
    names = {"shown": "current", "if_confirmed": "if_confirmed", "if_withdrawn": "if_withdrawn"}
    readings = {name: shown(getattr(found, attribute), target) for name, attribute in names.items()}
    same = readings["if_confirmed"] == readings["if_withdrawn"]
    return {"parts": parts, **readings, "one_number": same}


@pytest.mark.cases
@pytest.mark.parametrize("case", rule_cases("deduction"))
def test_golden_case(case: dict[str, Any]) -> None:
    assert_equal(answer(case["input"]), case["expected"], case["tolerance"])


def assert_equal(found: Any, expected: Any, tolerance: dict[str, float]) -> None:
    if isinstance(expected, dict):
        assert set(found) >= set(expected)
        for key, value in expected.items():
            assert_equal(found[key], value, tolerance)
    elif isinstance(expected, float):
        assert found is not None
        assert abs(found - expected) <= max(tolerance["abs"], tolerance["rel"] * abs(expected))
    else:
        assert found == expected


@given(
    st.sampled_from(Mode),
    st.lists(st.tuples(counts, counts, counts), min_size=1),
    st.sampled_from([0.0, 0.5, 1.0, 2.0]),
)
def test_calls_minus_deducted_plus_floored_is_net_on_every_line(
    mode: Mode, lines: list[tuple[int, int, int]], weight: float
) -> None:
    handled, pending, confirmed = (np.array(column) for column in zip(*lines, strict=True))
    policy = DeductionPolicy(mode, weight, weight)
    found = deduct(policy, handled, weigh(policy, pending, 0 * pending), weigh(policy, confirmed, 0 * confirmed))
    assert (handled - found.deducted + found.floored == found.net).all()
    assert (found.net >= 0).all()
    assert (found.floored >= 0).all()


@given(st.sampled_from(Mode), counts, counts, counts)
def test_the_shown_net_lies_in_its_range(mode: Mode, handled: int, pending: int, confirmed: int) -> None:
    found = outcome(DeductionPolicy(mode), [handled], np.array([float(pending)]), np.array([float(confirmed)]))
    assert found.if_confirmed.net[0] <= found.current.net[0] <= found.if_withdrawn.net[0]


def test_the_seeds_example_reads_ninety_percent() -> None:
    policy = DeductionPolicy(complaint=1.0, repeat_enquiry=1.0)
    found = deduct(policy, [5000], weigh(policy, [100], [100]), weigh(policy, [200], [100]))
    assert ratio(found.net, lowered([5000], found.off_target))[0] == pytest.approx(0.9)
