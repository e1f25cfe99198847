"""Episodes: a rule points at an agent in a shift, with the numbers it stands on (docs/rules.md 9). Pure, without a clock."""

from datetime import date
from typing import Any, Literal, NamedTuple, get_args

import msgspec

Rule = Literal["review", "drop", "quality"]
"""review: E >= 500, latched; drop: CUSUM of the shift; quality: EWMA below its limit."""
RULES: tuple[Rule, ...] = get_args(Rule)


class Sighting(NamedTuple):
    """A rule points at an agent now. ``facts``: the numbers it stands on, JSON values by name."""

    agent: str
    team: str | None
    rule: Rule
    shift: date
    """The business day."""
    facts: dict[str, Any]


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """One prompt for a conversation. It stays as it was opened; actions say what was done about it."""

    id: str
    agent: str
    team: str | None
    """The agent's team when it was opened."""
    rule: Rule
    opened_ms: int
    shift: date
    facts: dict[str, Any]


class Ref(NamedTuple):
    """The content of an episode's id."""

    rule: Rule
    agent: str
    shift: date


def episode_id(rule: Rule, agent: str, shift: date) -> str:
    """The same rule, agent and shift always give the same id."""
    return f"{rule}-{agent}-{shift.isoformat().replace('-', '')}"


def parse_id(id: str) -> Ref | None:
    """The mirror of ``episode_id``; None where the text is no such id."""
    rule, _, rest = id.partition("-")
    agent, _, day = rest.rpartition("-")
    known_rule = next((each for each in RULES if each == rule), None)
    if known_rule is None or not agent or len(day) != 8 or not (day.isascii() and day.isdigit()):
        return None
    try:
        return Ref(known_rule, agent, date(int(day[:4]), int(day[4:6]), int(day[6:])))
    except ValueError:
        return None


def opened(sighting: Sighting, now_ms: int) -> Episode:
    """A sighting -> the episode that it opens."""
    id = episode_id(sighting.rule, sighting.agent, sighting.shift)
    return Episode(id=id, opened_ms=now_ms, **sighting._asdict())
