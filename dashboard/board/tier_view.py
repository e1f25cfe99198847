"""Figures that floor, teams and roll-up share, as columns with one element per group: day, month, surveys, agents by state.

A figure that no source has ever reported is None, not 0 (``without_unreported``). Net stays: handled less what was reported.
Without a source of deductions there is no range either. Where no call ever came the counts are 0, as on any empty floor, and
nothing is held against what is due.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from msgspec.structs import replace

from dashboard.board.frame_types import FramePiece, MonthFigures, PaceBand, StateCounts, SurveyShare
from dashboard.board.json_numbers import DECIMALS, TENTH, plain_all, rounded, score, structs
from dashboard.floor.judgement import Judgement
from dashboard.floor.reported import Reported
from dashboard.floor.tick_facts import NO_STATE, SIGNED_IN, STATE_CODES, STATES
from dashboard.floor.tiers import Groups, Tiers
from dashboard.rules import wilson
from dashboard.rules.deduction import Numbers
from dashboard.rules.figures import Reason, Whole, ratio
from dashboard.rules.tiers import GroupSums

_CALLS = ("deducted", "pending", "floored", "net", "net_low", "net_high", "not_assessed_net")
_WORDS = tuple(reason.word for reason in Reason)
_UNREPORTED: dict[str, tuple[str, ...]] = {
    "calls": ("gap", "pace", "attainment", "on_pace_share", "forecast"),
    "states": ("states", "signed_in"),
    "complaints": (
        *("complaints", "repeat_enquiries", "deducted", "pending", "floored", "deducted_share"),
        *("net_if_withdrawn", "net_low", "net_high"),
    ),
    "evaluations": ("quality", "points", "score", "scored"),
    "surveys": ("surveys", "survey"),
}
"""Kind of facts -> the figures that are made of them."""
_INNER: dict[str, dict[str, tuple[str, ...]]] = {
    "last30": {"calls": ("pace",), "complaints": ("deducted",)},
    "month": {"calls": ("pace", "attainment", "required_rate")},
}
"""Figures of which a few fields are made of other facts than the rest."""
_ROSTER = ("total",)
"""Fields that come from the roster, whatever is reported."""


def tier_columns(judged: Judgement, found: Tiers, by: Groups) -> dict[str, list[Any]]:
    """The fields of GroupFigures."""
    column, sums, owed = judged.counted.column, GroupSums(by.group, by.count), found.tier

    def cases(name: str) -> list[int | float]:
        return plain_all(sums(column(f"{name}_pending") + column(f"{name}_confirmed")))

    return {
        "handled": plain_all(sums(column("handled"))),
        "complaints": cases("complaints"),
        "repeat_enquiries": cases("repeat_enquiries"),
        "volume": plain_all(found.volume),
        "volume_basis": [*by.volume],
        **{name: plain_all(getattr(found, name)) for name in _CALLS},
        "net_if_withdrawn": plain_all(found.net_high),
        "target": rounded(np.where(by.has_target, owed.target, np.nan), TENTH),
        "due": rounded(np.where(owed.target_by_now > 0, owed.target_by_now, np.nan), TENTH),
        "gap": rounded(found.gap, TENTH),
        "pace": rounded(found.pace.value, DECIMALS),
        "attainment": rounded(found.attainment.value, DECIMALS),
        "reason": [_WORDS[code] for code in found.pace.reason.tolist()],
        "assessed": owed.assessed.tolist(),
        "on_pace_share": rounded(ratio(owed.at_or_above_pace, owed.with_pace), DECIMALS),
    }


def quality_columns(judged: Judgement, by: Groups) -> dict[str, list[Any]]:
    """The mean score of each group's evaluations, and how many there are."""
    sums, column = GroupSums(by.group, by.count), judged.counted.column
    points, scored = (sums(column(name)).tolist() for name in ("evaluation_points", "evaluations"))
    means = [score(*each) for each in zip(points, scored, strict=True)]
    return {"score": means, "scored": [int(each) for each in scored]}


