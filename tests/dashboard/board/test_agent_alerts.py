"""AlertsNow about people: by the limits of the site, to the lead of their team alone, in a stable order."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.board.agent_alerts import AGENT_KINDS
from dashboard.board.alert_kinds import Alert
from dashboard.board.alerts import NOTHING, AlertsNow, alerts
from dashboard.floor.tick_facts import FORGOTTEN_MS
from streams.site_time import HOUR_MS, MINUTE_MS
from tests.dashboard.board.alert_floor import NINE_MS, NOON_MS, SIX_PM_MS, facts, site

BREAK_MS, WRAP_MS, IDLE_MS = 10 * MINUTE_MS, 3 * MINUTE_MS, 30 * MINUTE_MS


def named(found: AlertsNow, team: int = 0) -> list[tuple[str, str | None]]:
    return [(each.kind, each.agent) for each in found.teams[team]]


def test_a_break_and_wrap_up_beyond_their_limits_are_told_to_the_lead_with_their_beginning() -> None:
    states = {
        "dawn-0": ("break", NOON_MS - BREAK_MS - 1),
        "dawn-1": ("break", NOON_MS - BREAK_MS),
        "dawn-2": ("wrap", NOON_MS - WRAP_MS - 1000),
        "lake-3": ("wrap", NOON_MS - WRAP_MS - 1),
    }
    found = alerts(facts(site(), states=states))
    assert found.teams[0] == (
        Alert("state_over_limit", "dawn", "dawn-0", "break", NOON_MS - BREAK_MS - 1, None, BREAK_MS),
        Alert("state_over_limit", "dawn", "dawn-2", "wrap", NOON_MS - WRAP_MS - 1000, None, WRAP_MS),
    )
    assert named(found, 1) == [("state_over_limit", "lake-3")]
    assert found.site == ()


def test_no_other_state_has_a_limit_and_a_forgotten_one_is_not_an_alert() -> None:
    long = NOON_MS - 2 * HOUR_MS
    others = ("talk", "hold", "meeting", "training", "other", "ringing", "offline", "")
    of = site(agents=len(others))
    states = {f"dawn-{n}": (state, long) for n, state in enumerate(others)}
    forgotten = {f"lake-{n}": (state, NOON_MS - FORGOTTEN_MS - 1) for n, state in enumerate(("break", "available"))}
    found = alerts(facts(of, states=states | forgotten))
    assert found.teams == ((), ())


def test_who_is_available_for_half_an_hour_without_a_call_is_idle() -> None:
    states = {"dawn-0": ("available", NOON_MS - IDLE_MS), "dawn-1": ("available", NOON_MS - IDLE_MS - 1)}
    found = alerts(facts(site(), states=states))
    assert found.teams[0] == (Alert("idle", "dawn", "dawn-1", None, NOON_MS - IDLE_MS - 1, None, IDLE_MS),)


@pytest.mark.parametrize(
    ("now_ms", "late"),
    [
        (NINE_MS - HOUR_MS, False),
        (NINE_MS + 10 * MINUTE_MS, False),
        (NINE_MS + 10 * MINUTE_MS + 1, True),
        (SIX_PM_MS - 1, True),
        (SIX_PM_MS, False),
    ],
)
def test_who_has_not_arrived_is_named_from_ten_minutes_after_his_start_until_his_shift_is_over(
    now_ms: int, late: bool
) -> None:
    known = facts(site(), now_ms=now_ms, states={"lake-1": ("", 0)})
    known.arrived[known.lines.rows(["lake-1"])] = False
    assert alerts(known).teams[1] == ((Alert("not_arrived", "lake", "lake-1", None, NINE_MS, None, 600_000),) * late)


def test_who_is_not_expected_is_not_late_and_who_is_in_no_team_is_told_to_nobody() -> None:
    known = facts(site())
    known.duty.start_ms[:] = known.duty.end_ms[:] = 0
    assert alerts(replace(known, arrived=~known.arrived)).teams == ((), ())
    lines = known.lines
    lines.rows(["stranger"])
    assert alerts(facts(site(), lines=lines, states={"stranger": ("break", NINE_MS)})).teams == ((), ())


def test_the_order_is_kind_then_age_then_id_and_the_same_list_is_the_same_object() -> None:
    states = {
        "dawn-3": ("break", NINE_MS),
        "dawn-2": ("break", NINE_MS + 1),
        "dawn-0": ("break", NINE_MS + 1),
        "dawn-1": ("available", NINE_MS),
    }
    known = facts(site(), states=states)
    found = alerts(known)
    assert named(found) == [
        ("state_over_limit", "dawn-3"),
        ("state_over_limit", "dawn-0"),
        ("state_over_limit", "dawn-2"),
        ("idle", "dawn-1"),
    ]
    later = alerts(replace(known, now_ms=NOON_MS + 1000), found)
    assert later.teams[0] is found.teams[0]
    assert later.site is found.site
    back = replace(known, state=np.where(known.since_ms == NINE_MS + 1, 1, known.state))
    assert named(alerts(back, found)) == [("state_over_limit", "dawn-3"), ("idle", "dawn-1")]


def test_while_the_line_is_stale_nothing_new_is_said_of_people_and_what_was_said_stays() -> None:
    states = {"dawn-0": ("break", NINE_MS)}
    known = facts(site(), states=states)
    before = alerts(known)
    more = facts(site(), states=states | {"dawn-1": ("break", NINE_MS)}, lines=known.lines, age_s=15.1)
    assert named(alerts(more, before)) == [("state_over_limit", "dawn-0")]
    assert alerts(more).teams == ((), ())
    assert len(alerts(replace(more, age_s=15.0), before).teams[0]) == 2
    assert len(alerts(replace(more, age_s=None), before).teams[0]) == 2


def test_a_naive_pace_is_named_only_where_the_site_switched_it_on_and_not_in_the_first_hour() -> None:
    of = site(naive_pace=0.8)
    known = facts(of)
    known.pace[:] = [0.8, 0.81, 0.5, np.nan, *[1.2] * 4]
    known.planned_s[2] = 3599
    assert alerts(replace(known, site=site())).teams == ((), ())
    assert alerts(known).teams[0] == (Alert("naive_pace", "dawn", "dawn-0", None, NOON_MS, 0.8, 0.8),)


def test_a_naive_pace_goes_when_it_is_clearly_back_and_keeps_its_beginning() -> None:
    known = facts(site(naive_pace=0.8))
    known.pace[0] = 0.79
    before = alerts(known)
    for pace, on in ((0.84, True), (0.81, True), (0.85, False), (0.84, False), (0.8, True)):
        known = replace(known, now_ms=known.now_ms + MINUTE_MS, pace=np.where(np.arange(8) == 0, pace, 1.0))
        before = alerts(known, before)
        assert len(before.teams[0]) == on
        if on and pace > 0.8:
            assert (before.teams[0][0].since_ms, before.teams[0][0].value) == (NOON_MS, pace)
    assert before.teams[0][0].since_ms == known.now_ms


def test_a_naive_pace_is_looked_for_once_a_minute() -> None:
    known = facts(site(naive_pace=0.8))
    before = alerts(known)
    slow = replace(known, pace=known.pace * 0.5)
    assert alerts(replace(slow, now_ms=NOON_MS + MINUTE_MS - 1), before).teams == ((), ())
    assert len(alerts(replace(slow, now_ms=NOON_MS + MINUTE_MS), before).teams[0]) == 4


def test_under_a_works_council_of_people_only_who_has_not_arrived_is_told() -> None:
    of = site(works_council="count", naive_pace=0.8)
    states = {
        "dawn-0": ("break", NINE_MS), "dawn-1": ("wrap", NINE_MS), "dawn-2": ("available", NINE_MS), "dawn-3": ("", 0),
    }  # fmt: skip
    known = facts(of, states=states)
    known.arrived[3] = False
    known.pace[:] = 0.1
    found = alerts(known)
    assert named(found) == [("not_arrived", "dawn-3")]
    assert found.agents is not None
    assert not found.agents.since[1:].any()
    assert not found.agents.detail.any()


def test_new_lines_are_looked_at_anew_and_rows_that_come_in_the_day_do_no_harm() -> None:
    of, states = site(), {"dawn-0": ("break", NINE_MS)}
    known = facts(of, states=states)
    before = alerts(known)
    known.lines.rows(["stranger"])
    assert alerts(facts(of, states=states, lines=known.lines), before).teams[0] is before.teams[0]
    small = site(agents=1)
    assert named(alerts(facts(small, states={"lake-0": ("wrap", NINE_MS)}), before), 1) == [
        ("state_over_limit", "lake-0")
    ]


def test_a_site_without_anybody_has_no_alerts() -> None:
    assert alerts(facts(site(agents=0)), NOTHING).teams == ((), ())
    assert alerts(facts(site(teams=0))).teams == ()


def test_no_person_is_in_what_the_site_is_told() -> None:
    states = {f"dawn-{n}": ("break", NINE_MS) for n in range(4)}
    known = facts(site(naive_pace=1.0), states=states, appeals_overdue=2, dead_letters=1000, age_s=20.0)
    found = alerts(replace(known, arrived=~known.arrived), alerts(replace(known, age_s=1.0)))
    assert {each.kind for each in found.site}.isdisjoint(kind.id for kind in AGENT_KINDS)
    assert all(each.agent is None for each in found.site)
