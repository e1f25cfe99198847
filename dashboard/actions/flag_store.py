"""Where episodes are kept, as a Protocol: who creates one is the only one to have created it, who claims one tells of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from dashboard.actions.flag_episodes import Episode

KEPT_DAYS = 400
CLAIM_MS = 60_000
"""A claim whose owner died is anybody's again after this."""
MOST_UNSENT = 10_000


class FlagsAway(ConnectionError):
    """The store cannot be reached: wait and try again."""


class StoredEpisode(NamedTuple):
    """A kept episode; ``rearmed``: what it stood on was gone since, so the rule may speak again."""

    episode: Episode
    rearmed: bool


class EpisodePage(NamedTuple):
    """Episodes in the order of their creation, and the number of the newest that was ever created."""

    newest: int
    entries: list[StoredEpisode]


class ShiftCount(NamedTuple):
    """One shift of an agent: calls counted (N), calls expected from his peers (L) and the over-dispersion then in force."""

    counted: float
    expected: float
    phi: float


class FlagStore(Protocol):
    """Every method raises FlagsAway where the store cannot be reached."""

    def create(self, episode: Episode) -> bool:
        """Keeps an episode for 400 days unless one of its id is kept; whether it was this call that did."""
        ...

    def after(self, number: int) -> EpisodePage:
        """What was created after the episode of this number; a ``newest`` below it says that the store was emptied."""
        ...

    def rearm(self, id: str) -> None:
        """What the episode stood on is gone."""
        ...

    def unsent(self, most: int) -> list[Episode]:
        """Episodes of which nobody was told yet, oldest first."""
        ...

    def claim(self, id: str, owner: str) -> bool:
        """Whether ``owner`` alone may tell of this episode for the next minute: nobody has, and nobody is about to."""
        ...

    def sent(self, id: str) -> None:
        """It was told."""
        ...

    def turn(self, every_ms: int) -> bool:
        """Whether it is this caller's turn to send: one turn in so many ms, among all callers."""
        ...

    def keep_shifts(self, agent: str, shifts: Mapping[date, ShiftCount]) -> None:
        """Keeps the shifts of a coached agent in place of what is kept of him."""
        ...

    def shifts(self, agents: Sequence[str]) -> dict[str, dict[date, ShiftCount]]:
        """What is kept of these agents; agents of whom nothing is, are left out."""
        ...
