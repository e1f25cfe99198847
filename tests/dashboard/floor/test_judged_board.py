"""The judged board of a day or a month, now and at past moments, over a real Redis written by the real fold and store."""

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest

from dashboard.board.read_model import ReadModel
from dashboard.floor import sheet
from dashboard.floor.judged_board import BoardJudge, JudgedBoard
from dashboard.floor.periods import moment_of, period_of
from dashboard.floor.single_agent import judge_of
from dashboard.site.load import Site
from dashboard.site.types import EmploymentFrom, LeaveDay, Whose
from streams.metrics import NAMES
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS, SiteTime
from tests.dashboard.partitions import Partition, call, complaint, decided, erased, event, reader, state
from tests.dashboard.planned import at, block, site, training

pytestmark = pytest.mark.services
CLOCK = SiteTime("Asia/Shanghai")


def calls(agent: str | None, count: int, at_ms: int, name: str = "c") -> list[tuple[str, bytes]]:
    return [call(agent, f"{name}-{agent}-{at_ms}-{n}", at_ms) for n in range(count)]


def board(
    client: Any, period: str = "day", text: str | None = None, now_ms: int = at(14), floor: Site | None = None
) -> JudgedBoard:
    found = BoardJudge(reader(client), floor or site(), CLOCK)
    return found.judge(period, moment_of(text, now_ms, CLOCK))


def rows(found: JudgedBoard, by: sheet.By = "agent") -> dict[str, dict[str, Any]]:
    return {row[by]: dict(row) for row in sheet.rows(found, by)}


def working_of(found: JudgedBoard, agent: str = "a1") -> tuple[float, float]:
    place = [person.id for person in found.lines.people].index(agent)
    return found.judged.counted.scheduled_s[place], found.judged.counted.working_s[place]


def live_working(client: Any, now_ms: int, floor: Site | None = None) -> tuple[float, float]:
    view = ReadModel(reader(client), floor or site()).tick(now_ms)
    assert view is not None
    return view.judged.day.counted.scheduled_s[0], view.judged.day.counted.working_s[0]


@pytest.mark.parametrize(
    ("changes", "hour", "worked"),
    [
        ([(8.5, "available"), (12, "break"), (13, "talk")], 14, 4),  # early is not scheduled, the break neither
        ([(9.5, "available"), (10, "break"), (10.5, "wrap")], 12, 2),
        ([(9, "available"), (9.25, "available"), (9.75, "available")], 10, 1),  # said again and again: one run
        ([(9, "other"), (10, "ringing"), (11, "offline")], 14, 1),
        ([(9, "training"), (11, "meeting"), (12.5, "offline")], 14, 3),
        ([(-3, "available")], 14, 4),  # since yesterday
        ([], 14, 0),
    ],
)
def test_adherence_counts_scheduled_time_in_a_working_state(
    store_client: Any, changes: list[tuple[float, str]], hour: int, worked: float
) -> None:
    said = [state("a1", round(at(0) + when * HOUR_MS), name) for when, name in changes]
    Partition(store_client, 0).write(state("b1", at(8), "break"), *said, *calls("a1", 1, at(8)))
    scheduled = {10: 1, 12: 3, 14: 4}[hour] * 3600
    assert live_working(store_client, at(hour)) == (scheduled, worked * 3600)
    assert working_of(board(store_client, now_ms=at(hour))) == (scheduled, worked * 3600)
    later = board(store_client, text=f"2026-11-23 {hour}:00", now_ms=at(23))
    assert working_of(later) == (scheduled, worked * 3600)


def test_adherence_follows_changes_that_come_in_late_and_through_another_partition(store_client: Any) -> None:
    first, second = Partition(store_client, 0), Partition(store_client, 1)
    first.write(state("a1", at(9), "available"), state("a1", at(11), "break"))
    model = ReadModel(reader(store_client), site())

    def worked(now_ms: int) -> tuple[float, float]:
        view = model.tick(now_ms)
        assert view is not None
        return view.judged.day.counted.scheduled_s[0], view.judged.day.counted.working_s[0]

    assert worked(at(11, 30)) == (2.5 * 3600, 2 * 3600)
    first.write(state("a1", at(10), "break"))
    assert worked(at(11, 30)) == (2.5 * 3600, 3600)
    second.write(*calls("zz", 1, at(11)), state("a1", at(11, 40), "talk"))
    assert worked(at(11, 50)) == (2 * 3600 + 50 * 60, 3600 + 600)
    assert worked(at(11, 50)) == live_working(store_client, at(11, 50))


