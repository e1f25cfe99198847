"""Slow agents are found over days, and nobody else; what a person said is heard; nothing is held against who is not there."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.people.shifts import HOUR_S
from dashboard.rules.evidence import Verdict
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS
from tests.dashboard.partitions import NOON_MS, call, state
from tests.dashboard.people.evidence_floor import OPENS_MS, TODAY, Floor, day_before, floor_site, history, names

pytestmark = pytest.mark.services
SLOW = "agent-03"


@pytest.fixture
def floor(store_client: Any) -> Floor:
    """25 agents over 20 shifts of which today's is half over; one of them takes 60 % of the calls of the others."""
    floor = Floor(store_client, names(25), {SLOW: 0.6})
    for day in range(19, 0, -1):
        floor.work(day)
    floor.work(0, hours=3)
    return floor


@pytest.fixture
def young(store_client: Any) -> Floor:
    """12 agents, all on pace, four shifts and the running one."""
    floor = Floor(store_client, names(12))
    for day in range(4, 0, -1):
        floor.work(day)
    floor.work(0, hours=3)
    return floor


def test_a_slow_agent_comes_to_a_review_and_nobody_else(floor: Floor) -> None:
    board, history = floor.board(), floor.history()
    found = board.now(NOON_MS, history)
    words, at = board.verdicts(found), board.row(SLOW)
    assert {agent for agent, word in words.items() if word in ("review", "watch")} == {SLOW}
    assert words[SLOW] == "review"
    assert found.shifts.tolist() == [20] * 25
    assert found.window_low[at] < 0.6 < found.window_high[at]
    assert found.exposure_s[at] == 3 * HOUR_S
    assert not found.drop.any()
    acknowledged = {days: board.now(NOON_MS, history, {SLOW: day_before(days)}) for days in (0, 1, 5)}
    assert {days: int(each.shifts[at]) for days, each in acknowledged.items()} == {0: 0, 1: 1, 5: 5}
    assert all(board.verdicts(acknowledged[days])[SLOW] in ("too_early", "on_pace") for days in (0, 1))
    others = np.arange(25) != at
    for each in acknowledged.values():
        assert (each.log_e[others] == found.log_e[others]).all()
        assert each.peer_ratio[at] == pytest.approx(found.peer_ratio[at], abs=0.05)
    on_target = board.now(NOON_MS, history, net=9, target_by_now=9)
    assert board.verdicts(on_target)[SLOW] == "on_pace"
    still_open = board.now(NOON_MS, history, review_open=[SLOW], net=9, target_by_now=9)
    assert board.verdicts(still_open)[SLOW] == "review"


def test_a_call_that_moves_to_another_agent_moves_the_evidence(young: Floor) -> None:
    first, second = young.agents[:2]
    board = young.board()
    before = board.now(NOON_MS, young.history())
    yesterday_ms, today_ms = OPENS_MS - DAY_MS + HOUR_MS, OPENS_MS + HOUR_MS
    for name, at_ms in (("y", yesterday_ms), ("t", today_ms)):
        young.write([call(first, name, at_ms)])
    given = board.now(NOON_MS + 5000, young.history())
    at, other = board.row(first), board.row(second)
    assert given.counted[at] == before.counted[at] + 1
    assert given.window_counted[at] == before.window_counted[at] + 2
    assert given.log_e[at] < before.log_e[at]
    for name, at_ms in (("y", yesterday_ms), ("t", today_ms)):
        young.write([(first, call(second, name, at_ms, version=2)[1]), call(second, name, at_ms, version=2)])
    moved = board.now(NOON_MS + 10_000, young.history())
    assert moved.window_counted[at] == before.window_counted[at]
    assert moved.window_counted[other] == before.window_counted[other] + 2
    assert moved.log_e[other] < before.log_e[other]


def test_who_is_not_there_has_no_exposure_and_no_verdict(young: Floor) -> None:
    away, leaves = young.agents[:2]
    young.write([state(away, OPENS_MS + 1, "offline"), state(leaves, NOON_MS - HOUR_MS, "break")])
    board, history = young.board(), young.history()
    found = board.now(NOON_MS + 2 * HOUR_MS, history)
    at, broke, other = board.row(away), board.row(leaves), board.row(young.agents[5])
    assert found.exposure_s[[at, broke, other]].tolist() == [0, 2 * HOUR_S, 5 * HOUR_S]
    assert found.expected[broke] < found.expected[other]
    assert found.verdict[at] == Verdict.NO_VERDICT
    assert np.isnan([found.expected[at], found.peer_ratio[at]]).all()
    assert found.shifts[at] == 4
    assert found.window_counted[at] == history.counted[history.agents[away]].sum()


def test_a_forgotten_sign_out_counts_sixteen_hours_and_gives_no_verdict(young: Floor) -> None:
    agent, midnight_ms = "agent-99", TODAY.start_ms
    young.site = floor_site([*young.agents, agent])
    young.work(2, agents=[agent])
    young.write([state(agent, midnight_ms - 7 * HOUR_MS, "available")])
    board = young.board()
    at = board.row(agent)

    def shift(hour: float) -> tuple[float, bool]:
        """Hours of exposure, and whether anything is expected."""
        found = board.now(int(midnight_ms + hour * HOUR_MS), young.history())
        return int(found.exposure_s[at]) / HOUR_S, not np.isnan(found.expected[at])

    assert [shift(hour)[0] for hour in (1.5, 9, 9.5, 12)] == [1.5, 9, 9, 9]
    assert not shift(12)[1]
    young.write([state(agent, midnight_ms + 10 * HOUR_MS, "offline")])
    assert shift(12) == (9, False)
    young.write([state(agent, midnight_ms + 11 * HOUR_MS, "available")])
    assert shift(12) == (10, False)
    young.write([state(agent, midnight_ms + 12 * HOUR_MS, "offline")])
    tomorrow = history(young.client, young.site, midnight_ms + DAY_MS)
    known = ~np.isnan(tomorrow.expected[tomorrow.agents[agent]])
    assert known.tolist() == [False, False, True, False, False]
    assert not tomorrow.carried_s.any()


def test_between_the_steps_the_same_object_is_returned(young: Floor) -> None:
    board, history = young.board(), young.history()
    found = board.now(NOON_MS, history)
    young.write([call(young.agents[0], "more", NOON_MS - MINUTE_MS)])
    assert board.now(NOON_MS + 4999, history) is found
    assert board.now(NOON_MS + 4999, history, review_open=["agent-01"]) is not found
    assert board.now(NOON_MS + 5000, history).counted[0] == found.counted[0] + 1


def test_without_history_there_is_no_verdict(young: Floor) -> None:
    board, known = young.board(), young.history()
    for other in (None, replace(known, before=day_before(1))):
        found = board.now(NOON_MS, other)
        assert (found.verdict == Verdict.NO_VERDICT).all()
        assert np.isnan(found.peer_ratio).all()
    assert (board.now(NOON_MS, known).verdict == Verdict.ON_PACE).all()
