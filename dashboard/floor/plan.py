"""The plan of a day and its month per line: targets, planned time, standing and policy. It is made once a day, not per tick.

A ``Plan`` belongs to the rows of one ``Lines``. A tick reads from it the calls owed by now, at a cost that grows with the number
of different timetables, not of agents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from dashboard.floor.schedule import pack
from dashboard.floor.timetables import Timetable
from dashboard.rules import scoring, targets
from dashboard.rules.deduction import Numbers
from dashboard.rules.eligibility import NOT_IN_ROSTER, Standing
from dashboard.rules.figures import Flags, Whole, fill_rows
from dashboard.rules.targets import Owed, Passed, Pieces
from dashboard.site.types import PolicyBlock, Profile
from streams.metrics import INDEX
from streams.site_time import Day

NO_PROFILE = -1
HANDLED = INDEX["handled"]


@dataclass(frozen=True)
class PeriodPlan:
    """The targets and planned time of one period; one element per row. Calls are NaN where there is no target."""

    target: Numbers
    """Calls of the whole period."""
    earlier: Numbers
    """Calls owed by the days of the period before today."""
    planned_s: Whole
    """Planned seconds of the whole period."""
    later_s: Whole
    """Planned seconds of the days after today."""
    has_target: Flags
    """Whether there is a target at all, also where this period has no planned time to carry it."""


@dataclass(frozen=True)
class Judging:
    """The rules by which each row is judged."""

    standings: tuple[Standing, ...]
    assessed: Flags
    profile: Whole
    """Index into ``Plan.profiles``, NO_PROFILE where there is none."""
    volume: Whole
    """Index of the metric that counts as volume."""
    target_handle_s: Numbers
    weights: Numbers
    """(rows x INDICES)."""


@dataclass(frozen=True)
class Plan:
    """One day of one month as planned, for the rows of a ``Lines``."""

    day: Day
    block: PolicyBlock
    profiles: tuple[Profile, ...]
    timetables: tuple[Timetable, ...]
    """The different ones; the last is empty."""
    timetable: Whole
    """(rows,): index into ``timetables``."""
    at: int
    """Which day of the month it is, from 0."""
    shares: Numbers
    """(rows x days of the month): the month's target over its days; 0 where none is owed, NaN where there is no target."""
    counts: Flags
    """(rows x days): whether a day owes something when it is over: its planned time has weight in the arrivals."""
    asked: dict[str, PeriodPlan]
    """``day`` and ``month``."""
    judging: Judging

    def __len__(self) -> int:
        return len(self.timetable)

    @property
    def today(self) -> Numbers:
        """(rows,): this day's share of the month's target."""
        return self.shares[:, self.at]

    @property
    def assessed(self) -> Flags:
        """(rows,)."""
        return self.judging.assessed

    @cached_property
    def work(self) -> Pieces:
        """(timetables x pieces): today's planned work."""
        return pack([each.pieces[self.at] for each in self.timetables])

    @cached_property
    def attended(self) -> Pieces:
        """(timetables x spans): today's scheduled time, for adherence."""
        return pack([[(start, end, 1.0) for start, end in each.attended[self.at]] for each in self.timetables])

    def passed(self, now_s: int) -> Passed:
        """(rows,): how much of today's planned work is over."""
        found = targets.passed(self.work, now_s)
        return Passed(found.share[self.timetable], found.seconds[self.timetable])

    def owed(self, period: str, now_s: int) -> Owed:
        """Calls and time that a period asks by now; ``now_s`` lies in the plan's day or at its end."""
        asked, passed = self.asked[period], self.passed(now_s)
        left_s = asked.later_s + self.asked["day"].planned_s - passed.seconds
        return Owed(asked.target, asked.earlier + self.today * passed.share, asked.planned_s, left_s)

    def due_at(self, edges_s: Sequence[int]) -> Numbers:
        """Calls that all assessed rows owe of today by each instant, together, before forced work is taken off."""
        share = np.array([targets.passed(self.work, edge).share for edge in edges_s])
        return np.asarray(share.reshape(len(edges_s), len(self.timetables)) @ self._calls_by_timetable, np.float64)

    @cached_property
    def _calls_by_timetable(self) -> Numbers:
        calls = np.where(self.assessed, np.nan_to_num(self.today), 0.0)
        return np.bincount(self.timetable, calls, len(self.timetables)).astype(np.float64)

    def grown(self, rows: int) -> "Plan":
        """The same for more rows: agents who are not on the roster have no plan and are not assessed."""
        if rows <= len(self):
            return self
        unplanned = {"timetable": len(self.timetables) - 1, "shares": np.nan, "counts": False}
        standings = self.judging.standings + (NOT_IN_ROSTER,) * (rows - len(self))
        return replace(
            self,
            **_filled(self, rows, unplanned),
            asked={
                period: replace(asked, **_filled(asked, rows, _NOTHING_ASKED)) for period, asked in self.asked.items()
            },
            judging=replace(self.judging, standings=standings, **_filled(self.judging, rows, _NOT_JUDGED)),
        )


def weights_of(profile: Profile | None) -> Numbers:
    """(INDICES,): nothing weighs without a profile."""
    return scoring.weight_row(profile.weights if profile else {})


def _filled(part: object, rows: int, fillers: Mapping[str, float]) -> dict[str, Any]:
    return {name: fill_rows(getattr(part, name), rows, filler) for name, filler in fillers.items()}


_NOTHING_ASKED = {"target": np.nan, "earlier": np.nan, "planned_s": 0, "later_s": 0, "has_target": False}
_NOT_JUDGED = {"assessed": False, "profile": NO_PROFILE, "volume": HANDLED, "target_handle_s": np.nan, "weights": 0.0}
"""The values of a row without a plan."""
