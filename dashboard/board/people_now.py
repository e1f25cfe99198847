"""What is said of persons and what somebody must be told now: evidence, trends, flags, alerts, and whom to look at first.

Evidence says something new every five seconds at most, everything else once a second; between, the same objects are given
again, so that nobody writes anew what has not changed. Of who is not assessed nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from dashboard.actions.flag_sightings import HistoryShifts, sightings
from dashboard.board.agent_marks import beside
from dashboard.board.alert_facts import AlertFacts, TeamPace, arrived, duty
from dashboard.board.alert_kinds import Alert
from dashboard.board.alerts import NOTHING, Alerts, alerts
from dashboard.board.look_first import Looked, LookFirst, Peers, look_first, lowest
from dashboard.board.refused_records import LastHour, NoneCounted
from dashboard.board.side_jobs import FlagOffer, FlagsNow, SideJobs
from dashboard.floor.agent_table import MarkColumns
from dashboard.floor.judged_now import JudgedNow
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import STALE_S, Follower
from dashboard.people.evidence import Evidence, EvidenceNow
from dashboard.people.quality_charts import Trended, TrendNow
from dashboard.people.running_minutes import Rings
from dashboard.rules.bands import half_width, half_width_together
from dashboard.rules.deduction import Numbers
from dashboard.rules.evidence import Verdict
from dashboard.rules.ewma import TrendState
from dashboard.rules.figures import Flags, Whole
from dashboard.site.load import Site
from streams.site_time import Day, SiteTime
from streams.store.source_reports import SourceReport, source_reports

SECOND_MS = 1000
AFTER_MS = 500
"""So long after a second began everything is told that is told once a second: evidence and the month have other ticks."""


@dataclass(frozen=True)
class Bands:
    """(teams,): where the pace of a team lies by chance; NaN: not known."""

    low: Numbers
    high: Numbers
    last30: float = float("nan")
    """Half the width of the band of what all teams did in the last 30 minutes."""


@dataclass(frozen=True, eq=False)
class Told:
    """What a lead and the floor are told; looked at anew once a second."""

    bands: Bands
    alerts: Alerts
    look_first: tuple[LookFirst, ...]
    flag: Whole
    """(lines,): index into FLAGS, -1 where there is none."""


@dataclass(frozen=True, eq=False)
class Watched:
    """At one tick; what did not change is the same object as before."""

    evidence: EvidenceNow | None
    """Of assessed lines; None: nothing of it is computed."""
    trend: TrendNow | None
    beside: MarkColumns
    told: Told


class DayWatch:
    """Watches the lines of one day."""

    def __init__(self, site: Site, time: SiteTime, lines: Lines, day: Day, parts: SideJobs) -> None:
        self._site, self._time, self._lines, self._day = site, time, lines, day
        self._parts = SideJobs(trends=parts.trends, overdue=parts.overdue) if site.works_council else parts
        has_evidence = self._parts.history is not None
        self._evidence = Evidence(site, time, lines, day) if has_evidence else None
        self._dead = LastHour()
        self._refused = NoneCounted()
        self._seen: tuple[int, ...] = ()
        self._raw: tuple[object, ...] = ()
        self._second = -1
        self._past: HistoryShifts | None = None
        self._seen_first: EvidenceNow | None = None
        self._lowest: Sequence[tuple[Looked, ...]] = ()
        self._now: Watched | None = None

    def update(self, now: JudgedNow, rings: Rings, followers: Sequence[Follower]) -> Watched:
        """One tick, judged, with the rings and the row of each of their lines."""
        weighed, trend = self._weighed(now, rings), self._trend(now)
        flags = self._parts.flags.now if self._parts.flags is not None else None
        second = (now.facts.now_ms - AFTER_MS) // SECOND_MS
        before, self._now = self._now, None
        if before is None or self._changed(weighed, trend, flags):
            before = self._said(now, weighed, trend, flags, before.told if before is not None else None)
        if second != self._second:
            self._second = second
            before = replace(before, told=self._tell(now, before, followers))
            self._offer(now, before)
        self._now = before
        return before

    def _changed(self, *raw: object) -> bool:
        seen = (*map(id, raw), len(self._lines))
        same = seen == self._seen
        self._seen, self._raw = seen, raw  # kept, so that no other object gets their ids
        return not same

    def _weighed(self, now: JudgedNow, rings: Rings) -> EvidenceNow | None:
        """None while it is not known which evidence was acknowledged."""
        history, flags = self._parts.history, self._parts.flags
        if self._evidence is None or history is None:
            return None
        history.note_late_blocks([ring for ring, _ in rings])
        known = flags.now if flags is not None else FlagsNow({}, {}, frozenset())
        if known is None:
            return None
        facts, net, due = now.facts, now.day.deduction.current.net, now.day.pace.by_now
        told = (known.restarts, known.review_open, net, due)
        return self._evidence.evidence_at(facts.now_ms, rings, facts.state, facts.since_ms, history.history, *told)

    def _trend(self, now: JudgedNow) -> TrendNow | None:
        trends = self._parts.trends
        return trends.newest_trends(now.facts.now_ms, self._lines, self._time) if trends is not None else None

    def _said(
        self,
        now: JudgedNow,
        weighed: EvidenceNow | None,
        trend: TrendNow | None,
        flags: FlagsNow | None,
        told: Told | None,
    ) -> Watched:
        """What follows from evidence, trends and flags."""
        assessed, lines = now.day.assessed, self._lines
        evidence = _of_assessed(weighed, assessed) if weighed is not None else None
        of_persons = None if trend is None or self._site.works_council else _charted(trend.lines, assessed)
        said = beside(lines, evidence, of_persons, flags, assessed)
        shown = None if trend is None else replace(trend, lines=of_persons or trend.lines)
        nothing = Told(_no_bands(lines), NOTHING, (LookFirst(),) * len(lines.teams), said.flag)
        return Watched(evidence, shown, said, told or nothing)

    def _tell(self, now: JudgedNow, so_far: Watched, followers: Sequence[Follower]) -> Told:
        bands, evidence = self._bands(now), so_far.evidence
        told = alerts(self._alert_facts(now, bands, followers), so_far.told.alerts)
        if evidence is not self._seen_first:
            self._seen_first = evidence
            self._lowest = lowest(self._lines, _peers(evidence, now.day.assessed)) if evidence is not None else ()
        looked = look_first(self._lowest, _about_assessed(told.teams, self._lines, now.day.assessed))
        return Told(bands, told, looked, so_far.beside.flag)

    def _bands(self, now: JudgedNow) -> Bands:
        """L is what the assessed of the team owe by now."""
        history = self._parts.history.history if self._parts.history is not None else None
        if history is None:
            return _no_bands(self._lines)
        known = [history.teams.get(team.id) for team in self._lines.teams]
        phi = np.array([days.phi if days else np.nan for days in known], np.float64)
        tau_squared = np.array([days.tau_squared if days else np.nan for days in known], np.float64)
        half = half_width(now.teams.tier.target_by_now[: len(known)], phi, tau_squared)
        rolling = now.board.due_in_window_by_team(now.facts.now_ms)[: len(known)]
        return Bands(np.maximum(0.0, 1 - half), 1 + half, half_width_together(rolling, phi, tau_squared))

    def _alert_facts(self, now: JudgedNow, bands: Bands, followers: Sequence[Follower]) -> AlertFacts:
        facts, plan, teams = now.facts, now.board.plan, len(self._lines.teams)
        metas = [follower.meta for follower in followers if follower.meta is not None]
        dead = sum(meta.totals.get("dead_lettered", 0) for meta in metas)
        stale = facts.age_s is None or facts.age_s > STALE_S
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
            pace=now.day.pace.pace.value if facts.reported.calls else np.full(len(self._lines), np.nan),
            planned_s=plan.passed(facts.now_ms // SECOND_MS).seconds,
            teams=TeamPace(now.teams.pace.value[:teams] if facts.reported.calls else np.full(teams, np.nan), bands.low),
            queues=facts.queues,
            sources=_newest([follower.sources for follower in followers]),
            dead_letters=self._dead.grown(facts.now_ms, dead, stale),
            uncounted=self._refused.look((meta.totals for meta in metas), not facts.day.any()),
            appeals_overdue=self._parts.overdue() or 0,
            sources_noticed=_noticed(followers),
            halted={each.partition: each.meta.halt.reason for each in followers if each.meta and each.meta.halt},
        )

    def _offer(self, now: JudgedNow, watched: Watched) -> None:
        """What the rules see, for the book of flags."""
        if self._parts.flags is None:
            return
        history = self._parts.history.history if self._parts.history is not None else None
        if history is not None and (self._past is None or self._past.history is not history):
            self._past = HistoryShifts(history, self._site)
        net, due = now.day.deduction.current.net, now.day.pace.by_now
        trend = watched.trend.lines if watched.trend is not None else None
        seen = sightings(self._lines, self._day.label, watched.evidence, trend, (due > 0) & (net >= due))
        self._parts.flags.offer(FlagOffer(now.facts.now_ms, seen, self._past))


def _noticed(followers: Sequence[Follower]) -> Sequence[SourceReport]:
    """Nothing where no record is misrouted: that is the usual tick."""
    if not any(each.meta.totals.get("misrouted") for each in followers if each.meta is not None):
        return ()
    return source_reports(each.source_days for each in followers if each.meta is not None)


def _of_assessed(evidence: EvidenceNow, assessed: Flags) -> EvidenceNow:
    """Of the others every number is unknown."""
    known: dict[str, Any] = {each.name: getattr(evidence, each.name) for each in fields(evidence)}
    for name, values in known.items():
        if isinstance(values, np.ndarray) and values.dtype.kind == "f":
            known[name] = np.where(assessed, values, np.nan)
    verdict = np.where(assessed, evidence.verdict, Verdict.NO_VERDICT).astype(np.int8)
    return EvidenceNow(**known | {"verdict": verdict, "drop": evidence.drop & assessed})


def _charted(trended: Trended, assessed: Flags) -> Trended:
    """A smoothed score is a fact; what it says of somebody, limits and state, is said of the assessed only."""
    state = np.where(assessed, trended.state, TrendState.NONE).astype(np.int8)
    low, high = (np.where(assessed, ends, np.nan) for ends in (trended.low, trended.high))
    return replace(trended, low=low, high=high, state=state)


def _peers(evidence: EvidenceNow, assessed: Flags) -> Peers:
    numbers = (evidence.peer_ratio, evidence.low, evidence.high, evidence.counted, evidence.expected)
    return Peers(*numbers, evidence.too_early, assessed)


def _about_assessed(teams: Sequence[Sequence[Alert]], lines: Lines, assessed: Flags) -> list[list[Alert]]:
    """Of each team's alerts those about somebody who is assessed: the others stay alerts, and nobody looks at them first."""
    return [
        [each for each in alerts if (row := lines.find_row(each.agent or "")) is not None and assessed[row]]
        for alerts in teams
    ]


def _no_bands(lines: Lines) -> Bands:
    unknown = np.full(len(lines.teams), np.nan)
    return Bands(unknown, unknown)


def _newest(partitions: Sequence[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sources in partitions:
        for source, at_ms in sources.items():
            found[source] = max(at_ms, found.get(source, at_ms))
    return found
