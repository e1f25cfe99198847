"""Who streams and who asks, by a clock of the test's own; and snapshots that are read once for all who ask."""

import asyncio
from contextlib import ExitStack
from time import monotonic

import pytest

from dashboard.live import viewers as viewers_module
from dashboard.live.channels import encode_event
from dashboard.live.snapshots import HOLD_S, SnapshotCache
from dashboard.live.viewers import ACCOUNT_STREAMS, ASKING_S, STREAMS, TRUST_S, Stream, Viewers


def opened(leaving: ExitStack, viewers: Viewers, viewer: str, holder: str = "") -> Stream:
    stream = Stream((), viewer, holder=holder)
    leaving.enter_context(viewers.streaming(stream))
    return stream


class Time:
    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def __call__(self) -> int:
        return self.ms


def test_a_browser_that_asks_is_counted_until_it_stops() -> None:
    time = Time()
    viewers = Viewers(time)
    assert viewers.report() == {"streams": 0, "asking": 0, "asking_since": None}
    for viewer in ("a", "b", "a"):
        viewers.note_poll(viewer)
        time.ms += 2000
    assert viewers.report() == {"streams": 0, "asking": 2, "asking_since": "2023-11-14T22:13:20Z"}
    time.ms += ASKING_S * 1000 - 2000
    assert viewers.report()["asking"] == 1, "b has its stream again"
    time.ms += 3000
    assert viewers.report()["asking_since"] is None
    viewers.note_poll("a")
    assert viewers.report()["asking_since"] == "2023-11-14T22:13:37Z", "another outage, since another time"


def test_a_browser_has_one_stream_and_two_while_one_takes_over() -> None:
    viewers = Viewers(Time())
    with ExitStack() as leaving:
        own = [opened(leaving, viewers, "a") for _ in range(STREAMS + 2)]
        other = opened(leaving, viewers, "b")
        strangers = [opened(leaving, viewers, "") for _ in range(5)]
        assert [stream.ended for stream in own] == [True, True, False, False]
        assert not any(stream.ended for stream in [other, *strangers])
        assert own[0].news.is_set(), "an ended stream wakes up"
    assert viewers.report()["streams"] == 0


def test_nobody_ends_the_streams_of_another_account_by_its_browser_s_id() -> None:
    viewers = Viewers(Time())
    with ExitStack() as leaving:
        own = opened(leaving, viewers, "a", "mine")
        others = [opened(leaving, viewers, "a", "another") for _ in range(STREAMS + 1)]
        assert not own.ended
        assert others[0].ended, "a browser still has one stream"


def test_an_account_has_a_few_streams_and_what_is_beyond_has_ended() -> None:
    viewers = Viewers(Time())
    with ExitStack() as leaving:
        for tab in range(ACCOUNT_STREAMS):
            assert not viewers.is_full("s")
            assert not opened(leaving, viewers, f"tab {tab}", "s").ended
        assert viewers.is_full("s") and not viewers.is_full("another") and not viewers.is_full("")
        assert opened(leaving, viewers, "one more", "s").ended
        assert not opened(leaving, viewers, "one more", "another").ended
    assert not viewers.is_full("s")


def test_numbers_wait_while_nobody_vouches_for_a_stream_and_pulses_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewers_module, "PATIENCE_S", 0.05)
    chunks = {kind: encode_event("floor", kind, b"{}") for kind in ("snapshot", "frame", "outage", "pulse")}

    async def story() -> None:
        trusted, doubtful, vouched = Stream(()), *(Stream((), trusted_s=monotonic() - TRUST_S) for _ in range(2))
        for kind, chunk in chunks.items():
            assert await trusted.may_carry(chunk)
            assert await doubtful.may_carry(chunks["pulse"] + chunk) is (kind in ("outage", "pulse"))
        waiting = [asyncio.create_task(vouched.may_carry(chunk)) for chunk in chunks.values()]
        await asyncio.sleep(0)
        vouched.trust(monotonic())
        assert await asyncio.gather(*waiting) == [True] * 4

    asyncio.run(story())


def test_a_stream_that_ends_while_numbers_wait_carries_nothing() -> None:
    async def story() -> None:
        stream = Stream((), trusted_s=monotonic() - TRUST_S)
        waiting = asyncio.create_task(stream.may_carry(encode_event("floor", "frame", b"{}")))
        await asyncio.sleep(0)
        stream.end()
        stream.trust(monotonic())
        assert not await waiting
        assert not await stream.may_carry(encode_event("floor", "pulse", b"{}"))

    asyncio.run(story())


def test_a_snapshot_is_read_once_however_many_ask() -> None:
    read: list[str] = []
    now_s = [0.0]

    async def from_redis(topic: str) -> bytes:
        read.append(topic)
        await asyncio.sleep(0)
        return f"{topic} {len(read)}".encode()

    async def ask() -> None:
        cache = SnapshotCache(from_redis, lambda: now_s[0])
        assert set(await asyncio.gather(*[cache.read_snapshot("floor") for _ in range(100)])) == {b"floor 1"}
        assert await cache.read_snapshot("team:a") == b"team:a 2"
        now_s[0] += HOLD_S
        assert await cache.read_snapshot("floor") == b"floor 1"
        now_s[0] += 0.001
        assert await cache.read_snapshot("floor") == b"floor 3"

    asyncio.run(ask())
    assert read == ["floor", "team:a", "floor"]


def test_an_asker_who_goes_away_does_not_end_what_the_others_wait_for() -> None:
    go = asyncio.Event()

    async def from_redis(topic: str) -> bytes:
        await go.wait()
        return b"found"

    async def ask() -> bytes | None:
        cache = SnapshotCache(from_redis)
        gone, stays = (
            asyncio.create_task(cache.read_snapshot("floor")),
            asyncio.create_task(cache.read_snapshot("floor")),
        )
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        go.set()
        return await stays

    assert asyncio.run(ask()) == b"found"


def test_what_redis_refuses_everybody_hears_and_the_next_one_asks_anew() -> None:
    answers: list[Exception | bytes] = [ConnectionError("away"), b"back"]

    async def from_redis(topic: str) -> bytes:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask() -> bytes | None:
        now_s = [0.0]
        cache = SnapshotCache(from_redis, lambda: now_s[0])
        found = await asyncio.gather(*[cache.read_snapshot("floor") for _ in range(3)], return_exceptions=True)
        assert [str(one) for one in found] == ["away"] * 3
        now_s[0] = HOLD_S * 2
        return await cache.read_snapshot("floor")

    assert asyncio.run(ask()) == b"back"
