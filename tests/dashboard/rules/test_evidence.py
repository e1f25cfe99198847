"""Peer ratio, e-process and verdict against the independent oracle, and where a naive sum would underflow."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaincinv

from dashboard.rules.evidence import (
    REVIEW,
    WATCH,
    Prior,
    Verdict,
    gamma_quantile,
    log_evidence,
    log_gammainc,
    peer_ratio,
    softened,
    spread_between,
    verdict,
)
from tests.golden import differences, rule_cases


def row(value: float | None) -> np.ndarray:
    return np.array([math.nan if value is None else float(value)])


def ratio_of(given_input: dict[str, Any]) -> dict[str, Any]:
    if "agents" in given_input:
        counted, expected = (np.array([float(each[name]) for each in given_input["agents"]]) for name in "NL")
        return {"k": spread_between(counted, expected, given_input.get("phi", 1.0))}
    found = peer_ratio(row(given_input["N"]), row(given_input["L"]), given_input["phi"], given_input["k"])
    numbers = {"pace": found.peer_ratio, "low": found.low, "high": found.high}
    return {**{name: float(value[0]) for name, value in numbers.items()}, "too_early": bool(found.too_early[0])}


@pytest.mark.parametrize("case", rule_cases("pace_eb"))
def test_golden_peer_ratio(case: dict[str, Any]) -> None:
    assert differences(ratio_of(case["input"]), case["expected"], case["tolerance"]) == []


@pytest.mark.parametrize("case", rule_cases("e_process"))
def test_golden_e_process(case: dict[str, Any]) -> None:
    given_input = dict(case["input"])
    counted, expected, phi = row(given_input.pop("N")), row(given_input.pop("L")), given_input.pop("phi", 1.0)
    log_e = float(log_evidence(counted, expected, phi, Prior(**given_input))[0])
    shown = {"log_e": log_e, "watch": log_e >= math.log(WATCH), "review": log_e >= math.log(REVIEW)}
    wanted = {name: value for name, value in case["expected"].items() if name != "log_e_text"}
    assert differences(shown, wanted, case["tolerance"]) == []


@pytest.mark.parametrize("case", rule_cases("verdict"))
def test_golden_verdict(case: dict[str, Any]) -> None:
    counted, expected, phi = (row(case["input"][name]) for name in ("N", "L", "phi"))
    log_e = log_evidence(counted, expected, phi)
    found = verdict(expected, phi, log_e, np.array([case["input"]["review_open"]]))
    assert {"verdict": Verdict(found[0]).name.lower()} == case["expected"]


@given(st.integers(0, 100_000), st.floats(0.01, 10_000), st.floats(1, 5))
def test_evidence_is_a_number_everywhere_and_each_call_lowers_it(counted: int, due: float, phi: float) -> None:
    found = log_evidence(np.array([counted, counted + 1.0]), np.full(2, due), phi)
    assert np.isfinite(found).all()
    assert found[1] < found[0] + 1e-6


@given(st.floats(1, 2000), st.floats(0.01, 0.6))
def test_the_series_continues_the_function_where_it_underflows(a: float, part: float) -> None:
    # P(a, x) = x^a e^-x / Gamma(a + 1) * S(a) with 1 <= S(a + 1) <= S(a) <= 1 / (1 - x / (a + 1)).
    shape = np.array([a, a * 50])
    at = shape * part
    step, first = log_gammainc(shape + 1, at) - log_gammainc(shape, at), at / (shape + 1)
    assert (step <= np.log(first) + 1e-7).all()
    assert (step >= np.log(first) + np.log1p(-first) - 1e-7).all()


def test_who_is_on_target_is_not_newly_flagged() -> None:
    found = np.array([Verdict.WATCH, Verdict.REVIEW, Verdict.REVIEW, Verdict.WATCH, Verdict.TOO_EARLY], np.int8)
    was = np.array([Verdict.ON_PACE, Verdict.WATCH, Verdict.REVIEW, Verdict.ON_PACE, Verdict.TOO_EARLY], np.int8)
    shown = softened(found, was, np.array([10.0, 10, 10, 9, 10]), np.array([10.0, 10, 10, 10, 10]))
    names = [Verdict(code).name for code in shown]
    assert names == ["ON_PACE", "ON_PACE", "REVIEW", "WATCH", "TOO_EARLY"]


@pytest.mark.parametrize("tail", [0.05, 0.95])
def test_the_quantile_between_points_is_that_of_the_library(tail: float) -> None:
    shapes = np.concatenate([np.linspace(0.01, 3, 500), np.geomspace(1, 1e9, 5000)])
    assert gamma_quantile(shapes, tail) == pytest.approx(gammaincinv(shapes, tail), rel=1e-13)
    assert np.isnan(gamma_quantile(np.array([np.nan, 2.0]), tail)).tolist() == [True, False]
