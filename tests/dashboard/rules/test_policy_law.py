"""A policy published today: the block is added to the site file, nothing is counted again, no earlier month judged again."""

import io
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import tables
from dashboard.board.read_model import ReadModel
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge, JudgedBoard
from dashboard.floor.periods import moment_of
from dashboard.site.load import Site, load_site
from streams.metrics import NAMES
from streams.site_time import MINUTE_MS, SiteTime
from tests.dashboard.partitions import NOON_MS, Partition, reader
from tests.dashboard.rules.facts_of_a_day import Fact, facts, record
from tests.streams.storing import everything

pytestmark = pytest.mark.services
CLOCK = SiteTime("Asia/Shanghai")
MONTH_MS = 30 * 24 * 60 * MINUTE_MS
SITE = """\
[site]
zone = "Asia/Shanghai"
[[teams]]
id = "dawn"
profile = "outbound"
[[teams]]
id = "lake"
profile = "inbound"
[[shifts]]
id = "day"
start = "09:00"
end = "18:00"
breaks = [["12:00", "13:00"]]
"""
ROSTER = "agent,name,team\na1,安一,dawn\na2,安二,dawn\nb1,白一,lake\nb2,白二,lake\n"


class Block(NamedTuple):
    """What a dated block may decide."""

    mode: str
    complaint: float
    repeat_enquiry: float
    target: int
    volume: str
    cap: float
    middle: float
    weights: str

    def toml(self, effective_from: date) -> str:
        """As it stands in the site file."""
        profile = (
            f'month_target = {self.target}\nvolume = "{self.volume}"\nweights = {self.weights}\ntarget_handle_s = 240\n'
        )
        return f"""\
[[policies]]
version = "{effective_from}"
effective_from = {effective_from}
deduction = {{ mode = "{self.mode}", complaint = {self.complaint}, repeat_enquiry = {self.repeat_enquiry} }}
indices = {{ cap = {self.cap} }}
grades = [
  {{ lower = 0, upper = {self.middle}, label = "B", coefficient = 0.5 }},
  {{ lower = {self.middle}, label = "A", coefficient = 1 }},
]
[[policies.profiles]]
id = "outbound"
direction = "outbound"
{profile}[[policies.profiles]]
id = "inbound"
direction = "inbound"
{profile}"""


blocks = st.builds(
    Block,
    st.sampled_from(["numerator", "target", "confirmed", "off"]),
    st.sampled_from([0.0, 0.5, 1.0, 3.0]),
    st.sampled_from([0.0, 1.0]),
    st.integers(1, 9999),
    st.sampled_from(["handled", "attempts", "converted"]),
    st.sampled_from([1.0, 1.2, 2.0]),
    st.sampled_from([0.3, 0.6, 0.9]),
    st.sampled_from(["{ volume = 1 }", "{ volume = 0.5, quality = 0.5 }", "{ quality = 0.2, conduct = 0.8 }"]),
)


def test_a_new_policy_block_recounts_nothing_and_rejudges_no_earlier_month(store_client: Any, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    path = tmp_path / "site.toml"
    starts = st.sampled_from([date(2026, 11, 1), date(2026, 12, 1)])

    @settings(max_examples=12)
    @given(st.lists(facts, min_size=1, max_size=8), st.lists(facts, min_size=1, max_size=8), blocks, blocks, starts)
    def law(october: list[Fact], november: list[Fact], old: Block, new: Block, start: date) -> None:
        written(store_client, october, november)
        path.write_text(SITE + old.toml(date(2026, 10, 1)), encoding="utf-8")
        before = load_site(path)
        model = ReadModel(reader(store_client), before)
        model.tick(NOON_MS)
        judged, kept = earlier(store_client, before), everything(store_client)
        metrics = counted_of(board_of(store_client, before, "month", "2026-11-23"))
        path.write_text(path.read_text("utf-8") + new.toml(start), encoding="utf-8")
        after = load_site(path)
        model.change_site(after)
        model.tick(NOON_MS + 1100)
        assert earlier(store_client, after) == judged
        assert everything(store_client) == kept
        now = board_of(store_client, after, "month", "2026-11-23")
        assert counted_of(now) == metrics
        in_force = date(2026, 11, 1) if start.month == 11 else date(2026, 10, 1)
        assert {row["policy"] for row in sheet.rows(now, "agent")} == {str(in_force)}

    law()


def written(client: Any, october: list[Fact], november: list[Fact]) -> None:
    """A month apart, as they came in."""
    client.flushall()
    partition = Partition(client, 0)
    partition.write(
        *(record(fact._replace(minutes=fact.minutes + MONTH_MS // MINUTE_MS), at) for at, fact in enumerate(october))
    )
    partition.write(*(record(fact, 100 + at) for at, fact in enumerate(november)))


def board_of(client: Any, site: Site, period: str, at: str) -> JudgedBoard:
    return BoardJudge(reader(client), site, CLOCK).judge(period, moment_of(at, NOON_MS, CLOCK))


def earlier(client: Any, site: Site) -> list[str]:
    """October as it is printed: for everybody, its month and the day of its facts, byte for byte."""
    found = []
    for period, at in (("month", "2026-10"), ("day", "2026-10-24"), ("month", "2026-10-24")):
        board = board_of(client, site, period, at)
        for by in sheet.BY:
            out = io.StringIO()
            tables.write_json(sheet.columns(by), sheet.rows(board, by), out)
            found.append(out.getvalue())
    return found


def counted_of(board: JudgedBoard) -> list[list[Any]]:
    """The metrics of everybody."""
    return [[row[name] for name in NAMES] for by in sheet.BY for row in sheet.rows(board, by)]
