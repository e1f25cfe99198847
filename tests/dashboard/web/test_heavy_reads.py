"""Heavy reads: a viewer may ask so often and no more, the same question is made once, and no viewer gets another's answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.actions.acting_person import Refused
from dashboard.settings import load
from dashboard.web.heavy_reads import HOLD_S, READ_RATE, HeavyReads, ReadLimiter, ReadRate
from dashboard.web.json_api import act, answer, json_route
from dashboard.web.outer_layer import RequestBounds
from dashboard.web.thread_pools import make_pools
from dashboard.wiring.connections import Connections
from dashboard.wiring.serving import appeal_service
from tests import patient_http
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
    limiter, granted = ReadLimiter(ReadRate(burst, per_s), time), 0
    for pause_s in pauses_s:
        time.s += pause_s
        granted += _takes(limiter, "a")
        assert granted <= burst + per_s * time.s + 1e-6


def test_a_lead_who_clicks_through_a_team_is_never_refused() -> None:
    time = Time()
    limiter = ReadLimiter(READ_RATE, time)
    for _ in range(30):  # a drawer a second, of four questions each
        assert all(_takes(limiter, "lead") for _ in range(4))
        time.s += 1
    for _ in range(100):  # then one drawer stays open
        assert all(_takes(limiter, "lead") for _ in range(4))
        time.s += 15


def test_who_asks_too_often_is_refused_and_nobody_else() -> None:
    time = Time()
    limiter = ReadLimiter(ReadRate(burst=3, per_s=1), time)
    assert [_takes(limiter, "a") for _ in range(5)] == [True, True, True, False, False]
    assert _takes(limiter, "b")
    time.s += 1
    assert [_takes(limiter, "a") for _ in range(2)] == [True, False]


def _takes(limiter: ReadLimiter, viewer: str) -> bool:
    try:
        limiter.count_question(viewer)
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


class Ref(msgspec.Struct):
    ref: str


class SignedIn:
    """Puts the viewer of a header where the door puts it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["viewer"] = dict(scope["headers"]).get(b"viewer", b"").decode()
        await self._app(scope, receive, send)


@pytest.fixture
def two_viewers() -> Iterator[tuple[TestClient, list[str]]]:
    """A read that says who asked, and an act; and what was made."""
    made: list[str] = []

    def read(viewer: str) -> dict[str, Any]:
        made.append(viewer)
        return {"of": viewer, "n": len(made)}

    async def get(request: Request) -> Response:
        return await answer(request, read, request.state.viewer)

    async def post(request: Request) -> Response:
        return await act(request, Ref, lambda who, body: {})

    app = Starlette(routes=[json_route("GET", "/mine", get), json_route("POST", "/acts", post)])
    app.add_middleware(SignedIn)
    app.state.pools, app.state.heavy_reads = make_pools(), HeavyReads(clock_s=Time())
    with TestClient(app) as client:
        yield client, made


def test_no_viewer_gets_the_answer_of_another(two_viewers: tuple[TestClient, list[str]]) -> None:
    client, made = two_viewers
    asked = [client.get("/mine?agent=1", headers={"viewer": viewer}).json() for viewer in ("lead", "hr", "lead", "hr")]
    assert [each["of"] for each in asked] == ["lead", "hr", "lead", "hr"]
    assert made == ["lead", "hr"], "each asks once, and is answered twice"
    assert client.get("/mine?agent=2", headers={"viewer": "hr"}).json()["n"] == 3


def test_who_acted_is_answered_anew(two_viewers: tuple[TestClient, list[str]]) -> None:
    client, _ = two_viewers
    assert [client.get("/mine").json()["n"] for _ in range(2)] == [1, 1]
    assert client.post("/acts?as=a", json={"ref": "k"}).status_code == 201
    assert client.get("/mine").json()["n"] == 2


@pytest.mark.services
def test_the_server_refuses_who_asks_too_often_and_says_when_to_ask_again(redis_url: str, store_client: Any) -> None:
    for at in range(2):
        Partition(store_client, at).write(call("a1" if at == 0 else "b1", f"c{at}", NOON_MS), heartbeat(NOON_MS))
    connections = Connections(load({"redis": redis_url, "topic": TOPIC, "actions": f"{TOPIC}-actions"}, {}))
    appeals = appeal_service(connections, lambda: SITE, lambda: NOON_MS)
    bounds = RequestBounds(reads=ReadRate(burst=3, per_s=0.001))
    with serving(redis_url, appeals=appeals, bounds=bounds) as address:
        asked = ["me.json?as=a1", "explain?agent=a1", "appeals", "curve?agent=a1", "explain?agent=b1"]
        answers = [patient_http.get(f"{address}/{path}") for path in asked]
        page = patient_http.get(f"{address}/me?as=a1")
    connections.close()
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert (answers[4].json()["error"], answers[4].headers["retry-after"]) == ("too_often", "1")
    assert page.status_code == 200, "pages are not counted"
