"""Redis memory of 5,000 agents at the default retention, from a measured slice of each kind of key, scaled.

A slice is written as the store writes it (same keys, same packing, four partitions); what Redis says it uses more is taken
times the number of such slices that the promise names: two 10-hour shifts of minutes, 40 days of 10 hour blocks, 25 months
of 22 days and their months, a ledger of 400,000 calls.
"""

from typing import Any

import numpy as np
import pytest

from streams.ledger.calls import CallLine
from streams.metrics import COUNT, INDEX, Rows, pack
from streams.store.client import open_redis
from streams.store.keys import Keys
from streams.store.ledger_rows import Names, pack_calls

pytestmark = [pytest.mark.benchmark, pytest.mark.services]
AGENTS, PARTITIONS = 5_000, 4
MEGABYTE = 1024 * 1024
PROMISE_MB = 900
CALLS = 400_000


def rows(choose: np.random.Generator, minutes: int) -> Rows:
    """Cells of agents over so many minutes of work: a call every three minutes, and their states by the second."""
    found = np.zeros((AGENTS // PARTITIONS, COUNT), np.int64)
    calls = choose.poisson(minutes / 3, len(found))
    for name, each in (
        ("attempts", 1.2),
        ("handled", 1),
        ("handled_outbound", 1),
        ("effective", 0.9),
        ("talk_s", 110),
        ("wrap_s", 20),
    ):
        found[:, INDEX[name]] = np.floor(calls * each)
    for name, share in (("state_talk_s", 0.6), ("state_available_s", 0.2), ("state_wrap_s", 0.2)):
        found[:, INDEX[name]] = 60 * minutes * share * (choose.random(len(found)) < (0.55 if minutes == 1 else 1))
    if minutes > 1:
        for name, rate in (
            ("complaints_confirmed", 0.02),
            ("evaluations", 0.01),
            ("surveys_offered", 0.1),
            ("short", 0.03),
        ):
            found[:, INDEX[name]] = choose.binomial(calls, rate)
        found[:, INDEX["evaluation_points"]] = found[:, INDEX["evaluations"]] * 8_850
    return found


def used(client: Any) -> int:
    return int(client.info("memory")["used_memory"])


def write_buckets(client: Any, kind: str, count: int, minutes: int) -> None:
    choose = np.random.default_rng(1)
    for partition in range(PARTITIONS):
        keys, lines = (
            Keys("callfloor.events", partition),
            [str(10_000 + partition + PARTITIONS * i) for i in range(AGENTS // PARTITIONS)],
        )
        for number in range(count):
            found = rows(choose, minutes)
            cells = {line: cell for line, cell, row in zip(lines, pack(found), found, strict=True) if row.any()}
            client.hset(keys.bucket(kind, 29_923_200 + number), mapping=cells)


def write_ledger(client: Any, count: int) -> None:
    line = CallLine(1, 29_923_200, "renewal-11", None, 131, 0, 18, 0, 23, 498_720)
    for start in range(0, count, 2_000):
        calls = {(str(10_000 + i % AGENTS), f"c-20261123-{i:08d}"): line for i in range(start, start + 2_000)}
        client.hset(Keys("callfloor.events", 0).bucket("lc", 498_720), str(start), pack_calls(calls, Names()))


def measure(client: Any) -> dict[str, float]:
    """MB per kind of key, scaled to what the promise names."""
    sizes: dict[str, float] = {}
    for kind, slices, minutes, whole in (
        ("m", 10, 1, 1_200),
        ("h", 10, 60, 400),
        ("d", 10, 600, 550),
        ("mo", 5, 13_200, 25),
    ):
        before = used(client)
        write_buckets(client, kind, slices, minutes)
        sizes[kind] = (used(client) - before) / slices * whole / MEGABYTE
    before = used(client)
    write_ledger(client, CALLS)
    return sizes | {"ledger": (used(client) - before) / MEGABYTE}


def test_memory(redis_url: str) -> None:
    print()
    with open_redis(redis_url) as client:
        usual = client.config_get("hash-max-listpack-entries")["hash-max-listpack-entries"]
        for entries in (usual, "2048"):
            client.flushall()
            client.config_set("hash-max-listpack-entries", entries)
            sizes = measure(client)
            parts = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
            total = sum(sizes.values())
            print(
                f"Redis memory, hash-max-listpack-entries {entries}: {total:.0f} MB ({parts}); promised {PROMISE_MB} MB"
            )
            assert total > 0
        client.config_set("hash-max-listpack-entries", usual)
