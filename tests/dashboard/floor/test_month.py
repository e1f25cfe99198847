"""The month on the board is the month that ``judge`` prints, to the last call, at any moment of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from msgspec import structs

from dashboard.board.read_model import ReadModel
from dashboard.board.tick import Tick
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import live
from dashboard.rules.deduction import DeductionPolicy, Mode
from dashboard.site.load import Site, Spell
from streams.site_time import DAY_MS, MINUTE_MS, SiteTime
from tests.dashboard.partitions import MIDNIGHT_MS, Partition, call, complaint, decided, reader
from tests.dashboard.planned import at, block, site

pytestmark = pytest.mark.services
NAMES = {"due": "target_by_now"}
FIGURES = ("net", "target", "due", "pace", "attainment", "required_rate")


def moved(**changes: Any) -> Site:
    """a2 has left, b1 has changed teams this month."""
    here = site(**changes)
    kept = [spell for spell in here.roster if spell.agent not in ("a2", "b1")]
    left = Spell("a2", "安二", "Bo", "B", "dawn", None, date(2026, 11, 12))
    before = Spell("b1", "白一", "Cy", "C", "dawn", None, date(2026, 11, 10))
    after = Spell("b1", "白一", "Cy", "C", "lake", date(2026, 11, 11), None)
    return replace(here, roster=(*kept, left, before, after))


def judged(client: Any, here: Site, now_ms: int, by: sheet.By) -> list[sheet.Row]:
    clock = SiteTime(here.zone)
    return sheet.rows(BoardJudge(reader(client), here, clock).judge("month", live(now_ms, clock)), by)


def shown(model: ReadModel, now_ms: int) -> Tick:
    found = model.tick(now_ms)
    assert found is not None
    return found


def pairs(found: Tick, client: Any, here: Site, now_ms: int) -> Iterator[tuple[dict[str, Any], sheet.Row]]:
    """What the board shows of a team or the floor, and what ``judge`` prints of it."""
    teams = {row["team"]: row for row in judged(client, here, now_ms, "team")}
    yield from ((structs.asdict(team.month), teams[team.id]) for team in found.teams)
    yield structs.asdict(found.floor.month), judged(client, here, now_ms, "site")[0]


def require_same(found: Tick, client: Any, here: Site, now_ms: int) -> None:
    for board, printed in pairs(found, client, here, now_ms):
        for name in FIGURES:
            expected = printed[NAMES.get(name, name)]
            digits = {"net": 4, "pace": 4, "attainment": 4}.get(name, 1)
            assert board[name] == (None if expected is None else pytest.approx(expected, abs=0.51 * 10**-digits)), name


def at_random(chance: Random, name: str) -> tuple[str, bytes]:
    """Any fact of any day of the month so far."""
    agent, at_ms = (
        chance.choice(["a1", "a2", "b1", "b2", "z9"]),
        MIDNIGHT_MS - chance.randint(0, 22 * 24 * 60) * MINUTE_MS,
    )
    case = chance.choice(["x", "y", "z"])
    kinds = [
        call(agent, name, at_ms),
        call(None, name, at_ms, outcome="abandoned"),
        complaint(agent, case, at_ms, chance.choice(["complaint", "repeat_enquiry"])),
        decided(agent, case, at_ms, chance.choice(["withdrawn", "confirmed"])),
    ]
    return chance.choice(kinds)


@pytest.mark.parametrize(
    "policy", [DeductionPolicy(), DeductionPolicy(Mode.TARGET, 2.0, 0.5), DeductionPolicy(Mode.CONFIRMED)]
)
@pytest.mark.parametrize("make", [site, moved])
def test_the_month_is_what_judge_prints(store_client: Any, policy: DeductionPolicy, make: Any) -> None:
    here, chance = make(policies=(block(deduction=policy),)), Random(7)
    partitions = [Partition(store_client, n) for n in (0, 1)]
    model = ReadModel(reader(store_client), here)
    for step in range(8):
        chance.choice(partitions).write(*(at_random(chance, f"{step}-{n}") for n in range(chance.randint(1, 60))))
        now_ms = at(8) + step * 77 * MINUTE_MS
        require_same(shown(model, now_ms), store_client, here, now_ms)


def test_the_floor_acts_on_the_sums_of_the_month(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    partition.write(call("a1", "c1", MIDNIGHT_MS - DAY_MS), call("a1", "c2", MIDNIGHT_MS - DAY_MS))
    partition.write(*(complaint("a1", f"x{n}", at(10)) for n in range(3)), call("a1", "c3", at(10)))
    found = shown(ReadModel(reader(store_client), site()), at(11))
    assert (found.floor.net, found.floor.month.net) == (0, 0)
    partition.write(call("a1", "c4", at(10)))
    after = shown(ReadModel(reader(store_client), site()), at(11))
    assert (after.floor.net, after.floor.month.net) == (0, 1)


def test_without_targets_a_month_has_a_net_and_no_pace(store_client: Any) -> None:
    Partition(store_client, 0).write(call("a1", "c1", at(10)))
    found = shown(ReadModel(reader(store_client), site(policies=(block(None),))), at(11))
    assert structs.asdict(found.floor.month) == {
        "net": 1, "target": None, "due": None, "pace": None, "attainment": None, "required_rate": None,
        "reason": "no_target",
    }  # fmt: skip


def test_it_is_judged_once_a_second(store_client: Any) -> None:
    partition = Partition(store_client, 0)
    model = ReadModel(reader(store_client), site())
    shown(model, at(11))
    partition.write(call("a1", "c1", at(10)))
    shown(model, at(11) + 250)
    partition.write(call("a1", "c2", at(10)))
    assert shown(model, at(11) + 1000).floor.month.net == 1
    assert shown(model, at(11) + 1250).floor.month.net == 2
