"""When in a day a campaign is worked on: the planned seats of its direction, as a curve from 0 to 1 over the business day.

A working day of a campaign is one of the calendar; all of them are taken to have the shape of today.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.floor.plan import Plan
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from dashboard.rules.targets import passed
from dashboard.site.types import Calendar
from streams.site_time import SiteTime

_STEP_S = 900
_FURTHEST_DAYS = 400
"""What would end later is not told."""


@dataclass(frozen=True)
class Seats:
    """Seconds since the business day's start, and the share of the day's planned seat time that is over by each."""

    at_s: Whole
    share: Numbers

    def passed(self, since_start_s: float) -> float:
        """The share over at a time of the day."""
        return float(np.interp(since_start_s, self.at_s, self.share))

    def time_of(self, share: float) -> int:
        """Seconds since the start by which a share in (0, 1] is over."""
        at = int(np.searchsorted(self.share, share, side="left"))
        before, after = self.share[at - 1], self.share[at]
        part = (share - before) / (after - before)
        return round(float(self.at_s[at - 1] + part * (self.at_s[at] - self.at_s[at - 1])))


def seats(plan: Plan, lines: Lines, direction: str) -> Seats | None:
    """Of the teams of one direction; None where today nobody of them is planned to work."""
    of = np.array([team.direction == direction for team in lines.teams] + [False], np.bool_)
    team = lines.team[: len(plan)]
    works = of[np.where(team == NO_TEAM, len(lines.teams), team)]
    rows = np.bincount(plan.timetable[works], minlength=len(plan.timetables))
    start_s, end_s = plan.day.start_ms // 1000, plan.day.end_ms // 1000
    edges = np.array([*range(start_s, end_s, _STEP_S), end_s], np.int64)
    planned_s = np.array([float(passed(plan.work, int(edge)).seconds @ rows) for edge in edges])
    return Seats(edges - start_s, planned_s / planned_s[-1]) if planned_s[-1] > 0 else None


def moment(worked: float, starts: date, calendar: Calendar, time: SiteTime, day: Seats) -> int | None:
    """Working days from the campaign's first day on (2.25: a quarter of its third) -> the instant in ms; None: too far."""
    whole = int(np.ceil(worked)) - 1
    label = starts - timedelta(days=1)
    for _ in range(_FURTHEST_DAYS):
        label += timedelta(days=1)
        whole -= calendar.is_workday(label)
        if whole < 0 and calendar.is_workday(label):
            return time.day_of(label).start_ms + day.time_of(worked - int(np.ceil(worked)) + 1) * 1000
    return None
