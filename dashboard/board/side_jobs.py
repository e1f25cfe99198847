"""The jobs that a board needs beside counting and judging: history, trends, flags, overdue appeals, finished days.

Each job runs in a thread of its own and hands its newest result to the tick, which only looks and never waits.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from dashboard.actions.flag_coaching import FinishedShifts
from dashboard.actions.flag_episodes import Rule
from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.flag_sightings import Sightings
from dashboard.floor.month_course import PastDays
from dashboard.people.history_loader import HistoryLoader
from dashboard.people.quality_trends import Trends
from streams.store.outage import repeat_in_thread

LOOK_EVERY_S = 1.0
_GRAVEST: tuple[Rule, ...] = ("review", "drop", "quality")
Answer = TypeVar("Answer")


class RepeatedQuery(Generic[Answer]):
    """Asks a slow question again and again. ``away``: errors at which the last answer stays."""

    def __init__(self, name: str, ask: Callable[[], Answer], away: tuple[type[Exception], ...]) -> None:
        self._name, self._ask, self._away = name, ask, away
        self._answer: Answer | None = None

    def __call__(self) -> Answer | None:
        """The newest answer; None before the first."""
        return self._answer

    def step(self) -> None:
        """Asks now. Raises what is in ``away``."""
        self._answer = self._ask()

    @contextmanager
    def following(self, every_s: float) -> Iterator["RepeatedQuery[Answer]"]:
        """Asks every so many seconds until the block ends."""
        with repeat_in_thread(self._name, self.step, every_s, self._away, at_once=True):
            yield self


class OpenFlag(NamedTuple):
    """The gravest rule with an open episode about an agent, and since when."""

    rule: Rule
    since_ms: int


@dataclass(frozen=True)
class FlagsNow:
    """The state of the flags; the same object as long as nothing changes."""

    open: Mapping[str, OpenFlag]
    """By agent."""
    restarts: Mapping[str, date]
    review_open: frozenset[str]


class FlagOffer(NamedTuple):
    """What the rules see at an instant."""

    now_ms: int
    sightings: Sightings
    past: FinishedShifts | None


class FlagWatch:
    """Opens episodes from the newest offer of the tick, and follows what people do about them.

    ``now`` is the newest state, None until the flags were read once; it is replaced as a whole, so any thread may read it.
    ``away``: errors while Redis cannot be reached; they are logged and ``now`` stays.
    """

    def __init__(self, register: FlagRegister, away: tuple[type[Exception], ...]) -> None:
        self._register = register
        self._away = away
        self._offer: FlagOffer | None = None
        self.now: FlagsNow | None = None

    def offer(self, offer: FlagOffer) -> None:
        """Called by the tick; only the newest offer counts."""
        self._offer = offer

    def step(self) -> None:
        """Hands the newest offer to the flags and reads them. Raises what is in ``away``."""
        offer = self._offer
        if offer is None:
            return
        # No episode is opened before the open and finished ones are read: the offers until then knew nothing of them.
        if self.now is None:
            self._register.refresh(offer.now_ms)
        else:
            self._register.open_episodes(
                offer.sightings.sightings, offer.now_ms, offer.sightings.in_control, offer.past
            )
        newest = FlagsNow(self._open(), self._register.restarts, self._register.review_open)
        self.now = self.now if newest == self.now else newest

    @contextmanager
    def following(self, every_s: float = LOOK_EVERY_S) -> Iterator["FlagWatch"]:
        """Steps in a thread of its own until the block ends."""
        with repeat_in_thread("flags", self.step, every_s, self._away):
            yield self

    def _open(self) -> dict[str, OpenFlag]:
        gravest: dict[str, OpenFlag] = {}
        for episode in sorted(self._register.waiting(), key=lambda each: _GRAVEST.index(each.rule)):
            gravest.setdefault(episode.agent, OpenFlag(episode.rule, episode.opened_ms))
        return gravest


@dataclass(frozen=True)
class SideJobs:
    """The jobs of one site; the figures of a job that is missing are not shown.

    Under a works council ``history`` and ``flags`` are None: nothing about persons is computed.
    """

    history: HistoryLoader | None = None
    """Past shifts, from which evidence about persons is computed."""
    trends: Trends | None = None
    flags: FlagWatch | None = None
    overdue: Callable[[], int | None] = lambda: None
    """Appeals that nobody has decided in time, None: not known; it never blocks."""
    past_days: Callable[[], PastDays | None] = lambda: None
    """The finished days of the month, None: not read yet; it never blocks."""


NO_SIDE_JOBS = SideJobs()
