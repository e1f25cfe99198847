"""The facts of one tick, before anything is judged: the values that the rules take."""

from dataclasses import dataclass

from dashboard.floor.campaigns import CampaignNow
from dashboard.floor.day_ring import Minutes
from dashboard.floor.lines import Lines
from dashboard.floor.queues import QueueNow
from dashboard.floor.reported import ALL_REPORTED, Reported
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Whole
from streams.metrics import Rows
from streams.site_time import HOUR_MS

STATES = ("available", "talk", "hold", "wrap", "break", "training", "meeting", "other")
"""The states of someone signed in."""
STATE_CODES = (*STATES, "ringing", "offline")
EXPOSING = ("available", "ringing", "talk", "hold", "wrap")
"""States in which calls can come or are worked on: their time is the exposure (docs/rules.md 9)."""
NO_STATE = -1
SIGNED_IN = len(STATES) + 1
HALF_HOUR_MS = 1_800_000
FORGOTTEN_MS = 16 * HOUR_MS
"""A state that lasts longer is a forgotten sign-out: /health names it, and it stops counting as exposure."""


@dataclass(frozen=True)
class HalfHours:
    """Floor sums per half hour of the day up to the running one, which is the last."""

    start_ms: int
    handled: list[int]
    net: list[float]


@dataclass(frozen=True)
class TickFacts:
    """The facts of one tick; arrays have one row per line of ``lines``."""

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
    """The campaigns that have a snapshot, in the order of their ids."""
    queues: tuple[QueueNow, ...]
    """The queues with a call or a snapshot today, in the order of their ids."""
    reported: Reported = ALL_REPORTED
    """The kinds of facts that some source has reported; figures of the other kinds are unknown."""