def test_rostered_training_is_scheduled_and_takes_no_target(store_client: Any) -> None:
    Partition(store_client, 0).write(state("a1", at(9), "training"), state("a1", at(10), "available"))
    floor = site(schedule=(training("09:00", "10:00", Whose("a1")),))
    found = board(store_client, now_ms=at(11), floor=floor)
    assert working_of(found) == (7200, 7200)
    assert rows(found)["a1"]["conduct"] == pytest.approx(1 / 0.92, abs=1e-6)


def test_a_month_measures_days_before_by_their_hour_blocks(store_client: Any) -> None:
    friday = at(0) - 3 * DAY_MS
    Partition(store_client, 0).write(
        state("a1", friday + 9 * HOUR_MS, "available"), state("a1", friday + 20 * HOUR_MS, "offline"),
        *calls("a1", 3, friday + 10 * HOUR_MS), *calls("a1", 2, at(10)), state("a1", at(9), "available"),
    )  # fmt: skip
    found = board(store_client, "month", now_ms=at(10))
    # 8 hours of Friday, though they stayed for 11; the running hour of today; scheduled since the first of the month.
    assert working_of(found) == ((15 * 8 + 1) * 3600, 9 * 3600)
    assert rows(found)["a1"]["handled"] == 5
    days = replace(site(), retention=replace_hours(site()))
    assert working_of(board(store_client, "month", now_ms=at(10), floor=days)) == ((15 * 8 + 1) * 3600, 9 * 3600)


def replace_hours(floor: Site) -> Any:
    """A retention that keeps hour blocks as long as minutes."""
    return type(floor.retention)(minutes_ms=floor.retention.minutes_ms, hours_ms=floor.retention.minutes_ms)


def test_a_past_moment_counts_its_minutes_and_owes_what_was_owed_then(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls("a1", 20, at(10)), *calls("a1", 30, at(14, 32)), *calls("b2", 3, at(9, 1)))
    found = rows(board(store_client, text="2026-11-23 14:32", now_ms=at(20)))
    assert (found["a1"]["net"], found["b2"]["net"]) == (20, 3)
    assert found["a1"]["target_by_now"] == pytest.approx(45 + 1 / 3, abs=1e-6)
    instant = board(store_client, text="2026-11-23T06:33:59Z", now_ms=at(20))
    assert rows(instant)["a1"]["net"] == 50
    assert rows(board(store_client, "month", "2026-11-23 14:32", at(20)))["a1"]["net"] == 20
    assert rows(board(store_client, text="2026-11-23", now_ms=at(20) + DAY_MS))["a1"]["net"] == 50


def test_a_day_whose_minutes_are_gone_is_shown_whole(store_client: Any) -> None:
    friday = -3 * DAY_MS
    Partition(store_client, 0).write(*calls("a1", 20, at(10) + friday), *calls("a1", 30, at(16) + friday))
    assert rows(board(store_client, text="2026-11-20 14:32", now_ms=at(14)))["a1"]["net"] == 20
    Partition(store_client, 0).write(*calls("a1", 1, at(10)))
    found = board(store_client, text="2026-11-20 14:32", now_ms=at(14))
    assert found.moment.whole
    row = rows(found)["a1"]
    assert (row["net"], row["target_by_now"], row["required_rate"]) == (50, 80, None)
    assert "no_hours_left" in row["reasons"]


def test_what_erased_people_had_is_a_line_of_its_own_in_every_sheet(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls("x9", 2, at(10)), *calls("a1", 3, at(10)), *calls(None, 1, at(10)))
    before = rows(board(store_client), "site")
    Partition(store_client, 0).write(erased("x9"))
    found = board(store_client)
    agents, teams = rows(found), rows(found, "team")
    assert (agents["~erased"]["handled"], agents["~erased"]["reasons"]) == (2, ["erased"])
    assert "x9" not in agents
    assert (teams["~erased"]["handled"], teams["~unattributed"]["handled"]) == (2, 1)
    assert rows(found, "site") == before


