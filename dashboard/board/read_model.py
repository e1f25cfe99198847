"""The board's own copy of the store: change feeds -> facts of this tick -> Tick. ``now`` is an argument of each tick."""

import gc
import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime

import numpy as np

from dashboard.board.people_now import PeopleWatch
from dashboard.board.rebuilding import Rebuilding
from dashboard.board.rollup_now import RollupWatch
from dashboard.board.side_jobs import NO_SIDE_JOBS, SideJobs
from dashboard.board.tick import Tick, TickMaker
from dashboard.floor.allowed_teams import allowed_on
from dashboard.floor.attendance import Attendance
from dashboard.floor.board_plan import board_plan
from dashboard.floor.campaigns import campaigns_now
from dashboard.floor.day_ring import LEAD_MINUTES, SLOT_MINUTES, columns_of, span_of
from dashboard.floor.judged_now import MonthBoard, judged_now
from dashboard.floor.lines import Lines
from dashboard.floor.partition_follower import HIDDEN_S, STALE_S, Follower, oldest_heartbeat
from dashboard.floor.partition_sums import DaySums, StatesNow
from dashboard.floor.planner import Planner
from dashboard.floor.queues import queues_now
from dashboard.floor.reported import reported
from dashboard.floor.tick_facts import NO_STATE, TickFacts
from dashboard.rules.figures import fill_rows
from dashboard.site.load import Site
from streams.site_time import MINUTE_MS, Day, minute_of
from streams.store.reader import Reader

log = logging.getLogger(__name__)

_LOOK_FOR_LOSS_MS = 1000
_CAUGHT_UP_S = 15.0
_COLLECT_AFTER = (50_000, 20, 20)
"""The objects of a tick die without the collector: it needs to run seldom."""


