"""One contract of a store of flags, held by that of Redis, of Redis Cluster and of the tests."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from redis import Redis

from dashboard.actions.flag_episodes import Episode, opened
from dashboard.actions.flag_store import CLAIM_MS, FlagsAway, FlagStore, ShiftCount
from dashboard.board.bus_flags import KEPT_MS, RedisFlags
from streams.store.client import open_redis
from tests.dashboard.actions.flag_floor import DAY, NOON_MS, MemoryFlags, seen
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S, wait_until

WAYS = pytest.mark.parametrize("kind", ["memory", "redis", "cluster"])


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest) -> Iterator[FlagStore]:
    if kind == "memory":
        yield MemoryFlags()
        return
    client = open_redis(request.getfixturevalue({"redis": "redis_url", "cluster": "redis_cluster"}[kind]))
    yield RedisFlags(client)
    client.close()


def episode(agent: str = "a1", day: int = 0) -> Episode:
    return opened(seen(agent, day=day), NOON_MS + day)


@WAYS
@pytest.mark.services
def test_an_id_is_created_once_and_stays_as_it_was(store: FlagStore) -> None:
    assert [store.create(episode()), store.create(opened(seen(), NOON_MS + 9))] == [True, False]
    assert store.create(episode("a2"))
    page = store.after(0)
    assert [entry.episode for entry in page.entries] == [episode(), episode("a2")]
    assert [entry.episode.agent for entry in store.after(page.newest - 1).entries] == ["a2"]
    assert store.after(page.newest) == (page.newest, [], 0)


@WAYS
@pytest.mark.services
def test_what_was_rearmed_says_so(store: FlagStore) -> None:
    store.create(episode())
    store.rearm(episode().id)
    assert [entry.rearmed for entry in store.after(0).entries] == [True]


@WAYS
@pytest.mark.services
def test_one_owner_claims_and_nobody_what_was_told(store: FlagStore) -> None:
    store.create(episode())
    id = episode().id
    assert store.unsent(10) == [episode()]
    assert [store.claim(id, "one"), store.claim(id, "two"), store.claim(id, "one")] == [True, False, True]
    store.sent(id)
    assert store.unsent(10) == []
    assert [store.claim(id, "one"), store.claim(id, "two")] == [False, False]
    assert not store.create(episode()), "what was told is not new again"


@WAYS
@pytest.mark.services
def test_shifts_of_an_agent_are_read_back(store: FlagStore) -> None:
    shifts = {DAY: ShiftCount(70.0, 101.5, 1.8), DAY - timedelta(days=1): ShiftCount(80.0, 99.0, 1.8)}
    store.keep_shifts("a1", shifts)
    assert store.shifts(["a2", "a1"]) == {"a1": shifts}
    assert store.shifts([]) == {}


@WAYS
@pytest.mark.services
def test_an_erased_agent_leaves_nothing_and_gets_nothing_again(store: FlagStore) -> None:
    for made in (episode(), episode(day=1), episode("a1-2026")):
        store.create(made)
    store.keep_shifts("a1", {DAY: ShiftCount(70.0, 101.5, 1.8)})
    assert store.claim(episode().id, "one")
    before = store.after(0)
    assert store.erase("a1") == 2
    page = store.after(0)
    assert [entry.episode.agent for entry in page.entries] == ["a1-2026"]
    assert (page.newest, page.erasures) == (before.newest, before.erasures + 1)
    assert [each.agent for each in store.unsent(10)] == ["a1-2026"]
    assert not store.create(episode())
    store.keep_shifts("a1", {DAY: ShiftCount(70.0, 101.5, 1.8)})
    assert store.shifts(["a1"]) == {}
    assert store.erase("a1") == 0


@WAYS
@pytest.mark.services
def test_many_at_once_create_each_id_once(store: FlagStore) -> None:
    made: list[bool] = []
    threads = [
        threading.Thread(target=lambda: made.extend(store.create(episode(f"a{n}")) for n in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made.count(True), len(made)) == (50, 200)
    assert len(store.after(0).entries) == 50


@pytest.mark.services
def test_an_episode_lives_for_400_days_a_claim_for_a_minute_and_a_turn_as_long_as_asked(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        store = RedisFlags(client)
        store.create(episode())
        store.claim(episode().id, "one")
        assert [store.turn(5000), store.turn(5000), store.turn(0)] == [True, False, True]
        lives = {"episode:review-a1-20261123": KEPT_MS, "claim:review-a1-20261123": CLAIM_MS, "turn": 5000}
        for name, life_ms in lives.items():
            assert life_ms - 5000 < client.pttl(f"callfloor:{{flags}}:{name}") <= life_ms


@pytest.mark.services
def test_a_dead_claim_is_taken_over_and_what_ran_out_is_forgotten(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        store = RedisFlags(client)
        assert store.create(episode()) and store.create(episode("a2"))
        id = episode().id
        assert store.claim(id, "dead")
        client.pexpire(f"callfloor:{{flags}}:claim:{id}", 1)
        wait_until(lambda: store.claim(id, "heir"), PATIENCE_S, "the claim to run out")
        client.delete(f"callfloor:{{flags}}:episode:{id}")
        assert [entry.episode.agent for entry in store.after(0).entries] == ["a2"]
        assert [each.agent for each in store.unsent(10)] == ["a2"]
        assert client.zcard("callfloor:{flags}:order") == 1
        store.rearm(id)
        assert not client.exists(f"callfloor:{{flags}}:episode:{id}")


@pytest.mark.services
def test_episodes_survive_a_restart_of_redis_and_its_absence_is_said(redis_server: RedisServer) -> None:
    redis_server.start()
    redis_server.flush()
    client = open_redis(redis_server.url)
    store = RedisFlags(client)
    store.create(episode())
    redis_server.stop()
    with pytest.raises(FlagsAway):
        store.after(0)
    redis_server.start()
    client.close()
    with Redis.from_url(redis_server.url) as again:
        assert [entry.episode for entry in RedisFlags(again).after(0).entries] == [episode()]


@pytest.mark.services
def test_an_agent_may_be_named_as_he_likes(redis_url: str) -> None:
    names = ["王", "a b", "a:1", "{x}", "-", "a-20261123", '"']
    with Redis.from_url(redis_url) as client:
        store = RedisFlags(client)
        for name in names:
            assert store.create(episode(name))
        assert [entry.episode.agent for entry in store.after(0).entries] == names
        assert store.after(0).entries[0].episode.shift == date(2026, 11, 23)
