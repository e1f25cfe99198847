"""The beat of the publisher, and the names of its runs."""

import pytest

from dashboard.board.publish import Beat, new_epoch


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def test_the_beat_does_not_drift_and_leaves_out_what_was_missed() -> None:
    clock = Hand()
    beat = Beat(0.25, clock)
    clock.s += 0.1
    assert beat.until_next() == pytest.approx(0.15)
    clock.s = 100.25 + 0.02
    assert beat.until_next() == pytest.approx(0.23)
    clock.s = 101.30
    assert beat.until_next() == pytest.approx(0.20)
    clock.s = 101.50
    assert beat.until_next() == pytest.approx(0.25)


def test_no_two_runs_share_an_epoch() -> None:
    assert new_epoch(1) != new_epoch(1)
