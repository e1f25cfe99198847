"""Teams and the site against the independent oracle; sums are the same at every tier."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.figures import Figures, Reason, Whole, figures, ratio
from dashboard.rules.scoring import INDICES, IndexFacts, IndexPolicy, indices, score, weight_row
from dashboard.rules.tiers import Tier, TierRows, pool
from tests.golden import differences, rule_cases

FACTS = tuple(IndexFacts.__dataclass_fields__)
SUMS = ("handled", "net", "net_assessed", "target", "target_by_now")
COUNTS = ("agents", "assessed", "at_or_above_pace", "with_pace")


def rows_of(rows: list[dict[str, Any]]) -> TierRows:
    def column(name: str) -> np.ndarray:
        return np.array([math.nan if row.get(name) is None else row[name] for row in rows], np.float64)

    facts = IndexFacts(**{name: column(name) for name in FACTS})
    return TierRows(facts, column("target"), np.array([row["assessed"] for row in rows], np.bool_))


def answer(given_input: dict[str, Any]) -> dict[str, Any]:
    rows, teams = given_input["rows"], sorted({row["team"] for row in given_input["rows"]})
    table = rows_of(rows)
    by_team = pool(table, np.array([teams.index(row["team"]) for row in rows], np.int64), len(teams))
    site = pool(table, np.zeros(len(rows), np.int64), 1)
    return {
        "teams": {team: shown(by_team, at, given_input["team_weights"]) for at, team in enumerate(teams)},
        "site": shown(site, 0, given_input["site_weights"]),
    }


def shown(tier: Tier, at: int, weights: dict[str, float]) -> dict[str, Any]:
    found = indices(IndexPolicy(), tier.facts)
    value = score(found, weight_row(weights))[at]
    return {
        **{name: float(getattr(tier, name)[at]) for name in SUMS},
        "handled": int(tier.handled[at]),
        **{name: int(getattr(tier, name)[at]) for name in COUNTS},
        **{name: one(share_of(tier, owed), at) for name, owed in (("attainment", "target"), ("pace", "target_by_now"))},
        "indices": {name: number(found[at, column]) for column, name in enumerate(INDICES) if name in weights},
        "score": number(value),
    }


def share_of(tier: Tier, owed: str) -> Figures:
    target = getattr(tier, owed)
    return figures(ratio(tier.net_assessed, target), (~(target > 0), Reason.NO_TARGET))


def one(found: Figures, at: int) -> dict[str, Any]:
    return {"value": number(found.value[at]), "reason": Reason(found.reason[at]).word}


def number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


@pytest.mark.parametrize("case", rule_cases("tier_pooling"))
def test_golden_case(case: dict[str, Any]) -> None:
    assert differences(answer(case["input"]), case["expected"], case["tolerance"]) == []


row = st.fixed_dictionaries(
    {"net": st.integers(0, 500), "target_by_now": st.integers(0, 500), "target": st.integers(0, 1000),
     "handled": st.integers(0, 500), "handle_s": st.integers(0, 90_000), "evaluations": st.integers(0, 5),
     "evaluation_points": st.integers(0, 50_000), "target_handle_s": st.sampled_from([None, 180, 240]),
     "scheduled_s": st.integers(0, 30_000), "working_s": st.integers(0, 30_000), "assessed": st.booleans(),
     "conduct_points": st.integers(-300, 300)}
)  # fmt: skip


@given(st.lists(st.tuples(row, st.integers(0, 3)), min_size=1))
def test_every_volume_and_count_is_the_sum_of_its_rows_at_every_tier(rows: list[tuple[dict[str, Any], int]]) -> None:
    table, group = rows_of([each for each, _ in rows]), np.array([team for _, team in rows], np.int64)
    teams, site = pool(table, group, 4), pool(table, np.zeros_like(group), 1)
    agents = pool(table, np.arange(len(group)), len(group))
    for name in (*SUMS, *COUNTS):
        assert getattr(teams, name).sum() == getattr(site, name)[0] == getattr(agents, name).sum()


@given(st.lists(row, min_size=1, max_size=1), st.integers(1, 9))
def test_a_tier_of_equals_has_the_indices_of_each(rows: list[dict[str, Any]], times: int) -> None:
    group: Whole = np.zeros(times, np.int64)
    alone = indices(IndexPolicy(conduct_points_weight=0.1), rows_of(rows).facts)
    several = [{**rows[0], "assessed": True}] * times
    together = indices(IndexPolicy(conduct_points_weight=0.1), pool(rows_of(several), group, 1).facts)
    has_efficiency = rows[0]["handled"] > 0 and rows[0]["target_handle_s"] is not None
    named = [at for at, name in enumerate(INDICES) if name != "efficiency" or has_efficiency]
    assert np.allclose(alone[:, named], together[:, named], equal_nan=True)


@given(st.lists(row, min_size=1, max_size=5), row)
def test_who_is_not_assessed_is_in_every_volume_and_in_no_index(
    rows: list[dict[str, Any]], other: dict[str, Any]
) -> None:
    more = [*rows, {**other, "assessed": False}]
    few, many = (pool(rows_of(each), np.zeros(len(each), np.int64), 1) for each in (rows, more))
    assert np.array_equal(indices(IndexPolicy(), few.facts), indices(IndexPolicy(), many.facts), equal_nan=True)
    assert many.net[0] == few.net[0] + other["net"]
    assert many.net_assessed[0] == few.net_assessed[0]
