"""Figures that floor, teams and roll-up share, one object per group: day, month, surveys, agents by state.

A figure that no source has ever reported is None, not 0 (``without_unreported``). Net stays: handled less what was reported.
Without a source of deductions there is no range either. Where no call ever came the counts are 0, as on any empty floor, and
nothing is held against what is due.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from dashboard.board.json_numbers import DECIMALS, TENTH, known, plain_all, records
from dashboard.floor.judgement import Judgement
from dashboard.floor.reported import Reported
from dashboard.floor.tick_facts import NO_STATE, SIGNED_IN, STATE_CODES, STATES, Whole
from dashboard.floor.tiers import Groups, GroupSums, Tiers
from dashboard.rules import wilson
from dashboard.rules.figures import Reason, ratio

_WORDS = tuple(reason.word for reason in Reason)


def tier(judged: Judgement, found: Tiers, by: Groups) -> list[dict[str, Any]]:
    """The day."""
    column, sums = judged.counted.column, GroupSums(by.group, by.count)
    cases = {
        name: plain_all(sums(column(f"{name}_pending") + column(f"{name}_confirmed")))
        for name in ("complaints", "repeat_enquiries")
    }
    owed = found.tier
    owes = owed.target_by_now > 0
    return records(
        {
            "handled": plain_all(sums(column("handled"))),
            **cases,
            "volume": plain_all(found.volume),
            "volume_basis": by.volume,
            "deducted": plain_all(found.deducted),
            "pending": plain_all(found.pending),
            "floored": plain_all(found.floored),
            "net": plain_all(found.net),
            "net_if_withdrawn": plain_all(found.net_high),
            "net_low": plain_all(found.net_low),
            "net_high": plain_all(found.net_high),
            "not_assessed_net": plain_all(found.not_assessed_net),
            "target": known(np.where(by.has_target, owed.target, np.nan), TENTH),
            "due": known(np.where(owes, owed.target_by_now, np.nan), TENTH),
            "gap": known(found.gap, TENTH),
            "pace": known(found.pace.value, DECIMALS),
            "pace_low": known(found.pace_low, DECIMALS),
            "pace_high": known(found.pace_high, DECIMALS),
            "attainment": known(found.attainment.value, DECIMALS),
            "reason": [_WORDS[code] for code in found.pace.reason.tolist()],
            "assessed": owed.assessed.tolist(),
            "on_pace_share": known(ratio(owed.at_or_above_pace, owed.with_pace), DECIMALS),
        }
    )


def surveys(judged: Judgement, by: Groups) -> list[dict[str, Any]]:
    """Share satisfied with its 95 % Wilson interval, n answered and the response rate, of today."""
    column, sums = judged.counted.column, GroupSums(by.group, by.count)
    satisfied, answered, offered = (sums(column(f"surveys_{name}")) for name in ("satisfied", "answered", "offered"))
    found = wilson.share(satisfied, answered, offered)
    return records(
        {
            "share": known(found.share.value, DECIMALS),
            "low": known(found.low, DECIMALS),
            "high": known(found.high, DECIMALS),
            "n": answered.astype(np.int64).tolist(),
            "response": known(found.response_rate, DECIMALS),
        }
    )


def month(found: Tiers, by: Groups) -> list[dict[str, Any]]:
    """The month up to now: what ``judge --period month`` prints of these groups."""
    owed, has_target = found.tier, by.has_target
    return records(
        {
            "net": plain_all(found.net),
            "target": known(np.where(has_target, owed.target, np.nan), TENTH),
            "due": known(np.where(has_target, owed.target_by_now, np.nan), TENTH),
            "pace": known(found.pace.value, DECIMALS),
            "attainment": known(found.attainment.value, DECIMALS),
            "required_rate": known(found.required_rate.value, TENTH),
            "reason": [_WORDS[code] for code in found.attainment.reason.tolist()],
        }
    )


def count_states(state: Whole) -> dict[str, int]:
    """(lines,) codes -> how many are in each state, and ``signed_in`` in all."""
    return _named(np.bincount(state[state != NO_STATE], minlength=len(STATE_CODES)).tolist())


def count_states_by_group(state: Whole, by: Groups) -> list[dict[str, int]]:
    """The same of each group."""
    width, known = len(STATE_CODES), state != NO_STATE
    cells = np.bincount(by.group[known] * width + state[known], minlength=by.count * width)
    return [_named(counted) for counted in cells.reshape(by.count, width).tolist()]


def _named(counted: list[int]) -> dict[str, int]:
    shown = dict(zip(STATES, counted, strict=False))
    shown["available"] += counted[STATE_CODES.index("ringing")]
    return {**shown, "signed_in": sum(counted[:SIGNED_IN])}


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
