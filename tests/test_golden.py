"""When two answers are the same, by tests/cases/README.md; and that the cases are read as they are."""

from typing import Any

import pytest

from tests.golden import differences, fold_scenarios, real_data, rule_cases, scenario

LOOSE = {"abs": 1e-9, "rel": 1e-9}


@pytest.mark.parametrize(
    ("actual", "expected", "tolerance"),
    [
        (1.0000000001, 1.0, LOOSE),
        (5e9 + 4, 5e9, LOOSE),
        (3, 3.0, LOOSE),
        (3.0, 3, LOOSE),
        (None, None, LOOSE),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "x"}]}, LOOSE),
        ((1, 2), [1, 2], LOOSE),
    ],
)
def test_the_same(actual: Any, expected: Any, tolerance: dict[str, float]) -> None:
    assert differences(actual, expected, tolerance) == []


@pytest.mark.parametrize(
    ("actual", "expected", "tolerance"),
    [
        (1.00001, 1.0, LOOSE),
        (1.0000000001, 1.0, {"abs": 0, "rel": 0}),
        (1.0000000001, 1, LOOSE),
        (True, 1, LOOSE),
        (1, True, LOOSE),
        (1.0, True, LOOSE),
        (0, None, LOOSE),
        (None, 0.0, LOOSE),
        (float("nan"), 0.0, LOOSE),
        ("1", 1, LOOSE),
        ([1], [1, 2], LOOSE),
        ([], {}, LOOSE),
        ({"a": 1}, {"a": 1, "b": None}, LOOSE),
        ({"a": 1, "b": 0}, {"a": 1}, LOOSE),
    ],
)
def test_not_the_same(actual: Any, expected: Any, tolerance: dict[str, float]) -> None:
    assert differences(actual, expected, tolerance)


def test_a_difference_names_its_place() -> None:
    assert differences({"a": [1, 2]}, {"a": [1, 3]}) == [".a.1: 2, expected 3"]


@pytest.mark.parametrize("name", fold_scenarios())
def test_every_scenario_has_as_many_records_as_it_says(name: str) -> None:
    found = scenario(name)
    assert len(found.records) == found.config["records"] > 0
    assert sum(totals["records"] for totals in found.expected["totals"].values()) == len(found.records)


def test_a_rule_that_the_folder_lacks_is_one_test_not_run() -> None:
    (only,) = rule_cases("no-such-rule")
    assert [mark.name for mark in only.marks] == ["cases", "skip"]


@pytest.mark.realdata
def test_real_data_are_the_banks() -> None:
    assert (real_data() / "anonymousbank" / "january.txt").is_file()
