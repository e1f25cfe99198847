"""The moment, and the instants before it at which somebody looked or did something."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from streams.simulator.floor import build_floor
from streams.simulator.simulator import Simulator

ZONE = "Asia/Shanghai"
SEED = 1
TODAY = date(2026, 11, 23)


def at(clock: str, day: date = TODAY) -> int:
    """HH:MM or HH:MM:SS by the floor's clock -> the instant in ms."""
    local = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(ZONE))
    return int(local.timestamp() * 1000)


SHIFT_START_MS = at("09:00")
MOMENT_MS = at("14:32:09")


class Still:
    """A clock that stands until it is moved."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


def simulator() -> Simulator:
    """The floor of the pictures of the design."""
    return Simulator(build_floor(), SEED, SHIFT_START_MS, ZONE)
