"""Frames: a delta laid on the snapshot before it is the next snapshot, whatever happened in between."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.board.frame_types import Stamp
from dashboard.board.frames import Frames
from dashboard.board.people_now import PeopleWatch
from dashboard.board.row_bytes import COLUMNS
from dashboard.board.side_jobs import NO_SIDE_JOBS
from dashboard.board.tick import Tick, TickMaker
from dashboard.board.topics import FLOOR, stamp_of, team_topic
from dashboard.floor.board_plan import board_plan
from dashboard.floor.day_ring import COLUMNS as RING_COLUMNS
from dashboard.floor.judged_now import MonthBoard, judged_now
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import Table
from dashboard.floor.planner import Planner
from dashboard.floor.tick_facts import STATE_CODES, HalfHours, TickFacts
from dashboard.rules.deduction import DeductionPolicy, Mode
from streams.metrics import COUNT, INDEX
from streams.site_time import Bucket, SiteTime
from tests.dashboard.partitions import MIDNIGHT_MS, NOON_MS, SITE

AGENTS = ("a1", "a2", "b1", "stranger", "~unattributed")
metric = st.sampled_from(
    [
        "handled",
        "complaints_pending",
        "repeat_enquiries_confirmed",
        "converted",
        "evaluations",
        "evaluation_points",
        "talk_s",
    ]
)
touch = st.tuples(st.integers(0, len(AGENTS) - 1), metric, st.integers(0, 5), st.integers(0, 4))
ticks = st.lists(st.lists(touch, max_size=4), min_size=1, max_size=6)
policies = st.sampled_from(
    [
        DeductionPolicy(),
        DeductionPolicy(Mode.CONFIRMED),
        DeductionPolicy(complaint=0.5),
        DeductionPolicy(Mode.TARGET),
        DeductionPolicy(Mode.OFF),
    ]
)


class World:
    """A floor that changes at random."""

    def __init__(self) -> None:
        self.lines = Lines(SITE, date(2026, 11, 23))
        self.rows = self.lines.rows(AGENTS)
        self.day = np.zeros((len(self.lines), COUNT), np.int64)
        self.quarters = np.zeros((len(self.lines), 5), np.int32)
        self.state = np.full(len(self.lines), -1, np.int64)
        self.now_ms = NOON_MS

    def apply(self, touches: list[tuple[int, str, int, int]]) -> None:
        self.now_ms += 250
        for agent, name, amount, quarter in touches:
            row = self.rows[agent]
            self.day[row, INDEX[name]] = amount
            self.quarters[row, quarter] = amount
            self.state[row] = amount % len(STATE_CODES)

    def facts(self) -> TickFacts:
        last30 = self.day[:, [INDEX[name] for name in RING_COLUMNS]] // 2
        half = HalfHours(MIDNIGHT_MS, [int(self.day[:, INDEX["handled"]].sum())], [1.0])
        none = np.zeros(len(self.lines))
        since = np.where(self.state < 0, -1, NOON_MS)
        return TickFacts(
            self.now_ms, 0.4, 480, self.lines, self.day.copy(), none, none, last30, RING_COLUMNS, half,
            self.quarters.copy(), self.state.copy(), since, (), (),
        )  # fmt: skip

    def view(self, policy: DeductionPolicy | None = None) -> Tick:
        """The facts, judged by a policy of deduction."""
        clock = SiteTime(SITE.zone)
        blocks = tuple(replace(block, deduction=policy or block.deduction) for block in SITE.policies)
        plan = Planner(replace(SITE, policies=blocks), clock).plan(self.lines, clock.day(NOON_MS))
        board = board_plan(plan, self.lines, SITE)
        month = MonthBoard(self.lines, board, SITE).judge_month([self.table()], self.now_ms)
        now = judged_now(self.facts(), board, month)
        people = PeopleWatch(SITE, clock, self.lines, clock.day(NOON_MS), NO_SIDE_JOBS).look(now, [], [])
        return TickMaker(SITE).make(now, people)

    def table(self) -> Table:
        """The month has begun today."""
        bucket = Bucket("mo", 202611)
        table = Table(bucket, lambda line: True)
        table.put(bucket, [person.id for person in self.lines.people], self.day)
        return table


def laid_on(snapshot: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    """What a page does with a frame."""
    merged: dict[str, Any] = {
        **snapshot,
        **{name: frame[name] for name in ("epoch", "seq", "now", "age_s", "tz_offset_min") if name in frame},
    }
    merged |= {"desk": frame["desk"]} if "desk" in frame else {}
    if "floor" not in snapshot:  # the topic of the head alone
        return merged
    merged["floor"] = frame.get("floor", snapshot["floor"])
    teams = {team["id"]: team for team in frame.get("teams", [])}
    merged["teams"] = [teams.get(team["id"], team) for team in snapshot["teams"]]
    rows = {row[0]: row for row in frame.get("agents", {"rows": []})["rows"]}
    kept = [rows.get(row[0], row) for row in snapshot["agents"]["rows"]]
    merged["agents"] = {**snapshot["agents"], "rows": kept}
    return merged


@settings(deadline=None)
@given(ticks, policies)
def test_the_frame_laid_on_the_snapshot_is_the_next_snapshot(steps: list[Any], policy: DeductionPolicy) -> None:
    world, frames = World(), Frames("e")
    before = {one.topic: json.loads(one.snapshot) for one in frames.write_tick(world.view(policy))}
    for step in steps:
        world.apply(step)
        for one in frames.write_tick(world.view(policy)):
            now = json.loads(one.snapshot)
            assert laid_on(before[one.topic], json.loads(one.frame)) == now
            before[one.topic] = now


@settings(deadline=None)
@given(ticks, policies)
def test_the_floor_is_the_teams_and_the_others_and_every_line_adds_up(
    steps: list[Any], policy: DeductionPolicy
) -> None:
    world = World()
    for step in steps:
        world.apply(step)
    found = world.view(policy)
    others = [row for row, at in enumerate(found.lines.team) if at < 0]
    for name in ("handled", "deducted", "net"):
        column = found.agents.column(name)
        assert getattr(found.floor, name) == sum(getattr(team, name) for team in found.teams) + column[others].sum()
        assert found.floor.month.net == found.floor.net, "the month has begun today"
    assert sum(team.month.net for team in found.teams) + column[others].sum() == found.floor.month.net
    floor = found.floor
    assert floor.handled - floor.deducted + floor.floored == floor.net
    handled, deducted, net = (found.agents.column(name) for name in ("handled", "deducted", "net"))
    floored = net - (handled - deducted)
    assert (floored >= 0).all() and floored.sum() == floor.floored


def test_a_quiet_tick_carries_the_clock_and_nothing_else() -> None:
    world, frames = World(), Frames("e")
    list(frames.write_tick(world.view()))
    world.apply([])
    for one in frames.write_tick(world.view()):
        assert set(json.loads(one.frame)) == {"epoch", "seq", "now", "age_s", "tz_offset_min"}


def test_a_row_says_null_for_what_is_not_known() -> None:
    frames = {one.topic: json.loads(one.snapshot) for one in Frames("e").write_tick(World().view())}
    row = dict(zip(COLUMNS, frames[team_topic("dawn")]["agents"]["rows"][0], strict=True))
    assert {name for name, value in row.items() if value is None} == {
        *("state", "since", "aht_s", "score", "due", "pace", "trend", "trend_state"),
        *("peer", "peer_low", "peer_high", "verdict", "flag", "flag_since"),
    }
    assert (row["id"], row["name"], row["name_en"], row["spark"]) == ("a1", "安一", "An", [])
    assert frames[FLOOR]["agents"] == {"columns": list(COLUMNS), "rows": []}


def test_a_call_that_only_moved_in_time_is_sent() -> None:
    world, frames = World(), Frames("e")
    world.apply([(0, "handled", 1, 1)])
    list(frames.write_tick(world.view()))
    world.quarters[world.rows[0]] = [1, 0, 0, 0, 0]
    moved = {one.topic: json.loads(one.frame) for one in frames.write_tick(world.view())}
    assert moved["team:dawn"]["agents"]["rows"][0][COLUMNS.index("spark")] == [1, 0, 0, 0, 0]
    assert "agents" not in moved["team:lake"]


def test_the_stamp_is_read_from_the_first_bytes() -> None:
    one = next(iter(Frames("abc").write_tick(World().view())))
    assert stamp_of(one.frame) == stamp_of(one.snapshot) == Stamp("abc", 1, NOON_MS, json.loads(one.frame)["age_s"])
    assert orjson.loads(one.frame)["epoch"] == "abc"
