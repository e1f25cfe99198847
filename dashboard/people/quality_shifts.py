"""The days on which each agent worked, and where they put the beginning of the baseline and of the chart.

A shift is a business day on which the agent was in a state in which work can reach them, or handled a call. The chart has the
scores of the running shift and the 19 before it; the baseline has those of the 20 shifts before these. An agent with fewer than
40 shifts has the first 20 as the baseline and is charted from there. A score given on a day off counts to the next shift.
A team's shift is a day on which one of its agents worked.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import compress

import numpy as np

from dashboard.rules.figures import Flags, Whole
from streams.metrics import INDEX
from streams.site_time import Day, SiteTime, day_key
from streams.store.reader import Reader

LOOK_BACK_DAYS = 100
"""As long as the ledger keeps an evaluation where the site says nothing else."""
BASELINE_SHIFTS = 20
CHARTED_SHIFTS = 20
"""The running one included."""
_SETTLED_DAYS = 5
"""Days before today that late facts may still change; older ones are read once."""
_WORKED = [INDEX[name] for name in ("state_available_s", "state_talk_s", "state_hold_s", "state_wrap_s", "handled")]


@dataclass(frozen=True)
class ChartSpans:
    """(subjects,): places in the days looked back on, of which the last is today: the baseline is [baseline, chart)."""

    baseline: Whole
    chart: Whole


def chart_spans(worked: Flags) -> ChartSpans:
    """(subjects x finished days), oldest first -> where baseline and chart begin."""
    charted = np.clip(worked.sum(axis=1) - BASELINE_SHIFTS, 0, CHARTED_SHIFTS - 1)[:, None]
    to_come = np.cumsum(worked[:, ::-1], axis=1)[:, ::-1]
    chart = (to_come > charted).sum(axis=1)
    base = (to_come > charted + BASELINE_SHIFTS).sum(axis=1)
    return ChartSpans(base, chart)


def days_before(today: date) -> list[date]:
    """The finished days that are looked back on, oldest first."""
    return [today - timedelta(days=back) for back in range(LOOK_BACK_DAYS, 0, -1)]


def day_places(at_ms: Whole, today: Day, time: SiteTime) -> Whole:
    """Instants -> places in ``days_before`` and today; -1: before all of them."""
    starts = [*(time.day_of(label).start_ms for label in days_before(today.label)), today.start_ms]
    return np.searchsorted(np.array(starts, np.int64), at_ms, "right") - 1


class ShiftIndex:
    """The agents who worked on each finished day, from the cells of the day; read again while late facts may change them."""

    def __init__(self, reader: Reader, numbers: dict[str, int]) -> None:
        self._reader = reader
        self._numbers = numbers
        self._worked: dict[date, Whole] = {}
        self._today: date | None = None

    def read(self, today: date) -> bool:
        """Reads what is not known when a new day has begun; whether anything was read."""
        if today == self._today:
            return False
        days = days_before(today)
        self._worked = {day: self._worked[day] for day in days[:-_SETTLED_DAYS] if day in self._worked}
        for day in reversed(days):
            if day not in self._worked:
                self._worked[day] = self._read(day)
        self._today = today
        return True

    def worked(self, today: date) -> Flags:
        """(agents x finished days), oldest first."""
        found = np.zeros((len(self._numbers), LOOK_BACK_DAYS), np.bool_)
        for at, day in enumerate(days_before(today)):
            found[self._worked[day], at] = True
        return found

    def _read(self, day: date) -> Whole:
        there: list[int] = []
        for partition in self._reader.partitions:
            for _, lines, rows in self._reader.cells(partition, "d", [day_key(day)]):
                worked = np.any(rows[:, _WORKED] > 0, axis=1).tolist()
                there += [self._numbers.setdefault(line, len(self._numbers)) for line in compress(lines, worked)]
        return np.array(there, np.int64)
