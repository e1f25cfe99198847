"""Sessions on a real Redis and a real Redis Cluster: who is signed in, for how long, and that an ended session ends."""

import asyncio
import random
from typing import Any

import msgspec
import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.access.brief_cache import LIFE_MS
from dashboard.access.identity import Identity
from dashboard.access.sessions import ACT_EVERY_MS, LONGEST_MS, MOST_SESSIONS, SessionLimits, SessionStore
from dashboard.access.tokens import is_token
from dashboard.board.bus import AWAY
from streams.simulator.embedded import free_port
from streams.store.async_client import AsyncRedis
from tests.dashboard.access.stories import KEY, START_MS, HandClock, run_story
from tests.services.redis_server import RedisServer

pytestmark = pytest.mark.services
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DESK = SessionLimits(None, 12 * HOUR_MS)
SHARED_PC = SessionLimits(30 * MINUTE_MS, 12 * HOUR_MS)
LEAD = Identity("local:gu.ming", "顾明", agent="8101", groups=("leads",), provider_session="sid-1")
OTHER = Identity("oidc:2f1c", "Lin")


def test_a_session_is_found_by_its_token_until_it_ends(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = SessionStore(client, KEY)
        token = await store.begin(LEAD, DESK, START_MS)
        session = await store.find(token, START_MS)
        assert session is not None
        assert (session.identity, session.limits) == (LEAD, DESK)
        assert (session.begun_ms, session.acted_ms, session.confirmed_ms) == (START_MS, START_MS, None)
        assert await store.find(token, session.ends_ms - 1) == session
        assert await store.find(token, session.ends_ms) is None

    run_story(url, story)


def test_redis_holds_neither_token_nor_account_name_and_drops_the_record_in_time(redis_url: str) -> None:
    token = run_story(redis_url, lambda client: SessionStore(client, KEY).begin(LEAD, SHARED_PC, START_MS))
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        keys = sorted(client.keys("*"))
        assert [key[:6] for key in keys] == ["cfs:a:", "cfs:p:", "cfs:s:"]
        assert not any(secret in key for key in keys for secret in (token, "gu.ming", "sid-1"))
        assert token not in client.get(keys[2])
        assert 0 < client.pttl(keys[2]) <= SHARED_PC.idle_ms
        assert all(0 < client.pttl(key) <= LONGEST_MS for key in keys[:2])


def test_those_that_are_gone_are_named_however_many_are_asked_for(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = SessionStore(client, KEY)
        tokens = [await store.begin(OTHER, DESK, START_MS) for _ in range(9)]
        names = [store.name_of(token) for token in tokens]
        assert await store.find_gone([]) == await store.find_gone(names) == set()
        for token in (tokens[0], tokens[5], tokens[8]):
            await store.end(token)
        assert await store.find_gone(names) == {names[0], names[5], names[8]}
        await store.end_account(OTHER.account)
        assert await store.find_gone(names) == set(names)

    run_story(url, story)


def test_another_key_finds_nothing(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        token = await SessionStore(client, KEY).begin(LEAD, DESK, START_MS)
        assert await SessionStore(client, b"another key").find(token, START_MS) is None
        assert await SessionStore(client, KEY).find(token, START_MS) is not None

    run_story(redis_url, story)


@pytest.mark.parametrize("token", ["", "x" * 42, "x" * 44, "x" * 42 + "\n", "x" * 42 + "é", "ａ" * 43, "x" * 42 + "="])
def test_a_text_that_is_no_token_is_not_looked_for(token: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = SessionStore(client, KEY)
        assert await store.find(token, START_MS) is None
        await store.note_act(token, START_MS)
        await store.confirm(token, START_MS)
        await store.end(token)

    run_story(f"redis://127.0.0.1:{free_port()}/0", story)  # nobody listens: asking would raise


def test_while_redis_is_away_nobody_is_signed_in_and_then_they_are_again(
    redis_server: RedisServer, redis_url: str
) -> None:
    async def story(client: AsyncRedis) -> None:
        clock = HandClock()
        store = SessionStore(client, KEY, clock)
        token = await store.begin(LEAD, DESK, START_MS)
        assert await store.find(token, START_MS) is not None
        redis_server.stop()
        clock.now_ms += LIFE_MS
        with pytest.raises(AWAY):
            await store.find(token, START_MS)
        with pytest.raises(AWAY):
            await store.begin(LEAD, DESK, START_MS)
        redis_server.start()
        assert await store.find(token, START_MS) is not None

    run_story(redis_url, story)


def test_a_process_may_begin_while_redis_is_away(redis_server: RedisServer, redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        redis_server.stop()
        store = SessionStore(client, KEY)
        found = await asyncio.gather(*(store.find("x" * 42 + str(n), 0) for n in range(9)), return_exceptions=True)
        assert all(isinstance(each, AWAY) for each in found)
        redis_server.start()
        assert await store.find("x" * 43, 0) is None

    run_story(redis_url, story)


def test_an_ended_session_is_gone_here_at_once_and_elsewhere_within_a_second(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        clock = HandClock()
        here, elsewhere = SessionStore(client, KEY, clock), SessionStore(client, KEY, clock)
        token = await here.begin(LEAD, DESK, START_MS)
        assert await here.find(token, START_MS) and await elsewhere.find(token, START_MS)
        await here.end(token)
        assert await here.find(token, START_MS) is None
        assert await elsewhere.find(token, START_MS) is not None  # the second in memory: what the next line waits out
        clock.now_ms += LIFE_MS
        assert await elsewhere.find(token, START_MS) is None

    run_story(url, story)


@pytest.mark.parametrize("by", ["account", "provider session"])
def test_all_sessions_of_an_account_end_and_no_other(by: str, url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = SessionStore(client, KEY)
        same = [await store.begin(LEAD, DESK, START_MS) for _ in range(3)]
        other = await store.begin(OTHER, DESK, START_MS)
        second = await store.begin(msgspec.structs.replace(LEAD, provider_session="sid-2"), DESK, START_MS)
        if by == "account":
            await store.end_account("local:GU.MING")  # another spelling is another account
            assert await store.find(same[0], START_MS) is not None
            await store.end_account(LEAD.account)
        else:
            await store.end_provider_session("sid-1")
        assert [await store.find(token, START_MS) for token in same] == [None] * 3
        assert await store.find(other, START_MS) is not None
        assert (await store.find(second, START_MS) is None) == (by == "account")

    run_story(url, story)


def test_an_account_has_twenty_sessions_and_the_oldest_gives_way(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = SessionStore(client, KEY)
        first, second, *_ = [await store.begin(LEAD, DESK, START_MS + n) for n in range(MOST_SESSIONS)]
        other = await store.begin(OTHER, DESK, START_MS)
        for n in range(30):  # whoever signs in and out pushes nothing out
            await store.end(await store.begin(OTHER, DESK, START_MS + n))
        assert await store.find(first, START_MS) is not None and await store.find(other, START_MS) is not None
        newest = await store.begin(LEAD, DESK, START_MS + MOST_SESSIONS)
        found = [await store.find(token, START_MS) for token in (first, second, newest, other)]
        assert [each is not None for each in found] == [False, True, True, True]

    run_story(url, story)


def test_no_session_survives_the_end_of_its_account_however_the_two_meet(redis_url: str) -> None:
    """Sign-ins and the end of the account, interleaved at random: a session is alive only if it began after the end."""
    chance = random.Random(7)

    async def story(client: AsyncRedis) -> None:
        slow = SlowRedis(client, chance)
        for _ in range(60):
            store = SessionStore(slow, KEY)  # type: ignore[arg-type]
            ended = asyncio.Event()
            begun = [asyncio.create_task(_begin(store, ended)) for _ in range(4)]
            await store.end_account(LEAD.account)
            ended.set()
            for token, after in await asyncio.gather(*begun):
                alive = await SessionStore(client, KEY).find(token, START_MS) is not None
                assert alive or not after
            await store.end_account(LEAD.account)
            assert await (await client.client()).keys("cfs:s:*") == []

    run_story(redis_url, story)


async def _begin(store: SessionStore, ended: asyncio.Event) -> tuple[str, bool]:
    """A sign-in -> its token, and whether it began after the end."""
    after = ended.is_set()
    return await store.begin(LEAD, DESK, START_MS), after


class SlowRedis:
    """A client whose every use may wait for the others."""

    def __init__(self, redis: AsyncRedis, chance: random.Random) -> None:
        self._redis = redis
        self._chance = chance

    async def client(self) -> Any:
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)
        return await self._redis.client()


def test_an_act_extends_the_idle_time_at_most_once_a_minute_and_looking_never_does(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        clock = HandClock()
        store = SessionStore(client, KEY, clock)
        token = await store.begin(LEAD, SHARED_PC, START_MS)

        async def acted_ms(now_ms: int) -> int | None:
            clock.now_ms += LIFE_MS
            session = await store.find(token, now_ms)
            return None if session is None else session.acted_ms

        await store.note_act(token, START_MS + ACT_EVERY_MS - 1)
        assert await acted_ms(START_MS + ACT_EVERY_MS - 1) == START_MS
        now_ms = START_MS + 29 * MINUTE_MS
        assert await acted_ms(now_ms) == START_MS
        await store.note_act(token, now_ms)
        assert await acted_ms(now_ms) == now_ms
        assert await acted_ms(now_ms + 30 * MINUTE_MS - 1) == now_ms
        assert await acted_ms(now_ms + 30 * MINUTE_MS) is None
        await store.note_act(token, now_ms + 30 * MINUTE_MS)
        assert await acted_ms(now_ms + 30 * MINUTE_MS) is None

    run_story(url, story)


def test_a_confirmation_and_an_act_at_the_same_time_lose_nothing(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        stores = [SessionStore(client, KEY) for _ in range(8)]
        token = await stores[0].begin(LEAD, SHARED_PC, START_MS)
        now_ms = START_MS + ACT_EVERY_MS
        acts = [store.note_act(token, now_ms) for store in stores[1:]]
        await asyncio.gather(stores[0].confirm(token, now_ms), *acts)
        session = await SessionStore(client, KEY).find(token, now_ms)
        assert session is not None
        assert (session.acted_ms, session.confirmed_ms) == (now_ms, now_ms)

    run_story(url, story)


def test_an_act_never_brings_an_ended_session_back(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        for _ in range(20):
            here, elsewhere = SessionStore(client, KEY), SessionStore(client, KEY)
            token = await here.begin(LEAD, SHARED_PC, START_MS)
            await elsewhere.find(token, START_MS)
            await asyncio.gather(here.end(token), elsewhere.confirm(token, START_MS + ACT_EVERY_MS))
            assert await SessionStore(client, KEY).find(token, START_MS + ACT_EVERY_MS) is None

    run_story(url, story)


def test_a_record_of_another_version_counts_as_ended(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async def story(client: AsyncRedis) -> None:
        store = SessionStore(client, KEY)
        token = await store.begin(LEAD, DESK, START_MS)
        connection = await client.client()
        (record,) = await connection.keys("cfs:s:*")
        await connection.set(record, b'{"identity": 1}')
        assert await store.find(token, START_MS) is None
        assert "counts as ended" in caplog.text

    run_story(redis_url, story)


@pytest.mark.parametrize(
    "limits", [SessionLimits(None, 0), SessionLimits(0, HOUR_MS), SessionLimits(None, LONGEST_MS + 1)]
)
def test_limits_that_are_none_are_refused(limits: SessionLimits, redis_url: str) -> None:
    with pytest.raises(ValueError, match="a session lasts"):
        run_story(redis_url, lambda client: SessionStore(client, KEY).begin(LEAD, limits, START_MS))


STEPS = st.tuples(st.sampled_from(["act", "confirm", "find", "end"]), st.integers(0, 40 * MINUTE_MS))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([DESK, SHARED_PC, SessionLimits(5 * MINUTE_MS, HOUR_MS)]), st.lists(STEPS, max_size=12))
def test_a_session_is_in_force_exactly_as_its_limits_say(
    redis_url: str, limits: SessionLimits, steps: list[tuple[str, int]]
) -> None:
    """Against a model: it lasts until its absolute end or its idle time after the last noted act, and never longer."""

    async def story(client: AsyncRedis) -> None:
        clock = HandClock()
        store = SessionStore(client, KEY, clock)
        token = await store.begin(LEAD, limits, START_MS)
        assert is_token(token)
        now_ms = acted_ms = START_MS
        confirmed_ms, ended = None, False
        for step, passed_ms in steps:
            now_ms += passed_ms
            clock.now_ms += LIFE_MS
            idle_end = acted_ms + limits.idle_ms if limits.idle_ms else now_ms + 1
            ended = ended or now_ms >= min(idle_end, START_MS + limits.absolute_ms)
            if step == "act":
                await store.note_act(token, now_ms)
                acted_ms = now_ms if now_ms - acted_ms >= ACT_EVERY_MS and not ended else acted_ms
            elif step == "confirm":
                await store.confirm(token, now_ms)
                acted_ms, confirmed_ms = (acted_ms, confirmed_ms) if ended else (now_ms, now_ms)
            elif step == "end":
                await store.end(token)
                ended = True
            session = await store.find(token, now_ms)
            assert (session is None) == ended
            if session is not None:
                assert (session.acted_ms, session.confirmed_ms) == (acted_ms, confirmed_ms)

    run_story(redis_url, story)
