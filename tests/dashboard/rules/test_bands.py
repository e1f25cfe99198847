"""The band of a team's bar: as wide as chance and the days make it."""

import math

import numpy as np
import pytest

from dashboard.rules.bands import between_days, half_width, half_width_together

DUE = np.full(20, 400.0)


def days(rates: list[float]) -> np.ndarray:
    return DUE * np.array(rates)


def test_days_that_differ_by_chance_alone_add_nothing() -> None:
    chance = np.tile([0.95, 1.05], 10)  # exactly one standard deviation of 400 calls
    assert between_days(DUE * chance, DUE, 1.0) == 0.0
    assert half_width(np.array([400.0]), 1.0, 0.0)[0] == pytest.approx(1.96 * 0.05, abs=1e-4)


def test_days_that_differ_more_widen_the_band_by_what_chance_leaves() -> None:
    found = between_days(DUE * np.tile([0.8, 1.2], 10), DUE, 1.0)
    # K z^2 - (K - 1) = 20 * 16 - 19 over the sum of weights less their mean: 400 * 19.
    assert found == pytest.approx(301 / 7600)
    assert between_days(DUE * np.tile([0.8, 1.2], 10), DUE, 20.0) == 0.0  # a floor that noisy explains it all


def test_one_bad_day_does_not_widen_it() -> None:
    assert between_days(days([1.0] * 19 + [0.1]), DUE, 1.0) == 0.0


@pytest.mark.parametrize(("calls", "phi"), [(1600.0, 1.8), (800.0, 1.5), (400.0, 1.8)])
def test_the_band_holds_nearly_nine_of_ten_usual_days(calls: float, phi: float) -> None:
    """Of teams whose days differ by 8 %; that it is not 95 % is what drawing in costs."""
    chance, spread, held = np.random.default_rng(1), 0.08**2, []
    for _ in range(2000):
        due, rate = calls * chance.uniform(0.8, 1.2, 21), chance.gamma(1 / spread, spread, 21)
        counted = due * rate + chance.normal(0, np.sqrt(phi * due * rate))
        half = half_width(due[20:], phi, between_days(counted[:20], due[:20], phi))
        held.append(abs(counted[20] / due[20] - 1) <= half[0])
    assert 0.84 < np.mean(held) < 0.91


def test_with_fewer_days_there_is_no_band() -> None:
    assert math.isnan(between_days(DUE[1:], DUE[1:], 1.0))
    assert np.isnan(half_width(np.array([400.0, 0.0]), [1.0, 1.0], [math.nan, 0.0])).all()


def test_teams_together_vary_less_than_each_of_them() -> None:
    due, phi, tau_squared = np.array([400.0, 100.0, 0.0]), np.array([1.5, 1.2, math.nan]), np.array([0.0004, 0.0, 0.0])
    found = half_width_together(due, phi, tau_squared)
    assert found == pytest.approx(1.96 * math.sqrt(1.5 * 400 + 1.2 * 100 + 0.0004 * 400**2) / 500, rel=1e-4)
    assert found < half_width(due, phi, tau_squared)[:2].min()


def test_one_team_together_is_that_team() -> None:
    one = np.array([400.0]), np.array([1.5]), np.array([0.0004])
    assert half_width_together(*one) == pytest.approx(half_width(*one)[0])


def test_while_one_team_that_owes_is_not_known_neither_are_all() -> None:
    assert math.isnan(half_width_together(np.array([400.0, 100.0]), np.array([1.5, math.nan]), np.zeros(2)))
    assert math.isnan(half_width_together(np.zeros(2), np.ones(2), np.zeros(2)))
