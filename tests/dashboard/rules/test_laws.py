"""Laws of the rules, held on the whole way: facts through the real fold into a real Redis, judged, and shown as bytes."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.board.frames import Frames
from dashboard.board.read_model import ReadModel
from dashboard.board.tick import Tick
from dashboard.board.topics import FLOOR, team_topic
from dashboard.floor.lines import Lines
from dashboard.floor.planner import Planner
from dashboard.rules.deduction import DeductionPolicy
from dashboard.site.load import Site
from dashboard.site.types import Calendar, LeaveDay, RotaDay, ShiftTimes
from streams.metrics import NAMES
from streams.site_time import MINUTE_MS, SiteTime
from tests.dashboard.partitions import NOON_MS, PARTITIONS, Partition, call, complaint, reader
from tests.dashboard.planned import SHIFT, block, site, training
from tests.dashboard.rules.facts_of_a_day import (
    AGENTS,
    DECISIONS,
    TEAMS,
    Expected,
    Fact,
    calls,
    cases,
    counted,
    decisions,
    facts,
    policies,
    record,
    scores,
    together,
)

LONG_AGO_MS = NOON_MS - 40 * 24 * 60 * MINUTE_MS
"""In another month. What was reported there is known to have a source, so that nothing of today is unknown."""
SHOWN = ("handled", "volume", "pending", "deducted", "floored", "net")
ROW = ("handled", "pending", "deducted", "net")
"""What the bytes of one agent's row carry of them."""


def shown_as(expected: Expected, names: tuple[str, ...] = SHOWN) -> dict[str, float]:
    return {name: float(getattr(expected, name)) for name in names}


@pytest.mark.services
def test_at_every_tick_every_tier_is_the_sum_of_its_rows_and_calls_less_deducted_plus_floored_are_net(
    store_client: Any,
) -> None:
    batches = st.lists(st.lists(facts, min_size=2, max_size=12), min_size=1, max_size=4)

    @settings(max_examples=40)
    @given(batches, policies, st.sampled_from(["handled", "attempts"]))
    def law(written: list[list[Fact]], policy: DeductionPolicy, volume: str) -> None:
        store_client.flushall()
        floor = with_policy(policy, volume)
        partitions = [Partition(store_client, at) for at in range(PARTITIONS)]
        partitions[0].write(call("z9", "old", LONG_AGO_MS), complaint("z9", "old", LONG_AGO_MS))
        model, frames = ReadModel(reader(store_client), floor), Frames("e")
        known: list[tuple[Fact, int]] = []
        for tick, batch in enumerate(written):
            numbered = [(fact, len(known) + at) for at, fact in enumerate(batch)]
            known += numbered
            for at, partition in enumerate(partitions):  # all of an agent's facts share a partition
                write(partition, [record(*each) for each in numbered if place_of(each[0]) == at])
            view = model.tick(NOON_MS + 1100 * tick)  # the month is judged once a second
            assert view is not None
            check_tick(view, frames, counted(known, policy, volume))

    law()


def write(partition: Partition, records: list[tuple[str, bytes]]) -> None:
    if records:
        partition.write(*records)


def with_policy(policy: DeductionPolicy, volume: str) -> Site:
    profiles = {name: replace(each, volume=volume) for name, each in block().profiles.items()}
    return site(policies=(block(deduction=policy, profiles=profiles),))


def place_of(fact: Fact) -> int:
    return AGENTS.index(fact.agent) % PARTITIONS if fact.agent else 0


def check_tick(view: Tick, frames: Frames, expected: dict[str | None, Expected]) -> None:
    sent = {each.topic: json.loads(each.snapshot) for each in frames.write_tick(view)}
    teams = {team["id"]: team for team in sent[FLOOR]["teams"]}
    for name, members in TEAMS.items():
        table = sent[team_topic(name)]["agents"]
        rows = {row[0]: dict(zip(table["columns"], row, strict=False)) for row in table["rows"]}
        for agent in members:
            assert {key: rows[agent][key] for key in ROW} == shown_as(expected[agent], ROW)
        team = together(expected[agent] for agent in members)
        assert {key: teams[name][key] for key in SHOWN} == shown_as(team)
        assert all(sum(row[key] for row in rows.values()) == teams[name][key] for key in ROW)
        assert teams[name]["month"]["net"] == float(team.net)
    check_floor(sent[FLOOR]["floor"], teams, view, expected)


def check_floor(
    floor: dict[str, Any], teams: dict[str, dict[str, Any]], view: Tick, expected: dict[str | None, Expected]
) -> None:
    whole, elsewhere = together(expected.values()), together(expected[line] for line in ("z9", None))
    assert {key: floor[key] for key in SHOWN} == shown_as(whole)
    assert floor["month"]["net"] == float(whole.net)
    for key, more in shown_as(elsewhere).items():
        assert floor[key] == sum(team[key] for team in teams.values()) + more
    for tier in (floor, *teams.values()):
        assert tier["volume"] - tier["deducted"] + tier["floored"] == tier["net"]
    judged = view.judged.day
    line = judged.volume - judged.deduction.current.deducted + judged.deduction.current.floored
    assert (line == judged.deduction.current.net).all()


def cells(client: Any) -> dict[tuple[int, str, int, str, str], int]:
    """Every cell of a Redis: (partition, kind, bucket, line, metric) -> amount, zeros left out."""
    found = reader(client)
    return {
        (partition, kind, bucket.key, line, name): amount
        for partition in found.partitions
        for kind in ("m", "h", "d", "mo")
        for bucket, lines, rows in found.cells(partition, kind, found.buckets(partition, kind))
        for line, row in zip(lines, rows.tolist(), strict=True)
        for name, amount in zip(NAMES, row, strict=True)
        if amount
    }


