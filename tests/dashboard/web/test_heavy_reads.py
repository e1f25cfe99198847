"""Heavy reads: a viewer may ask so often and no more, the same question is made once, and no viewer gets another's answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.identity import Identity
from dashboard.access.rate_limit import Rate, RateLimiter
from dashboard.access.refusals import Refused
from dashboard.actions.appeal_service import AppealService
from dashboard.settings import load
from dashboard.web.heavy_reads import HOLD_S, READ_RATE, HeavyReads
from dashboard.web.outer_layer import RequestBounds
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service
from tests import patient_http, signing
from tests.dashboard.partitions import NOON_MS, SITE, TOPIC, Partition, call, heartbeat
from tests.dashboard.running import serving


class Time:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@given(st.integers(1, 20), st.sampled_from([0.5, 2.0, 10.0]), st.lists(st.floats(0, 5), max_size=60))
def test_nobody_gets_more_than_the_burst_and_what_fills_up(burst: int, per_s: float, pauses_s: list[float]) -> None:
    time = Time()
    limiter, granted = RateLimiter(Rate(burst, per_s), time), 0
    for pause_s in pauses_s:
        time.s += pause_s
        granted += _takes(limiter, "a")
        assert granted <= burst + per_s * time.s + 1e-6


def test_a_lead_who_clicks_through_a_team_is_never_refused() -> None:
    time = Time()
    limiter = RateLimiter(READ_RATE, time)
    for _ in range(30):  # a drawer a second, of four questions each
        assert all(_takes(limiter, "lead") for _ in range(4))
        time.s += 1
    for _ in range(100):  # then one drawer stays open
        assert all(_takes(limiter, "lead") for _ in range(4))
        time.s += 15


def test_who_asks_too_often_is_refused_and_nobody_else() -> None:
    time = Time()
    limiter = RateLimiter(Rate(burst=3, per_s=1), time)
    assert [_takes(limiter, "a") for _ in range(5)] == [True, True, True, False, False]
    assert _takes(limiter, "b")
    time.s += 1
    assert [_takes(limiter, "a") for _ in range(2)] == [True, False]


def _takes(limiter: RateLimiter, viewer: str) -> bool:
    try:
        limiter.count(viewer)
    except Refused as refused:
        assert (refused.status, refused.word) == (429, "too_often")
        return False
    return True


def test_the_same_question_is_made_once_until_it_is_old_or_somebody_acts() -> None:
    made: list[str] = []

    def make(text: str) -> Callable[[], Awaitable[bytes]]:
        async def make() -> bytes:
            made.append(text)
            await asyncio.sleep(0)
            return f"{text} {len(made)}".encode()

        return make

    async def ask() -> None:
        time = Time()
        reads = HeavyReads(clock_s=time)
        assert set(await asyncio.gather(*[reads.read("a", "q", make("q")) for _ in range(20)])) == {b"q 1"}
        assert await reads.read("a", "r", make("r")) == b"r 2"
        assert await reads.read("b", "q", make("q")) == b"q 3"
        time.s += HOLD_S
        assert await reads.read("a", "q", make("q")) == b"q 1"
        time.s += 0.001
        assert await reads.read("a", "q", make("q")) == b"q 4"
        reads.clear()
        assert await reads.read("a", "q", make("q")) == b"q 5"

    asyncio.run(ask())


@pytest.fixture
def appeals(redis_url: str, store_client: Any) -> Iterator[AppealService]:
    """Appeals over what two agents did."""
    for at in range(2):
        Partition(store_client, at).write(call("a1" if at == 0 else "b1", f"c{at}", NOON_MS), heartbeat(NOON_MS))
    connections = Connections(load({"redis": redis_url, "topic": TOPIC, "actions": f"{TOPIC}-actions"}, {}))
    yield appeal_service(connections, lambda: SITE, lambda: NOON_MS)
    connections.close()


@pytest.mark.services
def test_no_viewer_gets_the_answer_of_another(redis_url: str, appeals: AppealService) -> None:
    site = replace(SITE, grants=signing.grants("dawn"))
    viewers = [signing.person("chief", "supervisor"), signing.person("reviewer", "quality"), signing.agent("a1")]
    with serving(redis_url, site, appeals=replace(appeals, site=lambda: site)) as address:
        url = f"{address}/explain?agent=a1"
        apart = [_explained(url, who) for who in viewers]
        at_once = [[_explained(url, who) for who in viewers] for _ in range(5)]
    assert len({text for _, text in apart}) > 1, "they may not all see the same"
    assert at_once == [apart] * 5


def _explained(url: str, who: Identity) -> tuple[int, str]:
    answer = patient_http.get(url, who=who)
    return answer.status_code, answer.text


@pytest.mark.services
def test_the_server_refuses_who_asks_too_often_and_says_when_to_ask_again(
    redis_url: str, appeals: AppealService
) -> None:
    me, chief = signing.agent("a1"), signing.person("chief", "supervisor")
    site = replace(SITE, grants=signing.grants())
    with serving(redis_url, site, appeals=appeals, bounds=RequestBounds(reads=Rate(burst=3, per_s=0.001))) as address:
        asked = ["me.json", "explain?agent=a1", "appeals", "curve?agent=a1", "explain?agent=a1"]
        answers = [patient_http.get(f"{address}/{path}", who=me) for path in asked]
        others = [
            patient_http.get(f"{address}/{path}", who=who).status_code for path, who in (("me", me), ("appeals", chief))
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert (answers[4].json()["error"], answers[4].headers["retry-after"]) == ("too_often", "1")
    assert others == [200, 200], "pages are not counted, nor what others ask"
