"""A month of a small floor, judged without any store: what a roll-up is made of."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from msgspec import to_builtins

from dashboard.board.people_now import PeopleNow, TeamBands
from dashboard.board.rollup_types import RollupMonth
from dashboard.board.rollup_view import rollup
from dashboard.floor.agent_table import FLAGS, no_marks
from dashboard.floor.board_plan import board_plan
from dashboard.floor.day_ring import COLUMNS as RING_COLUMNS
from dashboard.floor.judged_now import MonthBoard, MonthNow, judged_now
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import Table
from dashboard.floor.planner import Planner
from dashboard.floor.tick_facts import HalfHours, TickFacts
from dashboard.floor.visible_groups import HiddenTeams, rows_with_few
from dashboard.site.load import Site, Spell, Team
from streams.metrics import COUNT, INDEX, Rows
from streams.site_time import Bucket, SiteTime
from tests.dashboard.partitions import NOON_MS
from tests.dashboard.planned import DAY, site

STRANGERS = ("stranger", "~unattributed")
Counts = Sequence[tuple[int, int]]
"""Per line: calls handled and complaints confirmed."""


def floor(sizes: Sequence[int] = (3, 2), council: bool = False) -> Site:
    """A team of each size."""
    teams = tuple(Team(f"t{n}", f"组{n}", f"Team {n}", "outbound") for n in range(len(sizes)))
    people = [(f"agent-{n}-{at}", f"t{n}") for n, size in enumerate(sizes) for at in range(size)]
    roster = tuple(Spell(id, f"人{id}", f"Person {id}", None, team, None, None) for id, team in people)
    return replace(site(), teams=teams, roster=roster, leave=(), works_council="count" if council else "judge")


class Month:
    """One tick of it: today's counts and those of the month so far."""

    def __init__(
        self, here: Site, today: Counts, earlier: Counts, now_ms: int = NOON_MS, strangers: Sequence[str] = STRANGERS
    ) -> None:
        self.site, self.now_ms = here, now_ms
        self.time = SiteTime(here.zone)
        self.lines = Lines(here, DAY)
        self.lines.rows(strangers)
        plan = Planner(here, self.time).plan(self.lines, self.time.day(now_ms))
        self.board = board_plan(plan.grown(len(self.lines)), self.lines, here)
        self.day = self._rows(today)
        self.now = judged_now(self._facts(), self.board, self._month(self.day + self._rows(earlier)))

    def small_rows(self) -> HiddenTeams:
        """The rows of few, as the roll-up finds them."""
        acting = self.now.month.judged.counted.column("attempts") > 0
        return rows_with_few(self.board.small, self.lines, self.site, [acting])

    def rollup(self, flags: Sequence[str | None] = ()) -> RollupMonth:
        """The roll-up; no history is known."""
        none = np.full(len(self.lines.teams), np.nan)
        codes = [FLAGS.index(flag) if flag else -1 for flag in flags]
        flag = np.array(codes + [-1] * (len(self.lines) - len(codes)), np.int64)
        people = PeopleNow(None, None, replace(no_marks(len(self.lines)), flag=flag), TeamBands(none, none))
        return rollup(self.now, people, None, self.site)

    def rollup_json(self, flags: Sequence[str | None] = ()) -> dict[str, Any]:
        """The same as a page reads it."""
        found: dict[str, Any] = to_builtins(self.rollup(flags))
        return found

    def _rows(self, counts: Counts) -> Rows:
        rows = np.zeros((len(self.lines), COUNT), np.int64)
        for row, (handled, complaints) in enumerate(counts[: len(self.lines)]):
            rows[row, INDEX["handled"]] = rows[row, INDEX["attempts"]] = handled
            rows[row, INDEX["complaints_confirmed"]] = complaints
        return rows

    def _month(self, rows: Rows) -> MonthNow:
        bucket = Bucket("mo", 202611)
        table = Table(bucket, lambda line: True)
        table.put(bucket, [person.id for person in self.lines.people], rows)
        return MonthBoard(self.lines, self.board, self.site).judge_month([table], self.now_ms)

    def _facts(self) -> TickFacts:
        none = np.zeros(len(self.lines))
        last30 = self.day[:, [INDEX[name] for name in RING_COLUMNS]]
        half = HalfHours(self.board.plan.day.start_ms, [0], [0.0])
        state = np.full(len(self.lines), -1, np.int64)
        quarters = np.zeros((len(self.lines), 5), np.int32)
        return TickFacts(
            self.now_ms, 0.4, 480, self.lines, self.day, none, none, last30, RING_COLUMNS, half, quarters, state, state,
            (), (),
        )  # fmt: skip
