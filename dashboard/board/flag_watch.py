"""The book of flags beside the tick: a thread of its own opens episodes and reads what was done; a tick only offers and looks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dashboard.actions.flag_coaching import PastShifts
from dashboard.actions.flag_episodes import Rule
from dashboard.actions.flag_register import FlagRegister
from dashboard.actions.flag_sightings import Sightings
from streams.store.outage import repeat_in_thread

LOOK_EVERY_S = 1.0
_GRAVEST: tuple[Rule, ...] = ("review", "drop", "quality")


class Flag(NamedTuple):
    """What stands beside an agent's name: the gravest rule with an open episode, and since when."""

    rule: Rule
    since_ms: int


@dataclass(frozen=True)
class FlagsNow:
    """What the book says; the same object as long as it says the same."""

    open: Mapping[str, Flag]
    """By agent."""
    restarts: Mapping[str, date]
    review_open: frozenset[str]


class Offer(NamedTuple):
    """What the rules see at an instant."""

    now_ms: int
    seen: Sightings
    past: PastShifts | None


class FlagWatch:
    """``now`` is the newest word of the book, None until it was read once; replaced as a whole, so any thread may look.

    ``away``: what the book raises while Redis cannot be reached; it is logged, and what was shown stays.
    """

    def __init__(self, book: FlagRegister, away: tuple[type[Exception], ...]) -> None:
        self._book = book
        self._away = away
        self._offer: Offer | None = None
        self.now: FlagsNow | None = None

    def offer(self, offer: Offer) -> None:
        """Called by the tick; only the newest counts."""
        self._offer = offer

    def step(self) -> None:
        """Tells the book what is seen, and looks what it says. Raises what is in ``away``."""
        offer = self._offer
        if offer is None:
            return
        # Nothing is opened before it is known what was open and done: what the rules saw until then, they saw without it.
        if self.now is None:
            self._book.refresh(offer.now_ms)
        else:
            self._book.update(offer.seen.found, offer.now_ms, offer.seen.in_control, offer.past)
        found = FlagsNow(self._open(), self._book.restarts, self._book.review_open)
        self.now = self.now if found == self.now else found

    @contextmanager
    def following(self, every_s: float = LOOK_EVERY_S) -> Iterator["FlagWatch"]:
        """Steps in a thread of its own until the block ends."""
        with repeat_in_thread("flags", self.step, every_s, self._away):
            yield self

    def _open(self) -> dict[str, Flag]:
        found: dict[str, Flag] = {}
        for episode in self._book.open():
            known = found.get(episode.agent)
            if known is None or _GRAVEST.index(episode.rule) < _GRAVEST.index(known.rule):
                found[episode.agent] = Flag(episode.rule, episode.opened_ms)
        return found
