"""How many appeals of a desk are overdue, counted beside the work of a process: whoever asks is answered at once."""

from dashboard.actions.appeal_service import AppealService
from dashboard.board.bus import AWAY
from dashboard.board.side_jobs import RepeatedQuery
from streams.store.ledger_reader import LedgerBusy

COUNT_EVERY_S = 60.0


def overdue_of(desk: AppealService) -> RepeatedQuery[int]:
    """The count; None before the first one."""

    def count() -> int:
        return sum(each["overdue"] for each in desk.appeals(state="open"))

    return RepeatedQuery("overdue-appeals", count, (*AWAY, LedgerBusy))
