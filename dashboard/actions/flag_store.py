"""The store of episodes as a Protocol: one caller alone creates an episode, and one alone notifies of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from dashboard.actions.flag_episodes import Episode

KEPT_DAYS = 400
CLAIM_MS = 60_000
"""A claim ends after this, so that others follow an owner that died."""
MOST_UNSENT = 10_000


class FlagsAway(ConnectionError):
    """The store cannot be reached: wait and try again."""


class StoredEpisode(NamedTuple):
    """An episode of the store; ``rearmed``: its evidence has gone since, so the rule may open another one."""

    episode: Episode
    rearmed: bool


class EpisodePage(NamedTuple):
    """Episodes in the order of their creation, and the number of the newest that was ever created."""

    newest: int
    entries: list[StoredEpisode]
    erasures: int = 0
    """The people whose episodes were erased; with another number all episodes must be read again."""


class ShiftCount(NamedTuple):
    """One shift of an agent: calls counted (N), calls expected from the peers (L) and the over-dispersion then in force."""

    counted: float
    expected: float
    phi: float


class FlagStore(Protocol):
    """Every method raises FlagsAway where the store cannot be reached."""

    def create(self, episode: Episode) -> bool:
        """Keeps an episode for 400 days unless one of its id is kept; whether this call did."""
        ...

    def after(self, number: int) -> EpisodePage:
        """The episodes after the one of this number; a ``newest`` below it says that the store was emptied."""
        ...

    def rearm(self, id: str) -> None:
        """Marks that the evidence of the episode has gone."""
        ...

    def unsent(self, most: int) -> list[Episode]:
        """Episodes without a notification, oldest first."""
        ...

    def claim(self, id: str, owner: str) -> bool:
        """Whether ``owner`` alone may notify of this episode for the next minute: nobody has, and nobody is about to."""
        ...

    def sent(self, id: str) -> None:
        """Marks that the notification was sent."""
        ...

    def turn(self, every_ms: int) -> bool:
        """Whether it is this caller's turn to send: one turn in so many ms, among all callers."""
        ...

    def erase(self, agent: str) -> int:
        """Removes the episodes and shifts of an agent for good: none is created again -> how many episodes there were."""
        ...

    def keep_shifts(self, agent: str, shifts: Mapping[date, ShiftCount]) -> None:
        """Replaces the kept shifts of a coached agent."""
        ...

    def shifts(self, agents: Sequence[str]) -> dict[str, dict[date, ShiftCount]]:
        """The kept shifts of these agents; agents without any are left out."""
        ...
