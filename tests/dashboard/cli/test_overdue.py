"""The count of overdue appeals beside a process: answered at once, and standing while Redis is away."""

from dashboard.cli.overdue import OverdueCount
from dashboard.live.bus import AWAY
from tests.waiting import wait_until


def test_a_count_is_answered_at_once_and_stands_while_redis_is_away() -> None:
    found: list[int | Exception] = [3, AWAY[0]("away"), 4]
    looks = iter(found)

    def look() -> int:
        answer = next(looks, 4)
        if isinstance(answer, Exception):
            raise answer
        return answer

    counted = OverdueCount(look)
    assert (counted.known(), counted()) == (None, 0)
    counted.look()
    counted.look()
    assert (counted.known(), counted()) == (3, 3)
    with counted.counting(every_s=0.01):
        wait_until(lambda: counted() == 4, 5, "the next count")
