"""The pure parts: windows, forgotten sign-outs in hour blocks, places on the roster, team bands, limits."""

from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.people.drops import PastHours, TunedLimit, default_limit
from dashboard.people.forgotten_states import LONGEST_S, ForgottenStates, beyond, running
from dashboard.people.history import assemble
from dashboard.people.shift_window import past, recent
from dashboard.people.shifts import Shift
from dashboard.people.strata import Strata, strata_of, strata_table
from dashboard.people.team_bands import team_days
from dashboard.rules.bands import half_width
from dashboard.site.load import Site, Spell, Team
from streams.site_time import SiteTime

TIME = SiteTime("Asia/Shanghai")
MONDAY = date(2026, 11, 16)
AVAILABLE, TALK = 0, 1


def shift(day: int, *agents: dict[int, tuple[int, int]]) -> Shift:
    """Per agent {hour: (state, seconds)} of a day counted from Monday; a call each in the hours of talk."""
    when, hours = TIME.day_of(MONDAY + timedelta(days=day)), sorted({hour for each in agents for hour in each})
    states = np.zeros((len(agents), len(hours), 4), np.int16)
    for at, each in enumerate(agents):
        for hour, (state, seconds) in each.items():
            states[at, hours.index(hour), state] = seconds
    names = tuple(f"a{at}" for at in range(len(agents)))
    blocks = tuple(when.start_ms // 60_000 + 60 * hour for hour in hours)
    return Shift(when, names, blocks, np.array(hours, np.intp), (states[:, :, TALK] > 0).astype(np.int16), states)


def test_the_window_is_the_last_nineteen_finished_shifts() -> None:
    known = np.array([[True] * 25, [True, False] * 12 + [True]])
    assert recent(known).sum(axis=1).tolist() == [19, 13]
    assert recent(known)[0].tolist() == [False] * 6 + [True] * 19


def test_after_an_acknowledged_review_only_later_shifts_count() -> None:
    due = np.array([[1.0, np.nan, 4.0, 8.0], [1.0, 2.0, 4.0, 8.0], [1.0, 2.0, 4.0, 8.0]])
    days = np.array([10, 11, 12, 13])
    found = past(due * 2, due, days, np.array([0, 11, 13]))
    assert found.expected.tolist() == [13, 12, 0]
    assert found.counted.tolist() == [26, 24, 0]
    assert found.shifts.tolist() == [3, 2, 0]


def test_a_state_over_sixteen_hours_is_cut_and_its_shifts_say_nothing() -> None:
    evening = dict.fromkeys(range(14, 24), (AVAILABLE, 3600))
    whole = dict.fromkeys(range(24), (AVAILABLE, 3600))
    morning = dict.fromkeys(range(9), (AVAILABLE, 3600)) | {10: (TALK, 3600)}
    found = ForgottenStates([shift(0, evening), shift(1, whole), shift(2, morning)], [np.array([0])] * 3, 1)
    assert [int(each.sum()) // 3600 for each in found.exposure_s] == [10, 6, 1]
    assert found.void.tolist() == [[True, True, False]]
    assert found.carried_s.tolist() == [0]


def test_long_work_in_many_states_is_no_forgotten_sign_out() -> None:
    busy = {hour: (hour % 2, 3600) for hour in range(24)}
    found = ForgottenStates([shift(0, busy), shift(1, busy)], [np.array([0])] * 2, 1)
    assert [int(each.sum()) // 3600 for each in found.exposure_s] == [24, 24]
    assert not found.void.any()
    assert found.carried_s.tolist() == [3600]


def test_parts_of_hours_at_both_ends_of_a_run_count() -> None:
    full = dict.fromkeys(range(1, 16), (AVAILABLE, 3600))
    short, long = full | {0: (AVAILABLE, 600)}, full | {0: (AVAILABLE, 1800), 16: (AVAILABLE, 2700)}
    found = ForgottenStates([shift(0, short, long)], [np.array([0, 1])], 2)
    assert found.exposure_s[0].sum(axis=1).tolist() == [15 * 3600 + 600, LONGEST_S]
    assert found.void.tolist() == [[False], [True]]


def test_what_runs_now_counts_from_the_days_start_for_sixteen_hours() -> None:
    day = TIME.day_of(MONDAY)
    start_s = day.start_ms // 1000
    since_ms = day.start_ms + np.array([-30, -10, 2, 2]) * 3_600_000
    found = running(np.array([True, True, True, False]), since_ms, start_s + 10 * 3600, day)
    assert (found.to_s - found.from_s).tolist() == [0, 6 * 3600, 8 * 3600, 0]
    assert found.void.tolist() == [False, True, False, False]
    edges_s = start_s + np.array([0, 3, 10]) * 3600
    assert found.within(edges_s, np.array([1, 2])).T.tolist() == [[3 * 3600, 3 * 3600], [3600, 7 * 3600]]


def test_closed_minutes_beyond_sixteen_hours() -> None:
    exposed, counted = np.full(1440, 60, np.int16), np.zeros(1440, np.int16)
    assert beyond(exposed, counted, 0).sum() == 8 * 3600
    assert beyond(exposed, counted, LONGEST_S).sum() == 24 * 3600
    counted[700] = 1
    assert beyond(exposed, counted, 0).sum() == 0
    assert beyond(exposed, counted, 10 * 3600)[:700].sum() == 700 * 60 - 6 * 3600


ROSTER = (
    Spell("a0", "", "", None, "dawn", None, date(2026, 11, 16)),
    Spell("a0", "", "", None, "lake", date(2026, 11, 17), None, stratum="special"),
    Spell("a1", "", "", None, "dawn", None, None, profile="inbound"),
    Spell("a1", "", "", None, "lake", date(2026, 11, 18), date(2026, 11, 18)),
    Spell("gone", "", "", None, "dawn", None, None),
)
SITE = Site(
    zone="Asia/Shanghai",
    teams=(Team("dawn", "", "Dawn", "outbound"), Team("lake", "", "Lake", "inbound", "survey")),
    roster=ROSTER,
)


def test_the_stratum_is_that_of_the_roster_row_in_force_that_day() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(4)]
    found = strata_table(SITE, {"a0": 0, "a1": 1, "stranger": 2}, days, lambda: None)
    words = [[found.names[code] if code >= 0 else None for code in row] for row in found.strata.tolist()]
    assert words == [["outbound", *["special"] * 3], ["inbound", "inbound", "survey", "inbound"], [None] * 4]
    assert found.teams.tolist() == [[0, 1, 1, 1], [0, 0, 1, 0], [-1] * 4]
    for at, day in enumerate(days):
        each = strata_of(SITE, day)
        assert [each[agent] for agent in ("a0", "a1")] == [row[at] for row in words[:2]]


def test_lines_without_a_row_have_no_stratum() -> None:
    strata = Strata(SITE, ROSTER[1:3])
    assert strata.names == ("inbound", "special")
    assert strata.codes_of(4).tolist() == [1, 0, -1, -1]
    assert strata.values({"special": 2.0}, 3).tolist() == pytest.approx([2, np.nan, np.nan], nan_ok=True)


def test_an_empty_store_has_an_empty_history() -> None:
    found = assemble([], MONDAY, SITE)
    assert (found.days, dict(found.agents), dict(found.phi)) == ((), {}, {})


def test_a_shift_of_too_few_peers_is_held_against_history() -> None:
    work = {9: (TALK, 3600), 10: (TALK, 1800)}
    found = assemble([shift(0, work, work), shift(1, work, work)], MONDAY + timedelta(days=2), SITE)
    assert found.counted[:, :2].tolist() == [[2, 2], [2, 2]]
    assert found.rates["outbound"][[9, 10]].tolist() == [1, 2]
    assert np.isnan(found.rates["outbound"][8])
    assert found.expected[0].tolist() == [2, 2]
    assert found.expected[:, 0].tolist() == [2, 2]


def test_a_team_has_a_band_after_twenty_days() -> None:
    chance = np.random.default_rng(1)
    due = np.full((20, 30), 80.0)
    calls = chance.poisson(due * chance.normal(1, 0.2, 30)).astype(float)
    teams = np.where(np.arange(20) < 10, 0, 1)[:, None].repeat(30, axis=1)
    teams[:, 12:] = np.where(teams[:, 12:] == 1, -1, 0)
    found = team_days(teams, ["dawn", "lake"], calls, due)
    assert (len(found["dawn"].counted), len(found["lake"].counted)) == (20, 12)
    assert 0.01 < found["dawn"].tau_squared < 0.06
    assert np.isnan(found["lake"].tau_squared)
    phi, tau_squared = (np.array([getattr(days, name) for days in found.values()]) for name in ("phi", "tau_squared"))
    half = half_width(np.array([100.0, 50.0]), phi, tau_squared)
    assert half[0] == pytest.approx(1.959964 * np.sqrt(found["dawn"].phi / 100 + found["dawn"].tau_squared))
    assert np.isnan(half[1])


def hours(per_hour: float, shifts: int) -> PastHours:
    chance = np.random.default_rng(1)
    due = np.full((shifts, 8), per_hour)
    return PastHours(chance.poisson(due).astype(float), due, np.full((shifts, 8), 3600.0), np.arange(shifts) % 50)


def test_limits_grow_with_volume_and_are_tuned_where_the_shifts_are_enough() -> None:
    defaults = [default_limit(hours(per_hour, 500)) for per_hour in (2, 10, 20, 90)]
    assert defaults == sorted(defaults)
    assert defaults[1] == pytest.approx(6.15, abs=0.05)
    tuned = TunedLimit()
    assert tuned(hours(10, 10)) == default_limit(hours(10, 10))
    assert tuned(hours(10, 1000)) == pytest.approx(6.15, abs=0.6)
    assert tuned(hours(10, 1000)) == TunedLimit()(hours(10, 1000))
