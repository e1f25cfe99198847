"""The demo's site: whatever the hour, the business day holds the whole shift; the files are what load_site takes."""

import argparse
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.cli.simulate import past, shifts
from dashboard.floor.lines import Lines
from dashboard.floor.planner import Planner
from dashboard.site.load import load_site
from dashboard.wiring.simulated_site import day_start, write_site
from streams.decode import Event, decode
from streams.simulator.floor import build_floor
from streams.simulator.live_simulation import ZONE, day_backwards
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.shift import HORIZON_MS, OPENING_MS
from streams.simulator.simulator import Simulator
from streams.site_time import SiteTime

MONDAY_MS = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize("minute", [0, 1, 14, 15, 16, 59, 60, 500, 959, 960, 961, 974, 976, 1439])
def test_no_business_day_cuts_the_shift(minute: int) -> None:
    start_ms = MONDAY_MS + minute * 60_000
    time = SiteTime(ZONE, day_start(start_ms, ZONE))
    assert time.day(start_ms - OPENING_MS) == time.day(start_ms + HORIZON_MS)


def test_the_site_of_a_floor_is_sound_and_complete(tmp_path: Path) -> None:
    floor = build_floor()
    site = load_site(write_site(tmp_path, floor, Simulator(floor, 1, MONDAY_MS), MONDAY_MS, ZONE, 2))
    assert (site.name, site.name_en, site.zone, site.duty_phone) == ("杭州一中心", "Hangzhou 1", ZONE, "8800")
    assert [(team.id, team.direction) for team in site.teams] == [(crew.id, crew.direction) for crew in floor.crews]
    assert [spell.agent for spell in site.roster] == [agent.id for agent in floor.agents]
    assert len(site.campaigns) == 2
    assert {day.agent for day in site.rota} == {agent.id for agent in floor.agents}
    assert len(site.rota) == 180 * 21
    assert site.counting_since == date(2026, 11, 19)
    assert site.counting.lateness_ms == 7 * 86_400_000
    assert Counter(spell.stratum for spell in site.roster)["renewal-11/dawn"] == 20
    assert len({spell.stratum for spell in site.roster}) == 9


def test_earlier_shifts_are_not_too_late_however_many(tmp_path: Path) -> None:
    floor = build_floor(30, 7)
    site = load_site(write_site(tmp_path, floor, Simulator(floor, 1, MONDAY_MS), MONDAY_MS, ZONE, 20))
    assert site.counting_since == date(2026, 10, 26)
    assert site.counting.lateness_ms == 30 * 86_400_000
    assert {spell.stratum for spell in site.roster} == {agent.line for agent in floor.agents}


@pytest.mark.parametrize("minute", [0, 780, 1380])
def test_five_and_a_half_hours_into_the_shift_the_floor_is_about_where_it_should_be(
    minute: int, tmp_path: Path
) -> None:
    start_ms, floor = MONDAY_MS + minute * 60_000, build_floor()
    now_ms, simulator = start_ms + int(5.5 * 3_600_000), Simulator(floor, 1, start_ms)
    site = load_site(write_site(tmp_path, floor, simulator, start_ms, ZONE))
    clock = site.time
    day = clock.day(start_ms)
    lines = Lines(site, day.label)
    plan = Planner(site, clock).plan(lines, day)
    net = handled_less_complaints(simulator.events(start_ms - OPENING_MS, now_ms))
    due = plan.owed("day", now_ms // 1000).by_now
    assessed = [row for row in range(len(lines)) if plan.assessed[row]]
    pace = sum(net[lines.people[row].id] for row in assessed) / sum(due[row] for row in assessed)
    assert 0.95 < pace < 1.02
    reasons = [each.reasons for each in plan.judging.standings if not each.assessed]
    assert sorted(reasons) == [("leave_over_half",), ("probation",), ("temporary_or_external",)]


def handled_less_complaints(events: Iterable[SimulatedEvent]) -> Counter[str]:
    """Agent -> calls handled less complaints and repeat enquiries that stand."""
    handled: dict[str, str] = {}
    stands: dict[str, str | None] = {}
    for event in events:
        data = event.data
        if event.type == "call.ended" and data["agent"] and data["outcome"] == "handled":
            handled[data["call_id"]] = data["agent"]
        elif event.type == "complaint.recorded":
            stands[data["complaint_id"]] = data["agent"]
        elif event.type == "complaint.decided" and data["decision"] in ("withdrawn", "overturned"):
            stands[data["complaint_id"]] = None
    net = Counter(handled.values())
    net.subtract(agent for agent in stands.values() if agent is not None)
    return net


def test_a_day_backwards_is_the_day_and_its_events_are_ours() -> None:
    simulator = Simulator(build_floor(20, 9), 1, MONDAY_MS)
    (day,) = simulator.working_days_before(1)
    start_ms = simulator.shift_start_ms(day)
    events = day_backwards(simulator, day)
    assert events[::-1] == list(simulator.events(start_ms - OPENING_MS, start_ms + HORIZON_MS))
    last: dict[str, str] = {}
    for event in events:
        assert isinstance(decode(event.encode()), Event)
        if event.type == "agent.state":
            last.setdefault(event.key, event.data["state"])
    assert len(day_backwards(simulator, day, whole=False)) < 0.4 * len(events)
    assert last
    assert set(last.values()) == {"offline"}  # told from the end, nobody's day runs on into the next one


def test_earlier_shifts_go_before_the_one_so_far_in_order_of_time() -> None:
    simulator = Simulator(build_floor(20, 9), 1, MONDAY_MS)
    parts = [(what, list(events)) for what, events in past(simulator, 2, MONDAY_MS, MONDAY_MS + 3_600_000)]
    assert [what for what, _ in parts] == [
        "earlier shifts: 1 of 2 (2026-11-19)",
        "earlier shifts: 2 of 2 (2026-11-20)",
        "the shift so far",
    ]
    sent = [event.sent_ms for _, events in parts for event in events]
    assert len(sent) > 10_000
    assert sent == sorted(sent)


@pytest.mark.parametrize("text", ["-1", "26", "two", "", "1.5"])
def test_a_number_of_shifts_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no number of shifts from 0 to 25"):
        shifts(text)
    assert shifts("25") == 25