def survey_shares(judged: Judgement, by: Groups) -> list[SurveyShare]:
    """Share satisfied with its 95 % Wilson interval, n answered and the response rate, of today."""
    column, sums = judged.counted.column, GroupSums(by.group, by.count)
    satisfied, answered, offered = (sums(column(f"surveys_{name}")) for name in ("satisfied", "answered", "offered"))
    found = wilson.share(satisfied, answered, offered)
    return structs(
        SurveyShare,
        share=rounded(found.share.value, DECIMALS),
        low=rounded(found.low, DECIMALS),
        high=rounded(found.high, DECIMALS),
        n=answered.astype(np.int64).tolist(),
        response=rounded(found.response_rate, DECIMALS),
    )


def month_figures(found: Tiers, by: Groups) -> list[MonthFigures]:
    """The month up to now: the same as ``judge --period month`` prints of these groups."""
    owed, has_target = found.tier, by.has_target
    return structs(
        MonthFigures,
        net=plain_all(found.net),
        target=rounded(np.where(has_target, owed.target, np.nan), TENTH),
        due=rounded(np.where(has_target, owed.target_by_now, np.nan), TENTH),
        pace=rounded(found.pace.value, DECIMALS),
        attainment=rounded(found.attainment.value, DECIMALS),
        required_rate=rounded(found.required_rate.value, TENTH),
        reason=[_WORDS[code] for code in found.attainment.reason.tolist()],
    )


def pace_bands(low: Numbers, high: Numbers) -> list[PaceBand | None]:
    """(groups,) each -> a band per group; None where it is not known."""
    ends = zip(rounded(low, DECIMALS), rounded(high, DECIMALS), strict=True)
    return [None if low is None or high is None else PaceBand(low, high) for low, high in ends]


def count_states(state: Whole, by: Groups) -> list[StateCounts]:
    """(lines,) codes -> how many of each group are in each state, and ``signed_in`` in all."""
    width, has_state = len(STATE_CODES), state != NO_STATE
    cells = np.bincount(by.group[has_state] * width + state[has_state], minlength=by.count * width).reshape(-1, width)
    signed_in = cells[:, :SIGNED_IN].sum(axis=1)
    cells[:, STATES.index("available")] += cells[:, STATE_CODES.index("ringing")]
    return [StateCounts(*each) for each in np.column_stack([cells[:, : len(STATES)], signed_in]).tolist()]


def missing_reasons(reported: Reported, none_counted: int) -> dict[str, str | None]:
    """Kind -> why nothing is known of it. Where records came and none could be counted, that says it of the calls."""
    return reported.missing | ({"calls": None} if none_counted else {})


def without_unreported(columns: dict[str, list[Any]], reported: Reported) -> dict[str, list[Any]]:
    """The same columns; a figure that no source reports is None, or a struct with None in the fields made of such facts."""
    unknown = {name: fields for name, fields in _unknown(reported).items() if name in columns}
    return columns | {name: [_emptied(each, fields) for each in columns[name]] for name, fields in unknown.items()}


@lru_cache(maxsize=256)  # asked for every group of a tick; there are so many combinations of kinds
def _unknown(reported: Reported) -> dict[str, tuple[str, ...]]:
    """Figure -> its unknown fields; none named: all but those of the roster."""
    kinds = [kind for kind, is_reported in reported._asdict().items() if not is_reported]
    whole: dict[str, tuple[str, ...]] = {name: () for kind in kinds for name in _UNREPORTED.get(kind, ())}
    inner = {name: tuple(field for kind in kinds for field in of.get(kind, ())) for name, of in _INNER.items()}
    return whole | {name: fields for name, fields in inner.items() if fields}


def _emptied(value: object, fields: tuple[str, ...]) -> object:
    if not isinstance(value, FramePiece):
        return None
    return replace(value, **dict.fromkeys(fields or [name for name in value.__struct_fields__ if name not in _ROSTER]))
