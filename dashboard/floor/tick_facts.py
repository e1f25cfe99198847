"""What is known at one tick, before anything is judged: the values that the rules are given."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.day_ring import Minutes
from dashboard.floor.lines import Lines
from dashboard.floor.reported import ALL_REPORTED, Reported
from dashboard.rules.deduction import Numbers
from streams.events import Snapshot
from streams.metrics import Rows

STATES = ("available", "talk", "hold", "wrap", "break", "training", "meeting", "other")
"""The states of someone signed in."""
STATE_CODES = (*STATES, "ringing", "offline")
EXPOSING = ("available", "ringing", "talk", "hold", "wrap")
"""States in which calls can come or are worked on: their time is the exposure (docs/rules.md 9)."""
NO_STATE = -1
SIGNED_IN = len(STATES) + 1
HALF_HOUR_MS = 1_800_000

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class HalfHours:
    """Floor sums per half hour of the day up to the running one, which is the last."""

    start_ms: int
    handled: list[int]
    net: list[float]


class CampaignNow(NamedTuple):
    """A campaign that runs today: its newest snapshot and its working days. ``days`` None: it has no planned end or start."""

    snapshot: Snapshot
    days: int | None
    over: int
    """Working days before today."""
    works_today: bool


class QueueNow(NamedTuple):
    """One queue. Counts are of today; what a snapshot says is None where there is none that is fresh."""

    id: str
    offered: int
    """Inbound calls of the queue that were answered or abandoned."""
    answered: int
    in_time: int
    waits_known: int
    """Of the answered, those whose wait is known."""
    abandoned: int
    waiting: int | None
    longest_wait_s: int | None
    ready: int | None
    """Agents ready to answer."""
    at_ms: int | None
    """The time of the newest snapshot of today, fresh or not."""

    @property
    def timed(self) -> int:
        """Calls of which it is known whether they were answered in time: an abandoned call was not.

        0 where no source gives waits: the abandoned calls alone would make a bad share of an unknown one.
        """
        if self.answered and not self.waits_known:
            return 0
        return self.waits_known + self.abandoned

    @property
    def in_time_share(self) -> float | None:
        """Answered in time / ``timed``; None where that is 0."""
        return self.in_time / self.timed if self.timed else None


@dataclass(frozen=True)
class Facts:
    """What is known at one tick; arrays have one row per line of ``lines``."""

    now_ms: int
    age_s: float | None
    tz_offset_min: int
    lines: Lines
    day: Rows
    """int64 (lines x metrics): today."""
    scheduled_s: Numbers
    """Scheduled seconds so far today, for adherence."""
    working_s: Numbers
    """Of these in a working state."""
    last30: Rows
    """int64 (lines x ring columns): the last 30 whole minutes and the running one."""
    columns: tuple[str, ...]
    """The metrics of ``last30``."""
    half_hours: HalfHours
    quarters: Minutes
    """(lines x quarter hours): handled, from the day's start up to the running one."""
    state: Whole
    """Index into STATE_CODES, NO_STATE where nothing is known."""
    since_ms: Whole
    campaigns: tuple[CampaignNow, ...]
    """Those of which there is a snapshot, in the order of their ids."""
    queues: tuple[QueueNow, ...]
    """Those with a call or a snapshot today, in the order of their ids."""
    reported: Reported = ALL_REPORTED
    """Of what some source has ever said something; what follows from the rest is unknown."""
