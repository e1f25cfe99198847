"""What the board says beside counting and judging, as finished parts; each may be missing: then nothing of it is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.board.flag_watch import FlagWatch
from dashboard.floor.month_course import PastDays
from dashboard.people.history_loader import HistoryLoader
from dashboard.people.quality_trends import Trends


def not_counted() -> int | None:
    """Nobody looks after appeals."""
    return None


def not_read() -> PastDays | None:
    """Nobody reads the finished days."""
    return None


@dataclass(frozen=True)
class Parts:
    """Made for one site. Under a works council ``history`` and ``flags`` are None: nothing of them is to be computed."""

    history: HistoryLoader | None = None
    """Past shifts: with it there is evidence about persons."""
    trends: Trends | None = None
    flags: FlagWatch | None = None
    overdue: Callable[[], int | None] = not_counted
    """Appeals that nobody has decided in time, None: not known; it never blocks."""
    past_days: Callable[[], PastDays | None] = not_read
    """The finished days of the month, None: not read yet; it never blocks."""


NO_PARTS = Parts()
