"""The signed months of one agent: his line of each sheet, until when it can be appealed, and how an appeal of it stands."""

from collections.abc import Mapping
from typing import Any

from dashboard.actions.action_follower import ActionFollower
from dashboard.actions.appeal_messages import Subject
from dashboard.actions.appeal_rules import AppealRules
from dashboard.actions.closing_sheets import ClosedMonth, closed_months, signed_line
from streams.site_time import rfc3339

NEWEST = 3
_SHOWN = ("net", "score", "grade")


def sheets(
    log: ActionFollower, rules: AppealRules, agent: str, now_ms: int, cases: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The newest months whose sheet has a line of the agent, newest first, in JSON. ``cases``: appeals by ref -> state.

    appeal_day: the last business day on which it can be appealed; may_appeal: whether POST /appeals would take it now.
    """
    found: list[dict[str, Any]] = []
    for closed in sorted(closed_months(log), key=lambda each: each.month, reverse=True):
        line = signed_line(log, closed, agent) if len(found) < NEWEST else None
        if line is not None:
            row = {name: line.row.get(name) for name in _SHOWN}
            found.append({**row, **_sheet(closed, rules, agent, now_ms, closed.month in cases)})
    return found


def _sheet(closed: ClosedMonth, rules: AppealRules, agent: str, now_ms: int, is_appealed: bool) -> dict[str, Any]:
    until_ms = rules.file_until(Subject(agent, closed.month, closed.closed_ms))
    return {
        "month": closed.month,
        "closed": rfc3339(closed.closed_ms),
        "approved_by": closed.approved_by,
        "appeal_day": str(rules.time.day(until_ms - 1).label),
        "may_appeal": not is_appealed and now_ms < until_ms,
    }
