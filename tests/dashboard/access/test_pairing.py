"""Pairing on a real Redis and a real Redis Cluster: from the code on a screen to its board, and nobody else gets there."""

import asyncio
from dataclasses import dataclass

import pytest
import redis

from dashboard.access.attempts import AttemptStore, Locked
from dashboard.access.pairing import (
    ASKING,
    CODE_LIFE_MS,
    LETTERS,
    MOST_WAITING,
    NewPairing,
    Pairing,
    PairingStore,
    TooManyWaiting,
    shown_code,
)
from dashboard.access.walls import Approval, Screen, WallStore
from streams.store.async_client import AsyncRedis
from tests.dashboard.access.stories import KEY, START_MS, run_story

pytestmark = pytest.mark.services
SCREEN = Screen(1920, 1080, "10.20.4.37")
ADMIN = "local:bai"
EAST = Approval("三楼西墙", "main", "alias", ADMIN, "白川")


@dataclass(frozen=True)
class Stores:
    pairings: PairingStore
    walls: WallStore


def stores(client: AsyncRedis) -> Stores:
    walls = WallStore(client, KEY)
    return Stores(PairingStore(client, KEY, walls, AttemptStore(client, KEY)), walls)


def wrong_code(code: str) -> str:
    return code[:-1] + next(letter for letter in LETTERS if letter != code[-1])


