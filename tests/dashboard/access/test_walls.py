"""Walls on a real Redis and a real Redis Cluster: a revoked wall is dark, and no power cut ever locks one out."""

import asyncio

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.access.brief_cache import LIFE_MS as CACHE_MS
from dashboard.access.walls import (
    AWAY_MS,
    DAY_MS,
    LIFE_MS,
    NOTE_EVERY_MS,
    ROTATE_MS,
    SETTLE_MS,
    Approval,
    Screen,
    WallStore,
)
from dashboard.board.bus import AWAY
from streams.simulator.embedded import free_port
from streams.store.async_client import AsyncRedis
from tests.dashboard.access.stories import KEY, START_MS, HandClock, run_story

pytestmark = pytest.mark.services
EAST = Approval("二楼东墙", "main", "alias", "local:bai", "白川")
HALL = Approval("会议室", "site", "none", "local:bai", "白川")
SCREEN = Screen(1920, 1080, "10.20.4.37")


def test_a_wall_is_found_by_its_token_and_bound_to_its_board(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = WallStore(client, KEY)
        token, other = (
            await store.add("D-01A4", EAST, SCREEN, START_MS),
            await store.add("D-06E8", HALL, SCREEN, START_MS),
        )
        found, another = await store.find(token, START_MS), await store.find(other, START_MS)
        assert found is not None and another is not None
        assert (found.id, found.approval, found.screen, found.paired_ms) == ("D-01A4", EAST, SCREEN, START_MS)
        assert another.approval.board == "site"
        assert await store.has("D-01A4") and not await store.has("D-0000")

    run_story(url, story)


def test_a_token_of_another_wall_key_or_form_finds_nothing(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = WallStore(client, KEY)
        token = await store.add("D-01A4", EAST, SCREEN, START_MS)
        other = await store.add("D-06E8", HALL, SCREEN, START_MS)
        swapped = other[:5] + token[5:]
        for wrong in ("", token[5:], token.lower(), f"{token}x", f"{token}\n", swapped, f"D-{token}"):
            assert await store.find(wrong, START_MS) is None
            assert await store.find_former(wrong, START_MS) is None
            assert await store.rotate(wrong, START_MS + 2 * ROTATE_MS) is None
        assert await WallStore(client, b"another").find(token, START_MS) is None
        await store.note_use(swapped, SCREEN, START_MS + DAY_MS)
        assert [each.used_ms for each in await store.displays(START_MS)] == [START_MS] * 2

    run_story(redis_url, story)


def test_redis_holds_no_token_and_drops_a_wall_that_is_not_used(redis_url: str) -> None:
    token = run_story(redis_url, lambda client: WallStore(client, KEY).add("D-01A4", EAST, SCREEN, START_MS))
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        assert token[5:] not in str(client.get("cfs:w:D-01A4"))
        assert 0 < client.pttl("cfs:w:D-01A4") <= LIFE_MS
        assert client.zrange("cfs:walls", 0, -1) == ["D-01A4"]


def test_a_wall_in_use_lasts_and_one_that_is_not_ends_after_ninety_days(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = WallStore(client, KEY)
        token = await store.add("D-01A4", EAST, SCREEN, START_MS)
        now_ms = START_MS + LIFE_MS - 1
        await store.note_use(token, Screen(3840, 2160, "10.20.4.38"), now_ms)
        found = await store.find(token, now_ms + LIFE_MS - 1)
        assert found is not None
        assert (found.used_ms, found.expires_ms, found.screen.width) == (now_ms, now_ms + LIFE_MS, 3840)
        assert (found.is_on(now_ms + AWAY_MS - 1), found.is_on(now_ms + AWAY_MS)) == (True, False)
        assert await store.find(token, now_ms + LIFE_MS) is None
        assert [each.id for each in await store.displays(now_ms + LIFE_MS - 1)] == ["D-01A4"]
        assert await store.displays(now_ms + LIFE_MS) == []
        await store.note_use(token, SCREEN, now_ms + LIFE_MS)
        assert await store.find(token, now_ms + LIFE_MS) is None

    run_story(redis_url, story)


def test_use_is_written_once_a_minute(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = WallStore(client, KEY)
        token = await store.add("D-01A4", EAST, SCREEN, START_MS)

        async def used_ms(now_ms: int) -> int:
            await store.note_use(token, SCREEN, now_ms)
            return (await store.displays(now_ms))[0].used_ms

        assert await used_ms(START_MS + 1) == START_MS + 1  # the first use of the token
        assert await used_ms(START_MS + NOTE_EVERY_MS) == START_MS + 1
        assert await used_ms(START_MS + NOTE_EVERY_MS + 1) == START_MS + NOTE_EVERY_MS + 1

    run_story(redis_url, story)


def test_a_revoked_wall_is_dark_here_at_once_and_elsewhere_within_a_second(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        clock = HandClock()
        here, elsewhere = WallStore(client, KEY, clock), WallStore(client, KEY, clock)
        token = await here.add("D-01A4", EAST, SCREEN, START_MS)
        assert await elsewhere.find(token, START_MS) is not None
        revoked = await here.revoke("D-01A4", START_MS + 5)
        assert revoked is not None and revoked.revoked_ms == START_MS + 5
        assert await here.find(token, START_MS + 6) is None
        assert await elsewhere.find(token, START_MS + 6) is not None  # control: this is what the second in memory means
        clock.now_ms += CACHE_MS
        assert await elsewhere.find(token, START_MS + 6) is None
        former = await elsewhere.find_former(token, START_MS + 6)
        assert former is not None and former.revoked_ms == START_MS + 5
        assert await here.displays(START_MS + 6) == []
        assert await here.revoke("D-01A4", START_MS + 7) is None
        assert await here.revoke("D-0000", START_MS + 7) is None
        assert await here.rotate(token, START_MS + 2 * ROTATE_MS) is None

    run_story(url, story)


def test_use_at_the_moment_of_revoking_brings_no_wall_back(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        for number in range(20):
            store, name = WallStore(client, KEY), f"D-{number:04X}"
            token = await store.add(name, EAST, SCREEN, START_MS)
            others = [WallStore(client, KEY) for _ in range(3)]
            uses = [other.note_use(token, SCREEN, START_MS + 60_000 * at) for at, other in enumerate(others, 1)]
            await asyncio.gather(*uses, store.revoke(name, START_MS + 1), others[0].rotate(token, START_MS + DAY_MS))
            assert await WallStore(client, KEY).find(token, START_MS + 2) is None
            assert await WallStore(client, KEY).displays(START_MS + 2) == []

    run_story(url, story)


def test_a_token_that_another_process_gave_is_valid_at_once(url: str) -> None:
    """What is in memory is older than the token: then Redis is asked, and the screen is not sent to the pairing page."""

    async def story(client: AsyncRedis) -> None:
        clock = HandClock()
        here, elsewhere = WallStore(client, KEY, clock), WallStore(client, KEY, clock)
        token = await here.add("D-01A4", EAST, SCREEN, START_MS)
        assert await elsewhere.find(token, START_MS) is not None
        renewed = await here.rotate(token, START_MS + ROTATE_MS)
        assert renewed is not None
        assert await elsewhere.find(renewed, START_MS + ROTATE_MS) is not None

    run_story(url, story)


def test_a_token_is_renewed_each_day_and_an_old_one_ends_when_the_new_one_has_settled(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        clock = HandClock()
        store = WallStore(client, KEY, clock)
        old = await store.add("D-01A4", EAST, SCREEN, START_MS)
        assert await store.rotate(old, START_MS + ROTATE_MS - 1) is None
        now_ms = START_MS + ROTATE_MS
        new = await store.rotate(old, now_ms)
        assert new is not None and new != old
        await store.note_use(new, SCREEN, now_ms)
        await store.note_use(new, SCREEN, now_ms + SETTLE_MS - 1)
        assert await store.find(old, now_ms + SETTLE_MS - 1) is not None
        await store.note_use(new, SCREEN, now_ms + SETTLE_MS + NOTE_EVERY_MS)
        assert await store.find(old, now_ms + SETTLE_MS + NOTE_EVERY_MS) is None
        assert await store.find(new, now_ms + SETTLE_MS + NOTE_EVERY_MS) is not None

    run_story(url, story)


def test_displays_stand_by_where_they_hang(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        store = WallStore(client, KEY)
        for name, location in (("D-0001", "c"), ("D-0003", "a"), ("D-0002", "a")):
            await store.add(name, EAST._replace(location=location), SCREEN, START_MS)
        assert [each.id for each in await store.displays(START_MS)] == ["D-0002", "D-0003", "D-0001"]

    run_story(redis_url, story)


def test_while_redis_is_away_no_wall_is_found() -> None:
    nobody = f"redis://127.0.0.1:{free_port()}/0"
    with pytest.raises(AWAY):
        run_story(nobody, lambda client: WallStore(client, KEY).find("0000." + "x" * 43, START_MS))
    assert run_story(nobody, lambda client: WallStore(client, KEY).find("x" * 43, START_MS)) is None


FLUSH_MS = SETTLE_MS // 2
"""So long after it got a cookie a browser that runs has it on disk."""
STEPS = st.tuples(
    st.sampled_from(["use", "reload", "lost answer", "power cut", "flush"]),
    st.sampled_from(
        [1_000, 30_000, NOTE_EVERY_MS, FLUSH_MS, SETTLE_MS, DAY_MS // 3, ROTATE_MS, 20 * DAY_MS, LIFE_MS - DAY_MS]
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=30))
def test_no_power_cut_locks_a_wall_out(redis_url: str, steps: list[tuple[str, int]]) -> None:
    """A screen with a cookie in memory and one on disk, cut off at any moment: what is on the disk always opens the board."""

    async def story(client: AsyncRedis) -> None:
        clock = HandClock()
        store = WallStore(client, KEY, clock)
        now_ms, got_ms = START_MS, START_MS
        memory = disk = await store.add("D-01A4", EAST, SCREEN, START_MS)
        for step, passed_ms in steps:
            if step == "power cut":  # dark while the time passes
                memory = disk
            now_ms += passed_ms
            clock.now_ms += passed_ms
            if memory != disk and (step == "flush" or now_ms - got_ms >= FLUSH_MS):
                disk = memory
            if step in ("reload", "lost answer"):
                renewed = await store.rotate(memory, now_ms)
                if renewed is not None and step == "reload":
                    memory, got_ms = renewed, now_ms
            await store.note_use(memory, SCREEN, now_ms)
            for token in (memory, disk):
                assert await store.find(token, now_ms) is not None

    run_story(redis_url, story)
