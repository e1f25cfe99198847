"""What is judged: net, pace, scores and tiers of whatever was counted; sums hold at every tier."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.floor.judgement import Judgement, LineCounts, judge, label_of
from dashboard.floor.lines import Lines
from dashboard.floor.planner import Planner
from dashboard.floor.tiers import MIXED, Tiers, groups, tiers
from dashboard.rules import scoring
from dashboard.rules.deduction import DeductionPolicy, Mode
from dashboard.rules.figures import Reason
from dashboard.site.load import Site
from streams.metrics import COUNT, INDEX
from streams.site_time import SiteTime
from tests.dashboard.planned import DAY, WORKDAYS, at, block, site

LINES = ("a1", "a2", "b1", "b2", "stranger", "~unattributed")
NAMES = (
    "handled", "attempts", "converted", "effective", "complaints_pending", "complaints_confirmed",
    "repeat_enquiries_pending", "repeat_enquiries_confirmed", "evaluations", "evaluation_points", "talk_s", "talks_known",
)  # fmt: skip
modes = st.sampled_from(list(Mode))
policies = st.builds(DeductionPolicy, modes, st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.25, 1.0]))
amounts = st.lists(
    st.tuples(st.sampled_from(range(len(LINES))), st.sampled_from(NAMES), st.integers(0, 200)), max_size=40
)
hours = st.integers(0, 24)
EFFICIENCY = scoring.INDICES.index("efficiency")
volumes = st.sampled_from(["handled", "attempts", "effective", "converted"])


def judged(
    floor: Site, given_amounts: list[Any], hour: float = 14, period: str = "day", adherence: float | None = None
) -> Judgement:
    """Amounts (line, metric, count), judged at an hour of the day."""
    lines, clock = Lines(floor, DAY), SiteTime(floor.zone)
    places = lines.rows(LINES)
    rows = np.zeros((len(lines), COUNT), np.int64)
    for line, name, amount in given_amounts:
        rows[places[line], INDEX[name]] += amount
    scheduled = np.full(len(lines), 0.0 if adherence is None else 1000.0)
    counted = LineCounts(rows, scheduled, scheduled * (adherence or 0.0))
    plan = Planner(floor, clock).plan(lines, clock.day_of(DAY))
    return judge(counted, plan, period, at(0) // 1000 + round(3600 * hour))


def timed_site() -> Site:
    """A site whose calls shall take 100 s each."""
    profiles = {name: replace(each, target_handle_s=100) for name, each in block().profiles.items()}
    return site(policies=(block(profiles=profiles),))


def by_team(found: Judgement) -> Tiers:
    """The two teams and, last, who is in none."""
    team = np.array([0, 0, 1, 1, 2, 2])
    return tiers(found, groups(found.plan, team, 3))


def by_site(found: Judgement) -> Tiers:
    return tiers(found, groups(found.plan, np.zeros(len(found.plan), np.int64), 1))


def test_the_seeds_example_gives_ninety_per_cent() -> None:
    floor = site(policies=(block(5000),))
    found = judged(floor, [(0, "handled", 5000), (0, "complaints_confirmed", 300), (0, "repeat_enquiries_pending", 200)],
                   period="month")  # fmt: skip
    assert found.pace.attainment.value[0] == pytest.approx(0.9)
    assert found.deduction.current.net[0] == 4500
    whole = judged(floor, [(0, "handled", 5000), (0, "complaints_confirmed", 500)], hour=24, period="month")
    assert whole.pace.attainment.value[0] == pytest.approx(0.9)


def test_pace_range_score_and_grade_of_one_agent() -> None:
    counts = [(0, "handled", 45), (0, "complaints_pending", 5), (0, "evaluations", 2), (0, "evaluation_points", 16200)]
    found = judged(site(), counts, adherence=0.92)
    assert found.pace.pace.value[0] == pytest.approx(1.0)
    assert (found.deduction.if_confirmed.net[0], found.deduction.if_withdrawn.net[0]) == (40, 45)
    assert found.indices[0] == pytest.approx([1.0, 0.9, np.nan, 1.0], nan_ok=True)
    assert found.score[0] == pytest.approx(0.97)
    assert label_of(found.plan, int(found.grade[0])) == "A"


def test_who_is_not_assessed_has_volumes_and_nothing_else() -> None:
    found = judged(site(), [(2, "handled", 30), (2, "complaints_pending", 4)], adherence=1.0)
    assert found.deduction.current.net[2] == 26
    values = (found.pace.target, found.pace.by_now, found.pace.pace.value, found.pace.required_rate.value, found.score)
    assert all(np.isnan(value[2]) for value in values)
    assert np.isnan(found.indices[2]).all()
    assert (found.grade[2], label_of(found.plan, int(found.grade[2]))) == (-1, None)


@pytest.mark.parametrize(
    ("floor", "hour", "reason"),
    [
        (site(policies=(block(None),)), 14, Reason.NO_TARGET),
        (site(shifts=()), 14, Reason.NO_PLANNED_HOURS),
        (site(), 9, Reason.NO_TIME_YET),
        (site(policies=(block(deduction=DeductionPolicy(Mode.TARGET)),)), 9.5, Reason.NOTHING_OWED_YET),
        (site(), 14, Reason.NONE),
    ],
)
def test_why_there_is_no_pace(floor: Site, hour: float, reason: Reason) -> None:
    found = judged(floor, [(agent, "complaints_confirmed", 20) for agent in (0, 1)], hour)
    assert found.pace.pace.reason[:2].tolist() == [reason, reason]
    assert by_team(found).pace.reason[0] == reason
    assert np.isnan(by_team(found).pace.value[0]) == bool(reason)


def test_a_day_of_leave_is_no_planned_hours_and_the_end_of_the_shift_no_hours_left() -> None:
    found = judged(site(), [], 18)
    assert found.pace.pace.reason[3] == Reason.NO_PLANNED_HOURS
    assert np.isnan(found.pace.target[3])
    assert found.pace.required_rate.reason[0] == Reason.NO_HOURS_LEFT
    assert by_site(found).required_rate.reason[0] == Reason.NO_HOURS_LEFT


def test_a_team_is_pooled_and_shows_the_net_of_who_is_not_assessed() -> None:
    found = judged(site(), [(0, "handled", 50), (1, "handled", 30), (2, "handled", 7), (4, "handled", 5)])
    team = by_team(found)
    assert team.pace.value[0] == pytest.approx(80 / 80)
    assert team.gap[0] == pytest.approx(0)
    assert team.not_assessed_net.tolist() == [0, 7, 5]
    assert (team.tier.at_or_above_pace[0], team.tier.with_pace[0]) == (1, 2)
    assert team.required_rate.value[0] == pytest.approx(80 / 8)
    assert by_site(found).pace.value[0] == pytest.approx(1.0)
    assert by_site(found).not_assessed_net[0] == 12


def test_in_mode_target_the_range_is_one_of_pace() -> None:
    floor = site(policies=(block(deduction=DeductionPolicy(Mode.TARGET)),))
    team = by_team(judged(floor, [(0, "handled", 36), (0, "complaints_pending", 4), (1, "handled", 40)]))
    assert team.pace.value[0] == pytest.approx(76 / 76)


def test_volume_is_what_the_profile_says() -> None:
    profiles = {
        name: replace(each, volume="converted") for name, each in block().profiles.items() if name == "outbound"
    }
    floor = site(policies=(block(profiles=block().profiles | profiles),))
    found = judged(floor, [(0, "handled", 50), (0, "converted", 8), (3, "handled", 9)])
    assert found.deduction.current.net.tolist() == [8, 0, 0, 9, 0, 0]
    assert groups(found.plan, np.zeros(6, np.int64), 1).volume == (MIXED,)


def test_a_tier_is_weighed_by_its_own_weights_or_as_most_of_its_rows_are() -> None:
    counts = [(0, "handled", 40), (1, "handled", 40), (0, "evaluations", 1), (0, "evaluation_points", 4500)]
    most = by_site(judged(site(), counts, adherence=0.92))
    assert most.score[0] == pytest.approx(0.5 * 1 + 0.3 * 0.5 + 0.2 * 1)
    own = by_site(judged(site(policies=(block(tier_weights={"quality": 1.0}),)), counts))
    assert own.score[0] == pytest.approx(0.5)


@settings(deadline=None)
@given(amounts, policies, volumes, hours, st.sampled_from(["day", "month"]))
def test_every_line_and_every_tier_adds_up(
    counts: list[Any], policy: DeductionPolicy, volume: str, hour: int, period: str
) -> None:
    profiles = {name: replace(each, volume=volume) for name, each in block().profiles.items()}
    found = judged(site(policies=(block(deduction=policy, profiles=profiles),)), counts, hour, period)
    shown, ends = found.deduction.current, (found.deduction.if_confirmed.net, found.deduction.if_withdrawn.net)
    assert found.volume - shown.deducted + shown.floored == pytest.approx(shown.net)
    assert (shown.floored >= 0).all()
    assert (ends[0] <= shown.net + 1e-9).all() and (shown.net <= ends[1] + 1e-9).all()
    rows = (found.volume, shown.deducted, shown.floored, shown.net, *ends, found.pending)
    for tier in (by_team(found), by_site(found)):
        assert tier.volume - tier.deducted + tier.floored == pytest.approx(tier.net)
        sums = (tier.volume, tier.deducted, tier.floored, tier.net, tier.net_low, tier.net_high, tier.pending)
        assert [each.sum() for each in sums] == pytest.approx([row.sum() for row in rows])
        assert tier.tier.target.sum() == pytest.approx(np.nansum(found.pace.target))
        assert tier.tier.target_by_now.sum() == pytest.approx(np.nansum(found.pace.by_now))
        assert tier.tier.net_assessed.sum() == pytest.approx(shown.net[found.assessed].sum())


def test_a_target_of_a_month_is_what_its_days_ask() -> None:
    whole = judged(site(), [], 24, "month")
    assert whole.pace.target[0] == pytest.approx(WORKDAYS * 80)


@pytest.mark.parametrize(
    ("amounts", "handle_s"),
    [
        ({"handled": 4, "talks_known": 4, "talk_s": 400, "wrap_s": 20}, 420),
        ({"handled": 4, "talks_known": 2, "talk_s": 200, "wrap_s": 20}, 420),  # the other two as long as those known
        ({"handled": 4, "talks_known": 0, "wrap_s": 20}, None),
        ({}, None),
    ],
)
def test_handle_time_is_over_calls_whose_talk_is_known(amounts: dict[str, int], handle_s: float | None) -> None:
    found = judged(timed_site(), [(0, name, amount) for name, amount in amounts.items()])
    efficiency = found.indices[0, EFFICIENCY]
    if handle_s is None:
        assert np.isnan(found.facts.handle_s[0]) and np.isnan(efficiency)
    else:
        assert (found.facts.handle_s[0], efficiency) == (handle_s, pytest.approx(400 / handle_s))


def test_a_team_is_pooled_from_rows_whose_handle_time_is_known() -> None:
    known = [(0, "handled", 4), (0, "talks_known", 4), (0, "talk_s", 500)]
    alone, beside = (by_team(judged(timed_site(), rows)) for rows in (known, [*known, (1, "handled", 50)]))
    assert alone.indices[0, EFFICIENCY] == beside.indices[0, EFFICIENCY] == pytest.approx(0.8)