@pytest.mark.services
def test_a_withdrawn_complaint_leaves_every_cell_as_if_it_had_never_been(store_client: Any) -> None:
    """Whatever was decided of it before, and in whatever order and commits it all came in. That it was withdrawn is counted."""
    others = st.lists(st.one_of(calls, cases, decisions, scores), max_size=10)
    earlier = st.lists(st.tuples(st.sampled_from(DECISIONS), st.integers(100, 400)), max_size=4)
    ends = st.tuples(st.sampled_from(["withdrawn", "overturned"]), st.integers(0, 99))
    kinds = st.sampled_from(["complaint", "repeat_enquiry"])

    @settings(max_examples=40)
    @given(others, kinds, st.sampled_from(AGENTS), earlier, ends, st.randoms(use_true_random=False))
    def law(rest: list[Fact], kind: str, agent: str, before: Any, end: Any, chance: Any) -> None:
        own = [
            Fact(kind, agent, "withdrawn", 500),
            *(Fact(name, agent, "withdrawn", at) for name, at in (*before, end)),
        ]
        base = [record(fact, number) for number, fact in enumerate(rest)]
        more = [record(fact, 1000 + number) for number, fact in enumerate(own)]
        without = written(store_client, [base])
        chance.shuffle(more)
        for one in more:
            base.insert(chance.randint(0, len(base)), one)
        cut = chance.randint(0, len(base))
        found = written(store_client, [base[:cut], base[cut:]])
        reversed_of = {"complaint": "complaints_reversed", "repeat_enquiry": "repeat_enquiries_reversed"}[kind]
        left = {place: amount - without.get(place, 0) for place, amount in found.items()}
        left = {place: amount for place, amount in left.items() if amount}
        assert without.keys() <= found.keys()
        assert {(place[1], place[3], place[4]) for place in left} == {
            (k, agent, reversed_of) for k in ("m", "h", "d", "mo")
        }
        assert set(left.values()) == {1}
        assert {place[2] for place in left if place[1] == "m"} == {NOON_MS // MINUTE_MS - 500}

    law()


def written(client: Any, batches: list[list[tuple[str, bytes]]]) -> dict[tuple[int, str, int, str, str], int]:
    """The facts in these commits, in a Redis of their own -> its cells."""
    client.flushall()
    partition = Partition(client, 0)
    for batch in batches:
        write(partition, batch)
    return cells(client)


DAYS = [date(2026, 11, 1) + timedelta(days=n) for n in range(30)]
SHIFTS = (SHIFT, ShiftTimes("late", "20:00", "04:00"), ShiftTimes("split", "08:15", "20:45", (("12:00", "17:00"),)))
rotas = st.lists(
    st.tuples(st.sampled_from(["a1", "a2", "b2"]), st.sampled_from(DAYS), st.sampled_from(["day", "late", "split"])),
    max_size=30, unique_by=lambda each: each[:2],
)  # fmt: skip
leaves = st.lists(
    st.tuples(st.sampled_from(["a1", "a2"]), st.sampled_from(DAYS), st.sampled_from([0.25, 0.5, 1.0])),
    max_size=5, unique_by=lambda each: each[:2],
)  # fmt: skip
trainings = st.lists(st.sampled_from([("09:00", "10:00"), ("11:30", "13:30"), ("17:00", "21:00")]), max_size=2)
arrivals = st.sampled_from([(), tuple(1.0 + hour % 5 for hour in range(24))])
seconds = st.lists(st.integers(0, 86_400), max_size=12)


@settings(max_examples=20)
@given(rotas, leaves, trainings, arrivals, st.integers(1, 9999), st.sampled_from(DAYS), seconds)
def test_the_days_of_a_month_and_the_instants_of_a_day_sum_to_their_target(
    rota: Any, leave: Any, trained: Any, arrival: tuple[float, ...], target: int, day: date, at: list[int]
) -> None:
    profiles = {name: replace(each, arrival=arrival) for name, each in block(target).profiles.items()}
    floor = site(
        policies=(block(profiles=profiles),),
        shifts=SHIFTS,
        rota=tuple(RotaDay(*each) for each in rota),
        leave=tuple(LeaveDay(who, on, part) for who, on, part in leave),
        schedule=tuple(training(*each) for each in trained),
        calendar=Calendar(None, frozenset({DAYS[4]}), frozenset(), (1.0, 1.0, 1.25, 1.0, 1.0, 0.5, 1.0)),
    )
    clock, lines = SiteTime(floor.zone), Lines(floor, day)
    planner = Planner(floor, clock)
    plans = [planner.plan(lines, clock.day_of(each)) for each in DAYS]
    month = plans[0].asked["month"].target
    days = np.array([plan.asked["day"].target for plan in plans])
    assert days.sum(axis=0) == pytest.approx(np.nan_to_num(month), nan_ok=True)
    today = plans[DAYS.index(day)]
    start_s, end_s = today.day.start_ms // 1000, today.day.end_ms // 1000
    instants = [start_s, *sorted(start_s + each for each in at), end_s]
    owed = np.array([today.owed("day", now_s).by_now for now_s in instants])
    steps = np.diff(owed, axis=0)
    assert (np.nan_to_num(steps) >= -1e-9).all()
    assert np.nan_to_num(owed[0]) == pytest.approx(0)
    assert steps.sum(axis=0) == pytest.approx(days[DAYS.index(day)], nan_ok=True)
