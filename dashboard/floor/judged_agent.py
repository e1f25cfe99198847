"""How an agent stands in a period, for explanations: one row of the sheet with what it was made of.

Only his own cells are read and only his row is judged; the numbers are those of the whole board.
"""

from collections.abc import Callable
from typing import Any

from dashboard.floor.judged_board import Past
from dashboard.floor.moments import Moment, end_of, live
from dashboard.floor.periods import Period
from dashboard.floor.sheet import Row, row_of
from dashboard.floor.single_agent import Floor, Lines, OneLine
from dashboard.site.load import Site
from streams.site_time import SiteTime


def judge_of(
    store: Lines, site: Site, clock: SiteTime, now_ms: Callable[[], int]
) -> Callable[[str, Period], Row | None]:
    """A store and a site -> what says how an agent stands in a period (``explain.Judge``). Several threads may ask at once.

    A period that runs is judged as it stands now, one that is over at its end; one that is ahead has no row.
    """
    floor = Floor(site)

    def judge(agent: str, period: Period) -> dict[str, Any] | None:
        moment = _moment(period, now_ms(), clock)
        if moment is None:
            return None
        past = Past(OneLine(store, agent), floor.only(agent), clock)
        row = row_of(past.board(period.kind, moment), agent)
        return None if row is None else dict(row)

    return judge


def _moment(period: Period, now_ms: int, clock: SiteTime) -> Moment | None:
    if period.start_ms(clock) > now_ms:
        return None
    if now_ms < period.end_ms(clock):
        return live(now_ms, clock)
    return end_of(clock.day_of(period.last), now_ms, clock)
