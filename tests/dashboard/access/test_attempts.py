"""Wrong tries lock, right ones do not, and nobody gets a try more by coming often or at the same moment."""

import asyncio

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.access.attempts import (
    ACCOUNT,
    ADDRESS,
    CONFIRMATION,
    EVERYWHERE,
    AttemptStore,
    Limit,
    Locked,
    network_of,
)
from dashboard.board.bus import AWAY
from streams.simulator.embedded import free_port
from streams.store.async_client import AsyncRedis
from tests.dashboard.access.stories import KEY, START_MS, run_story

pytestmark = pytest.mark.services
QUARTER_MS = 15 * 60_000


async def locked_until(store: AttemptStore, account: str, address: str, now_ms: int) -> int | None:
    """Counts one try -> until when it is refused, None where it is allowed."""
    try:
        await store.count_sign_in(account, address, now_ms)
    except Locked as locked:
        return locked.until_ms
    return None


def test_five_wrong_tries_lock_an_account_for_a_quarter_of_an_hour(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = AttemptStore(client, KEY)
        for minute in range(5):
            assert await locked_until(store, "gu", "10.0.0.1", START_MS + minute * 60_000) is None
        end_ms = START_MS + 4 * 60_000 + QUARTER_MS
        assert await locked_until(store, "gu", "10.0.0.1", end_ms - 1) == end_ms
        assert await locked_until(store, "lin", "10.0.0.1", end_ms - 1) is None
        assert await locked_until(store, "gu", "10.0.0.1", end_ms) is None

    run_story(url, story)


def test_tries_at_the_same_moment_cannot_exceed_the_limit_together(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        stores = [AttemptStore(client, KEY) for _ in range(4)]
        tries = (locked_until(stores[n % 4], "gu", "10.0.0.1", START_MS) for n in range(20))
        assert (await asyncio.gather(*tries)).count(None) == 5

    run_story(url, story)


def test_strangers_elsewhere_do_not_lock_a_person_out(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = AttemptStore(client, KEY)
        for n in range(9 * 5):
            assert await locked_until(store, "gu", f"203.0.113.{n % 9}", START_MS) is None
        assert await locked_until(store, "gu", "203.0.113.1", START_MS) == START_MS + QUARTER_MS
        assert await store.count_sign_in("gu", "10.0.0.1", START_MS) == 4
        await store.note_sign_in("gu", "10.0.0.1")

    run_story(url, story)


def test_a_pause_that_is_lifted_leaves_none_of_the_account(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = AttemptStore(client, KEY)
        for n in range(EVERYWHERE.most):
            await store.count_sign_in("gu", f"203.0.113.{n}", START_MS)
        for _ in range(CONFIRMATION.most):
            await store.count(CONFIRMATION, "gu", START_MS)
        await store.forget_tries("gu", None)
        assert await locked_until(store, "gu", "10.0.0.1", START_MS) is None
        assert await store.count(CONFIRMATION, "gu", START_MS) == CONFIRMATION.most - 1

    run_story(url, story)


def test_an_account_has_a_hundred_tries_over_all_networks(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = AttemptStore(client, KEY)
        for n in range(EVERYWHERE.most):
            assert await locked_until(store, "gu", f"203.0.113.{n}", START_MS) is None
        assert await locked_until(store, "gu", "10.0.0.1", START_MS) == START_MS + QUARTER_MS
        assert await locked_until(store, "lin", "10.0.0.1", START_MS) is None

    run_story(url, story)


def test_an_address_has_twenty_tries_over_all_accounts(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = AttemptStore(client, KEY)
        answers = [await locked_until(store, f"account {n}", "2001:db8::1:" + hex(n)[2:], START_MS) for n in range(21)]
        assert answers == [None] * 20 + [START_MS + QUARTER_MS]
        assert await locked_until(store, "account 1", "2001:db8:0:1::1", START_MS) is None  # the next network

    run_story(url, story)


def test_right_passwords_use_up_nothing(url: str) -> None:
    """180 people behind one address sign in; after them 19 wrong tries are still allowed."""

    async def story(client: AsyncRedis) -> None:
        store = AttemptStore(client, KEY)
        assert await locked_until(store, "a0", "10.0.0.1", START_MS) is None
        for n in range(180):
            assert await locked_until(store, f"p{n % 9}", "10.0.0.1", START_MS) is None
            await store.note_sign_in(f"p{n % 9}", "10.0.0.1")
        answers = [await locked_until(store, f"q{n}", "10.0.0.1", START_MS) for n in range(20)]
        assert answers == [None] * 19 + [START_MS + QUARTER_MS]

    run_story(url, story)


def test_a_right_password_clears_the_account_and_not_the_address(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = AttemptStore(client, KEY)
        for _ in range(3):
            for _ in range(5):
                assert await locked_until(store, "gu", "10.0.0.1", START_MS) is None
            await store.note_sign_in("gu", "10.0.0.1")  # the last of the five was right
        answers = [await locked_until(store, f"q{n}", "10.0.0.1", START_MS) for n in range(9)]
        assert answers == [None] * 8 + [START_MS + QUARTER_MS]

    run_story(url, story)


def test_what_was_typed_is_in_no_key_and_the_keys_go_by_themselves(redis_url: str) -> None:
    run_story(redis_url, lambda client: locked_until(AttemptStore(client, KEY), "my password", "10.1.2.3", START_MS))
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        keys = client.keys("*")
        assert len(keys) == 3
        for key in keys:
            assert key.startswith("cfs:t:") and "password" not in key and "10.1" not in key
            assert 0 < client.pttl(key) <= QUARTER_MS
            assert "password" not in str(client.zrange(key, 0, -1))


def test_while_redis_is_away_nobody_may_try() -> None:
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    with pytest.raises(AWAY):
        run_story(nobody, lambda client: AttemptStore(client, KEY).count_sign_in("gu", "10.0.0.1", START_MS))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no address", "no address"),
    ],
)
def test_one_machine_is_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([ACCOUNT, ADDRESS._replace(most=3), Limit("one", 1, 60_000)]),
    st.lists(st.tuples(st.floats(0, 1.2), st.booleans()), max_size=25),
)
def test_tries_are_counted_as_the_limit_says(redis_url: str, limit: Limit, steps: list[tuple[float, bool]]) -> None:
    """Against a model: full of wrong tries within a window, it is locked a window from the last; a right one does not count."""

    async def story(client: AsyncRedis) -> None:
        store = AttemptStore(client, KEY)
        await store.clear(limit, "gu")
        now_ms, wrong = START_MS, list[int]()
        for share, right in steps:
            now_ms += int(share * limit.window_ms)
            if len(wrong) >= limit.most and now_ms < wrong[-1] + limit.window_ms:
                with pytest.raises(Locked) as locked:
                    await store.count(limit, "gu", now_ms)
                assert locked.value.until_ms == wrong[-1] + limit.window_ms
                continue
            await store.count(limit, "gu", now_ms)
            wrong = [each for each in wrong if each > now_ms - limit.window_ms]
            if right:
                await store.take_back(limit, "gu")
            else:
                wrong.append(now_ms)

    run_story(redis_url, story)
