"""Indices, score, grade and the calls to the next one, against the independent oracle and by trying every n."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.rules.grades import NO_GRADE, Bracket, ClosedEdge, Grades, fault, grade
from dashboard.rules.scoring import (
    INDICES,
    NEVER,
    IndexFacts,
    IndexPolicy,
    calls_to_next,
    indices,
    score,
    weight_row,
)
from tests.golden import differences, rule_cases

WEIGHTS = {
    "outbound": {"volume": 0.5, "quality": 0.3, "conduct": 0.2},
    "inbound": {"volume": 0.4, "quality": 0.3, "efficiency": 0.15, "conduct": 0.15},
}
FACTS = (
    "net", "target_by_now", "evaluations", "evaluation_points", "handled", "handle_s", "target_handle_s", "scheduled_s",
    "working_s", "conduct_points",
)  # fmt: skip
EDGES = (0.0, 0.6, 0.8, 0.9, 1.0)
GRADES = Grades(
    tuple(
        Bracket(i, low, up, "DCBAS"[i], 1.0) for i, (low, up) in enumerate(zip(EDGES, [*EDGES[1:], None], strict=True))
    )
)


def facts_of(given_facts: dict[str, float | None]) -> IndexFacts:
    values = {name: given_facts.get(name) for name in FACTS}
    return IndexFacts(
        **{name: np.array([math.nan if value is None else float(value)]) for name, value in values.items()}
    )


def brackets_of(rows: list[dict[str, Any]]) -> tuple[Bracket, ...]:
    return tuple(Bracket(row["line"], row["lower"], row["upper"], row["label"], row["coefficient"]) for row in rows)


def answer(given_input: dict[str, Any]) -> dict[str, Any]:
    brackets = brackets_of(given_input["brackets"])
    wrong = fault(brackets)
    if wrong:
        return {"brackets": {"error": wrong.error, "lines": list(wrong.lines)}}
    return {"brackets": None, **judged(given_input, Grades(brackets))}


def judged(given_input: dict[str, Any], grades: Grades) -> dict[str, Any]:
    weights = given_input.get("weights") or WEIGHTS[given_input["profile"]]
    policy, facts = IndexPolicy(**given_input.get("policy") or {}), facts_of(given_input["facts"])
    found, row = indices(policy, facts), weight_row(weights)
    value = score(found, row)
    at = int(grade(grades, value)[0])
    named = {name: number(found[0, at]) for at, name in enumerate(INDICES) if name in weights}
    return {
        "indices": named,
        "missing": sorted(name for name, index in named.items() if index is None),
        "score": number(value[0]),
        "grade": None if at == NO_GRADE else grades.brackets[at].label,
        "coefficient": None if at == NO_GRADE else grades.brackets[at].coefficient,
        "calls_to_next": none_if(int(calls_to_next(facts, found, row, grades, policy.cap)[0]), NEVER),
    }


def number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def none_if(value: int, nothing: int) -> int | None:
    return None if value == nothing else value


@pytest.mark.parametrize("case", rule_cases("scoring"))
def test_golden_case(case: dict[str, Any]) -> None:
    assert differences(answer(case["input"]), case["expected"], case["tolerance"]) == []


@settings(max_examples=300)
@given(
    st.integers(0, 40_000), st.integers(1, 30_000), st.integers(0, 10_000), st.integers(0, 1000),
    st.sampled_from(sorted(WEIGHTS)), st.sampled_from(ClosedEdge),
)  # fmt: skip
def test_calls_to_next_is_the_least_n_that_grades_higher(
    net: int, owed: int, points: int, working: int, profile: str, closed: ClosedEdge
) -> None:
    facts = facts_of({"net": net, "target_by_now": owed, "evaluations": 1, "evaluation_points": points,
                      "scheduled_s": 1000, "working_s": working})  # fmt: skip
    grades, row, policy = Grades(GRADES.brackets, closed), weight_row(WEIGHTS[profile]), IndexPolicy()

    def graded(calls: int) -> int:
        more = facts_of({name: float(getattr(facts, name)[0]) for name in FACTS} | {"net": net + calls})
        return int(grade(grades, score(indices(policy, more), row))[0])

    found = int(calls_to_next(facts, indices(policy, facts), row, grades, policy.cap)[0])
    if found == NEVER:
        assert graded(100_000) == graded(0)
    else:
        assert graded(found) > graded(0)
        assert found == 1 or graded(found - 1) == graded(0)


@given(st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 100)), min_size=4, max_size=4))
def test_the_score_is_the_exact_mean_half_up_to_four_decimals(parts: list[tuple[int, int]]) -> None:
    found = np.array([[index / 10_000 for index, _ in parts]])
    weights = np.array([weight / 100 for _, weight in parts])
    total = sum(weight for _, weight in parts)
    value = score(found, weights)[0]
    if not total:
        assert math.isnan(value)
    else:
        exact = Fraction(sum(index * weight for index, weight in parts), total)
        assert value == math.floor(exact + Fraction(1, 2)) / 10_000


def test_an_edge_belongs_to_the_bracket_that_the_policy_says() -> None:
    scores = np.array([0.0, 0.6, 0.9, 0.9001, math.nan])
    assert grade(GRADES, scores).tolist() == [0, 1, 3, 3, NO_GRADE]
    assert grade(Grades(GRADES.brackets, ClosedEdge.RIGHT), scores).tolist() == [0, 0, 2, 3, NO_GRADE]


def test_recorded_conduct_moves_its_index_within_its_bounds() -> None:
    policy = IndexPolicy(conduct_points_weight=0.1)
    facts = [facts_of({"scheduled_s": 100, "working_s": 92, "conduct_points": points}) for points in (-200, 100, -9999)]
    assert [float(indices(policy, each)[0, 3]) for each in facts] == pytest.approx([0.8, 1.1, 0.0])


def test_calls_to_next_are_not_one_too_many_by_binary_noise() -> None:
    facts = facts_of({"net": 15_947, "target_by_now": 20_000})
    row = weight_row({"volume": 1})  # 15999 / 20000 is 0.79995, which is rounded half up to 0.8
    assert calls_to_next(facts, indices(IndexPolicy(), facts), row, GRADES, 1.2)[0] == 15_999 - 15_947
