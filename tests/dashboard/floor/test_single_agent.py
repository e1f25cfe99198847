"""One agent judged alone stands as on the board of the whole floor."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import Period, day_period, end_of, live, month_period
from dashboard.floor.single_agent import judge_of
from dashboard.site.load import Site
from dashboard.site.types import EmploymentFrom, LeaveDay, RotaDay, Whose
from streams.site_time import HOUR_MS, SiteTime
from tests.dashboard.partitions import Partition, call, complaint, decided, event, reader, state
from tests.dashboard.planned import DAY, at, site, training

pytestmark = pytest.mark.services
CLOCK = SiteTime("Asia/Shanghai")
DAYS = [DAY - timedelta(days=n) for n in range(23)]
FLOORS = {
    "everybody works": site(leave=(LeaveDay("a2", DAY, 0.5),), schedule=(training("09:00", "10:00", Whose("a1")),)),
    "a rota that leaves some out": site(
        rota=tuple(RotaDay(agent, day, "day") for agent in ("a2", "b2") for day in DAYS if day.weekday() < 5),
        schedule=(training("10:00", "11:30", Whose(team="dawn")), training("14:00", "14:30")),
        employment=(EmploymentFrom("b2", date(2026, 1, 1), "temporary"), EmploymentFrom("a1", DAY, "part_time")),
    ),
}
AGENTS = ("a1", "a2", "b1", "b2", "z9", "~unattributed", "nobody")


def fill(client: Any, chance: Random) -> None:
    partitions = [Partition(client, number) for number in (0, 1)]
    for n in range(300):
        agent = chance.choice(AGENTS[:5])
        at_ms = at(9) - chance.choice((0, 0, 1, 3, 7)) * 24 * HOUR_MS + chance.randint(0, 5 * HOUR_MS)
        scored = {"evaluation_id": f"e{n}", "version": 1, "agent": agent, "score": chance.randint(0, 100)}
        chance.choice(partitions).write(
            chance.choice(
                [
                    call(agent, f"c{n}", at_ms),
                    call(None, f"c{n}", at_ms),
                    complaint(agent, f"x{n % 30}", at_ms),
                    decided(agent, f"x{n % 30}", at_ms, chance.choice(["withdrawn", "confirmed"])),
                    state(agent, at_ms, chance.choice(["talk", "available", "break", "offline"])),
                    (agent, event("evaluation.scored", at_ms, scored)),
                ]
            )
        )


def of_the_board(client: Any, floor: Site, period: Period, agent: str, now_ms: int) -> sheet.Row | None:
    runs = period.start_ms(CLOCK) <= now_ms < period.end_ms(CLOCK)
    moment = live(now_ms, CLOCK) if runs else end_of(CLOCK.day_of(period.last), now_ms, CLOCK)
    return sheet.row_of(BoardJudge(reader(client), floor, CLOCK).judge(period.kind, moment), agent)


@pytest.mark.parametrize("name", FLOORS)
@pytest.mark.parametrize(
    "period", [day_period(DAY), day_period(DAYS[3]), month_period(DAY), month_period(date(2026, 10, 1))]
)
def test_every_agent_stands_as_on_the_board(store_client: Any, name: str, period: Period) -> None:
    fill(store_client, Random(name))
    floor = FLOORS[name]
    judge = judge_of(reader(store_client), floor, CLOCK, lambda: at(14, 20))
    found = {agent: judge(agent, period) for agent in AGENTS}
    assert found == {agent: of_the_board(store_client, floor, period, agent, at(14, 20)) for agent in AGENTS}
    assert found["a1"] is not None and found["nobody"] is None
