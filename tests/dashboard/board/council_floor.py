"""A small floor under a works council whose sums say of whom they are: agent n makes 2^n calls, so a sum is a set of agents.

It is judged without a store, by the functions that publish; only totals read, from a store in memory.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from dashboard.board.people_now import PeopleNow, TeamBands
from dashboard.board.rollup_types import RollupMonth
from dashboard.board.rollup_view import rollup
from dashboard.board.tick import Tick, TickMaker
from dashboard.floor import sheet
from dashboard.floor.agent_table import no_marks
from dashboard.floor.board_plan import board_plan
from dashboard.floor.day_ring import COLUMNS as RING_COLUMNS
from dashboard.floor.judged_board import JudgedBoard
from dashboard.floor.judged_now import JudgedNow, MonthBoard, judged_now
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import Table
from dashboard.floor.periods import Moment
from dashboard.floor.planner import Planner
from dashboard.floor.tick_facts import NO_STATE, STATE_CODES, HalfHours, TickFacts
from dashboard.floor.totals import By, Period, totals
from dashboard.site.load import Site, Spell, Team
from dashboard.site.works_council import Level
from streams.events import StateNow
from streams.metrics import COUNT, INDEX, Rows
from streams.site_time import HOUR_MS, MINUTE_MS, Bucket, day_key
from streams.store.reader import Cells, Meta
from tests.dashboard.planned import block, site

MOST_AGENTS = 39
"""Sums of their calls, to four decimals, are exact in a float."""
Agents = frozenset[str]
NOBODY: Agents = frozenset()
TODAY, YESTERDAY = date(2026, 11, 23), date(2026, 11, 22)


@dataclass(frozen=True)
class CouncilFloor:
    """One day of it. ``called``, ``lately``, ``signed_in``: who has calls today, in the last 30 minutes, and is here now."""

    roster: tuple[Spell, ...]
    teams: tuple[Team, ...]
    strangers: tuple[str, ...]
    in_month: Agents
    called: Agents = NOBODY
    lately: Agents = NOBODY
    signed_in: Agents = NOBODY
    day: date = TODAY
    target: int | None = None
    level: Level = "count"

    @cached_property
    def site(self) -> Site:
        policies = (block(self.target),)
        return replace(
            site(), teams=self.teams, roster=self.roster, leave=(), policies=policies, works_council=self.level
        )

    @cached_property
    def agents(self) -> list[str]:
        """All agents; the place is the bit."""
        found = sorted({spell.agent for spell in self.roster} | {*self.strangers})
        assert len(found) <= MOST_AGENTS
        return found

    @cached_property
    def judged(self) -> JudgedNow:
        """The tick of noon, judged."""
        time, lines = self.site.time, self._lines()
        day = time.day_of(self.day)
        now_ms = day.start_ms + 12 * HOUR_MS
        plan = Planner(self.site, time).plan(lines, day)
        board = board_plan(plan.grown(len(lines)), lines, self.site)
        of_month = self._lines(self.day.replace(day=1))
        month_plan = Planner(self.site, time).plan(of_month, day)
        month_board = board_plan(month_plan.grown(len(of_month)), of_month, self.site)
        bucket = Bucket("mo", 202611)
        table = Table(bucket, lambda line: True)
        table.put(bucket, [person.id for person in of_month.people], self._rows(of_month, self.in_month))
        month = MonthBoard(of_month, month_board, self.site).judge_month([table], now_ms)
        rows, lately = self._rows(lines, self.called), self._rows(lines, self.lately)
        state = np.full(len(lines), NO_STATE, np.int64)
        state[[row for row, person in enumerate(lines.people) if person.id in self.signed_in]] = STATE_CODES.index(
            "talk"
        )
        none = np.zeros(len(lines))
        facts = TickFacts(
            now_ms, 0.4, 480, lines, rows, none, none, lately[:, [INDEX[name] for name in RING_COLUMNS]], RING_COLUMNS,
            HalfHours(day.start_ms, [0], [0.0]), np.zeros((len(lines), 2), np.int32), state, state, (), (),
        )  # fmt: skip
        return judged_now(facts, board, month)

    @cached_property
    def tick(self) -> Tick:
        """What the frames are written from."""
        return TickMaker(self.site).make(self.judged, self.people)

    @cached_property
    def rollup(self) -> RollupMonth:
        """The roll-up."""
        return rollup(self.judged, self.people, None, self.site)

    def rows_of_sheet(self, period: str) -> list[sheet.Row]:
        """By team and site, as ``judge`` prints them."""
        judged = self.judged.day if period == "day" else self.judged.month.judged
        lines = self.judged.facts.lines if period == "day" else self.judged.month.lines
        day = self.site.time.day_of(self.day)
        board = JudgedBoard(
            period, str(self.day), self.site.name, Moment(day, day.start_ms // 1000, True, False), lines, judged
        )
        return [row for by in ("team", "site") for row in sheet.shown_rows(board, by, self.site)]

    def rows_of_totals(self, period: Period) -> list[Mapping[str, Any]]:
        """By team and site, as ``totals`` prints them."""
        store = MemoryStore(self, self.in_month if period == "month" else self.called)
        bys: tuple[By, ...] = ("team", "site")
        return [row for by in bys for row in totals(store, self.site, by, period, None, None)]

    def decode(self, sum_of_calls: float | int | None) -> Agents | None:
        """A sum -> its agents; None where there is no sum."""
        if sum_of_calls is None:
            return None
        bits = int(sum_of_calls)
        assert bits == sum_of_calls
        return frozenset(agent for at, agent in enumerate(self.agents) if bits >> at & 1)

    def counts(self, agents: Iterable[str], called: Collection[str]) -> Rows:
        """The metrics of these lines."""
        names = [*agents]
        rows = np.zeros((len(names), COUNT), np.int64)
        for row, agent in enumerate(names):
            if agent in called:
                rows[row, INDEX["handled"]] = rows[row, INDEX["attempts"]] = 1 << self.agents.index(agent)
        return rows

    @cached_property
    def people(self) -> PeopleNow:
        """Nothing is known of single persons."""
        unknown = np.full(len(self.teams), np.nan)
        return PeopleNow(None, None, no_marks(len(self.judged.facts.lines)), TeamBands(unknown, unknown))

    def _lines(self, first: date | None = None) -> Lines:
        lines = Lines(self.site, self.day, first)
        lines.rows(self.strangers)
        return lines

    def _rows(self, lines: Lines, called: Collection[str]) -> Rows:
        return self.counts([person.id for person in lines.people], called)


class MemoryStore:
    """The counters of a floor in the day and month of it."""

    partitions = range(1)

    def __init__(self, floor: CouncilFloor, called: Agents) -> None:
        self._floor, self._called = floor, called

    def meta(self, partition: int) -> Meta:
        """The newest event is of the floor's day."""
        newest_ms = self._floor.site.time.day_of(self._floor.day).start_ms
        return Meta(**dict.fromkeys(Meta._fields) | {"newest_ms": newest_ms})  # type: ignore[arg-type]

    def buckets(self, partition: int, kind: str) -> list[int]:
        """One hour or minute, the day, the month."""
        key = day_key(self._floor.day)
        if kind in ("m", "h"):
            return [self._floor.site.time.day_of(self._floor.day).start_ms // MINUTE_MS + 720]
        return [key // 100 if kind == "mo" else key]

    def cells(self, partition: int, kind: str, keys: Sequence[int]) -> list[Cells]:
        """Of all agents."""
        agents = self._floor.agents
        return [(Bucket(kind, key), agents, self._floor.counts(agents, self._called)) for key in keys]

    def states(self, partition: int) -> dict[str, StateNow]:
        """None."""
        return {}

    def types(self, partition: int) -> dict[str, int]:
        """Calls."""
        return {"call.ended": 1}
