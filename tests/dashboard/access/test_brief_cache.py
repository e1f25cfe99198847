"""A value is read once for all who wait, is held for a second at most, and an ended one never comes back."""

import asyncio

import pytest

from dashboard.access.brief_cache import LIFE_MS, BriefCache
from tests.dashboard.access.stories import HandClock


class Source:
    """Values that can be held back; counts how often each is asked for."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {"a": "first"}
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def read(self, key: str) -> str | None:
        self.asked.append(key)
        value = self.values.get(key)
        await self.gate.wait()
        if value == "broken":
            raise ConnectionError("away")
        return value


def test_all_who_wait_share_one_read() -> None:
    async def story() -> None:
        source = Source()
        cache = BriefCache(source.read, HandClock())
        source.gate.clear()
        waiting = [asyncio.create_task(cache.get("a")) for _ in range(50)]
        await asyncio.sleep(0)
        waiting[0].cancel()  # whoever leaves takes the answer from nobody
        await asyncio.sleep(0)
        source.gate.set()
        assert await asyncio.gather(*waiting[1:]) == ["first"] * 49
        assert source.asked == ["a"]

    asyncio.run(story())


@pytest.mark.parametrize(("age_ms", "answer"), [(LIFE_MS - 1, "first"), (LIFE_MS, "second")])
def test_a_value_is_held_for_a_second(age_ms: int, answer: str) -> None:
    async def story() -> None:
        source, clock = Source(), HandClock()
        cache = BriefCache(source.read, clock)
        await cache.get("a")
        source.values["a"] = "second"
        clock.now_ms += age_ms
        assert await cache.get("a") == answer

    asyncio.run(story())


def test_a_second_counts_from_the_question_not_from_the_answer() -> None:
    async def story() -> None:
        source, clock = Source(), HandClock()
        cache = BriefCache(source.read, clock)
        source.gate.clear()
        waiting = asyncio.create_task(cache.get("a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.now_ms += LIFE_MS
        source.gate.set()
        assert await waiting == "first"
        del source.values["a"]
        assert await cache.get("a") is None

    asyncio.run(story())


def test_what_was_being_read_when_it_was_forgotten_is_not_held() -> None:
    async def story() -> None:
        source = Source()
        cache = BriefCache(source.read, HandClock())
        source.gate.clear()
        waiting = asyncio.create_task(cache.get("a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del source.values["a"]
        cache.forget("a")
        after = asyncio.create_task(cache.get("a"))
        await asyncio.sleep(0)
        source.gate.set()
        assert (await waiting, await after) == ("first", None)
        assert await cache.get("a") is None

    asyncio.run(story())


def test_what_is_not_there_and_what_fails_is_asked_again() -> None:
    async def story() -> None:
        source = Source()
        cache = BriefCache(source.read, HandClock())
        assert await cache.get("b") is None
        source.values["b"] = "broken"
        with pytest.raises(ConnectionError):
            await cache.get("b")
        source.values["b"] = "whole"
        assert await cache.get("b") == "whole"

    asyncio.run(story())


def test_an_error_that_nobody_waits_for_is_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        source = Source()
        source.values["a"] = "broken"
        source.gate.clear()
        waiting = asyncio.create_task(BriefCache(source.read, HandClock()).get("a"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        source.gate.set()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(story())
    assert caplog.records == []


def test_the_memory_is_bounded_and_the_oldest_goes_first() -> None:
    async def story() -> None:
        source = Source()
        source.values = {str(number): "x" for number in range(5)}
        cache = BriefCache(source.read, HandClock(), most=3)
        for number in range(5):
            await cache.get(str(number))
        source.asked.clear()
        for number in (2, 3, 4, 0):
            await cache.get(str(number))
        assert source.asked == ["0"]

    asyncio.run(story())
