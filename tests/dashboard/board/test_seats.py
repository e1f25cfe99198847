"""Seats: by alias in the order of the roster, a topic per board, whole in the snapshot and what changed in the frame."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from dashboard.board.frames import Frames
from dashboard.board.seats_view import COLUMNS, board_topics, namings
from dashboard.board.topics import FLOOR, board_topic
from dashboard.site.types import BoardPages
from dashboard.site.works_council import Level
from tests.dashboard.board.test_frames import World, ticks
from tests.dashboard.partitions import NOON_MS, SITE

ALIAS = {"main": "alias"}
BOARD = BoardPages("main", ("floor", "queues", "agents"))


def seats(frames: Frames, world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """Snapshot and frame of the topic."""
    made = {one.topic: one for one in frames.write_tick(world.view())}
    found = made[board_topic("main", people=True)]
    assert found.frame is not None
    return json.loads(found.snapshot), json.loads(found.frame)


def test_seats_are_teams_in_their_order_and_agents_in_that_of_the_roster() -> None:
    world = World()
    world.apply([(0, "handled", 3, 1), (2, "handled", 1, 0)])
    shown, _ = seats(Frames("e", boards=ALIAS), world)
    assert shown["seats"]["columns"] == list(COLUMNS)
    state = world.state[world.rows].tolist()
    assert state[1] == -1
    rows = shown["seats"]["rows"]
    assert [row[:4] for row in rows] == [[0, "dawn", "A", "A"], [1, "dawn", "B", "B"], [2, "lake", "C", "C"]]
    assert rows[1][4:] == [None, None, 0, 0, 0]
    assert rows[0][5:] == [NOON_MS, 3, 0, 3]


@settings(deadline=None, max_examples=30)
@given(ticks)
def test_the_frame_laid_on_the_snapshot_is_the_next_snapshot(steps: list[Any]) -> None:
    world, frames = World(), Frames("e", boards=ALIAS)
    before, _ = seats(frames, world)
    for step in steps:
        world.apply(step)
        now, frame = seats(frames, world)
        changed = {row[0]: row for row in frame.get("seats", {"rows": []})["rows"]}
        assert [changed.get(row[0], row) for row in before["seats"]["rows"]] == now["seats"]["rows"]
        before = now


def test_a_quiet_tick_carries_no_seat() -> None:
    world, frames = World(), Frames("e", "b1", ALIAS)
    seats(frames, world)
    world.apply([])
    assert set(seats(frames, world)[1]) == {"epoch", "seq", "now", "age_s", "tz_offset_min", "build"}


def test_every_frame_says_which_build_sent_it() -> None:
    for one in Frames("e", "b1", ALIAS).write_tick(World().view()):
        assert json.loads(one.snapshot)["build"] == "b1"
        assert one.frame is None or json.loads(one.frame)["build"] == "b1"


def test_no_name_and_no_id_of_a_person_is_in_what_walls_get() -> None:
    world, frames = World(), Frames("e", boards=ALIAS)
    for _ in range(2):
        world.apply([(0, "handled", 3, 1), (1, "complaints_pending", 1, 1), (3, "handled", 2, 2)])
        made = {one.topic: one for one in frames.write_tick(world.view())}
        for topic in (FLOOR, board_topic("main"), board_topic("main", people=True)):
            sent = (made[topic].snapshot + (made[topic].frame or b"")).decode()
            for person in world.lines.people:
                assert [part for part in person if f'"{part}"' in sent] == []


def test_names_have_a_topic_of_their_own_and_no_id() -> None:
    shown, _ = seats(Frames("e", boards={"main": "full"}), World())
    assert [row[2:4] for row in shown["seats"]["rows"]] == [["安一", "An"], ["安二", "Bo"], ["白一", "Cy"]]
    assert "a1" not in json.dumps(shown["seats"])


def test_who_has_no_alias_has_none_and_the_english_one_stands_in_english() -> None:
    roster = (SITE.roster[0]._replace(alias=None), SITE.roster[1]._replace(alias_en="Bee"), *SITE.roster[2:])
    world = World()
    world.lines.spells[:2] = roster[:2]
    shown, _ = seats(Frames("e", boards=ALIAS), world)
    assert [row[2:4] for row in shown["seats"]["rows"]][:2] == [[None, None], ["B", "Bee"]]


@pytest.mark.parametrize(
    ("boards", "works_council", "topics"),
    [
        ((), "judge", ["wall:main"]),
        ((BOARD,), "judge", ["wall:main", "wall:main/people"]),
        (
            (BOARD, replace(BOARD, id="hall", names="full")),
            "judge",
            ["wall:main", "wall:main/people", "wall:hall", "wall:hall/people"],
        ),
        ((replace(BOARD, names="none"),), "judge", ["wall:main"]),
        ((replace(BOARD, pages=("floor",)),), "judge", ["wall:main"]),
        ((BOARD,), "count", ["wall:main"]),
    ],
)
def test_there_is_a_topic_only_for_what_some_board_may_show(
    boards: tuple[BoardPages, ...], works_council: Level, topics: list[str]
) -> None:
    site = replace(SITE, boards=boards, works_council=works_council)
    assert board_topics(site) == topics
    written = [one.topic for one in Frames("e", boards=namings(site)).write_tick(World().view())]
    assert sorted(topic for topic in written if topic.startswith("wall:")) == sorted(topics)


def test_boards_that_show_the_same_get_the_same_bytes_and_none_gets_the_names_of_another() -> None:
    boards = {"main": "alias", "hall": "full", "east": "alias", "queues": "none"}
    made = {one.topic: one for one in Frames("e", boards=boards).write_tick(World().view())}
    assert made["wall:main"].snapshot is made["wall:queues"].snapshot is made[FLOOR].snapshot
    assert made["wall:main/people"].snapshot is made["wall:east/people"].snapshot
    named = [topic for topic, one in made.items() if topic.startswith("wall:") and "安一" in one.snapshot.decode()]
    assert (named, "wall:queues/people" in made) == (["wall:hall/people"], False)
