"""Figures of floor, teams and roll-up -> the same without what nobody has ever reported: there None stands, not 0.

Net stays: it is what was handled less what was reported. Of deductions that no source reports there is no range either. Where
no call ever came the counts are 0, as on any empty floor, and nothing is held against what is due.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from dashboard.floor.reported import Reported

_FIGURES: dict[str, tuple[str, ...]] = {
    "calls": ("gap", "pace", "attainment", "on_pace_share", "forecast"),
    "states": ("states", "signed_in"),
    "complaints": (
        *("complaints", "repeat_enquiries", "deducted", "pending", "floored", "deducted_share"),
        *("net_if_withdrawn", "net_low", "net_high", "pace_low", "pace_high"),
    ),
    "evaluations": ("quality", "score", "scored"),
    "surveys": ("surveys", "survey"),
}
"""Kind of facts -> the names of figures that are made of them."""
_KEPT = {"states": ("total",)}
"""Places of an object of figures that come from somewhere else, from the plan or the roster."""
_PLACES: dict[str, dict[str, tuple[str, ...]]] = {
    "last30": {"calls": ("pace",), "complaints": ("deducted",)},
    "month": {"calls": ("pace", "attainment", "required_rate")},
}
"""Places of an object that are made of other facts than the rest."""


def missing_beside(known: Reported, none_counted: int) -> dict[str, str | None]:
    """Kind -> why nothing is known of it. Where records came and none could be counted, that says it of the calls."""
    return known.missing | ({"calls": None} if none_counted else {})


def without_unreported(figures: dict[str, Any], known: Reported) -> dict[str, Any]:
    """The same names; of a figure that is an object the places that are made of the facts are None."""
    whole, parts = _unknown(known)
    emptied = {name: _emptied(figures[name], kept) for name, kept in whole.items() if name in figures}
    pierced = {name: figures[name] | gone for name, gone in parts.items() if name in figures}
    return figures | emptied | pierced


class _Unknown(NamedTuple):
    """Figures of which nothing is known, with their places that come from somewhere else; and places of other figures."""

    whole: dict[str, tuple[str, ...]]
    parts: dict[str, dict[str, None]]


@lru_cache(maxsize=256)  # asked for every team of a frame; there are so many combinations of kinds
def _unknown(known: Reported) -> _Unknown:
    kinds = [kind for kind, is_known in known._asdict().items() if not is_known]
    whole: dict[str, tuple[str, ...]] = {name: _KEPT.get(name, ()) for kind in kinds for name in _FIGURES.get(kind, ())}
    parts = {name: dict.fromkeys(place for kind in kinds for place in of.get(kind, ())) for name, of in _PLACES.items()}
    return _Unknown(whole, {name: gone for name, gone in parts.items() if gone})


def _emptied(value: Any, kept: tuple[str, ...]) -> Any:
    if not isinstance(value, dict):
        return None
    return {place: each if place in kept else None for place, each in value.items()}
