"""The roll-up of one tick: the month of site and teams, its course, and the campaigns.

It is made again every two seconds; in between, the same object comes again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.board.campaigns_view import campaigns
from dashboard.board.few_view import coarse_course
from dashboard.board.json_numbers import DECIMALS
from dashboard.board.people_now import PeopleNow
from dashboard.board.project_view import ProjectView, project_views
from dashboard.board.rollup_types import CampaignFigures, DayAhead, MonthLine, PastDay, RollupMonth
from dashboard.board.rollup_view import rollup
from dashboard.board.side_jobs import SideJobs
from dashboard.floor.judged_now import JudgedNow, MonthNow
from dashboard.floor.month_course import DayEnd, MonthCourse, ahead
from dashboard.floor.partition_follower import Follower
from dashboard.floor.reported import ALL_REPORTED, Reported
from dashboard.rules.small_groups import Detail, detail_of
from dashboard.site.load import Site
from streams.site_time import SiteTime

EVERY_MS = 2000
AFTER_MS = 750
"""The roll-up is looked at so long after a second began: evidence, the month and alerts have other ticks."""


@dataclass(frozen=True, eq=False)
class RollupNow:
    """The roll-up at one tick."""

    rollup: RollupMonth
    campaigns: list[CampaignFigures]
    month: MonthNow | None
    """The month whose agents an opened team shows; None where no person is judged."""
    course: MonthLine | None = None
    """How the month came about and may go on; None before the finished days were read."""
    reported: Reported = ALL_REPORTED
    projects: Mapping[str, ProjectView] = field(default_factory=dict)
    """By id."""


class RollupWatch:
    """Watches the roll-up of one day."""

    def __init__(self, site: Site, time: SiteTime, jobs: SideJobs) -> None:
        self._site, self._time = site, time
        self._past_days, self._course = jobs.past_days, MonthCourse()
        self._history = jobs.history if site.judges_persons else None
        self._turn = -1
        self._now: RollupNow | None = None

    def look(self, judged: JudgedNow, people: PeopleNow, followers: Sequence[Follower]) -> RollupNow:
        """One tick, judged and watched."""
        turn = (judged.facts.now_ms - AFTER_MS) // EVERY_MS
        if self._now is not None and turn == self._turn:
            return self._now
        self._turn = turn
        facts, history = judged.facts, self._history.history if self._history is not None else None
        days = self._course.add_days(self._past_days(), judged.month)
        running = campaigns(followers, self._site, self._time, judged.board, facts.lines, facts.now_ms)
        self._now = RollupNow(
            rollup(judged, people, history, self._site),
            running,
            judged.month if self._site.judges_persons else None,
            self._course_of(days, judged.month) if facts.reported.calls else None,
            facts.reported,
            project_views(followers, self._site, facts, running),
        )
        return self._now

    def _course_of(self, days: Sequence[DayEnd] | None, month: MonthNow) -> MonthLine | None:
        """None before the finished days were read, and where the sums of the assessed would be those of few."""
        assessed = int(month.site.tier.assessed[0])
        detail = detail_of(assessed, month.lines.agents() - assessed, self._site.least_members)
        if days is None or detail > Detail.COARSE:
            return None
        found = course(days, month, self._time)
        return found if detail is Detail.EXACT else coarse_course(found)


def course(days: Sequence[DayEnd], month: MonthNow, time: SiteTime) -> MonthLine:
    """Pace at the end of each day, and where it may lie later: ratios of what is owed by the end of that day.

    Days are named by the instant at which they begin. ``low`` and ``high`` are the ends of the 80 % interval, with 95 of the
    95 % one.
    """
    past = [
        PastDay(time.day_of(each.label).start_ms, each.net, round(each.due, 1), round(each.net / each.due, DECIMALS))
        for each in days
        if each.due > 0
    ]
    coming = []
    for each in ahead(month):
        ratios = (round(getattr(each, name) / each.due, DECIMALS) for name in DayAhead.__struct_fields__[2:])
        coming.append(DayAhead(time.day_of(each.label).start_ms, round(each.due, 1), *ratios))
    return MonthLine(past, coming)
