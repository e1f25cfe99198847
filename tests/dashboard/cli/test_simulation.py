"""The demo's site: whatever the hour, the business day holds the whole shift; the files are what load_site takes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.cli.simulated_site import day_start, write_site
from dashboard.cli.simulation import ZONE, day_backwards, item
from dashboard.site import load_site
from streams.decode import Event, decode
from streams.simulate.floor import Floor
from streams.simulate.shift import HORIZON_MS, OPENING_MS
from streams.simulate.simulator import Simulator
from streams.site_time import SiteTime

MONDAY_MS = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize("minute", [0, 1, 14, 15, 16, 59, 60, 500, 959, 960, 961, 974, 976, 1439])
def test_no_business_day_cuts_the_shift(minute: int) -> None:
    start_ms = MONDAY_MS + minute * 60_000
    time = SiteTime(ZONE, day_start(start_ms, ZONE))
    assert time.day(start_ms - OPENING_MS) == time.day(start_ms + HORIZON_MS)


def test_the_site_of_a_floor_is_sound_and_complete(tmp_path: Path) -> None:
    floor = Floor.of()
    site = load_site(write_site(tmp_path, floor, Simulator(floor, 1, MONDAY_MS), MONDAY_MS, ZONE, 2))
    assert (site.name, site.name_en, site.zone, site.duty_phone) == ("杭州一中心", "Hangzhou 1", ZONE, "8800")
    assert [(team.id, team.direction) for team in site.teams] == [(crew.id, crew.direction) for crew in floor.crews]
    assert [spell.agent for spell in site.roster] == [agent.id for agent in floor.agents]
    assert len(site.campaigns) == 2


def test_a_day_backwards_is_the_day_and_its_events_are_ours() -> None:
    simulator = Simulator(Floor.of(20, 9), 1, MONDAY_MS)
    (day,) = simulator.working_days_before(1)
    start_ms = simulator.shift_start_ms(day)
    events = day_backwards(simulator, day)
    assert events[::-1] == list(simulator.events(start_ms - OPENING_MS, start_ms + HORIZON_MS))
    last: dict[str, str] = {}
    for event in events:
        assert isinstance(decode(item(event).value), Event)
        if event.type == "agent.state":
            last.setdefault(event.key, event.data["state"])
    assert last
    assert set(last.values()) == {"offline"}  # told from the end, nobody's day runs on into the next one
