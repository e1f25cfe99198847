"""The course of the month -> what the roll-up's topic carries: pace at the end of each day, and where it may lie later.

Ratios of what is owed by the end of that day. ``low`` and ``high`` are the ends of the 80 % interval, with 95 of the 95 % one.
"""

from collections.abc import Sequence
from typing import Any

from dashboard.board.json_numbers import DECIMALS
from dashboard.floor.judged_now import MonthNow
from dashboard.floor.month_course import Ahead, DayEnd, ahead
from streams.site_time import SiteTime


def course(days: Sequence[DayEnd], month: MonthNow, time: SiteTime) -> dict[str, Any]:
    """Days are told by the instant at which they begin."""
    shown = [each for each in days if each.due > 0]
    return {
        "past": [
            {"at": time.day_of(each.label).start_ms, "net": each.net, "due": round(each.due, 1),
             "pace": round(each.net / each.due, DECIMALS)}
            for each in shown
        ],
        "ahead": [{"at": time.day_of(each.label).start_ms, **_ends(each)} for each in ahead(month)],
    }  # fmt: skip


def _ends(each: Ahead) -> dict[str, float]:
    ratios = {name: round(getattr(each, name) / each.due, DECIMALS) for name in _ENDS}
    return {"due": round(each.due, 1), **ratios}


_ENDS = ("expected", "low", "high", "low95", "high95")
