"""The outcome of folding one fact, the difference it makes, and the lines it counts in."""

from enum import Enum
from functools import lru_cache
from typing import NamedTuple


class Outcome(Enum):
    """Exactly one of these for every valid record (docs/rules.md 2)."""

    APPLIED = "applied"
    DUPLICATE = "duplicates"
    SUPERSEDED = "superseded"


class Difference(NamedTuple):
    """Amounts (``streams.metrics``) that one line gains, or loses where negative, in each of ``minutes`` from ``minute`` on."""

    line: str
    minute: int
    amounts: int
    minutes: int = 1


UNATTRIBUTED = "~unattributed"


def line_of(key: str) -> str:
    """The line of a record key: the agent, or the unattributed line for the empty key."""
    return key or UNATTRIBUTED


@lru_cache(maxsize=65_536)
def lines_of(key: str, campaign: str | None, queue: str | None) -> tuple[str, ...]:
    """The lines a fact counts in: its agent (or unattributed), its campaign, its queue."""
    named = (("campaign", campaign), ("queue", queue))
    return line_of(key), *(f"~{kind}:{name}" for kind, name in named if name is not None)
