"""The outcome of folding one fact, the difference it makes, and the lines it counts in."""

from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple


class Outcome(Enum):
    """Exactly one of these for every valid record (docs/rules.md 2)."""

    APPLIED = "applied"
    DUPLICATE = "duplicates"
    SUPERSEDED = "superseded"


def outcome_of(rank: Any, stands: Any) -> Outcome:
    """A fact of a higher rank (version, time) than the line that stands applies; one of the same rank is a duplicate."""
    if rank == stands:
        return Outcome.DUPLICATE
    return Outcome.APPLIED if rank > stands else Outcome.SUPERSEDED


class Difference(NamedTuple):
    """Amounts (``streams.metrics``) that one line gains, or loses where negative, in each of ``minutes`` from ``minute`` on."""

    line: str
    minute: int
    amounts: int
    minutes: int = 1


UNATTRIBUTED = "~unattributed"
"""The line of calls without an agent."""
ERASED = "~erased"
"""The line that has what erased people had counted, so that sums stay (docs/rules.md 2)."""


@lru_cache(maxsize=65_536)
def lines_of(key: str, campaign: str | None, queue: str | None, project: str | None) -> tuple[str, ...]:
    """The lines a fact counts in: its agent (or unattributed), its campaign, its queue, its project."""
    named = (("campaign", campaign), ("queue", queue), ("project", project))
    return key or UNATTRIBUTED, *(f"~{kind}:{name}" for kind, name in named if name is not None)
