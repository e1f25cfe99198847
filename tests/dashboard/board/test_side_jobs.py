"""A number found beside a process: whoever asks is answered at once, and the last one stands while it cannot be found."""

from dashboard.board.bus import AWAY
from dashboard.board.side_jobs import RepeatedQuery
from tests.waiting import PATIENCE_S, wait_until


def test_the_last_number_stands_while_another_cannot_be_found() -> None:
    found: list[int | Exception] = [3, AWAY[0]("away"), 4]
    looks = iter(found)

    def look() -> int:
        answer = next(looks, 5)
        if isinstance(answer, Exception):
            raise answer
        return answer

    counted = RepeatedQuery("test", look, AWAY)
    assert counted() is None
    counted.step()
    assert counted() == 3
    with counted.following(every_s=0.01):
        wait_until(lambda: counted() == 5, PATIENCE_S, "the number after the one that could not be found")
