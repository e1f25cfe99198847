"""Who is assessed, against the independent oracle."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.rules.eligibility import Ineligible, Person, standing
from tests.golden import differences, rule_cases

MONTH = date(2026, 11, 1)
WEEKDAYS = tuple(day for day in (MONTH + timedelta(days=n) for n in range(30)) if day.weekday() < 5)
REGULAR = Person(False, None, ((date(2024, 1, 1), "regular"),), WEEKDAYS, {})


def day_of(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def days_of(first: date, last: date | None) -> list[date]:
    """First and last day counted; an open end reaches past every case."""
    end = date(2028, 1, 1) if last is None else last
    return [first + timedelta(days=n) for n in range((end - first).days + 1)]


def person_of(given_input: dict[str, Any]) -> Person:
    return Person(
        has_probation=given_input["has_probation"],
        regularised_on=day_of(given_input["regularised_on"]),
        employment=[(date.fromisoformat(each["from"]), each["kind"]) for each in given_input["employment"]],
        working_days=[date.fromisoformat(text) for text in given_input["working_days"]],
        leave={date.fromisoformat(text): part for text, part in given_input["leave"].items()},
        maternity={day for a, b in given_input["maternity_leave"] for day in days_of(date.fromisoformat(a), day_of(b))},
    )


@pytest.mark.parametrize("case", rule_cases("eligibility"))
def test_golden_case(case: dict[str, Any]) -> None:
    month, holidays = date.fromisoformat(case["input"]["month"] + "-01"), case["input"]["holidays"]
    found = standing(person_of(case["input"]), month, {date.fromisoformat(text) for text in holidays})
    shown = {
        "assessed": found.assessed,
        "reasons": [str(reason) for reason in found.reasons],
        "working_days": found.working_days,
        "leave_days": found.leave_days,
    }
    assert differences(shown, case["expected"], case["tolerance"]) == []


def test_an_excluded_post_is_said_after_the_other_reasons() -> None:
    trainer = replace(REGULAR, post="trainer", has_probation=True)
    found = standing(trainer, MONTH, excluded_posts={"trainer"})
    assert found.reasons == (Ineligible.PROBATION, Ineligible.EXCLUDED_POST)
    assert standing(REGULAR, MONTH, excluded_posts={"trainer"}).assessed


@given(st.lists(st.sampled_from(WEEKDAYS), unique=True))
def test_leave_on_exactly_half_of_the_days_is_assessed_and_a_tenth_more_is_not(away: list[date]) -> None:
    half = dict.fromkeys(WEEKDAYS, 0.5)
    assert standing(replace(REGULAR, leave=half), MONTH).assessed
    more = {**half, WEEKDAYS[0]: 0.6}
    assert standing(replace(REGULAR, leave=more), MONTH).reasons == (Ineligible.LEAVE_OVER_HALF,)
    full = standing(replace(REGULAR, leave=dict.fromkeys(away, 1)), MONTH)
    assert full.assessed == (2 * len(away) <= len(WEEKDAYS))
