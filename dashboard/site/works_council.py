"""How far single persons may be shown and judged: the levels of ``[site] works_council``, agreed with the works council.

``judge``: everything. ``count``: persons are counted and shown to those who may see them, and nothing judges one. ``teams``: sums
of teams alone; a person sees their own counts. In the last two a group of few is not shown by itself (rules.small_groups).
"""

from typing import Any, Literal, get_args

Level = Literal["judge", "count", "teams"]
LEVELS: tuple[Level, ...] = get_args(Level)
_OF_YES_NO: dict[bool, Level] = {False: "judge", True: "teams"}
_COUNTRY = ("DE", "DEU")
"""Where a works council has a say in what machines measure of people (BetrVG 87 (1) 6)."""
_ZONES = ("Europe/Berlin", "Europe/Busingen")
"""The time zones of that country."""


class PersonsWithheld(RuntimeError):
    """The site shows no row of a person; the message says why and what there is instead."""


def council_level(value: Any) -> Level:
    """A level; true stands for ``teams``, false for ``judge``. Raises ValueError."""
    if isinstance(value, bool):
        return _OF_YES_NO[value]
    if value not in LEVELS:
        raise ValueError('"judge", "count" or "teams" (true is "teams", false "judge")')
    level: Level = value
    return level


def usual_level(zone: str, country: str | None) -> Level:
    """The level of a site file that names none, by its country, or without a country by its zone."""
    has_council = zone in _ZONES if country is None else country in _COUNTRY
    return _OF_YES_NO[has_council]
