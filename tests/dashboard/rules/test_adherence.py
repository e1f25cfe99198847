"""Adherence against the independent oracle, and against counting every second."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.floor import schedule
from dashboard.rules.adherence import WORKING, Spans, adherence, timeline
from dashboard.rules.figures import Reason
from streams.site_time import SiteTime, parse_rfc3339
from tests.dashboard.rules.test_targets import shifts_of
from tests.golden import differences, rule_cases


def spans_of(agents: list[list[schedule.Span]]) -> Spans:
    rows = np.array([(at, *span) for at, spans in enumerate(agents) for span in spans], np.int64).reshape(-1, 3)
    return Spans(*rows.T)


def changes_of(agents: list[list[tuple[int, str]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = [(at, ms, state in WORKING) for at, changes in enumerate(agents) for ms, state in changes]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2].astype(np.bool_)


@pytest.mark.parametrize("case", rule_cases("adherence"))
def test_golden_case(case: dict[str, Any]) -> None:
    given_input, time = case["input"], SiteTime(case["input"]["zone"])
    planned = schedule.planned(time, shifts_of(given_input["shifts"]))
    changes = [(parse_rfc3339(state["time"]), state["state"]) for state in given_input["states"]]
    now_s = parse_rfc3339(given_input["now"]) // 1000
    found = adherence(spans_of([planned]), timeline(*changes_of([changes]), now_s), now_s, 1)
    reason = Reason(found.adherence.reason[0])
    shown = {
        "scheduled_s": int(found.scheduled_s[0]),
        "working_s": int(found.working_s[0]),
        "adherence": {"value": None if reason else float(found.adherence.value[0]), "reason": reason.word},
    }
    assert differences(shown, case["expected"], case["tolerance"]) == []


changes = st.lists(st.tuples(st.integers(0, 90_000), st.sampled_from(["talk", "break", "wrap", "offline"])), max_size=6)
plans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), max_size=3)


@given(st.lists(st.tuples(plans, changes), min_size=1, max_size=4), st.integers(0, 100))
def test_it_is_what_counting_every_second_gives(
    agents: list[tuple[list[tuple[int, int]], list[tuple[int, str]]]], now: int
) -> None:
    planned = [schedule.merged(schedule.Span(start, start + n) for start, n in plan) for plan, _ in agents]
    found = adherence(spans_of(planned), timeline(*changes_of([each for _, each in agents]), now), now, len(agents))
    for at, (_, states) in enumerate(agents):
        due = [second for second in range(now) if any(a <= second < b for a, b in planned[at])]
        assert found.scheduled_s[at] == len(due)
        assert found.working_s[at] == sum(works(states, second) for second in due)


def works(states: list[tuple[int, str]], second: int) -> bool:
    known = [(ms, order, state) for order, (ms, state) in enumerate(states) if ms // 1000 <= second]
    return bool(known) and max(known)[2] in WORKING
