"""Retention of a silent partition on a real Redis: heartbeats alone empty it, and names that nothing uses go."""

from typing import Any

import pytest

from streams.decode import Record
from streams.site_time import DAY_MS, rfc3339
from streams.store.keys import JOURNALS, Keys
from streams.store.ledger_rows import GONE
from streams.store.reader import Reader
from tests.streams.making import at, call_record, record, state_record
from tests.streams.storing import FACTS, TOPIC, changes_of, commit, take_over

pytestmark = pytest.mark.services
KEYS = Keys(TOPIC, 0)


def beat(offset: int, days: float) -> Record:
    sent_ms = at() + round(days * DAY_MS)
    return record(offset, "pipeline.heartbeat", {"sent_at": rfc3339(sent_ms)}, at_ms=sent_ms, key="")


def held(client: Any) -> dict[str, int]:
    """Kind -> how many of its buckets and hours exist, as the index has it and as the keys are."""
    reader = Reader(client, TOPIC, 1)
    found = {kind: len(reader.buckets(0, kind)) for kind in ("m", "h", "d", "mo", *JOURNALS)}
    assert found == {kind: len(client.keys(KEYS.bucket(kind, 0)[:-1] + "*")) for kind in found}
    return {kind: n for kind, n in found.items() if n}


def test_a_clock_that_goes_on_without_traffic_empties_the_store(client: Any) -> None:
    commit(client, *FACTS, beat(20, 0))
    assert held(client) == {"m": 2, "h": 1, "d": 1, "mo": 1, "lc": 1, "lf": 1, "ls": 1}
    store, fold, _ = take_over(client)
    passed: list[tuple[float, set[str]]] = []
    for offset, days in enumerate((1, 4.9, 5.1, 42, 44, 102, 104, 790, 900), 30):
        store.commit(changes_of(fold, beat(offset, days)))
        passed.append((days, {*held(client)}))
    whole = {"m", "h", "d", "mo", "lc", "lf", "ls"}
    assert passed == [
        *[(1, whole), (4.9, whole), (5.1, whole - {"m"}), (42, whole - {"m"}), (44, whole - {"m", "h"})],
        *[(102, whole - {"m", "h"}), (104, {"d", "mo"}), (790, set()), (900, set())],
    ]
    assert {*client.lrange(KEYS.names, 0, -1)} == {GONE.encode()}
    _, _, state = take_over(client)
    assert (state.calls, state.facts) == ({}, {})


def test_a_rebuild_of_the_silent_log_gives_the_same(client: Any) -> None:
    log = [*FACTS, beat(20, 0), *(beat(20 + n, n) for n in range(1, 60)), call_record(99, "late", at_ms=at(-60))]
    for one in log:
        commit(client, one)
    live = {
        key: client.hgetall(key) for key in client.keys(KEYS.bucket("*", 0)[:-1] + "*") if client.type(key) == b"hash"
    }
    client.flushdb()
    commit(client, *log)
    kinds = ("h", "d", "mo")
    again = {key: client.hgetall(key) for key in live}
    cells = [key for key in live if key.decode().rsplit(":", 2)[1] in kinds]
    assert len(cells) == 2
    assert {key: again[key] for key in cells} == {key: live[key] for key in cells}
    assert Reader(client, TOPIC, 1).buckets(0, "m") == []


def test_names_that_no_row_uses_go_once_a_week_and_the_others_keep_their_numbers(client: Any) -> None:
    commit(client, call_record(0, agent="left", campaign="old"), state_record(1, "offline", at(1), "left"))
    store, fold, _ = take_over(client)
    for n in range(1, 30):
        store.commit(changes_of(fold, call_record(n + 1, f"c{n}", agent="stays", campaign="new", at_ms=at(n * 86_400))))
    names = [name.decode() for name in client.lrange(KEYS.names, 0, -1)]
    assert "old" not in names
    assert {"stays", "new", "/acd"} <= {*names}
    _, _, state = take_over(client)
    assert {line.campaign for line in state.calls["stays"].values()} == {"new"}
    store.commit(changes_of(fold, call_record(90, "again", agent="left", campaign="old", at_ms=at(30 * 86_400))))
    _, _, state = take_over(client)
    assert state.calls["left"]["again"].campaign == "old"