def test_a_screen_shows_a_code_an_administrator_types_it_and_the_screen_gets_its_board(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        pairings, walls = stores(client).pairings, stores(client).walls
        asked = await pairings.begin(SCREEN, START_MS)
        assert await pairings.read(asked.token, START_MS) == Pairing(
            asked.id, SCREEN, START_MS, START_MS + CODE_LIFE_MS, "waiting"
        )
        assert await pairings.collect(asked.token, SCREEN, START_MS) is None
        typed = shown_code(asked.code).lower()
        found = await pairings.find_code(typed, ADMIN, START_MS)
        assert found is not None and (found.id, found.screen) == (asked.id, SCREEN)
        assert await pairings.waiting(START_MS) == [found]
        approved = await pairings.approve(typed, EAST, START_MS + 9)
        assert approved is not None and approved.state == "approved"
        assert await pairings.waiting(START_MS + 9) == []
        token = await pairings.collect(asked.token, SCREEN, START_MS + 10)
        assert token is not None
        wall = await walls.find(token, START_MS + 10)
        assert wall is not None and (wall.id, wall.approval) == (asked.id, EAST)
        ended = await pairings.read(asked.token, START_MS + 10)
        assert ended is not None and ended.state == "collected"

    run_story(url, story)


def test_a_token_is_collected_once_and_by_the_screen_that_asked(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        made = stores(client)
        asked, stranger = await made.pairings.begin(SCREEN, START_MS), await made.pairings.begin(SCREEN, START_MS)
        await made.pairings.approve(asked.code, EAST, START_MS)
        for wrong in (stranger.token, "", asked.code, asked.token[5:], asked.token[:5] + stranger.token[5:]):
            assert await made.pairings.collect(wrong, SCREEN, START_MS) is None
        collected = await asyncio.gather(*(made.pairings.collect(asked.token, SCREEN, START_MS) for _ in range(12)))
        (token,) = [each for each in collected if each]
        assert await made.walls.find(token, START_MS) is not None

    run_story(url, story)


def test_a_code_is_good_for_five_minutes_and_for_one_decision(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        made = stores(client).pairings
        asked = await made.begin(SCREEN, START_MS)
        end_ms = START_MS + CODE_LIFE_MS
        assert asked.code_ends_ms == end_ms
        assert await made.find_code(asked.code, ADMIN, end_ms - 1) is not None
        assert await made.find_code(asked.code, ADMIN, end_ms) is None
        assert await made.approve(asked.code, EAST, end_ms) is None
        assert await made.read(asked.token, end_ms) is None
        assert await made.waiting(end_ms) == []
        assert await made.approve(asked.code, EAST, end_ms - 1) is not None
        assert await made.refuse(asked.code, ADMIN, end_ms - 1) is None

    run_story(redis_url, story)


def test_of_two_decisions_at_the_same_moment_one_holds(url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        for number in range(8):
            made = stores(client).pairings
            asked = await made.begin(SCREEN, START_MS)
            approved, refused = await asyncio.gather(
                made.approve(asked.code, EAST._replace(account=f"a{number}"), START_MS),
                made.refuse(asked.code, f"b{number}", START_MS),
            )
            assert (approved is None) != (refused is None)
            assert (await made.collect(asked.token, SCREEN, START_MS) is None) == (approved is None)

    run_story(url, story)


def test_a_refused_screen_learns_it_and_gets_nothing(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        made = stores(client).pairings
        asked = await made.begin(SCREEN, START_MS)
        assert await made.refuse(asked.code, ADMIN, START_MS) is not None
        pairing = await made.read(asked.token, START_MS)
        assert pairing is not None and pairing.state == "refused"
        assert await made.collect(asked.token, SCREEN, START_MS) is None

    run_story(redis_url, story)


def test_five_wrong_codes_lock_the_account_and_right_ones_do_not_count(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        made = stores(client).pairings
        asked = await made.begin(SCREEN, START_MS)
        for _ in range(9):
            assert await made.find_code(asked.code, ADMIN, START_MS) is not None
        for _ in range(5):
            assert await made.find_code(wrong_code(asked.code), ADMIN, START_MS) is None
        for ask in (made.find_code(asked.code, ADMIN, START_MS), made.approve(asked.code, EAST, START_MS)):
            with pytest.raises(Locked) as locked:
                await ask
            assert locked.value.until_ms == START_MS + 300_000
        assert await made.find_code(asked.code, "local:other", START_MS) is not None

    run_story(redis_url, story)


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}{1}", "{0}-{1}", " {0}  {1} "])
def test_a_code_may_be_typed_as_people_type(redis_url: str, typed: str) -> None:
    async def story(client: AsyncRedis) -> None:
        made = stores(client).pairings
        code = (await made.begin(SCREEN, START_MS)).code
        for text in (code, code.lower(), "".join(chr(ord(letter) + 0xFEE0) for letter in code)):
            assert await made.find_code(typed.format(text[:4], text[4:]), ADMIN, START_MS) is not None

    run_story(redis_url, story)


def test_a_screen_that_goes_on_asking_keeps_its_id_and_its_old_code_ends(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        made = stores(client)
        first = await made.pairings.begin(SCREEN, START_MS)
        second = await made.pairings.begin(SCREEN, START_MS + 1, earlier=first.token)
        assert second.id == first.id and second.code != first.code
        assert await made.pairings.find_code(first.code, ADMIN, START_MS + 1) is None
        assert await made.pairings.read(first.token, START_MS + 1) is None
        assert len(await made.pairings.waiting(START_MS + 1)) == 1
        await made.pairings.approve(second.code, EAST, START_MS + 2)
        wall = await made.pairings.collect(second.token, SCREEN, START_MS + 2)
        assert wall is not None
        await made.walls.revoke(first.id, START_MS + 3)
        again = await made.pairings.begin(SCREEN, START_MS + 4, earlier=wall)
        assert again.id == first.id
        await made.pairings.approve(again.code, EAST, START_MS + 5)
        renewed = await made.pairings.collect(again.token, SCREEN, START_MS + 5)
        assert renewed is not None
        assert await made.walls.find(renewed, START_MS + 6) is not None
        assert await made.walls.find(wall, START_MS + 6) is None

    run_story(redis_url, story)


def test_ids_and_codes_are_unlike_and_readable(redis_url: str) -> None:
    assert len(set(LETTERS)) == 31
    assert not set(LETTERS) & set("01OIL")

    async def story(client: AsyncRedis) -> list[NewPairing]:
        made = stores(client).pairings
        screens = [Screen(1, 1, f"10.0.{number}.1") for number in range(100)]
        return await asyncio.gather(*(made.begin(screen, START_MS) for screen in screens))

    asked = run_story(redis_url, story)
    assert len({each.id for each in asked}) == len({each.code for each in asked}) == 100
    assert all(len(each.code) == 8 and set(each.code) <= set(LETTERS) for each in asked)
    assert set("".join(each.code for each in asked)) == set(LETTERS)


def test_the_id_of_a_wall_goes_to_no_other_screen(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(["01a4", "01a4", "02c9"])

    async def story(client: AsyncRedis) -> None:
        made = stores(client)
        await made.walls.add("D-01A4", EAST, SCREEN, START_MS)
        monkeypatch.setattr("dashboard.access.pairing.secrets.token_hex", lambda size=8: next(numbers, "00" * size))
        assert (await made.pairings.begin(SCREEN, START_MS)).id != "D-01A4"

    run_story(redis_url, story)


def test_strangers_fill_neither_the_list_nor_the_ids(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> None:
        made = stores(client).pairings
        for _ in range(ASKING.most):
            await made.begin(SCREEN, START_MS)
        for now_ms in (START_MS, START_MS + CODE_LIFE_MS - 1):
            with pytest.raises(Locked):
                await made.begin(SCREEN, now_ms)
        assert len(await made.waiting(START_MS)) == ASKING.most == MOST_WAITING // 5, "of one network"
        for number in range(MOST_WAITING - ASKING.most):
            await made.begin(SCREEN._replace(address=f"10.1.0.{number}"), START_MS)
        with pytest.raises(TooManyWaiting):
            await made.begin(SCREEN._replace(address="10.2.0.1"), START_MS)
        later_ms = START_MS + CODE_LIFE_MS
        assert await made.begin(SCREEN._replace(address="10.2.0.1"), later_ms) is not None

    run_story(redis_url, story)


def test_redis_holds_neither_code_nor_secret(redis_url: str) -> None:
    async def story(client: AsyncRedis) -> NewPairing:
        return await stores(client).pairings.begin(SCREEN, START_MS)

    asked = run_story(redis_url, story)
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        keys = client.keys("cfs:*")
        assert f"cfs:d:{asked.id}" in keys
        text = str(keys) + str(client.get(f"cfs:d:{asked.id}"))
        assert asked.code not in text and asked.token[5:] not in text
        assert all(client.pttl(key) > 0 for key in keys if key != "cfs:pairings")


@pytest.mark.parametrize(
    "change", [{"location": ""}, {"location": " x"}, {"location": "x" * 41}, {"location": "x\n"}, {"people": "names"}]
)
def test_what_no_wall_can_be_is_refused(redis_url: str, change: dict[str, str]) -> None:
    async def story(client: AsyncRedis) -> None:
        made = stores(client).pairings
        asked = await made.begin(SCREEN, START_MS)
        with pytest.raises(ValueError, match="wall"):
            await made.approve(asked.code, EAST._replace(**change), START_MS)  # type: ignore[arg-type]

    run_story(redis_url, story)
