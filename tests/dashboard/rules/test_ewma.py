"""The quality trend against the independent oracle and the example of the NIST handbook."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.ewma import Chart, Sample, TrendState, judged_by, newest, sample, trend
from dashboard.rules.figures import Reason
from tests.dashboard.rules.baseline import BaselineSource, baseline
from tests.golden import cases_folder, differences, rule_cases


def answer(given_input: dict[str, Any]) -> dict[str, Any]:
    scores = sorted(revised(given_input), key=lambda each: (each["time"], each["evaluation_id"]))
    base = baseline(given_input.get("own_baseline") or [], given_input.get("team_baseline") or [])
    found = trend(
        np.array([[each["score"] for each in scores]], np.float64), np.array([base.mu]), np.array([base.sigma])
    )
    return {
        "basis": base.basis and base.basis.value,
        "reason": base.reason.word,
        "n": len(scores),
        "mu": base.mu,
        "sigma": base.sigma,
        "order": [each["evaluation_id"] for each in scores],
        **{name: getattr(found, name)[0].tolist() for name in ("z", "low", "high", "drop")},
        "drop_now": bool(found.drop[0, -1:].any()),
    }


def revised(given_input: dict[str, Any]) -> list[dict[str, Any]]:
    """The scores as they stand: a revision replaces a score in place."""
    changes = {each["evaluation_id"]: each["score"] for each in given_input.get("revised") or []}
    return [{**each, "score": changes.get(each["evaluation_id"], each["score"])} for each in given_input["scores"]]


@pytest.mark.parametrize("case", rule_cases("ewma"))
def test_golden_case(case: dict[str, Any]) -> None:
    found, expected = answer(case["input"]), case["expected"]
    if found["reason"]:  # then there is no verdict, and nothing more is compared
        found, expected = ({key: each.get(key) for key in ("basis", "reason", "n")} for each in (found, expected))
    assert differences(found, expected, case["tolerance"]) == []


@pytest.mark.parametrize("case", rule_cases("ewma"))
def test_the_end_of_the_chart_is_that_of_the_golden_case(case: dict[str, Any]) -> None:
    given_input, expected = case["input"], case["expected"]
    scores = sorted(revised(given_input), key=lambda each: (each["time"], each["evaluation_id"]))
    own, team = (alone(given_input.get(name) or []) for name in ("own_baseline", "team_baseline"))
    base, is_own = judged_by(own, team)
    found = newest(np.array([each["score"] for each in scores], np.float64), np.zeros(len(scores), np.int64), base)
    assert found.count[0] == expected["n"]
    if expected["basis"] is None:
        assert TrendState(found.state[0]).word == expected["reason"]
        return
    assert is_own[0] == (expected["basis"] == "own")
    assert (base.mu[0], base.sigma[0]) == pytest.approx((expected["mu"], expected["sigma"]), rel=1e-9)
    assert found.z[0] == pytest.approx(expected["z"][-1], rel=1e-9)
    if expected["reason"] is None:
        limits = found.low[0], found.high[0]
        assert limits == pytest.approx((expected["low"][-1], expected["high"][-1]), rel=1e-9)
        assert (found.state[0] == TrendState.DROP) == expected["drop_now"]


def alone(scores: list[float]) -> Sample:
    return sample(np.array(scores, np.float64), np.zeros(len(scores), np.int64), 1)


@pytest.mark.cases
def test_the_example_of_the_nist_handbook() -> None:
    example = json.loads((cases_folder() / "printed_examples.json").read_text("utf-8"))["ewma_nist_6.3.2.4"]
    data = np.array([example["data"]])
    chart = Chart(example["lambda"], example["L"])
    found = trend(data, np.array([example["target"]]), np.array([example["sigma"]]), chart)
    assert np.abs(found.z[0] - example["printed_ewma_2dp"][1:]).max() <= 0.005 + 1e-9
    assert found.high[0, -1] == pytest.approx(example["printed_ucl"], abs=1e-3)
    assert found.low[0, -1] == pytest.approx(example["printed_lcl"], abs=1e-3)
    assert not found.drop.any()


def test_too_few_scores_of_both_or_no_variation_give_no_limits() -> None:
    assert baseline([80.0] * 19, [80.0] * 19).reason is Reason.TOO_FEW_SCORES
    assert baseline([80.0] * 19, [80.0, 81.0] * 10).basis is BaselineSource.TEAM
    flat = baseline([86.9] * 25, [])
    assert (flat.reason, flat.sigma) == (Reason.NO_VARIATION, 0.0)
    found = trend(np.array([[10.0]]), np.array([flat.mu]), np.array([flat.sigma]))
    assert not found.drop.any()


@pytest.mark.parametrize(
    ("score", "state"),
    [(69.99, TrendState.DROP), (70, TrendState.IN_CONTROL), (90, TrendState.IN_CONTROL), (90.01, TrendState.RISE)],
)
def test_on_a_limit_a_chart_is_in_control(score: float, state: TrendState) -> None:
    chart, base = Chart(weight=1.0, width=2.0), Sample(np.array([20]), np.array([80.0]), np.array([5.0]))
    found = newest(np.array([score], np.float64), np.zeros(1, np.int64), base, chart)
    assert (found.low[0], found.high[0], found.state[0]) == (70, 90, state)
    assert trend(np.array([[score]]), base.mu, base.sigma, chart).drop[0, 0] == (state is TrendState.DROP)


@given(st.lists(st.lists(st.integers(0, 10_000).map(lambda points: points / 100), max_size=25), min_size=1, max_size=5))
def test_the_end_of_every_chart_is_the_last_column_of_all(agents: list[list[float]]) -> None:
    base = Sample(np.full(len(agents), 20), np.full(len(agents), 80.0), np.full(len(agents), 5.0))
    whose = np.array([at for at, each in enumerate(agents) for _ in each], np.int64)
    found = newest(np.array([score for each in agents for score in each], np.float64), whose, base)
    for at, each in enumerate(agents):
        whole = trend(np.array([each], np.float64), np.array([80.0]), np.array([5.0]))
        ends = (whole.z[0, -1], whole.low[0, -1], whole.high[0, -1]) if each else (np.nan,) * 3
        assert (found.z[at], found.low[at], found.high[at]) == pytest.approx(ends, nan_ok=True)
        assert (found.state[at] == TrendState.NONE) == (not each)


@given(st.lists(st.lists(st.integers(0, 10_000).map(lambda points: points / 100), max_size=25), min_size=1, max_size=5))
def test_a_sample_of_many_is_the_baseline_of_each(agents: list[list[float]]) -> None:
    whose = np.array([at for at, each in enumerate(agents) for _ in each], np.int64)
    many = sample(np.array([score for each in agents for score in each], np.float64), whose, len(agents))
    for at, each in enumerate(agents):
        one = baseline(each, [])
        assert many.count[at] == len(each)
        if one.basis is BaselineSource.OWN:
            assert (many.mu[at], many.sigma[at]) == pytest.approx((one.mu, one.sigma))
            assert (many.sigma[at] == 0) == (one.reason is Reason.NO_VARIATION)


@given(st.lists(st.lists(st.floats(0, 100), min_size=1, max_size=12), min_size=1, max_size=5))
def test_agents_do_not_touch_one_another(agents: list[list[float]]) -> None:
    width = max(len(each) for each in agents)
    table = np.array([each + [np.nan] * (width - len(each)) for each in agents])
    together = trend(table, np.full(len(agents), 80.0), np.full(len(agents), 5.0))
    for at, each in enumerate(agents):
        alone = trend(np.array([each]), np.array([80.0]), np.array([5.0]))
        assert (together.z[at, : len(each)] == alone.z[0]).all()
        assert (together.low[at, : len(each)] == alone.low[0]).all()
        assert not together.drop[at, len(each) :].any()