def test_a_sheet_has_every_column_and_says_why_a_cell_is_empty(store_client: Any) -> None:
    told = state("b1", at(9), "available")
    Partition(store_client, 0).write(told, *calls("a1", 30, at(10)), *calls("x9", 2, at(10)), *calls(None, 1, at(10)))
    floor = site(employment=(EmploymentFrom("a2", date(2026, 1, 1), "temporary"),))
    found = board(store_client, floor=floor)
    agents = rows(found)
    assert list(agents) == ["a1", "a2", "b1", "b2", "x9", "~unattributed"]
    assert tuple(agents["a1"]) == tuple(sheet.columns("agent")) == ("period", "agent", *NAMES, *sheet.JUDGED)
    assert agents["a1"]["reasons"] == ["no_evaluations", "efficiency_not_weighed"]
    assert agents["a2"]["reasons"] == ["temporary_or_external"]
    assert agents["b1"]["reasons"] == ["probation"]
    assert agents["b2"]["reasons"][0] == "no_planned_hours"
    assert (agents["x9"]["reasons"], agents["~unattributed"]["reasons"]) == (["not_in_roster"], ["unattributed"])
    assert agents["a1"]["period"] == "2026-11-23"
    teams = rows(found, "team")
    assert list(teams) == ["dawn", "lake", "~no-team", "~unattributed"]
    assert (teams["dawn"]["assessed"], teams["lake"]["assessed"], teams["~no-team"]["assessed"]) == (1, 1, 0)
    assert (teams["dawn"]["target"], teams["dawn"]["volume_basis"]) == (80, "handled")
    (whole,) = rows(found, "site").values()
    for name in (*NAMES, "deducted", "pending", "net", "net_low", "net_high", "floored", "target", "target_by_now"):
        sums = [sum(row[name] or 0 for row in table.values()) for table in (agents, teams)]
        assert sums == pytest.approx([whole[name]] * 2)
    for table in (agents, teams, {"site": whole}):
        for row in table.values():
            assert row["handled"] - row["deducted"] + row["floored"] == row["net"]
            empty = [name for name in sheet.JUDGED if row[name] is None]
            assert not empty or row["reasons"]


def test_one_row_has_what_an_explanation_wants(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls("a1", 30, at(10)), state("a1", at(9), "available"))
    row = sheet.row_of(board(store_client, "month", now_ms=at(11)), "a1")
    assert row is not None
    assert sum(calls for _, calls in row["target_days"]) == pytest.approx(row["target"])
    assert sum(calls for _, calls in row["target_by_now_days"]) == pytest.approx(row["target_by_now"])
    assert row["target_by_now_days"][-1] == ("2026-11-23", pytest.approx(20))
    assert row["adherence"] == pytest.approx(2 / (15 * 8 + 2), abs=1e-6)
    assert row["weights"] == {"volume": 0.5, "quality": 0.3, "conduct": 0.2}
    day = sheet.row_of(board(store_client, now_ms=at(11)), "a1")
    assert day is not None
    assert (day["target_days"], day["target_by_now_days"]) == (
        [("2026-11-23", pytest.approx(80))],
        [("2026-11-23", pytest.approx(20))],
    )
    assert sheet.row_of(board(store_client), "nobody") is None


def test_a_new_policy_recounts_nothing_and_judges_no_earlier_month_again(store_client: Any) -> None:
    october = at(10) - 30 * DAY_MS
    partition = Partition(store_client, 0)
    partition.write(*calls("a1", 30, october), complaint("a1", "x", october))
    partition.write(*calls("a1", 9, at(10)), complaint("a1", "y", at(10)))
    old = block(version="2026-01", effective_from=date(2026, 1, 1))
    new = block(100, version="2026-11", effective_from=date(2026, 11, 1))
    new = replace(new, deduction=replace(new.deduction, complaint=3.0))
    before, after = site(policies=(old,)), site(policies=(old, new))

    def judged(floor: Site, text: str, by: sheet.By) -> list[Any]:
        return sheet.rows(board(store_client, "month", text, at(14), floor), by)

    for by in sheet.BY:
        assert judged(before, "2026-10", by) == judged(after, "2026-10", by)
        pairs = list(zip(judged(before, "2026-11-23", by), judged(after, "2026-11-23", by), strict=True))
        assert all(then[name] == now[name] for then, now in pairs for name in NAMES)
        assert [now["policy"] for _, now in pairs] == ["2026-11"] * len(pairs)
    assert {row["agent"]: row["net"] for row in judged(after, "2026-10", "agent")}["a1"] == 29
    assert {row["agent"]: row["net"] for row in judged(after, "2026-11-23", "agent")}["a1"] == 6


