"""How many appeals of a desk are overdue, counted beside the work of a process: whoever asks is answered at once."""

from dashboard.appeals.desk import Desk
from dashboard.live.bus import AWAY
from dashboard.live.recount import Recount
from streams.ledger_reader import LedgerBusy

COUNT_EVERY_S = 60.0


def overdue_of(desk: Desk) -> Recount[int]:
    """The count; None before the first one."""

    def count() -> int:
        return sum(each["overdue"] for each in desk.appeals(state="open"))

    return Recount("overdue-appeals", count, (*AWAY, LedgerBusy))
