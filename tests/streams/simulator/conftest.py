"""One demo floor, and its day until five and a half hours into the shift, shared by the tests that only look."""

import pytest

from streams.simulator.floor import SimulatedFloor, build_floor
from streams.simulator.outbox import SimulatedEvent
from streams.simulator.simulator import Simulator
from streams.site_time import HOUR_MS, parse_rfc3339

START_MS = parse_rfc3339("2026-11-23T01:00:00Z")


@pytest.fixture(scope="session")
def floor() -> SimulatedFloor:
    return build_floor()


@pytest.fixture(scope="session")
def simulator(floor: SimulatedFloor) -> Simulator:
    return Simulator(floor, seed=1, shift_start_ms=START_MS)


@pytest.fixture(scope="session")
def until_now(simulator: Simulator) -> list[SimulatedEvent]:
    return list(simulator.events(START_MS - HOUR_MS, START_MS + 11 * HOUR_MS // 2))


@pytest.fixture(scope="session")
def whole_day(simulator: Simulator) -> list[SimulatedEvent]:
    return list(simulator.events(START_MS - HOUR_MS, START_MS + 14 * HOUR_MS))
