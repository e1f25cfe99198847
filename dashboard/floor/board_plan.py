"""The plan of a day as the board needs it: its groups, its half hours, and the reasons against assessing a row."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dashboard.floor.agent_table import unassessed
from dashboard.floor.judgement import Judgement
from dashboard.floor.lines import Lines
from dashboard.floor.plan import Plan
from dashboard.floor.tick_facts import HALF_HOUR_MS
from dashboard.floor.tiers import Groups, Tiers, groups, tiers
from dashboard.floor.visible_groups import HiddenTeams, hidden_teams, in_sums, listed_teams
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from dashboard.site.load import Site

_ROUNDING = 1e-6
_WINDOW_S = 1800


def window_s(now_ms: int) -> tuple[int, int]:
    """Begin and end, in seconds, of the last 30 minutes and the running one."""
    now_s = now_ms // 1000
    return now_s - now_s % 60 - _WINDOW_S, now_s


@dataclass(frozen=True)
class BoardPlan:
    """One plan for the rows of one ``Lines`` at their present number."""

    plan: Plan
    teams: Groups
    """The teams in the order of the site file; the last group holds the lines in no team."""
    site: Groups
    """One group."""
    everyone: Groups
    """The agents on the page of everyone, then all other lines; ``site`` itself where there are no others."""
    listed: tuple[int, ...]
    """The teams of these agents; NO_TEAM, the last, stands for the agents in no team."""
    why: Whole
    """(rows,): see ``agent_table.unassessed``."""
    small: HiddenTeams
    """The teams that are not shown by themselves on this day."""

    def pool_tiers(self, judged: Judgement) -> tuple[Tiers, Tiers, Tiers]:
        """A judgement of the rows -> the tiers of the teams, the site and everyone; where two are the same, one object."""
        site = tiers(judged, self.site)
        return tiers(judged, self.teams), site, site if self.everyone is self.site else tiers(judged, self.everyone)

    @cached_property
    def first_planned(self) -> int | None:
        """The first half hour of the day in which something is owed; None if there is none."""
        owed = self._owed
        return int(owed[0]) if len(owed) else None

    def due_by_half_hour(self, start_ms: int, count: int, now_ms: int) -> tuple[list[float], float | None]:
        """Calls owed in each half hour from ``start_ms`` to the end of the planned day, at least ``count`` of them, and
        those owed by now in the running one, the last of these ``count``. Empty and None where nobody owes anything today."""
        if not len(self._owed):
            return [], None
        due = np.diff(self._edges)
        first = (start_ms - self.plan.day.start_ms) // HALF_HOUR_MS
        last = max(first + count, int(self._owed[-1]) + 1)
        running_s = (start_ms + (count - 1) * HALF_HOUR_MS) // 1000
        before, now = self.plan.due_at([running_s, now_ms // 1000]).tolist()
        return due[first:last].tolist(), now - before

    def due_in_window(self, now_ms: int) -> float | None:
        """Calls owed in the last 30 minutes; None where nobody owes anything today."""
        if not len(self._owed):
            return None
        before, now = self.plan.due_at(window_s(now_ms)).tolist()
        return float(now - before)

    def due_in_window_by_team(self, now_ms: int) -> Numbers:
        """(groups of teams,): the same per group."""
        before, now = (self.plan.passed(edge).share for edge in window_s(now_ms))
        calls = np.where(self.plan.assessed, np.nan_to_num(self.plan.today) * (now - before), 0.0)
        return np.bincount(self.teams.group, calls, self.teams.count).astype(np.float64)

    @cached_property
    def _owed(self) -> Whole:
        """The half hours in which something is owed."""
        return np.nonzero(np.diff(self._edges) > _ROUNDING)[0]

    @cached_property
    def _edges(self) -> Numbers:
        """Calls owed by the beginning of each half hour of the day, and by the end of the day."""
        start_s, end_s = self.plan.day.start_ms // 1000, self.plan.day.end_ms // 1000
        step_s = HALF_HOUR_MS // 1000
        return self.plan.due_at([*range(start_s, end_s, step_s), end_s])


def board_plan(plan: Plan, lines: Lines, of: Site, small: HiddenTeams | None = None) -> BoardPlan:
    """The plan of the lines of a site -> the same with groups, half hours and reasons.

    ``small``: the hidden teams of the day, if they are worked out.
    """
    small = hidden_teams(of, plan.day.label) if small is None else small
    team = np.where(lines.team < 0, len(lines.teams), lines.team).astype(np.int64)
    site, shown = groups(plan, np.zeros(len(lines), np.int64), 1), listed_teams(lines, of, small)
    other = in_sums(lines, shown)
    return BoardPlan(
        plan=plan,
        teams=groups(plan, team, len(lines.teams) + 1),
        site=site,
        everyone=groups(plan, other, 2) if other.any() else site,
        listed=shown,
        why=unassessed(plan.judging.standings),
        small=small,
    )
