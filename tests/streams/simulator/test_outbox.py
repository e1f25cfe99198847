"""The outbox: whole minutes in order, nothing lost, nothing after the horizon."""

import pytest

from streams.simulator.outbox import Outbox, SimulatedEvent
from streams.site_time import MINUTE_MS


def event(id: str, sent_ms: int) -> SimulatedEvent:
    return SimulatedEvent(
        sent_ms - 5, "1042", "agent.state", id, "/acd/here", {"agent": "1042", "state": "talk"}, sent_ms
    )


def test_a_minute_is_taken_in_order_of_sending_then_of_pushing() -> None:
    outbox = Outbox(10 * MINUTE_MS)
    for id, sent_ms in (("late", 59_999), ("first", 1_000), ("second", 1_000), ("next", MINUTE_MS)):
        outbox.push(event(id, sent_ms))
    assert [e.id for e in outbox.pop_minute(0)] == ["first", "second", "late"]
    assert [e.id for e in outbox.pop_minute(1)] == ["next"]
    assert outbox.pop_minute(2) == []


def test_what_comes_after_the_horizon_is_never_sent() -> None:
    outbox = Outbox(MINUTE_MS)
    outbox.push(event("beyond", MINUTE_MS))
    assert outbox.pop_minute(1) == []


def test_a_minute_that_was_taken_takes_nothing_more() -> None:
    outbox = Outbox(10 * MINUTE_MS)
    outbox.pop_minute(3)
    with pytest.raises(ValueError, match="its minute was popped"):
        outbox.push(event("too-late", 4 * MINUTE_MS - 1))
