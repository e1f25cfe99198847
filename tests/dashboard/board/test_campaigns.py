"""Campaigns: rates of today over all partitions, progress of the list, when it will be done; what is not known is None."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from dashboard.board.read_model import ReadModel
from dashboard.rules.forecast import forecast
from dashboard.site.load import Campaign, Site
from streams.site_time import DAY_MS, MINUTE_MS, SiteTime
from tests.dashboard.partitions import MIDNIGHT_MS, NOON_MS, Partition, call, event, reader
from tests.dashboard.planned import at, site

pytestmark = pytest.mark.services
FRIDAY = date(2026, 11, 27)
COUNTED = ("attempts", "handled", "abandoned", "converted", "connect", "drop", "conversion")


def dialled(n: int, outcome: str = "handled", campaign: str = "renewal", **more: Any) -> tuple[str, bytes]:
    """A call of a campaign; the agent's partition is any."""
    agent = None if outcome != "handled" else "a1"
    return call(agent, f"{campaign}-{outcome}-{n}", NOON_MS - MINUTE_MS, campaign=campaign, outcome=outcome, **more)


def progress(campaign: str, done: int, size: int, at_ms: int = NOON_MS - 5000) -> tuple[str, bytes]:
    """The dialler's word."""
    data = {"campaign": campaign, "list_size": size, "done": done}
    return f"~campaign:{campaign}", event("campaign.snapshot", at_ms, data)


def shown(client: Any, here: Site, now_ms: int = NOON_MS) -> dict[str, dict[str, Any]]:
    found = ReadModel(reader(client), here).tick(now_ms)
    assert found is not None and found.rollup is not None
    return {one.id: structs.asdict(one) for one in found.rollup.campaigns}


def of(*campaigns: Campaign) -> Site:
    return replace(site(), campaigns=campaigns)


RENEWAL = Campaign("renewal", "续约", "Renewal", "outbound", date(2026, 11, 2), FRIDAY, None)
QUIET = Campaign("quiet", "静", "Quiet", "outbound", date(2026, 11, 2), None, None)
OVER = Campaign("over", "旧", "Old", "outbound", date(2026, 10, 2), date(2026, 11, 22), None)


def test_rates_are_of_todays_calls_of_all_partitions(store_client: Any) -> None:
    first, second = Partition(store_client, 0), Partition(store_client, 1)
    first.write(*(dialled(n) for n in range(3)), dialled(0, "no_answer"), dialled(1, "no_answer"))
    second.write(dialled(9), dialled(0, "abandoned"), dialled(0, campaign="other"))
    found = shown(store_client, of(RENEWAL, QUIET, OVER))
    assert [found["renewal"][name] for name in COUNTED] == [7, 4, 1, 0, 0.5714, 0.2, 0.0]
    assert [found["quiet"][name] for name in COUNTED] == [None] * len(COUNTED)
    assert {*found} == {"renewal", "quiet"}, "one that is over does not run"


def test_the_end_goes_on_at_the_speed_of_the_working_days_so_far(store_client: Any) -> None:
    """Sixteen working days are over but for the afternoon of today: 3 of 8 hours at noon."""
    Partition(store_client, 0).write(progress("renewal", 1000, 1200, NOON_MS - 60_000), progress("renewal", 1100, 1200))
    found = shown(store_client, of(RENEWAL))["renewal"]
    worked = 15 + 3 / 8
    finish = worked * 1200 / 1100
    assert (found["done"], found["list_size"], found["left"], found["share"]) == (1100, 1200, 100, 0.9167)
    assert found["plan"] == pytest.approx(worked / 20, abs=1e-4)
    assert found["slack_days"] == pytest.approx(20 - finish, abs=0.051)
    # 16.77 working days: on the seventeenth, 24 November, when 77 % of its eight hours are over: 16:10.
    assert found["finish"] == pytest.approx(at(16, 10) + DAY_MS, abs=3 * MINUTE_MS)
    assert found["deadline"] == SiteTime("Asia/Shanghai").day_of(FRIDAY).start_ms
    assert found["reason"] is None
    # The forecast of the rules: 922.5 records are due by now, 277.5 are to come, k is 100.
    due = 1200 * worked / 20
    chance = forecast(100.0, *(np.array([each]) for each in (1100.0, due, 1200 - due, 1200.0))).p_reach.value[0]
    assert found["chance"] == pytest.approx(chance, abs=1e-4)


def test_beyond_its_deadline_it_goes_on_over_the_weekend(store_client: Any) -> None:
    Partition(store_client, 0).write(progress("renewal", 800, 1200))
    found = shown(store_client, of(RENEWAL))["renewal"]
    assert found["slack_days"] == pytest.approx(20 - 15.375 * 1.5, abs=0.051)
    assert found["chance"] < 0.01
    # 23.06 working days: the fourth of December's, Wednesday the second is the twenty-third.
    assert MIDNIGHT_MS + 10 * DAY_MS < found["finish"] < MIDNIGHT_MS + 11 * DAY_MS


@pytest.mark.parametrize(
    ("campaign", "facts", "reason"),
    [
        (RENEWAL, [], "no_snapshot"),
        (RENEWAL, [progress("renewal", 0, 0)], "no_snapshot"),
        (RENEWAL, [progress("renewal", 0, 10)], "too_early"),
        (RENEWAL, [progress("renewal", 10, 10)], "finished"),
        (RENEWAL._replace(starts=None), [progress("renewal", 5, 10)], "no_start"),
        (RENEWAL._replace(starts=date(2026, 11, 23)), [progress("renewal", 5, 10, at(9, 5))], "too_early"),
        (RENEWAL._replace(direction="inbound"), [progress("renewal", 5, 10)], "no_planned_hours"),
        (QUIET, [progress("quiet", 1, 10_000)], "too_far"),
    ],
)
def test_what_cannot_be_told_has_a_reason(store_client: Any, campaign: Campaign, facts: Any, reason: str) -> None:
    if facts:
        Partition(store_client, 0).write(*facts)
    early = campaign.starts == date(2026, 11, 23)
    here = replace(of(campaign), roster=site().roster[:2])
    found = shown(store_client, here, at(10) if early else NOON_MS)[campaign.id]
    assert (found["finish"], found["slack_days"], found["reason"]) == (None, None, reason)
    assert found["chance"] is None or reason == "too_far"


def test_a_site_without_campaigns_shows_what_there_is(store_client: Any) -> None:
    Partition(store_client, 0).write(dialled(1), progress("fresh", 5, 10))
    found = shown(store_client, of())
    assert {*found} == {"fresh", "renewal"}
    assert (found["fresh"]["share"], found["fresh"]["reason"], found["renewal"]["done"]) == (0.5, "no_start", None)