class ReadModel:
    """Follows every partition of one topic and gives the tick of any instant.

    ``site``: the site in use. Errors of Redis pass through. After one, call ``reload`` before the next tick: while Redis was
    away anything may have happened to it.
    """

    def __init__(self, reader: Reader, site: Site, jobs: SideJobs = NO_SIDE_JOBS) -> None:
        self._reader = reader
        self.change_site(site, jobs)
        self._followers: list[Follower] = []
        self._looked_ms = 0
        self._owed: dict[int, int] = {}
        self._rebuilding = Rebuilding()

    def change_site(self, site: Site, jobs: SideJobs = NO_SIDE_JOBS) -> None:
        """Takes another site from the next tick on, with the side jobs made for it: its file was changed."""
        self.site = site
        self._jobs = jobs
        self._time = site.time
        self._planner = Planner(site, self._time)
        self._day: Day | None = None
        self._tick: Tick | None = None

    @property
    def turn(self) -> AbstractContextManager[object]:
        """A lock to be held while a tick is made: the history then waits with its heavy work."""
        history = self._jobs.history
        return nullcontext() if history is None else history.turn

    def reload(self) -> None:
        """Reads everything again at the next tick. It never gives older numbers than were shown: see ``tick``."""
        self._owe()
        self._day = None

    def tick(self, now_ms: int) -> Tick | None:
        """The tick of ``now``, in ms; None for a moment after the store was found to hold less than was shown before.

        Redis came back empty or rolled back: the counters are rebuilt from the log, and until they are as far as they were
        (or a heartbeat shows that they have caught up) any number would be wrong. After that moment the last tick is given
        again with ``rebuilding``, by which every page hides what is counted.
        """
        self._follow(now_ms)
        beat = oldest_heartbeat([follower.meta for follower in self._followers])
        age_s = None if beat is None else max(0, now_ms - beat) / 1000
        if self._behind(age_s):
            return self._last_tick(now_ms, age_s)
        as_of_ms = self._as_of(now_ms, age_s)
        facts = self._facts(as_of_ms, age_s)
        month = self._month.judge_month([follower.month for follower in self._followers], as_of_ms)
        judged = judged_now(facts, self._board, month)
        people = self._people.look(judged, self._sums.rows([each.ring for each in self._followers]), self._followers)
        tick = self._ticks.make(judged, people)
        late = self._rebuilding.while_late(now_ms, age_s)
        rollup = self._rollup.look(judged, people, self._followers)
        self._tick = replace(tick, now_ms=now_ms, rollup=rollup, rebuilding=late)
        return self._tick

    def _as_of(self, now_ms: int, age_s: float | None) -> int:
        """The instant at which the tick is judged: stale figures are judged at the instant to which they are known.

        A plan that goes on while the counts stand would make everybody fall behind. Hidden figures have the plan alone.
        """
        if self._day is None or age_s is None or not STALE_S < age_s <= HIDDEN_S:
            return now_ms
        return max(self._day.start_ms, now_ms - round(age_s * 1000))

    def _last_tick(self, now_ms: int, age_s: float | None) -> Tick | None:
        """The tick before, if it is of this day, as one of now."""
        last = self._tick
        if last is None or self._day is None or last.now_ms < self._day.start_ms:
            return None
        reached = {follower.partition: follower.position for follower in self._followers}
        lost = self._rebuilding.after_loss(now_ms, reached, self._owed, last.now_ms)
        return None if lost is None else replace(last, now_ms=now_ms, age_s=age_s, rebuilding=lost)

    def _follow(self, now_ms: int) -> None:
        if self._day is None or not self._day.start_ms <= now_ms < self._day.end_ms:
            self._load(self._time.day(now_ms))
        for follower in self._followers:
            follower.follow()
        if any(follower.has_erased for follower in self._followers):
            self._load(self._time.day(now_ms))  # no row, state or alert of an erased person may stay
        if now_ms - self._looked_ms >= _LOOK_FOR_LOSS_MS or now_ms < self._looked_ms:
            self._looked_ms = now_ms
            for follower in filter(Follower.lost, self._followers):
                log.warning("partition %d of Redis is behind what is shown, reading it again", follower.partition)
                self._owe()
                follower.load(follower.ring.span)

    def _load(self, day: Day) -> None:
        span = span_of(day)
        profiles = self.site.policy(day.label).profiles.values()
        columns = columns_of(profile.volume for profile in profiles)
        self._followers = [Follower(self._reader, p, span, columns) for p in self._reader.partitions]
        self._lines = Lines(self.site, day.label)
        self._allowed = allowed_on(self.site, day.label)
        self._sums = DaySums(self._lines, span.slots)
        self._states = StatesNow(self._lines)
        self._board = board_plan(self._planner.plan(self._lines, day), self._lines, self.site)
        self._attendance = Attendance(self._board.plan)
        # The month has lines of their own; its plan is the day's where nobody came, went or moved in it so far.
        lines = Lines(self.site, day.label, day.label.replace(day=1))
        same = lines.spells == self._lines.spells
        board = self._board if same else board_plan(self._planner.plan(lines, day), lines, self.site, self._board.small)
        self._month = MonthBoard(lines, board, self.site)
        self._people = PeopleWatch(self.site, self._time, self._lines, day, self._jobs)
        self._ticks = TickMaker(self.site)
        self._rollup = RollupWatch(self.site, self._time, self._jobs)
        self._day = day
        # All this lives until the next day. A collector that walks through it triples the time of a tick.
        gc.unfreeze()
        gc.freeze()
        gc.set_threshold(*_COLLECT_AFTER)

    def _owe(self) -> None:
        for follower in self._followers:
            self._owed[follower.partition] = max(self._owed.get(follower.partition, 0), follower.position)

    def _behind(self, age_s: float | None) -> bool:
        caught_up = age_s is not None and age_s <= _CAUGHT_UP_S
        if caught_up or all(follower.position >= self._owed.get(follower.partition, 0) for follower in self._followers):
            self._owed.clear()
        return bool(self._owed)

    def _facts(self, now_ms: int, age_s: float | None) -> TickFacts:
        state, since = self._states.read_states(self._followers)
        rings = [follower.ring for follower in self._followers]
        at = self._sums.rows(rings)
        if len(self._board.plan) < len(self._lines):  # a row for every line that has appeared by now
            more, small = self._board.plan.grown(len(self._lines)), self._board.small
            self._board = board_plan(more, self._lines, self.site, small)
        board = self._board
        state, since = (fill_rows(values, len(self._lines), NO_STATE) for values in (state, since))
        running = (minute_of(now_ms) - rings[0].span.start) // SLOT_MINUTES
        self._sums.refresh_half_hours(rings, board.plan)
        self._attendance.apply_states(at, board.plan, state, since)
        known = reported(follower.types for follower in self._followers)
        scheduled_s, working_s = self._attendance.seconds(now_ms // 1000)
        if not known.states:  # no source tells who was at work: no time is held against anybody
            scheduled_s, working_s = np.zeros((2, len(self._lines)), np.int64)
        offset = datetime.fromtimestamp(now_ms / 1000, self._time.zone).utcoffset()
        queues = queues_now(self._followers, rings[0].span.start * MINUTE_MS, now_ms)
        return TickFacts(
            now_ms=now_ms,
            age_s=age_s,
            tz_offset_min=int(offset.total_seconds() // 60) if offset else 0,
            lines=self._lines,
            day=self._sums.day(rings),
            scheduled_s=scheduled_s.astype(np.float64),
            working_s=working_s.astype(np.float64),
            last30=self._sums.window(rings, minute_of(now_ms) - LEAD_MINUTES, minute_of(now_ms) + 1),
            columns=rings[0].columns,
            half_hours=self._sums.half_hours(rings[0].span.start, running, board.first_planned),
            quarters=self._sums.quarters[: len(self._lines), : running + 1].copy(),
            state=state,
            since_ms=since,
            campaigns=campaigns_now([follower.snapshots for follower in self._followers], self._allowed, self._day),
            queues=tuple(each for each in queues if self._allowed.is_enough("queue", each.id)),
            reported=known,
        )
