"""Persons and what needs attention at one tick: evidence, trends, flags, alerts and the panels of the leads.

Evidence changes every five seconds at most, everything else once a second. In between, the same objects come again, so that no
unchanged row is written again. Agents who are not assessed have no evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dashboard.actions.flag_sightings import HistoryShifts, sightings
from dashboard.board.agent_marks import agent_marks, evidence_of_assessed, trend_of_assessed
from dashboard.board.alert_facts import AlertFacts, arrived, duty
from dashboard.board.alert_kinds import Alert
from dashboard.board.alerts import NOTHING, AlertsNow, alerts
from dashboard.board.few_view import COARSE, teams_without_pace
from dashboard.board.frame_types import LeadPanel
from dashboard.board.lead_view import LowRatio, lead_panels, lowest
from dashboard.board.refused_records import LastHour, NoneCounted
from dashboard.board.side_jobs import FlagOffer, FlagsNow, SideJobs
from dashboard.floor.agent_table import MarkColumns
from dashboard.floor.judged_now import JudgedNow
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import STALE_S, Follower
from dashboard.people.evidence import Evidence, EvidenceNow
from dashboard.people.quality_charts import TrendNow
from dashboard.people.running_minutes import Rings
from dashboard.rules.bands import half_width, half_width_together
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags
from dashboard.site.load import Site
from streams.site_time import Day, SiteTime
from streams.store.source_reports import SourceReport, source_reports

SECOND_MS = 1000
AFTER_MS = 500
"""Alerts are looked at so long after a second began: evidence and the month have other ticks."""


@dataclass(frozen=True)
class TeamBands:
    """(teams,): where the pace of a team lies by chance; NaN: not known."""

    low: Numbers
    high: Numbers
    last30: float = float("nan")
    """Half the width of the band of what all teams did in the last 30 minutes."""


@dataclass(frozen=True, eq=False)
class PeopleNow:
    """At one tick; a member that did not change is the same object as before."""

    evidence: EvidenceNow | None
    """Of assessed lines; None: no evidence is computed."""
    trend: TrendNow | None
    marks: MarkColumns
    bands: TeamBands
    """This and the following change once a second."""
    alerts: AlertsNow = NOTHING
    leads: Sequence[LeadPanel] = ()
    """One per team, and last that of everyone."""


class PeopleWatch:
    """Watches the lines of one day."""

    def __init__(self, site: Site, time: SiteTime, lines: Lines, day: Day, jobs: SideJobs) -> None:
        self._site, self._time, self._lines, self._day = site, time, lines, day
        self._jobs = jobs if site.judges_persons else SideJobs(trends=jobs.trends, overdue=jobs.overdue)
        has_evidence = self._jobs.history is not None
        self._evidence = Evidence(site, time, lines, day) if has_evidence else None
        self._dead = LastHour()
        self._none_counted = NoneCounted()
        self._raw: tuple[object, ...] = ()
        self._rows = -1
        self._second = -1
        self._past: HistoryShifts | None = None
        self._ranked: EvidenceNow | None = None
        self._lowest: Sequence[tuple[LowRatio, ...]] = ()
        self._now: PeopleNow | None = None

    def look(self, judged: JudgedNow, rings: Rings, followers: Sequence[Follower]) -> PeopleNow:
        """One tick, judged, with the rings and the row of each of their lines."""
        weighed, trends = self._weighed(judged, rings), self._jobs.trends
        trend = trends.newest_trends(judged.facts.now_ms, self._lines, self._time) if trends is not None else None
        flags = self._jobs.flags.now if self._jobs.flags is not None else None
        second = (judged.facts.now_ms - AFTER_MS) // SECOND_MS
        # After an error everything is looked at again.
        now, self._now = self._now, None
        if self._changed(weighed, trend, flags) or now is None:
            now = self._marked(judged, weighed, trend, flags, now)
        if second != self._second:
            self._second = second
            now = self._alerted(judged, now, followers)
            self._offer(judged, now)
        self._now = now
        return now

    def _changed(self, *raw: object) -> bool:
        """Whether one of them is another object than before, or a line is new."""
        same = self._rows == len(self._lines) and all(a is b for a, b in zip(raw, self._raw, strict=True))
        self._raw, self._rows = raw, len(self._lines)
        return not same

    def _weighed(self, judged: JudgedNow, rings: Rings) -> EvidenceNow | None:
        """None while it is not known which evidence was acknowledged."""
        history, flags = self._jobs.history, self._jobs.flags
        if self._evidence is None or history is None:
            return None
        history.note_late_blocks([ring for ring, _ in rings])
        acknowledged = flags.now if flags is not None else FlagsNow({}, {}, frozenset())
        if acknowledged is None:
            return None
        facts, net, due = judged.facts, judged.day.deduction.current.net, judged.day.pace.by_now
        known = (acknowledged.restarts, acknowledged.review_open, net, due)
        return self._evidence.evidence_at(facts.now_ms, rings, facts.state, facts.since_ms, history.history, *known)

    def _marked(
        self,
        judged: JudgedNow,
        weighed: EvidenceNow | None,
        trend: TrendNow | None,
        flags: FlagsNow | None,
        before: PeopleNow | None,
    ) -> PeopleNow:
        """What follows from evidence, trends and flags."""
        assessed, lines = judged.day.assessed, self._lines
        evidence = evidence_of_assessed(weighed, assessed) if weighed is not None else None
        charted = trend_of_assessed(trend.lines, assessed) if trend is not None and self._site.judges_persons else None
        marks = agent_marks(lines, evidence, charted, flags, assessed)
        trend = None if trend is None else replace(trend, lines=charted or trend.lines)
        if before is None:
            return PeopleNow(evidence, trend, marks, self._bands(judged))
        return replace(before, evidence=evidence, trend=trend, marks=marks)

    def _alerted(self, judged: JudgedNow, now: PeopleNow, followers: Sequence[Follower]) -> PeopleNow:
        bands, evidence, assessed = self._bands(judged), now.evidence, judged.day.assessed
        on = alerts(self._alert_facts(judged, bands, followers), now.alerts)
        if evidence is not self._ranked:
            self._ranked = evidence
            self._lowest = lowest(self._lines, evidence) if evidence is not None else ()
        about, persons = _about_assessed(on.teams, self._lines, assessed), self._site.judges_persons
        leads = lead_panels(self._lines, self._lowest, about, on, now.marks.flag, judged.board.listed, persons)
        return replace(now, bands=bands, alerts=on, leads=leads)

    def _bands(self, judged: JudgedNow) -> TeamBands:
        """L is what the assessed of the team owe by now."""
        history = self._jobs.history.history if self._jobs.history is not None else None
        if history is None:
            unknown = np.full(len(self._lines.teams), np.nan)
            return TeamBands(unknown, unknown)
        known = [history.teams.get(team.id) for team in self._lines.teams]
        phi = np.array([days.phi if days else np.nan for days in known], np.float64)
        tau_squared = np.array([days.tau_squared if days else np.nan for days in known], np.float64)
        half = half_width(judged.teams.tier.target_by_now[: len(known)], phi, tau_squared)
        rolling = judged.board.due_in_window_by_team(judged.facts.now_ms)[: len(known)]
        return TeamBands(np.maximum(0.0, 1 - half), 1 + half, half_width_together(rolling, phi, tau_squared))

    def _alert_facts(self, judged: JudgedNow, bands: TeamBands, followers: Sequence[Follower]) -> AlertFacts:
        facts, plan, teams = judged.facts, judged.board.plan, len(self._lines.teams)
        metas = [follower.meta for follower in followers if follower.meta is not None]
        dead = sum(meta.totals.get("dead_lettered", 0) for meta in metas)
        stale = facts.age_s is None or facts.age_s > STALE_S
        calls = facts.reported.calls
        return AlertFacts(
            site=self._site,
            now_ms=facts.now_ms,
            day_start_ms=self._day.start_ms,
            age_s=facts.age_s,
            lines=self._lines,
            state=facts.state,
            since_ms=facts.since_ms,
            duty=duty(plan),
            arrived=arrived(facts.day, facts.state, facts.since_ms, facts.now_ms),
            pace=judged.day.pace.pace.value if calls else np.full(len(self._lines), np.nan),
            planned_s=plan.passed(facts.now_ms // SECOND_MS).seconds,
            team_pace=self._team_pace(judged) if calls else np.full(teams, np.nan),
            team_low=bands.low,
            hidden_teams=teams_without_pace(judged, self._site.least_members),
            queues=facts.queues,
            sources=_newest([follower.sources for follower in followers]),
            dead_letters=self._dead.grown(facts.now_ms, dead, stale),
            uncounted=self._none_counted.look((meta.totals for meta in metas), not facts.day.any()),
            appeals_overdue=self._jobs.overdue() or 0,
            sources_noticed=_noticed(followers),
            halted={each.partition: each.meta.halt.reason for each in followers if each.meta and each.meta.halt},
        )

    def _team_pace(self, judged: JudgedNow) -> Numbers:
        """No more exact than it is shown."""
        pace = judged.teams.pace.value[: len(self._lines.teams)]
        return pace if self._site.judges_persons else np.round(pace, COARSE)

    def _offer(self, judged: JudgedNow, now: PeopleNow) -> None:
        """Hands what the rules see to the flags."""
        if self._jobs.flags is None:
            return
        history = self._jobs.history.history if self._jobs.history is not None else None
        if history is not None and (self._past is None or self._past.history is not history):
            self._past = HistoryShifts(history, self._site)
        net, due = judged.day.deduction.current.net, judged.day.pace.by_now
        trend = now.trend.lines if now.trend is not None else None
        seen = sightings(self._lines, self._day.label, now.evidence, trend, (due > 0) & (net >= due))
        self._jobs.flags.offer(FlagOffer(judged.facts.now_ms, seen, self._past))


def _noticed(followers: Sequence[Follower]) -> Sequence[SourceReport]:
    """Nothing where no record is misrouted: that is the usual tick."""
    if not any(each.meta.totals.get("misrouted") for each in followers if each.meta is not None):
        return ()
    return source_reports(each.source_days for each in followers if each.meta is not None)


def _about_assessed(teams: Sequence[Sequence[Alert]], lines: Lines, assessed: Flags) -> list[list[Alert]]:
    """Each team's alerts about assessed agents: alerts about others stay alerts, and nobody looks at them first."""
    return [
        [each for each in alerts if (row := lines.find_row(each.agent or "")) is not None and assessed[row]]
        for alerts in teams
    ]


def _newest(partitions: Sequence[dict[str, int]]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for sources in partitions:
        for source, at_ms in sources.items():
            newest[source] = max(at_ms, newest.get(source, at_ms))
    return newest
