"""Records that could not be counted: how many in the last hour, and whether any record was counted at all."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping

from dashboard.floor.reported import COUNTED, uncounted
from streams.site_time import HOUR_MS

_STEP_MS = 60_000


class LastHour:
    """Growth of a total within the last hour; it remembers the total once a minute.

    Growth before the first tick is not known and not counted.
    """

    def __init__(self) -> None:
        self._totals: deque[tuple[int, int]] = deque()

    def grown(self, now_ms: int, total: int, catching_up: bool = False) -> int:
        """The total at ``now_ms`` -> its growth in the last hour.

        It begins again where the total fell (all was counted again) and while the line catches up: that growth is old.
        """
        if catching_up or (self._totals and total < self._totals[-1][1]):
            self._totals.clear()
        if not self._totals or now_ms - self._totals[-1][0] >= _STEP_MS:
            self._totals.append((now_ms, total))
        while len(self._totals) > 1 and self._totals[1][0] <= now_ms - HOUR_MS:
            self._totals.popleft()
        return total - self._totals[0][1]


class NoneCounted:
    """Whether every record was refused: ever, or since the first tick on a day that is empty.

    Records of an unknown type are named only where nothing was ever counted.
    """

    def __init__(self) -> None:
        self._first: Counter[str] | None = None

    def look(self, partitions: Iterable[Mapping[str, int]], is_empty_day: bool) -> int:
        """The totals of every partition at one tick -> how many records were refused; 0 where one was counted."""
        sums: Counter[str] = Counter()
        for totals in partitions:
            sums.update(totals)
        if self._first is None or sums["records"] < self._first["records"]:  # all is being counted again
            self._first = sums
        new = sums - self._first
        is_none = is_empty_day and not any(new[name] for name in COUNTED)
        return uncounted([sums]) or (new["dead_lettered"] if is_none else 0)
