"""Why a board is empty although records came: none was ever counted, or none since the day began."""

from dashboard.board.refused_records import NoneCounted


def sums(**totals: int) -> list[dict[str, int]]:
    return [{"records": sum(totals.values()), **totals}, {}]


def test_where_nothing_was_ever_counted_all_that_came_is_told_also_at_the_first_look() -> None:
    assert NoneCounted().look(sums(dead_lettered=3, ignored=2, heartbeats=9), True) == 5
    assert NoneCounted().look(sums(dead_lettered=3, ignored=2, superseded=1), True) == 0


def test_on_an_empty_day_what_was_refused_since_the_first_look_is_told() -> None:
    """The senders were changed overnight: yesterday was counted, today is refused."""
    refused = NoneCounted()
    assert refused.look(sums(applied=9000, dead_lettered=4), True) == 0
    assert refused.look(sums(applied=9000, dead_lettered=64, ignored=7), True) == 60
    assert refused.look(sums(applied=9000, dead_lettered=64), False) == 0, "something of today is counted"
    assert refused.look(sums(applied=9001, dead_lettered=64), True) == 0, "something of another day is"


def test_counters_that_begin_again_are_looked_at_anew() -> None:
    refused = NoneCounted()
    refused.look(sums(applied=9000, dead_lettered=4), True)
    assert refused.look(sums(applied=10, dead_lettered=9), True) == 0
    assert refused.look(sums(applied=10, dead_lettered=11), True) == 2
