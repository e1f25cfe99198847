"""The store at a moment -> the judged board of a day or a month, as the screens show it now or showed it then.

A past moment within a day is counted from the minutes; where the store no longer has them, the day is judged whole. Adherence of
earlier days comes from the hour blocks, or from the day where these are gone: in each bucket working time counts up to the
scheduled time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from dashboard.floor.attendance import closed
from dashboard.floor.board_cells import BoardCells, WorkedDay
from dashboard.floor.counter_store import CachedStore, CounterStore
from dashboard.floor.judgement import Judgement, LineCounts, judge
from dashboard.floor.lines import Lines
from dashboard.floor.periods import Moment
from dashboard.floor.plan import Plan
from dashboard.floor.planner import Planner
from dashboard.floor.reported import ALL_REPORTED, Reported, reported
from dashboard.floor.schedule import pack
from dashboard.floor.tick_facts import NO_STATE, STATE_CODES
from dashboard.rules.adherence import MINUTE_S, asked_in, passed_s
from dashboard.rules.figures import Whole, fill_rows
from dashboard.rules.months import last_of_month, month_label
from dashboard.site.load import Site
from streams.events import StateNow
from streams.site_time import MINUTE_MS, Day, SiteTime, day_key


@dataclass(frozen=True)
class JudgedBoard:
    """A period judged at a moment."""

    period: str
    """``day`` or ``month``."""
    label: str
    site: str
    """The name of the site."""
    moment: Moment
    lines: Lines
    judged: Judgement
    reported: Reported = ALL_REPORTED
    """The kinds of facts that some source has reported by now, also for a past moment."""


class BoardJudge:
    """Judges any day or month that the store still has."""

    def __init__(self, store: CounterStore, site: Site, clock: SiteTime) -> None:
        self._store = store
        self._site = site
        self._clock = clock
        self._planner = Planner(site, clock)

    def judge(self, period: str, moment: Moment) -> JudgedBoard:
        """The day or the month of a moment, up to it."""
        stored = _StoredPeriod(CachedStore(self._store), self._site, self._clock)
        moment = stored.reachable_moment(moment)
        label = moment.day.label
        first = label if period == "day" else label.replace(day=1)
        taken = BoardCells(Lines(self._site, label, first), stored.store)
        worked = stored.add_period(taken, period, first, moment)
        lines = taken.lines
        states = stored.states(lines)
        plan = self._planner.plan(lines, moment.day)
        known = reported(stored.store.types(partition) for partition in stored.store.partitions)
        scheduled_s, working_s = _attended(plan, worked, states, moment)
        if not known.states:
            scheduled_s, working_s = np.zeros((2, len(plan)), np.int64)
        counted = LineCounts(taken.rows(), scheduled_s.astype(np.float64), working_s.astype(np.float64))
        text = str(label) if period == "day" else month_label(label)
        return JudgedBoard(
            period, text, self._site.name, moment, lines, judge(counted, plan, period, moment.now_s), known
        )


@dataclass(frozen=True)
class _StoredPeriod:
    """The buckets that a store still has, for one board."""

    store: CachedStore
    site: Site
    clock: SiteTime

    def reachable_moment(self, moment: Moment) -> Moment:
        """The moment, or the end of its day where the minutes are gone."""
        if moment.live or moment.whole or self._keeps("m", moment.day.start_ms // MINUTE_MS):
            return moment
        return Moment(moment.day, moment.day.end_ms // 1000, False, True)

    def add_period(self, taken: BoardCells, period: str, first: date, moment: Moment) -> list[WorkedDay]:
        """Adds up the metrics of the period -> the working time of each of its days."""
        label, over = moment.day.label, moment.live or moment.whole
        if period == "month" and over and (moment.live or label == last_of_month(label)):
            taken.add("mo", [day_key(label) // 100])
        else:
            taken.add("d", [day_key(first + timedelta(days=n)) for n in range((label - first).days + over)])
        minutes = range(0) if over else range(moment.day.start_ms // MINUTE_MS, moment.now_s // MINUTE_S)
        days = [self.clock.day_of(first + timedelta(days=n)) for n in range((label - first).days + 1)]
        return [taken.worked(day, self._kind(day, moment), minutes if day == moment.day else ()) for day in days]

    def states(self, lines: Lines) -> tuple[Whole, Whole]:
        """Code and start of each line's state now."""
        newest: dict[str, StateNow] = {}
        for partition in self.store.partitions:
            for agent, state in self.store.states(partition).items():
                if agent not in newest or state.since_ms >= newest[agent].since_ms:
                    newest[agent] = state
        known = [newest.get(person.id) for person in lines.people]
        codes = [STATE_CODES.index(each.state) if each else NO_STATE for each in known]
        return np.array(codes, np.int64), np.array([each.since_ms // 1000 if each else 0 for each in known], np.int64)

    def _keeps(self, kind: str, key: int) -> bool:
        """Whether every partition still keeps a bucket, by the newest event of its log."""
        kept_ms = {"m": self.site.retention.minutes_ms, "h": self.site.retention.hours_ms}[kind]
        metas = [self.store.meta(partition) for partition in self.store.partitions]
        return all(key >= ((meta.newest_ms or 0) - kept_ms) // MINUTE_MS for meta in metas if meta is not None)

    def _kind(self, day: Day, moment: Moment) -> str:
        """The finest buckets that cover a whole day; retention takes those of its first minute or hour first."""
        at = day.start_ms // MINUTE_MS
        if day == moment.day and self._keeps("m", at):
            return "m"
        return "h" if self._keeps("h", at) else "d"


def _attended(
    plan: Plan, days: Sequence[WorkedDay], states: tuple[Whole, Whole], moment: Moment
) -> tuple[Whole, Whole]:
    """(rows,) each: scheduled seconds up to the moment, and those of them in a working state."""
    total = np.zeros((2, len(plan)), np.int64)
    for each in days:
        at = plan.at + (each.day.label - plan.day.label).days
        spans = pack([[(*span, 1.0) for span in table.attended[at]] for table in plan.timetables])
        now_s = min(moment.now_s, each.day.end_ms // 1000)
        seconds = fill_rows(each.seconds, len(plan))
        so_far = passed_s(spans, now_s)[plan.timetable]
        if each.kind == "m":
            worked = closed(spans, plan.timetable, seconds, each.day, states, now_s)
        else:
            worked = np.minimum(seconds, asked_in(spans, each.edges_s)[plan.timetable]).sum(axis=1)
        total += np.stack([so_far, np.minimum(worked, so_far)])
    return total[0], total[1]
