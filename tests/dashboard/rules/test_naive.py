"""The cost of a naive threshold is that of docs/method.md 12, and of arithmetic where that is at hand."""

import numpy as np
import pytest
from scipy.stats import poisson

from dashboard.rules.naive import named

DOUBLE_HUMP = (0.9, 1.1, 1.2, 0.9, 0.8, 1.1, 1.1, 0.9)
"""An eight-hour shift by hours: every row of the simulation in docs/method.md 12 fits it."""
AGENTS, LIMIT, MINUTES = 500, 0.8, 480
FIFTH, FIRST_HOUR, END = 5, 60, MINUTES
SLACK = 3 * 1.8
"""The simulation has a standard error of at most 1.8 for the naive rules."""


def due(per_hour: float, shape: tuple[float, ...] = (1.0,)) -> np.ndarray:
    minutes = np.repeat(shape, MINUTES // len(shape))
    return np.asarray(np.cumsum(minutes / minutes.sum()) * per_hour * 8)


@pytest.mark.parametrize(
    ("per_hour", "figures"),
    [
        (6, (438.0, 308.0, 40.0)),
        (10, (413.8, 258.4, 18.5)),
        (20, (394.0, 183.0, 2.9)),
        (40, (343.0, 101.0, 0.05)),
    ],
)
def test_a_floor_of_500_on_pace_is_named_as_often_as_the_simulation_found(
    per_hour: float, figures: tuple[float, ...]
) -> None:
    found = [AGENTS * named(due(per_hour, DOUBLE_HUMP), LIMIT, first) for first in (FIFTH, FIRST_HOUR, END)]
    assert found == pytest.approx(figures, abs=SLACK)


def test_an_even_day_of_ten_calls_an_hour_is_within_two_standard_errors_of_it() -> None:
    found = [AGENTS * named(due(10), LIMIT, first) for first in (FIFTH, FIRST_HOUR, END)]
    assert found == pytest.approx((413.8, 258.4, 18.5), abs=2 * 1.8)


def test_one_look_is_one_tail_and_more_looks_name_more() -> None:
    assert named(due(10), LIMIT, END) == pytest.approx(float(poisson.cdf(64, 80)), rel=1e-9)
    chances = [named(due(10), LIMIT, first) for first in (1, FIFTH, FIRST_HOUR, END)]
    assert chances == sorted(chances, reverse=True)


def test_nothing_due_names_nobody_and_a_pause_adds_no_look() -> None:
    assert named(np.zeros(0), LIMIT) == named(np.zeros(9), LIMIT) == 0.0
    whole = due(10)
    pause = np.concatenate([whole[:240], np.repeat(whole[239], 60), whole[240:]])
    assert named(pause, LIMIT) == pytest.approx(named(whole, LIMIT), rel=1e-12)


def test_it_agrees_with_shifts_drawn_at_random() -> None:
    seen = np.cumsum(np.random.default_rng(7).poisson(np.diff(due(6), prepend=0.0), (4000, MINUTES)), axis=1)
    drawn = (seen <= LIMIT * due(6) + 1e-9)[:, FIRST_HOUR - 1 :].any(axis=1).mean()
    assert named(due(6), LIMIT, FIRST_HOUR) == pytest.approx(float(drawn), abs=4 * np.sqrt(0.25 / 4000))
