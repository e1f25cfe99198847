"""What a loop says of an outage: once, once per reason, every minute, and at its end."""

import logging

import pytest
import redis

from streams.store.outage import BACK_OFF_S, REMIND_S, Outage

log = logging.getLogger("streams.test")


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def outage(clock: Hand) -> Outage:
    return Outage("nothing is counted", log, clock_s=clock)


def test_an_outage_is_said_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    tried, clock = outage(Hand()), Hand()
    for _ in range(5):
        tried.note(ConnectionError("refused"))
    tried.over()
    tried.over()
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "refused" in caplog.records[0].message and "goes on" in caplog.records[1].message
    assert clock.s == 100.0


def test_each_reason_is_said_once_however_they_take_turns(caplog: pytest.LogCaptureFixture) -> None:
    tried = outage(Hand())
    for _ in range(10):
        tried.note(redis.ConnectionError("refused"))
        tried.note(redis.ResponseError("NOREPLICAS Not enough good replicas to write."))
        tried.note(redis.ResponseError("MISCONF Redis is configured to save RDB snapshots"))
    assert [record.message.partition("again: ")[2].split()[0] for record in caplog.records] == [
        "refused",
        "NOREPLICAS",
        "MISCONF",
    ]


def test_a_long_outage_is_called_to_mind_every_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = Hand()
    tried = outage(clock)
    for _ in range(601):
        tried.note(TimeoutError("silence"))
        clock.s += 1.0
    assert len(caplog.records) == 1 + 600 / REMIND_S


def test_the_wait_grows_and_begins_anew_after_an_outage() -> None:
    tried = outage(Hand())
    assert [tried.note(ConnectionError()) for _ in range(5)] == [*BACK_OFF_S, BACK_OFF_S[-1]]
    tried.over()
    assert tried.note(ConnectionError()) == BACK_OFF_S[0]


def test_tries_that_prove_nothing_end_an_outage_only_after_a_while(caplog: pytest.LogCaptureFixture) -> None:
    clock = Hand()
    tried = outage(clock)
    for _ in range(20):
        tried.note(redis.ReadOnlyError("You can't write against a read only replica.", status_code="READONLY"))
        clock.s += 1.0
        tried.idle()
    assert len(caplog.records) == 1
    clock.s += BACK_OFF_S[-1]
    tried.idle()
    assert len(caplog.records) == 1
    clock.s += 5.0
    tried.idle()
    assert "goes on" in caplog.records[-1].message


def test_what_waiting_does_not_change_is_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    outage(Hand()).note(redis.exceptions.NoPermissionError("this user has no permissions", status_code="NOPERM"))
    assert caplog.records[0].levelname == "ERROR" and "NOPERM" in caplog.records[0].message
    assert "widen its ACL" in caplog.records[0].message
