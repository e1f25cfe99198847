"""An agent who is not assessed is shown and counted, and nothing is said of them: from the frames to the book of flags.

Two agents do the same: 60 % of the calls of the others for weeks, today none at all, quality scores that fell from 90 to 20,
and a break of an hour. One of them is on probation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from dashboard.actions.flag_register import FlagRegister
from dashboard.board.bus import AWAY
from dashboard.board.bus_flags import RedisFlags
from dashboard.board.read_model import ReadModel
from dashboard.board.side_jobs import FlagWatch, SideJobs
from dashboard.people.history_loader import HistoryLoader
from dashboard.people.quality_trends import Trends
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS
from tests.dashboard.actions.flag_floor import MemoryActs
from tests.dashboard.board.test_persons import EVIDENCE, TEAM, Seen
from tests.dashboard.partitions import NOON_MS, heartbeat, reader, state
from tests.dashboard.people.evidence_floor import OPENS_MS, TIME, Floor, names
from tests.dashboard.people.quality_events import evaluation, reading
from tests.dashboard.planned import SHIFT
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
SLOW, NEW = "agent-03", "agent-07"
ALIKE = (SLOW, NEW)


@pytest.fixture
def floor(store_client: Any) -> Floor:
    """30 agents, ten shifts of three hours and today's."""
    floor = Floor(store_client, names(30), dict.fromkeys(ALIKE, 0.6), per_hour=20.0)
    roster = tuple(spell._replace(has_probation=spell.agent == NEW) for spell in floor.site.roster)
    floor.site = replace(floor.site, shifts=(SHIFT,), roster=roster)
    for day in range(10, 0, -1):
        floor.work(day, hours=3)
        score(floor, day, (85.0, 95.0))
    floor.work(0, hours=3, agents=[agent for agent in floor.agents if agent not in ALIKE])
    score(floor, 0, (20.0,) * 10)
    floor.write(each for agent in ALIKE for each in today(agent))
    floor.write([heartbeat(NOON_MS)])
    return floor


def score(floor: Floor, day: int, scores: tuple[float, ...]) -> None:
    at_ms = OPENS_MS - day * DAY_MS + 2 * HOUR_MS
    floor.write(
        evaluation(agent, f"{agent}-{day}-{n}", at_ms + n * MINUTE_MS, points)
        for agent in ALIKE
        for n, points in enumerate(scores)
    )


def today(agent: str) -> list[tuple[str, bytes]]:
    return [state(agent, OPENS_MS, "available"), state(agent, NOON_MS - HOUR_MS, "break")]


@contextmanager
def side_jobs_of(floor: Floor) -> Iterator[tuple[SideJobs, Trends, FlagRegister]]:
    loader, trends = HistoryLoader(reader(floor.client), floor.site, lambda: NOON_MS, AWAY), None
    book = FlagRegister(RedisFlags(floor.client), MemoryActs(), TIME)
    with loader.running():
        wait_until(lambda: loader.history is not None, PATIENCE_S, "the past shifts")
        trends = Trends(reading(floor.client), AWAY)
        yield SideJobs(history=loader, trends=trends, flags=FlagWatch(book, AWAY)), trends, book


@pytest.fixture
def looked(floor: Floor) -> Iterator[tuple[Seen, FlagRegister]]:
    """The board and the book some seconds later."""
    with side_jobs_of(floor) as (parts, trends, book):
        seen = Seen(ReadModel(reader(floor.client), floor.site, parts))
        for n in range(8):
            seen.tick(NOON_MS + n * 1000)
            trends.step()
            assert parts.flags is not None
            parts.flags.step()
        seen.tick(NOON_MS + 10_000)
        seen.tick(NOON_MS + 10_250)
        yield seen, book


def test_of_two_who_do_the_same_nothing_is_said_of_the_one_on_probation(looked: tuple[Seen, FlagRegister]) -> None:
    seen, book = looked
    assert {episode.rule for episode in book.waiting(agent=SLOW)} == {"review", "drop", "quality"}
    assert {episode.agent for episode in book.waiting()} == {SLOW}
    slow, new = seen.row(SLOW), seen.row(NEW)
    assert (slow["assessed"], slow["flag"], slow["trend_state"]) == (True, "review", "drop")
    assert (new["assessed"], new["flag"], new["flag_since"], new["trend_state"]) == (False, None, None, None)
    assert (new["verdict"], new["peer"]) == ("no_verdict", None)
    desk = seen.snapshots[TEAM]["desk"]
    assert desk["flags"] == {"review": 1, "drop": 0, "quality": 0, "watch": 0}
    first = desk["look_first"]
    assert NEW not in [one["id"] for one in (*first["people"], *first["facts"])]
    assert {SLOW, NEW} <= {one["id"] for one in desk["alerts"]}, "a break over its limit is an alert about both"
    assert SLOW in [one["id"] for one in first["facts"]]


def test_the_limits_of_quality_stand_in_the_evidence_of_who_is_assessed(looked: tuple[Seen, FlagRegister]) -> None:
    seen, _ = looked
    found = seen.snapshots[EVIDENCE]["agents"]
    slow, score_now = found[SLOW], seen.row(SLOW)["trend"]
    assert score_now < slow["quality_low"] < 90 < slow["quality_high"]
    assert slow["quality_low"] == round(slow["quality_low"], 1)
    assert slow["quality_low"] + slow["quality_high"] == pytest.approx(180, abs=0.2)
    for other in (NEW, "agent-01"):
        assert found[other]["quality_low"] is found[other]["quality_high"] is None