@pytest.mark.parametrize("seed", range(4))
def test_the_command_and_the_screens_say_the_same_at_every_tick(store_client: Any, seed: int) -> None:
    chance = Random(seed)
    partitions = [Partition(store_client, at_) for at_ in (0, 1)]
    floor = site(leave=(LeaveDay("a2", date(2026, 11, 23), 0.5),))
    model = ReadModel(reader(store_client), floor)
    for step in range(8):
        now_ms = at(9, 15) + step * 53 * MINUTE_MS + 20_000
        made = [anything(chance, f"{step}-{n}", now_ms) for n in range(chance.randint(1, 12))]
        chance.choice(partitions).write(*made)
        view = model.tick(now_ms)
        assert view is not None
        found = board(store_client, now_ms=now_ms, floor=floor)
        order = found.lines.rows([person.id for person in view.lines.people])
        assert (found.judged.counted.rows[order] == view.judged.day.counted.rows).all()
        for name in ("scheduled_s", "working_s"):
            assert (getattr(found.judged.counted, name)[order] == getattr(view.judged.day.counted, name)).all()
        for theirs, ours in (
            (found.judged.score, view.judged.day.score),
            (found.judged.pace.by_now, view.judged.day.pace.by_now),
        ):
            assert np.array_equal(theirs[order], ours, equal_nan=True)
        (whole,) = sheet.shown_rows(found, "site")
        shown = view.floor
        if found.reported.complaints:
            assert shown.volume - shown.deducted + shown.floored == shown.net
        assert (whole["net"], whole["deducted"], whole["floored"]) == (
            shown.net,
            shown.deducted,
            shown.floored,
        )
        teams = {row["team"]: row for row in sheet.shown_rows(found, "team")}
        for team in view.teams:
            assert (team.net, team.pending) == (teams[team.id]["net"], teams[team.id]["pending"])
            assert team.pace == (
                None if teams[team.id]["pace"] is None else pytest.approx(teams[team.id]["pace"], abs=1e-4)
            )
        assert sum(team.due or 0 for team in view.teams) == pytest.approx(shown.due or 0, abs=0.2)


def anything(chance: Random, name: str, now_ms: int) -> tuple[str, bytes]:
    """A fact of any agent since the start of the shift."""
    agent, at_ms = chance.choice(["a1", "a2", "b1", "b2", "z9"]), now_ms - chance.randint(0, 14) * MINUTE_MS
    scored = {
        "evaluation_id": name,
        "version": 1,
        "agent": agent,
        "call_id": "c",
        "form": "f",
        "score": chance.randint(0, 100),
    }
    return chance.choice(
        [
            call(agent, name, at_ms, version=chance.randint(1, 9)),
            complaint(agent, chance.choice(["x", "y"]), at_ms, chance.choice(["complaint", "repeat_enquiry"])),
            decided(agent, chance.choice(["x", "y"]), at_ms, chance.choice(["withdrawn", "confirmed"])),
            state(agent, at_ms, chance.choice(["talk", "available", "ringing", "break", "offline", "meeting"])),
            (agent, event("evaluation.scored", at_ms, scored)),
        ]
    )


def test_an_explanation_is_given_the_row_of_its_period(store_client: Any) -> None:
    Partition(store_client, 0).write(*calls("a1", 7, at(10) - 3 * DAY_MS), *calls("a1", 4, at(10)))
    judge = judge_of(reader(store_client), site(), CLOCK, lambda: at(14))

    def net(text: str, kind: str = "day") -> Any:
        row = judge("a1", period_of(kind, text, date(2026, 11, 23)))
        return row and (row["net"], row["target_by_now"])

    assert net("2026-11-23") == (4, 40)
    assert net("2026-11-20") == (7, 80)
    assert net("2026-11", "month") == (11, 15 * 80 + 40)
    assert net("2026-11-24") is None
    assert judge("nobody", period_of("day", None, date(2026, 11, 23))) is None
