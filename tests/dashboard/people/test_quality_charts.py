"""Baselines and charts of a floor against a slow reading of the rule, score by score."""

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.people.quality_charts import NO_TEAM, BoardScores, Trended, charts, with_more_rows
from dashboard.people.quality_shifts import LOOK_BACK_DAYS, chart_spans
from dashboard.rules.ewma import TrendState, trend
from dashboard.rules.figures import Reason
from tests.dashboard.rules.baseline import baseline

TODAY = LOOK_BACK_DAYS


@st.composite
def floors(draw: st.DrawFn) -> BoardScores:
    """A few agents with up to 60 shifts, some scores a shift, some of them in no team."""
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    agents, teams = draw(st.integers(1, 5)), draw(st.integers(0, 2))
    first = draw(st.integers(0, TODAY))
    worked = np.zeros((agents, LOOK_BACK_DAYS), np.bool_)
    worked[:, first:] = random.random((agents, LOOK_BACK_DAYS - first)) < draw(st.sampled_from([0.2, 0.7, 1.0]))
    count = draw(st.integers(0, 400))
    row, place = random.integers(-1, agents, count), np.sort(random.integers(-1, TODAY + 1, count))
    points = np.round(random.normal(80, 6, count) - np.where(place > draw(st.integers(0, TODAY)), 8.0, 0.0), 2)
    team = random.integers(NO_TEAM, teams, agents) if teams else np.full(agents, NO_TEAM)
    return BoardScores(row, place, points, worked, team, teams)


@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_where_baseline_and_chart_begin(worked: list[bool]) -> None:
    found = chart_spans(np.array([worked]))
    shifts_of = [day for day, there in enumerate(worked) if there]
    in_chart = [day for day in shifts_of if day >= found.chart[0]]
    in_base = [day for day in shifts_of if found.baseline[0] <= day < found.chart[0]]
    assert len(in_chart) == min(max(len(shifts_of) - 20, 0), 19)
    assert in_base == shifts_of[: len(shifts_of) - len(in_chart)][-20:]
    # What was given on days off counts to the shift after it.
    before = [day for day in shifts_of if day < found.baseline[0]]
    assert found.baseline[0] == (before[-1] + 1 if before else 0)
    assert found.chart[0] == (in_base[-1] + 1 if in_base else 0)


@settings(max_examples=60, deadline=None)
@given(floors())
def test_every_chart_is_what_the_rule_says_of_its_scores(floor: BoardScores) -> None:
    found = charts(floor)
    team_worked = [floor.worked[floor.team == team].any(axis=0) for team in range(floor.teams)]
    members = [set(np.flatnonzero(floor.team == team).tolist()) for team in range(floor.teams)]
    of_team = [chart_spans(worked[None]) for worked in team_worked]
    for team in range(floor.teams):
        base, chart = int(of_team[team].baseline[0]), int(of_team[team].chart[0])
        check(found.teams, team, scores(floor, members[team], base, chart), [], scores(floor, members[team], chart))
    for row in range(len(floor.team)):
        own = chart_spans(floor.worked[row : row + 1])
        mine, chart = scores(floor, {row}, int(own.baseline[0]), int(own.chart[0])), int(own.chart[0])
        theirs: list[float] = []
        if (team := int(floor.team[row])) != NO_TEAM:
            base, since = int(of_team[team].baseline[0]), int(of_team[team].chart[0])
            theirs = scores(floor, members[team], base, since)
            chart = chart if len(mine) >= 20 else since
        check(found.lines, row, mine, theirs, scores(floor, {row}, chart))


def scores(floor: BoardScores, rows: set[int], first: int, end: int = TODAY + 1) -> list[float]:
    there = zip(floor.row.tolist(), floor.day_index.tolist(), floor.points.tolist(), strict=True)
    return [points for row, place, points in there if row in rows and first <= place < end]


def check(found: Trended, at: int, own: list[float], team: list[float], charted: list[float]) -> None:
    base = baseline(own, team)
    assert found.n[at] == len(charted)
    if base.basis is None:
        assert (found.state[at], found.baseline[at]) == (TrendState.TOO_FEW_SCORES, len(own))
        assert np.isnan([found.z[at], found.low[at], found.high[at], found.mu[at]]).all()
        return
    assert (bool(found.by_own_scores[at]), found.baseline[at]) == (
        base.basis == "own",
        len(own if base.basis == "own" else team),
    )
    if not charted:
        assert found.state[at] == TrendState.NONE
        return
    whole = trend(np.array([charted]), np.array([base.mu]), np.array([base.sigma]))
    ends = [part[0, -1] for part in (whole.z, whole.low, whole.high)]
    assert np.allclose([found.z[at], found.low[at], found.high[at]], ends, equal_nan=True)
    if base.reason is Reason.NO_VARIATION:
        assert found.state[at] == TrendState.NO_VARIATION
    else:
        assert (found.state[at] == TrendState.DROP) == bool(whole.drop[0, -1])
        assert (found.state[at] == TrendState.RISE) == bool(whole.z[0, -1] > whole.high[0, -1])


def test_under_a_works_council_teams_alone_are_charted() -> None:
    worked = np.ones((2, LOOK_BACK_DAYS), np.bool_)
    row, place = np.tile([0, 1], TODAY), np.repeat(np.arange(TODAY), 2)
    given_floor = BoardScores(row, place, np.linspace(70, 90, 2 * TODAY), worked, np.array([0, 0]), 1)
    everybody, teams = charts(given_floor), charts(given_floor, persons=False)
    assert teams.teams.z == everybody.teams.z
    assert not teams.lines.state.any()
    assert np.isnan(teams.lines.z).all()


def test_who_appears_later_has_no_trend_and_nobody_elses_moves() -> None:
    worked = np.ones((2, LOOK_BACK_DAYS), np.bool_)
    row, place = np.tile([0, 1], TODAY), np.repeat(np.arange(TODAY), 2)
    points = np.linspace(70, 90, 2 * TODAY)
    now = charts(BoardScores(row, place, points, worked, np.array([0, 0]), 1))
    more = with_more_rows(now, 3)
    assert with_more_rows(now, 2) is now
    for each in fields(Trended):
        assert np.array_equal(getattr(more.lines, each.name)[:2], getattr(now.lines, each.name), equal_nan=True)
    assert (more.lines.state[2], more.lines.n[2]) == (TrendState.NONE, 0)
    assert more.teams is now.teams
