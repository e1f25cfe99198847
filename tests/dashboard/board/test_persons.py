"""What the frames say of persons, to their lead alone: evidence, flags, whom to look at first; under a works council nothing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from dashboard.actions.curve_service import published_curve
from dashboard.actions.flag_register import FlagRegister
from dashboard.board.bus import AWAY, FrameWriter, snapshot_key
from dashboard.board.bus_flags import RedisFlags
from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.row_bytes import COLUMNS
from dashboard.board.side_jobs import FlagWatch, SideJobs
from dashboard.board.tick import Tick
from dashboard.board.topics import FLOOR, curve_topic, evidence_topic, team_topic, topics_of
from dashboard.people.history_loader import HistoryLoader
from dashboard.site.load import Site
from tests.dashboard.actions.flag_floor import MemoryActs, done
from tests.dashboard.partitions import NOON_MS, heartbeat, reader
from tests.dashboard.people.evidence_floor import TIME, Floor, names
from tests.dashboard.planned import SHIFT
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
SLOW, NEW = "agent-03", "agent-07"
OF_PERSONS = ("peer", "peer_low", "peer_high", "verdict", "flag", "flag_since")
TEAM, EVIDENCE, CURVES = team_topic("dawn"), evidence_topic("dawn"), curve_topic("dawn")


@pytest.fixture
def floor(store_client: Any) -> Floor:
    """14 agents over 20 shifts of which today's is half over; one of them takes 60 % of the calls of the others."""
    floor = Floor(store_client, names(14), {SLOW: 0.6})
    roster = tuple(spell._replace(has_probation=spell.agent == NEW) for spell in floor.site.roster)
    floor.site = replace(floor.site, shifts=(SHIFT,), roster=roster)
    for day in range(19, 0, -1):
        floor.work(day, hours=4)
    floor.work(0, hours=3)
    floor.write([heartbeat(NOON_MS)])
    return floor


class Seen:
    """What the topics show after some ticks."""

    def __init__(self, model: ReadModel) -> None:
        self.model = model
        self.frames = Frames("e")
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.raw: dict[str, bytes] = {}
        self.last: dict[str, dict[str, Any]] = {}

    def tick(self, now_ms: int) -> Tick:
        found = self.model.tick(now_ms)
        assert found is not None
        made = list(self.frames.write_tick(found))
        self.raw |= {one.topic: one.snapshot for one in made}
        self.snapshots |= {one.topic: json.loads(one.snapshot) for one in made}
        self.last = {one.topic: json.loads(one.frame) for one in made if one.frame is not None}
        return found

    def row(self, agent: str) -> dict[str, Any]:
        rows = self.snapshots[TEAM]["agents"]["rows"]
        return next(dict(zip(COLUMNS, row, strict=True)) for row in rows if row[0] == agent)


@contextmanager
def side_jobs_of(client: Any, site: Site) -> Iterator[SideJobs]:
    """History and flags over the same Redis, history read."""
    loader = HistoryLoader(reader(client), site, lambda: NOON_MS, AWAY)
    with loader.running():
        wait_until(lambda: loader.history is not None, PATIENCE_S, "the past shifts")
        yield SideJobs(history=loader, flags=FlagWatch(FlagRegister(RedisFlags(client), MemoryActs(), TIME), AWAY))


def seen_of(floor: Floor, site: Site, parts: SideJobs) -> Seen:
    """The board when the book was read and has opened what there was to open."""
    model, flags = ReadModel(reader(floor.client), site, parts), parts.flags
    seen = Seen(model)
    for n in range(4):
        seen.tick(NOON_MS + n * 1000)
        if flags is not None:
            flags.step()
    seen.tick(NOON_MS + 4000)
    return seen


def test_a_slow_agent_is_flagged_for_his_lead(floor: Floor) -> None:
    with side_jobs_of(floor.client, floor.site) as parts:
        seen = seen_of(floor, floor.site, parts)
    row = seen.row(SLOW)
    assert (row["verdict"], row["flag"]) == ("review", "review")
    assert row["flag_since"] is not None
    assert row["peer_low"] < row["peer"] < row["peer_high"]
    assert row["peer"] < 1
    desk = seen.snapshots[TEAM]["desk"]
    assert desk["flags"] == {"review": 1, "drop": 0, "quality": 0, "watch": 0}
    people = desk["look_first"]["people"]
    assert people[0]["id"] == SLOW
    assert [one["peer"] for one in people] == sorted(one["peer"] for one in people)
    assert len(people) == 3 and len(desk["look_first"]["facts"]) <= 3
    require_nothing_of_the_unassessed(seen)
    require_no_person_on_the_floor(seen)
    found = seen.snapshots[EVIDENCE]["agents"][SLOW]
    assert (found["verdict"], found["shifts"], found["exposure_s"]) == ("review", 20, 3 * 3600)
    assert found["peer"] == pytest.approx(row["peer"], abs=0.006)
    assert found["window_low"] < found["window_peer"] < found["window_high"] < 0.8
    drawn = published_curve(seen.raw[CURVES], SLOW)
    assert sum(rate or 0.0 for rate in drawn.rates) == pytest.approx(found["expected"], abs=0.06)
    assert (drawn.phi, drawn.mu, drawn.scores) == (pytest.approx(found["phi"], abs=0.006), None, [])
    assert set(published_curve(seen.raw[CURVES], NEW).rates) == {None}


