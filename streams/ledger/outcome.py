"""What folding one fact can come to, and what it changes."""

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
    """The line that a record key stands for: the agent, or the unattributed line for the empty key."""
    return key or UNATTRIBUTED


@lru_cache(maxsize=65_536)
def lines_of(key: str, campaign: str | None, queue: str | None) -> tuple[str, ...]:
    """Whose cells a fact counts in: its agent's (or the unattributed), its campaign's and its queue's."""
    named = (("campaign", campaign), ("queue", queue))
    return line_of(key), *(f"~{kind}:{name}" for kind, name in named if name is not None)
