"""The curve of a shift ends at what the board shows, and its steps add up to it."""

from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from dashboard.people.evidence import EvidenceNow
from dashboard.people.pace_curve import AgentDay, PaceCurve, PeerRates, pace_curve, read_agent_day
from streams.metrics import COUNT, INDEX
from streams.site_time import HOUR_MS, MINUTE_MS
from tests.dashboard.partitions import NOON_MS, reader, state
from tests.dashboard.people.evidence_floor import OPENS_MS, TIME, TODAY, Floor, names
from tests.dashboard.people.test_evidence_pure import at_random
from tests.dashboard.people.test_evidence_pure import floor as floor

AVAILABLE, HANDLED = INDEX["state_available_s"], INDEX["handled"]
NOBODY = PeerRates(np.zeros(0), np.nan)


def curve_of(floor: Floor, found: EvidenceNow, agent: str, row: int) -> PaceCurve:
    peers = PeerRates(found.per_hour[:, row], float(found.phi[row]), int(found.carried_s[row]))
    return pace_curve(TODAY, found.at_ms // 1000, read_agent_day(reader(floor.client), agent, TODAY), peers)


def require_it_ends_at_the_evidence(curve: PaceCurve, found: EvidenceNow, row: int) -> None:
    if not len(curve.at_s):
        assert not found.exposure_s[row] and not found.counted[row] > 0
        return
    assert curve.exposure_s == found.exposure_s[row]
    assert (np.diff(curve.at_s) > 0).all() and curve.at_s[-1] == found.at_ms // 1000
    assert (np.diff(curve.counted) >= 0).all()
    if np.isnan(found.expected[row]):
        assert np.isnan(curve.expected).all() or not found.exposure_s[row]
        return
    assert curve.counted[-1] == found.counted[row]
    assert curve.expected[-1] == pytest.approx(found.expected[row], rel=1e-12)
    assert (np.diff(curve.expected) >= 0).all()
    assert (curve.low <= curve.expected).all() and (curve.expected <= curve.high).all()


@pytest.mark.services
@pytest.mark.parametrize("seed", range(3))
def test_it_ends_at_the_calls_and_the_expectation_of_the_evidence(floor: Floor, seed: int) -> None:
    chance, known, board = Random(seed), floor.history(), floor.board()
    now_ms = OPENS_MS
    for step in range(6):
        now_ms += chance.choice([10_000, 20 * MINUTE_MS, 95 * MINUTE_MS])
        floor.write([at_random(chance, floor, f"{seed}-{step}-{n}", now_ms) for n in range(chance.randint(10, 60))])
        found = board.now(now_ms, known)
        for row, person in enumerate(board.lines.people):
            require_it_ends_at_the_evidence(curve_of(floor, found, person.id, row), found, row)


@pytest.mark.services
def test_a_state_of_more_than_sixteen_hours_says_nothing(floor: Floor) -> None:
    floor.write([state("agent-01", TODAY.start_ms - 9 * HOUR_MS, "available")])
    floor.work(0, hours=3, agents=floor.agents[2:])
    board = floor.board()
    found = board.now(NOON_MS, floor.history())
    row = board.row("agent-01")
    require_it_ends_at_the_evidence(curve_of(floor, found, "agent-01", row), found, row)


@pytest.mark.services
def test_a_sign_out_that_was_forgotten_the_day_before_is_no_exposure_today(store_client: Any) -> None:
    floor = Floor(store_client, names(13))
    for day in range(4, 0, -1):
        floor.work(day, agents=floor.agents[:12])
    floor.write([state("agent-12", TODAY.start_ms - 20 * HOUR_MS, "available")])
    floor.write([state("agent-12", NOON_MS - HOUR_MS, "break"), state("agent-12", NOON_MS - HOUR_MS // 2, "talk")])
    floor.work(0, hours=3, agents=floor.agents[:12])
    board = floor.board()
    found = board.now(NOON_MS, floor.history())
    row = board.row("agent-12")
    assert (found.carried_s[row], found.exposure_s[row]) == (20 * 3600, 1800)
    require_it_ends_at_the_evidence(curve_of(floor, found, "agent-12", row), found, row)


def day_of(calls: dict[int, int], exposed: range) -> AgentDay:
    """Calls by minute of the day, and whole minutes of exposure."""
    minutes = np.zeros((24 * 60, COUNT), np.int64)
    minutes[list(calls), HANDLED] = list(calls.values())
    minutes[exposed, AVAILABLE] = 60
    return AgentDay(minutes, exposing=False, since_ms=0)


def test_an_hour_by_hand() -> None:
    own = day_of({9 * 60 + 1: 2, 9 * 60 + 31: 1}, range(9 * 60, 9 * 60 + 45))
    rates = np.full(10, np.nan)
    rates[9] = 8.0
    curve = pace_curve(TODAY, TODAY.start_ms // 1000 + 10 * 3600, own, PeerRates(rates, 2.0))
    assert (curve.at_s - curve.at_s[0]).tolist() == [n * 300 for n in range(13)]
    assert curve.counted.tolist() == [0, *[2] * 6, *[3] * 6]
    assert curve.expected.round(4).tolist() == [round(min(n * 5, 45) * 8 / 60, 4) for n in range(13)]
    half = 1.959963984540054 * np.sqrt(2.0 * 6.0)
    assert (curve.low[-1], curve.high[-1]) == (max(0.0, 6 - half), pytest.approx(6 + half))


def test_without_a_rate_for_part_of_it_nothing_is_expected() -> None:
    own = day_of({}, range(9 * 60, 11 * 60))
    curve = pace_curve(TODAY, TODAY.start_ms // 1000 + 11 * 3600, own, PeerRates(np.array([*[np.nan] * 10, 8.0]), 1.0))
    assert np.isnan(curve.expected).all()
    assert curve.exposure_s == 2 * 3600


def test_nothing_happened_and_nobody_to_compare_with() -> None:
    assert len(pace_curve(TODAY, NOON_MS // 1000, day_of({}, range(0)), NOBODY).at_s) == 0
    alone = pace_curve(TODAY, NOON_MS // 1000, day_of({719: 1}, range(0)), NOBODY)
    assert alone.counted[-1] == 1
    assert np.isnan(alone.expected).all()


def test_the_last_minute_of_a_day() -> None:
    day = TIME.day_of(TODAY.label - timedelta(days=1))
    curve = pace_curve(day, day.end_ms // 1000, day_of({1439: 4}, range(1430, 1440)), PeerRates(np.full(24, 6.0), 1.0))
    assert (curve.counted[-1], curve.expected[-1]) == (4, pytest.approx(1.0))
    assert curve.at_s[-1] == day.end_ms // 1000
