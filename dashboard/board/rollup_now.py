"""Roll-up, course of the month and campaigns, looked at anew every two seconds; between, the same object is given again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.board.campaigns_view import campaigns
from dashboard.board.json_numbers import DECIMALS
from dashboard.board.people_now import Watched
from dashboard.board.rollup_view import Seen, rollup
from dashboard.board.side_jobs import SideJobs
from dashboard.floor.judged_now import JudgedNow, MonthNow
from dashboard.floor.month_course import Ahead, DayEnd, MonthCourse, ahead
from dashboard.floor.partition_follower import Follower
from dashboard.floor.reported import ALL_REPORTED, Reported
from dashboard.site.load import Site
from streams.site_time import SiteTime

EVERY_MS = 2000
AFTER_MS = 750
"""After the second began: evidence, the month and what is told have other ticks."""


@dataclass(frozen=True, eq=False)
class RollupNow:
    """At one tick. ``month``: whose agents an opened team shows; None under a works council. ``course``: how the month came
    about and may go on; None before the finished days were read."""

    shown: dict[str, Any]
    campaigns: list[dict[str, Any]]
    month: MonthNow | None
    course: dict[str, Any] | None = None
    reported: Reported = ALL_REPORTED


class RollupWatch:
    """Of one day."""

    def __init__(self, site: Site, time: SiteTime, parts: SideJobs) -> None:
        self._site, self._time = site, time
        self._past_days, self._course = parts.past_days, MonthCourse()
        self._history = None if site.works_council else parts.history
        self._turn = -1
        self._now: RollupNow | None = None

    def update(self, now: JudgedNow, watched: Watched, followers: Sequence[Follower]) -> RollupNow:
        """One tick, judged and watched."""
        turn = (now.facts.now_ms - AFTER_MS) // EVERY_MS
        if self._now is None or turn != self._turn:
            self._turn = turn
            self._now = self._look(now, watched, followers)
        return self._now

    def _look(self, now: JudgedNow, watched: Watched, followers: Sequence[Follower]) -> RollupNow:
        history = self._history.history if self._history is not None else None
        about = watched.told
        shown = rollup(
            Seen(now, about.bands, about.flag, history, about.alerts.none_given, about.alerts.none_counted), self._site
        )
        facts = now.facts
        running = campaigns(followers, self._site, self._time, now.board, facts.lines, facts.now_ms)
        days = self._course.add_days(self._past_days(), now.month)
        told = None if days is None or not facts.reported.calls else course(days, now.month, self._time)
        return RollupNow(shown, running, None if self._site.works_council else now.month, told, facts.reported)


def course(days: Sequence[DayEnd], month: MonthNow, time: SiteTime) -> dict[str, Any]:
    """Days are told by the instant at which they begin."""
    shown = [each for each in days if each.due > 0]
    return {
        "past": [
            {"at": time.day_of(each.label).start_ms, "net": each.net, "due": round(each.due, 1),
             "pace": round(each.net / each.due, DECIMALS)}
            for each in shown
        ],
        "ahead": [{"at": time.day_of(each.label).start_ms, **_ends(each)} for each in ahead(month)],
    }  # fmt: skip


def _ends(each: Ahead) -> dict[str, float]:
    ratios = {name: round(getattr(each, name) / each.due, DECIMALS) for name in _ENDS}
    return {"due": round(each.due, 1), **ratios}


_ENDS = ("expected", "low", "high", "low95", "high95")
