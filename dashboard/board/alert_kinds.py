"""The kinds of alerts, in the order in which they are listed, and one alert as a value."""

from typing import NamedTuple

from streams.halts import REASONS

NOT_ARRIVED = "not_arrived"
STATE_OVER_LIMIT = "state_over_limit"
IDLE = "idle"
NAIVE_PACE = "naive_pace"
TEAM_BEHIND = "team_behind"
QUEUE_WAITING = "queue_waiting"
QUEUE_IN_TIME = "queue_in_time"
DEAD_LETTERS = "dead_letters"
SOURCE_SILENT = "source_silent"
APPEALS_OVERDUE = "appeals_overdue"
STALE = "stale"
HALTED = {reason: f"halted_{reason}" for reason in REASONS}
"""Why a partition is not counted any further -> the kind."""
NONE_GIVEN = "none_given"
"""No record of any source could be given to an agent."""
NONE_COUNTED = "none_counted"
"""Every record that came, ever or on a day that is empty, was refused, or is of a type that is not known."""
MISROUTED = "misrouted"
"""More than 1 in 100 records of a source have a key that is not their agent."""

OF_PEOPLE = (NOT_ARRIVED, STATE_OVER_LIMIT, IDLE, NAIVE_PACE)
"""Told to the lead of the agent's team and on the page of everyone, and nowhere else."""
OF_SITE = (
    STALE,
    *HALTED.values(),
    NONE_GIVEN,
    NONE_COUNTED,
    MISROUTED,
    SOURCE_SILENT,
    DEAD_LETTERS,
    QUEUE_WAITING,
    QUEUE_IN_TIME,
    TEAM_BEHIND,
    APPEALS_OVERDUE,
)
"""Told on the floor's topic; ``team_behind`` to the lead of the team as well."""
KINDS = (*OF_SITE, *OF_PEOPLE)


class Alert(NamedTuple):
    """One thing that somebody must be told. ``subject``: the state, the queue or the source it is about."""

    kind: str
    team: str | None = None
    agent: str | None = None
    subject: str | None = None
    since_ms: int = 0
    """Of a state: since when it lasts; of who has not arrived: his planned start; of a source: its newest word; of
    ``stale``: the heartbeat; else since when the alert is on."""
    value: float | None = None
    """What is over or under the limit; of a halted partition its number; None where it is the time since ``since_ms``."""
    limit: float | None = None
    """In ms where the value is a time, else in the unit of the value; None: no limit but 0."""
