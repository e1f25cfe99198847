"""What is found is a function of what is known now: not of what was asked before, nor of the order in which days were read."""

from dataclasses import fields
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from dashboard.people.drops import default_limit
from dashboard.people.history import History
from dashboard.people.history_loader import ShiftCache
from dashboard.people.shifts import blocks_of
from streams.site_time import DAY_MS, HOUR_MS, MINUTE_MS
from tests.dashboard.partitions import NOON_MS, call, reader, state
from tests.dashboard.people.evidence_floor import OPENS_MS, TIME, TODAY, Floor, history, names

pytestmark = pytest.mark.services
STATES = ("available", "talk", "wrap", "break", "ringing", "offline", "meeting")


@pytest.fixture
def floor(store_client: Any) -> Floor:
    floor = Floor(store_client, names(13), {"agent-05": 0.3})
    for day in range(4, 0, -1):
        floor.work(day)
    return floor


def same(one: object, other: object) -> list[str]:
    """The fields of two of a kind that differ."""
    pairs = {each.name: (getattr(one, each.name), getattr(other, each.name)) for each in fields(one)}  # type: ignore[arg-type]
    return [name for name, (a, b) in pairs.items() if not equal(a, b)]


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if hasattr(one, "tau_squared"):
        return not same(one, other)
    return bool(one == other) or (one != one and other != other)


@pytest.mark.parametrize("seed", range(4))
def test_what_was_asked_before_plays_no_part(floor: Floor, seed: int) -> None:
    chance, known, board = Random(seed), floor.history(), floor.board()
    now_ms = OPENS_MS
    for step in range(12):
        now_ms += chance.choice([1_000, 7_000, 20 * MINUTE_MS, 95 * MINUTE_MS])
        floor.write([at_random(chance, floor, f"{seed}-{step}-{n}", now_ms) for n in range(chance.randint(1, 30))])
        told: dict[str, Any] = {
            "restarts": chance.choice([{}, {"agent-05": TODAY.label - timedelta(days=2)}]),
            "review_open": chance.choice([(), ("agent-05",), ("nobody",)]),
            "net": chance.choice([0.0, 9.0]),
            "target_by_now": 5.0,
        }
        past = chance.choice([known, known, None])
        for _ in range(chance.randint(1, 2)):
            board.now(now_ms + chance.choice([0, 5_000]), past, **told)
        now_ms += 10_000
        asked, fresh = board.now(now_ms, past, **told), floor.board().now(now_ms, past, **told)
        assert same(asked, fresh) == []


def at_random(chance: Random, floor: Floor, name: str, now_ms: int) -> tuple[str, bytes]:
    """A call or a state of today, some of it late, some of it of somebody who is not on the roster."""
    agent = chance.choice([*floor.agents, "z9"])
    at_ms = max(OPENS_MS, now_ms - chance.choice([0, 0, 3, 70, 300]) * MINUTE_MS)
    if chance.random() < 0.5:
        return call(agent, chance.choice([name, "again"]), at_ms, version=chance.randint(1, 9))
    return state(agent, at_ms, chance.choice(STATES))


def test_a_history_kept_up_is_one_read_anew(floor: Floor) -> None:
    shelf = ShiftCache(reader(floor.client), floor.site, default_limit, lambda: None)
    shelf.read(NOON_MS)
    first = shelf.history
    floor.write([call("agent-02", f"late-{n}", OPENS_MS - DAY_MS + n * MINUTE_MS) for n in range(60)])
    floor.write([state("agent-03", OPENS_MS - 2 * DAY_MS + 4 * HOUR_MS, "break")])
    assert not shelf.is_due(NOON_MS)
    changed_ms = [OPENS_MS - DAY_MS, OPENS_MS - 2 * DAY_MS + 5 * HOUR_MS]
    shelf.late([TIME.block(ms) for ms in changed_ms])
    assert shelf.is_due(NOON_MS)
    shelf.read(NOON_MS)
    assert isinstance(shelf.history, History)
    assert isinstance(first, History)
    assert same(shelf.history, history(floor.client, floor.site)) == []
    assert set(same(shelf.history, first)) >= {"counted", "expected", "rates", "phi"}
    kept = shelf.history
    shelf.late(None)
    shelf.read(NOON_MS)
    assert shelf.history is kept, "read again and just the same"


def test_the_next_day_has_one_shift_more(floor: Floor) -> None:
    shelf = ShiftCache(reader(floor.client), floor.site, default_limit, lambda: None)
    shelf.read(NOON_MS - DAY_MS)
    assert shelf.history is not None
    assert (shelf.history.before, len(shelf.history.days)) == (TODAY.label - timedelta(days=1), 3)
    assert shelf.is_due(NOON_MS)
    shelf.read(NOON_MS)
    assert same(shelf.history, history(floor.client, floor.site)) == []
    assert len(shelf.history.days) == 4


def test_expected_calls_are_those_of_a_recount_by_hand(floor: Floor) -> None:
    """Plain loops over the cells, sharing nothing with the product but the reader."""
    store, known = reader(floor.client), floor.history()
    calls: dict[tuple[Any, int, str], int] = {}
    hours: dict[tuple[Any, int, str], float] = {}
    for day, keys in blocks_of(store, TIME, TODAY.start_ms // MINUTE_MS).items():
        for partition, blocks in keys.items():
            for bucket, lines, rows in store.cells(partition, "h", blocks):
                for line, row in zip(lines, rows.tolist(), strict=True):
                    where = (day.label, bucket.key - day.start_ms // MINUTE_MS, line)
                    calls[where] = row[1]
                    hours[where] = sum(row[28:32]) / 3600
    for at, day_label in enumerate(known.days):
        for agent, row_at in known.agents.items():
            assert known.expected[row_at, at] == pytest.approx(by_hand(calls, hours, day_label, agent), rel=1e-12)


def by_hand(
    calls: dict[tuple[Any, int, str], int], hours: dict[tuple[Any, int, str], float], day: Any, agent: str
) -> float:
    total = 0.0
    for block in range(0, 24 * 60, 60):
        own = hours.get((day, block, agent), 0.0)
        if not own:
            continue
        others = [key for key in hours if key[:2] == (day, block) and key[2] != agent and hours[key] > 0]
        everyone = [key for key in hours if key[1] == block and hours[key] > 0]
        past = sum(calls[key] for key in everyone) / sum(hours[key] for key in everyone)
        if len(others) >= 10:
            past = (10 * past + sum(calls[key] for key in others)) / (10 + sum(hours[key] for key in others))
        total += past * own
    return total
