"""Expected counts and over-dispersion against the independent oracle."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.peers import Dispersion, dispersion, expected
from tests.golden import differences, rule_cases


def number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def expected_of(given_input: dict[str, Any]) -> dict[str, Any]:
    intervals, me = given_input["intervals"], given_input["agent"]
    agents = sorted({me} | {each["agent"] for interval in intervals for each in interval["agents"]})
    counted, exposure = np.zeros((2, len(agents), len(intervals)), np.int64)
    for at, interval in enumerate(intervals):
        for each in interval["agents"]:
            place = agents.index(each["agent"]), at
            counted[place], exposure[place] = each["N"], each["exposure_s"]
    history = [math.nan if each["history_per_hour"] is None else each["history_per_hour"] for each in intervals]
    found, own = expected(counted, exposure, np.array(history, np.float64)), agents.index(me)
    value = number(found.count[own])
    return {
        "intervals": [{"rate_per_hour": number(rate)} for rate in found.per_hour[own]],
        "expected": {"value": value, "reason": "no_verdict" if value is None else None},
    }


def phi_of(agents: list[list[list[float]]]) -> Dispersion:
    width = max((len(shifts) for shifts in agents), default=0)
    table = np.zeros((2, len(agents), width))
    for at, shifts in enumerate(agents):
        table[:, at, : len(shifts)] = np.array(shifts, np.float64).reshape(-1, 2).T
    return dispersion(*table)


@pytest.mark.parametrize("case", rule_cases("peer_rate"))
def test_golden_expected_count(case: dict[str, Any]) -> None:
    rates = [{"rate_per_hour": each["rate_per_hour"]} for each in case["expected"]["intervals"]]
    wanted = case["expected"] | {"intervals": rates}
    assert differences(expected_of(case["input"]), wanted, case["tolerance"]) == []


@pytest.mark.parametrize("case", rule_cases("dispersion"))
def test_golden_dispersion(case: dict[str, Any]) -> None:
    found = phi_of(case["input"]["agents"])
    shown = {"phi": {"value": number(found.phi), "reason": found.reason.word}, "dof": found.freedom}
    assert differences(shown, case["expected"], case["tolerance"]) == []


@given(st.integers(2, 20), st.lists(st.integers(1, 400), min_size=12, max_size=12))
def test_an_agent_is_held_against_the_others_alone(mine: int, others: list[int]) -> None:
    exposure = np.full((13, 1), 3600)
    history = np.array([10.0])
    few, many = (expected(np.array([[calls], *([n] for n in others)]), exposure, history) for calls in (0, mine))
    assert few.count[0] == many.count[0]
    assert (few.count[1:] < many.count[1:]).all()


@given(st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=25), max_size=6))
def test_phi_is_never_below_one_and_old_shifts_do_not_count(agents: list[list[tuple[int, int]]]) -> None:
    shifts = [[list(map(float, shift)) for shift in each] for each in agents]
    found = phi_of(shifts)
    assert math.isnan(found.phi) if found.freedom < 20 else found.phi >= 1
    full = [each for each in shifts if sum(due > 0 for _, due in each) >= 20]
    older = [[[400.0, 1.0], *each] for each in full]
    assert phi_of(older).freedom == phi_of(full).freedom
    assert phi_of(older).phi == pytest.approx(phi_of(full).phi, nan_ok=True)
