"""How many records came where not one could be counted: ever, or on an empty day since it began to be watched."""

from collections import Counter
from collections.abc import Iterable, Mapping

from dashboard.floor.reported import COUNTED, uncounted


class RefusedAlone:
    """Remembers the totals of its first look. What is of an unknown type is told only where nothing was ever counted."""

    def __init__(self) -> None:
        self._first: Counter[str] | None = None

    def look(self, partitions: Iterable[Mapping[str, int]], is_empty_day: bool) -> int:
        """The totals of every partition at one tick -> the number; 0 where something was counted."""
        sums: Counter[str] = Counter()
        for totals in partitions:
            sums.update(totals)
        if self._first is None or sums["records"] < self._first["records"]:  # all is being counted again
            self._first = sums
        new = sums - self._first
        is_alone = is_empty_day and not any(new[name] for name in COUNTED)
        return uncounted([sums]) or (new["dead_lettered"] if is_alone else 0)
