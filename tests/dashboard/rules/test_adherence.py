"""Adherence against the independent oracle, and against counting every second."""

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.floor import schedule
from dashboard.floor.attendance import closed
from dashboard.floor.tick_facts import NO_STATE, STATE_CODES
from dashboard.rules.adherence import MINUTE_S, WORKING, passed_s
from streams.site_time import Day, SiteTime, parse_rfc3339
from tests.dashboard.rules.test_targets import shifts_of
from tests.golden import differences, rule_cases

Changes = list[tuple[int, str]]
"""(ms, state), at one instant in the order of the list."""


def measured(agents: list[tuple[list[schedule.Span], Changes]], now_s: int) -> tuple[list[int], list[int]]:
    """Schedules and state changes of agents -> scheduled seconds so far, and those of them in a working state.

    As a store has them: stretches that are over by minute, and the state now with its beginning.
    """
    ordered = [sorted((ms, order, state) for order, (ms, state) in enumerate(changes)) for _, changes in agents]
    runs = [[(ms // 1000, state) for ms, _, state in each if ms // 1000 <= now_s] for each in ordered]
    edges = [
        now_s,
        *(at_s for each in runs for at_s, _ in each),
        *(at for spans, _ in agents for span in spans for at in span),
    ]
    first_s = min(edges) // MINUTE_S * MINUTE_S
    day = Day(date.min, first_s * 1000, (max(edges) // MINUTE_S + 1) * MINUTE_S * 1000)
    worked = np.zeros((len(agents), (day.end_ms // 1000 - first_s) // MINUTE_S), np.int64)
    for row, each in enumerate(runs):
        for (start_s, state), (end_s, _) in pairwise(each):
            for second in range(start_s, end_s) if state in WORKING else ():
                worked[row, (second - first_s) // MINUTE_S] += 1
    codes = np.array([STATE_CODES.index(each[-1][1]) if each else NO_STATE for each in runs], np.int64)
    since_s = np.array([each[-1][0] if each else 0 for each in runs], np.int64)
    spans = schedule.pack([[(*span, 1.0) for span in planned] for planned, _ in agents])
    working = closed(spans, np.arange(len(agents)), worked, day, (codes, since_s), now_s)
    return passed_s(spans, now_s).tolist(), working.tolist()


@pytest.mark.parametrize("case", rule_cases("adherence"))
def test_golden_case(case: dict[str, Any]) -> None:
    given_input, time = case["input"], SiteTime(case["input"]["zone"])
    planned = schedule.planned(time, shifts_of(given_input["shifts"]))
    changes = [(parse_rfc3339(state["time"]), state["state"]) for state in given_input["states"]]
    (scheduled,), (working,) = measured([(planned, changes)], parse_rfc3339(given_input["now"]) // 1000)
    value = {"value": working / scheduled, "reason": None} if scheduled else {"value": None, "reason": "no_time_yet"}
    shown = {"scheduled_s": scheduled, "working_s": working, "adherence": value}
    assert differences(shown, case["expected"], case["tolerance"]) == []


changes = st.lists(
    st.tuples(st.integers(0, 900_000), st.sampled_from(["talk", "break", "wrap", "offline"])), max_size=6
)
plans = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 6)), max_size=3)


@given(st.lists(st.tuples(plans, changes), min_size=1, max_size=4), st.integers(0, 1000))
def test_it_is_what_counting_every_second_gives(agents: list[tuple[list[tuple[int, int]], Changes]], now: int) -> None:
    planned = [
        schedule.merged(schedule.Span(start * MINUTE_S, (start + n) * MINUTE_S) for start, n in plan)
        for plan, _ in agents
    ]
    scheduled, working = measured(list(zip(planned, (each for _, each in agents), strict=True)), now)
    for at, (_, states) in enumerate(agents):
        due = [second for second in range(now) if any(a <= second < b for a, b in planned[at])]
        assert scheduled[at] == len(due)
        assert working[at] == sum(works(states, second) for second in due)


def works(states: Changes, second: int) -> bool:
    known = [(ms, order, state) for order, (ms, state) in enumerate(states) if ms // 1000 <= second]
    return bool(known) and max(known)[2] in WORKING
