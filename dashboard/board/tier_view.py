"""What floor and teams both show, one object per group: the day, the month, and what customers said."""

from typing import Any

import numpy as np

from dashboard.board.json_numbers import DECIMALS, TENTH, known, plain_all, records
from dashboard.floor.judgement import Judgement
from dashboard.floor.tiers import Groups, Sums, Tiers
from dashboard.rules import wilson
from dashboard.rules.figures import Reason, ratio

_WORDS = tuple(reason.word for reason in Reason)


def tier(judged: Judgement, found: Tiers, by: Groups) -> list[dict[str, Any]]:
    """The day."""
    column, sums = judged.counted.column, Sums(by.group, by.count)
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
    column, sums = judged.counted.column, Sums(by.group, by.count)
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
