"""Steps beside the rest: taken again after an outage, and over when the block is."""

import threading

import pytest

from streams.store.outage import repeat_in_thread
from tests.waiting import PATIENCE_S, wait_until


class Away(Exception):
    """The store cannot be reached."""


def test_an_outage_costs_one_step_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    taken = []

    def step() -> None:
        taken.append(threading.current_thread().name)
        if len(taken) == 2:
            raise Away("gone")

    with repeat_in_thread("counting", step, 0.01, (Away,)):
        wait_until(lambda: len(taken) >= 4, PATIENCE_S, "steps after the outage")
    after = len(taken)
    assert set(taken) == {"counting"}
    assert "counting: nothing new for 0 s, trying again: gone" in caplog.text
    assert all(thread.name != "counting" for thread in threading.enumerate())
    assert len(taken) == after


@pytest.mark.parametrize(("at_once", "steps"), [(True, 1), (False, 0)])
def test_the_first_step_is_taken_at_once_where_it_is_wanted(at_once: bool, steps: int) -> None:
    taken = []
    first = threading.Event()

    def step() -> None:
        taken.append(1)
        first.set()

    with repeat_in_thread("counting", step, 3600, (Away,), at_once=at_once):
        assert first.wait(10 if at_once else 0.05) is at_once
    assert len(taken) == steps


def test_a_wait_ends_early_for_whoever_is_in_a_hurry() -> None:
    wake, taken = threading.Event(), threading.Event()
    with repeat_in_thread("counting", taken.set, 3600, (Away,), wake=wake):
        for _ in range(2):
            wake.set()
            wait_until(taken.is_set, PATIENCE_S, "a step before the hour is over")
            taken.clear()
