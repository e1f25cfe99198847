"""Flags over real services: told outward once, by processes of their own; acted on over HTTP, Kafka and Redis."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from redis import Redis

from dashboard.flags.episodes import Episode, opened
from dashboard.live.bus_flags import RedisFlags
from tests.dashboard.flags.floor import seen
from tests.services.hearing import WITHIN_S, hearing

pytestmark = pytest.mark.services

ROOT = Path(__file__).parents[2]
EPISODES = 100


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _open(client: Redis, count: int) -> list[Episode]:
    store = RedisFlags(client)
    episodes = [opened(seen(f"a{n}"), _now_ms()) for n in range(count)]
    assert all(store.create(each) for each in episodes)
    return episodes


def _told_by_two_processes(redis_url: str, how: str) -> Counter[str]:
    """How many messages each of two workers sent, which surely were at work at the same time."""
    with hearing("/one", "/two") as ear:
        command = [sys.executable, "-m", "tests.services.telling", redis_url]
        workers = [subprocess.Popen([*command, f"{ear.url}/{name}", how], cwd=ROOT) for name in ("one", "two")]
        try:
            assert [worker.wait(3 * WITHIN_S) for worker in workers] == [0, 0]
        finally:
            for worker in workers:
                worker.kill()
        assert {heard.body["title"] for heard in ear.heard} == {"New flags: 1"}
        return Counter(heard.path for heard in ear.heard)


def test_two_workers_and_a_hundred_episodes_are_a_hundred_notifications(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        _open(client, EPISODES)
    told = _told_by_two_processes(redis_url, "claims")
    assert told.total() == EPISODES
    assert set(told) == {"/one", "/two"}


def test_without_the_claim_they_would_be_more(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        _open(client, EPISODES)
    assert _told_by_two_processes(redis_url, "no-claims").total() > EPISODES
