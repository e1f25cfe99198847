"""The structs of the frames: docs/frames.md lists every field of them, real frames are decoded through them."""

import re

from msgspec import json

from dashboard.board.frame_types import AgentRow, BoardFrame, FlagCounts, StateCounts
from dashboard.board.frames import Frames
from dashboard.floor.agent_table import COLUMNS, FLAGS
from dashboard.floor.lines import LineName
from dashboard.floor.tick_facts import STATES
from tests.dashboard.board.frame_docs import tables
from tests.dashboard.board.test_frames import World
from tests.golden import ROOT


def test_the_document_lists_every_field_with_its_type_and_meaning() -> None:
    text = (ROOT / "docs" / "frames.md").read_text("utf-8")
    sections = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}
    structs = [*tables()]
    assert [*sections] == [struct.name for struct in structs]
    for struct in structs:
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", sections[struct.name], re.MULTILINE)
        assert [(name, words) for name, words, _ in rows] == struct.fields, struct.name
        assert all(meaning.strip("? ") for _, _, meaning in rows), struct.name


def test_the_orders_of_columns_states_and_flags_are_those_of_the_floor() -> None:
    assert AgentRow.__struct_fields__ == (*LineName._fields, *COLUMNS)
    assert StateCounts.__struct_encode_fields__ == (*STATES, "signed_in", "total")
    assert FlagCounts.__struct_fields__ == FLAGS


def test_real_snapshots_and_frames_are_of_their_struct() -> None:
    world, frames = World(), Frames("e", "b1", {"main": "alias"})
    for touches in ([], [(0, "handled", 3, 1)], [(1, "complaints_pending", 1, 2)]):
        world.apply(touches)
        for one in frames.write_tick(world.view()):
            json.decode(one.snapshot, type=BoardFrame)
            json.decode(one.frame or one.snapshot, type=BoardFrame)
