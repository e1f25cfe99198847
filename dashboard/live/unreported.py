"""Figures of floor, teams and roll-up -> the same without what nobody has ever reported: there None stands, not 0.

Net stays: it is what was handled less what was reported. Of deductions that no source reports there is no range either. Where
no call ever came the counts are 0, as on any empty floor, and nothing is held against what is due.
"""

from typing import Any

from dashboard.counts.reported import Reported

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
    kinds = [kind for kind, is_known in known._asdict().items() if not is_known]
    names = {name for kind in kinds for name in _FIGURES.get(kind, ())}
    return {
        name: _empty(name, value) if name in names else _in_places(name, value, kinds)
        for name, value in figures.items()
    }


def _empty(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    return {place: each if place in _KEPT.get(name, ()) else None for place, each in value.items()}


def _in_places(name: str, value: Any, kinds: list[str]) -> Any:
    gone = {place for kind in kinds for place in _PLACES.get(name, {}).get(kind, ())}
    return {place: None if place in gone else each for place, each in value.items()} if gone else value
