"""How much a sum that only grows has grown in the last hour, seen once a tick."""

from collections import deque

HOUR_MS = 3_600_000
_STEP_MS = 60_000


class LastHour:
    """Remembers the sum once a minute. What came before the first look is not known, and not counted."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, int]] = deque()

    def grown(self, now_ms: int, total: int, catching_up: bool = False) -> int:
        """The sum at ``now_ms`` -> by how much it grew in the last hour.

        A sum that fell was counted anew, and what it gains while the line catches up (stale) is old: both begin again.
        """
        if catching_up or (self._seen and total < self._seen[-1][1]):
            self._seen.clear()
        if not self._seen or now_ms - self._seen[-1][0] >= _STEP_MS:
            self._seen.append((now_ms, total))
        while len(self._seen) > 1 and self._seen[1][0] <= now_ms - HOUR_MS:
            self._seen.popleft()
        return total - self._seen[0][1]
