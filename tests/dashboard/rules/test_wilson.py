"""The Wilson interval against the independent oracle and printed examples."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.figures import Reason
from dashboard.rules.wilson import share
from tests.golden import cases_folder, differences, rule_cases


def number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def answer(satisfied: int, answered: int, offered: int | None) -> dict[str, Any]:
    found = share([satisfied], [answered], [math.nan if offered is None else offered])
    return {
        "n": answered,
        "response_rate": number(found.response_rate[0]),
        "share": number(found.share.value[0]),
        "low": number(found.low[0]),
        "high": number(found.high[0]),
        "reason": Reason(found.share.reason[0]).word,
    }


@pytest.mark.parametrize("case", rule_cases("wilson"))
def test_golden_case(case: dict[str, Any]) -> None:
    assert differences(answer(**case["input"]), case["expected"], case["tolerance"]) == []


@pytest.mark.cases
def test_the_intervals_printed_by_newcombe() -> None:
    path = cases_folder() / "printed_examples.json"
    for example in json.loads(path.read_text("utf-8"))["wilson_newcombe_1998"]["cases"]:
        found = share([example["r"]], [example["n"]], [np.nan])
        assert (round(found.low[0], 4), round(found.high[0], 4)) == (example["lo"], example["hi"])


@given(st.integers(1, 10_000), st.data())
def test_the_share_lies_in_its_interval_and_the_interval_mirrors(n: int, data: st.DataObject) -> None:
    yes = data.draw(st.integers(0, n))
    found, mirrored = (share([count], [n], [n]) for count in (yes, n - yes))
    assert 0 <= found.low[0] <= found.share.value[0] + 1e-15
    assert found.share.value[0] <= found.high[0] + 1e-15 <= 1 + 1e-15
    assert found.low[0] == pytest.approx(1 - mirrored.high[0], abs=1e-12)
