"""The judged terms of an explanation add up to what was judged, whatever is missing, capped or taken from a target."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.actions.explain_judged import judged_terms
from dashboard.actions.explain_terms import CountedTerms, Term, counted
from dashboard.rules import deduction, scoring
from dashboard.rules.deduction import Mode
from dashboard.site.load import Site
from dashboard.site.types import PolicyBlock, Profile
from streams.metrics import INDEX, NAMES
from streams.site_time import SiteTime
from streams.store.ledger_reader import Ledger

TIME = SiteTime("Asia/Shanghai")
BLOCK: PolicyBlock = Site().policies[0]
PROFILE = Profile(
    "p", "inbound", "handled", 100, 240, {"volume": 0.4, "quality": 0.3, "efficiency": 0.15, "conduct": 0.15}
)


def facts(draw: st.DrawFn) -> tuple[CountedTerms, np.ndarray[Any, Any]]:
    row = np.zeros(len(NAMES), np.int64)
    for name in ("handled", "complaints_pending", "evaluations", "conduct_points"):
        row[INDEX[name]] = draw(st.integers(0, 300))
    row[INDEX["evaluation_points"]] = row[INDEX["evaluations"]] * draw(st.integers(0, 10_000))
    row[INDEX["talk_s"]] = row[INDEX["handled"]] * draw(st.integers(1, 900))
    mode = draw(st.sampled_from(list(Mode)))
    return counted(Ledger((), {20261123: row}, 0), deduction.DeductionPolicy(mode), "handled", TIME), row


@st.composite
def judged(draw: st.DrawFn) -> tuple[CountedTerms, dict[str, Any]]:
    """An agent as the rules judge them, rounded as a sheet is."""
    found, row = facts(draw)
    target = draw(st.one_of(st.none(), st.floats(0.5, 500)))
    share = draw(st.integers(0, 28_800)) / 28_800
    adherence = draw(st.one_of(st.none(), st.floats(0, 1)))
    lowered = None if target is None else max(0.0, target - found.off_target)
    by_now = None if target is None else max(0.0, target * share - found.off_target)
    one = {name: np.array([float(row[INDEX[name]])]) for name in NAMES}
    made = scoring.IndexFacts(
        net=np.array([found.amount("net")]),
        target_by_now=np.array([np.nan if by_now is None else by_now]),
        evaluations=one["evaluations"],
        evaluation_points=one["evaluation_points"],
        handled=one["handled"],
        handle_s=one["talk_s"],
        target_handle_s=np.array([240.0]),
        scheduled_s=np.array([0.0 if adherence is None else 1.0]),
        working_s=np.array([adherence or 0.0]),
        conduct_points=one["conduct_points"],
    )
    weights = scoring.weight_row(PROFILE.weights)
    indices = scoring.indices(BLOCK.indices, made)
    cells = dict(zip(scoring.INDICES, indices[0].tolist(), strict=True))
    cells |= {"score": float(scoring.score(indices, weights)[0]), "target": lowered, "target_by_now": by_now}
    cells |= {"pace": found.amount("net") / by_now if by_now else None, "adherence": adherence}
    cells |= {"attainment": found.amount("net") / lowered if lowered else None}
    rounded = {name: None if value is None or np.isnan(value) else round(value, 6) for name, value in cells.items()}
    days = [("2026-11-23", target)] if target else []
    return found, {**rounded, "target_days": days, "reasons": [], **{name: int(row[INDEX[name]]) for name in NAMES}}


def unequal(terms: Iterator[Term]) -> list[str]:
    return [
        term.name
        for term in terms
        if term.value is not None and sum(part.effect for part in term.records) != pytest.approx(term.value, abs=1e-9)
    ]


@given(judged())
def test_the_parts_of_every_judged_number_add_up(made: tuple[CountedTerms, dict[str, Any]]) -> None:
    found, row = made
    terms = judged_terms(found, row, BLOCK, PROFILE)
    assert unequal(iter(terms)) == []
    assert all((term.value is None) == (row.get(term.name) is None) for term in terms if term.name != "adherence")
    assert all(term.reason for term in terms if term.value is None)


def test_a_cap_is_said() -> None:
    row = np.zeros(len(NAMES), np.int64)
    row[INDEX["handled"]] = 150
    found = counted(Ledger((), {20261123: row}, 0), BLOCK.deduction, "handled", TIME)
    judged = {"target": 200.0, "target_by_now": 100.0, "pace": 1.5, "volume": 1.2, "score": 1.2, "grade": "A"}
    terms = {term.name: term for term in judged_terms(found, judged, BLOCK, PROFILE)}
    assert [(part.id, round(part.effect, 6)) for part in terms["volume"].records] == [("pace", 1.5), ("cap 1.2", -0.3)]
    assert terms["quality"].reason == "no_data"
    assert "grade A" in terms["score"].formula


def test_who_is_not_judged_has_only_what_was_counted() -> None:
    found = counted(Ledger((), {}, 0), BLOCK.deduction, "handled", TIME)
    assert judged_terms(found, {}, BLOCK, None) == ()
