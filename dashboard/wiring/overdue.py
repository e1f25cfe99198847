"""The count of overdue appeals, made in a thread so that every question is answered at once."""

from dashboard.actions.appeal_service import AppealService
from dashboard.board.bus import AWAY
from dashboard.board.side_jobs import RepeatedQuery

COUNT_EVERY_S = 60.0


def overdue_of(appeals: AppealService) -> RepeatedQuery[int]:
    """The count; None before the first one."""
    return RepeatedQuery("overdue-appeals", appeals.count_overdue, AWAY)
