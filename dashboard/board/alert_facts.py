"""The values of one tick that alerts are made of, and the shifts of its day. Arrays have one element per line or team."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import STALE_S
from dashboard.floor.plan import Plan
from dashboard.floor.queues import QueueNow
from dashboard.floor.tick_facts import FORGOTTEN_MS, NO_STATE, SIGNED_IN
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Flags, Whole
from dashboard.site.load import Site
from streams.metrics import INDEX, Rows
from streams.store.source_reports import SourceReport

NO_DUTY = 0
_ATTEMPTS = INDEX["attempts"]
_STATE_SECONDS = slice(INDEX["state_available_s"], INDEX["state_other_s"] + 1)


@dataclass(frozen=True)
class DutyTimes:
    """(lines,) each: when today's planned attendance begins and ends, in ms; NO_DUTY where nobody is expected."""

    start_ms: Whole
    end_ms: Whole


@dataclass(frozen=True)
class AlertFacts:
    """One tick. Arrays about agents have one element per line of ``lines``."""

    site: Site
    """Its limits, and whether a works council has a say."""
    now_ms: int
    day_start_ms: int
    age_s: float | None
    """Age of the newest heartbeat; None: not known."""
    lines: Lines
    state: Whole
    """Index into STATE_CODES, NO_STATE where nothing is known."""
    since_ms: Whole
    duty: DutyTimes
    arrived: Flags
    pace: Numbers
    """Net / target by now; NaN where there is none or the agent is not assessed. Asked for only with ``naive_pace``."""
    planned_s: Whole
    """Planned seconds of today that are over."""
    team_pace: Numbers
    """(teams,), as the next, in the order of the lines' teams: net / target by now; NaN: not known."""
    team_low: Numbers
    """The low end of the band of chance."""
    hidden_teams: Collection[int] = ()
    """Indices of the teams whose pace is not shown."""
    queues: Sequence[QueueNow] = ()
    sources: Mapping[str, int] | None = None
    """CloudEvents source -> its newest append time in ms, over all partitions; None: not known."""
    dead_letters: int = 0
    """Records of the last hour that could not be counted."""
    uncounted: int = 0
    """Records that came, where not one was ever counted, or none on a day that is empty; else 0."""
    appeals_overdue: int = 0
    halted: Mapping[int, str] = field(default_factory=dict)
    """Partition that is not counted any further -> the reason, of streams.halts.REASONS."""
    sources_noticed: Sequence[SourceReport] = ()
    """The findings about each source in the newest two business days of the log."""

    @property
    def is_stale(self) -> bool:
        """Whether the counts are too old for a new alert."""
        return self.age_s is not None and self.age_s > STALE_S

    @property
    def signed_in(self) -> Flags:
        """(lines,): whether the agent is signed in now, a forgotten sign-out left out."""
        known = (self.state != NO_STATE) & (self.state < SIGNED_IN)
        return np.asarray(known & (self.now_ms - self.since_ms <= FORGOTTEN_MS), np.bool_)


def duty(plan: Plan) -> DutyTimes:
    """The day's plan -> when each row is expected: work, training and meetings, without leave."""
    spans = plan.attended
    some = spans.end_s > spans.start_s
    starts = np.where(some, spans.start_s, np.iinfo(np.int64).max).min(axis=1, initial=np.iinfo(np.int64).max)
    ends = np.where(some, spans.end_s, NO_DUTY).max(axis=1, initial=NO_DUTY)
    starts = np.where(ends > NO_DUTY, starts, NO_DUTY)
    return DutyTimes(starts[plan.timetable] * 1000, ends[plan.timetable] * 1000)


def arrived(day: Rows, state: Whole, since_ms: Whole, now_ms: int) -> Flags:
    """(lines x metrics) of today and the states now -> the agents who are or were here today: signed in, or on a call.

    Where no state of anybody is known everybody counts as here.
    """
    there = (state != NO_STATE) & (state < SIGNED_IN) & (now_ms - since_ms <= FORGOTTEN_MS)
    was = day[:, _STATE_SECONDS].any(axis=1) | (day[:, _ATTEMPTS] > 0)
    return np.asarray(there | was | (state == NO_STATE).all(), np.bool_)
