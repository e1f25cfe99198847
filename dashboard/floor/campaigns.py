"""The campaigns that run today with the dialler's newest snapshot of each, and the planned time in which they are worked on.

``seats`` is the planned work of a direction's teams as a curve from 0 to 1 over the business day. A campaign works on the
workdays of the calendar, and every one of them is taken to have the curve of today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from dashboard.floor.allowed_teams import AllowedTeams
from dashboard.floor.lines import NO_TEAM, Lines
from dashboard.floor.partition_follower import newest_snapshots
from dashboard.floor.plan import Plan
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from dashboard.rules.targets import passed
from dashboard.site.types import Calendar, Campaign
from streams.events import Snapshot
from streams.site_time import Day, SiteTime


class CampaignNow(NamedTuple):
    """A campaign that runs today: its newest snapshot and its working days. ``days`` None: it has no planned end or start."""

    snapshot: Snapshot
    days: int | None
    over: int
    """Working days before today."""
    works_today: bool


def campaigns_now(
    partitions: Iterable[Mapping[str, Snapshot]], allowed: AllowedTeams, day: Day | None
) -> tuple[CampaignNow, ...]:
    """Snapshots by ``campaign:<id>`` of every partition -> those that run on this day, in the order of their ids."""
    if day is None:
        return ()
    site, today = allowed.site, day.label
    found = sorted(newest_snapshots(partitions, "campaign").items())
    newest = [(id, snapshot) for id, snapshot in found if allowed.is_enough("campaign", id)]
    if not site.campaigns:  # a site that lists none shows all that the dialler reports
        return tuple(CampaignNow(snapshot, None, 0, False) for _, snapshot in newest)
    run = {each.id: each for each in site.campaigns if (each.starts or today) <= today <= (each.ends or today)}
    return tuple(_now(snapshot, run[id], site.calendar, today) for id, snapshot in newest if id in run)


def _now(snapshot: Snapshot, campaign: Campaign, calendar: Calendar, today: date) -> CampaignNow:
    if campaign.starts is None or campaign.ends is None:
        return CampaignNow(snapshot, None, 0, False)
    starts = campaign.starts
    days = [starts + timedelta(days=n) for n in range((campaign.ends - starts).days + 1)]
    working = [day for day in days if calendar.is_workday(day)]
    return CampaignNow(snapshot, len(working) or None, sum(day < today for day in working), today in working)


_STEP_S = 900
_FURTHEST_DAYS = 400
"""An end later than this is not shown."""


@dataclass(frozen=True)
class Seats:
    """Seconds since the start of the business day, and the share of the day's planned seat time that is over by each."""

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
    """The curve of the teams of one direction; None where nobody of them is planned to work today."""
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