def require_nothing_of_the_unassessed(seen: Seen) -> None:
    row = seen.row(NEW)
    assert (row["assessed"], row["verdict"], row["peer"], row["flag"]) == (False, "no_verdict", None, None)
    found = seen.snapshots[EVIDENCE]["agents"][NEW]
    assert (found["peer"], found["expected"], found["verdict"]) == (None, None, "no_verdict")
    assert found["low"] is found["window_peer"] is found["log_e"] is None
    assert NEW not in [one["id"] for one in seen.snapshots[TEAM]["desk"]["look_first"]["people"]]


def require_no_person_on_the_floor(seen: Seen) -> None:
    assert b"agent-" in seen.raw[TEAM] and b"agent-" in seen.raw[EVIDENCE]
    assert b"agent-" not in seen.raw[FLOOR]
    assert "desk" not in seen.snapshots[FLOOR]


def test_what_did_not_change_is_not_sent_again(floor: Floor) -> None:
    with side_jobs_of(floor.client, floor.site) as parts:
        seen = seen_of(floor, floor.site, parts)
        seen.tick(NOON_MS + 4100)
        assert not {"desk", "agents"} & seen.last[TEAM].keys()
        before = seen.raw[EVIDENCE]
        seen.tick(NOON_MS + 4900)
        assert seen.raw[EVIDENCE] == before
        seen.tick(NOON_MS + 5000)
        seen.tick(NOON_MS + 5250)
        assert seen.snapshots[EVIDENCE]["at"] == NOON_MS + 5000


def test_an_acknowledged_episode_leaves_the_row_and_starts_the_evidence_anew(floor: Floor) -> None:
    acts = MemoryActs()
    book = FlagRegister(RedisFlags(floor.client), acts, TIME)
    with side_jobs_of(floor.client, floor.site) as made:
        parts = replace(made, flags=(flags := FlagWatch(book, AWAY)))
        seen = seen_of(floor, floor.site, parts)
        assert seen.row(SLOW)["flag"] == "review"
        (episode,) = book.waiting()
        acts.hear(done("flag.acknowledged", episode.id, SLOW, at_ms=NOON_MS + 4000))
        seen.tick(NOON_MS + 6000)
        flags.step()
        seen.tick(NOON_MS + 7000)
        row = seen.row(SLOW)
    assert (row["flag"], row["verdict"]) == (None, "too_early")
    assert seen.snapshots[TEAM]["desk"]["flags"]["review"] == 0


def test_under_a_works_council_nothing_of_persons_is_computed_or_told(floor: Floor) -> None:
    bare = seen_of(floor, floor.site, SideJobs())
    assert {bare.row(SLOW)[name] for name in OF_PERSONS} == {None}
    assert EVIDENCE not in bare.raw
    site = replace(floor.site, works_council="count")
    with side_jobs_of(floor.client, site) as parts:
        seen = seen_of(floor, site, parts)
    FrameWriter(floor.client).publish(Frames("f").write_tick(seen.tick(NOON_MS + 9000)))
    for row in seen.snapshots[TEAM]["agents"]["rows"]:
        named = dict(zip(COLUMNS, row, strict=True))
        assert {named[name] for name in (*OF_PERSONS, "since", "trend", "trend_state")} == {None}
    desk = seen.snapshots[TEAM]["desk"]
    assert (desk["look_first"]["people"], desk["flags"]) == (None, None)
    assert EVIDENCE not in seen.raw and CURVES not in seen.raw
    assert floor.client.get(snapshot_key(TEAM)) is not None
    assert floor.client.get(snapshot_key(EVIDENCE)) is None
    assert not floor.client.keys("*flags*")
    assert not [topic for topic in topics_of(["dawn"], evidence=False) if topic.startswith(("evidence", "curves"))]
    assert seen.snapshots[TEAM]["teams"][0]["band"] is None
