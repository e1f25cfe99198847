"""Two people at once, thousands of questions, streams and acts: of all bytes that one gets, none belongs to the other alone.

Whatever is shared between people (snapshots, packed bytes, answers that are made once, streams) would show here if it were shared
with the wrong one. The number of questions is that of a quick run; ``make soak`` asks as many as the promise says.
"""

import http.client
import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import cycle, islice
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
import pytest

from dashboard.access.scope import Scope
from tests import signing
from tests.dashboard.partitions import PARTITIONS, Partition, call
from tests.dashboard.web.role_questions import Walk
from tests.dashboard.web.two_teams import AGENTS, DAWN, LAKE, MOVED, PEOPLE
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.services
SCALE = float(os.environ.get("CALLFLOOR_SOAK", "0.015"))
"""The share of the promise that is asked."""
SNAPSHOTS, STREAMS, ACTS, EXPLANATIONS = (int(count * SCALE) for count in (20_000, 20_000, 20_000, 2_000))
TOPICS = ("team:dawn", "team:lake", "rollup:dawn", "rollup:lake", "evidence:dawn", "floor", "line")
"""Of a stream, which begins with a snapshot of each in this order."""


class Side(NamedTuple):
    """A person, what is theirs, and the marks of what is not."""

    name: str
    own: str
    foreign: tuple[str, ...]


PAIRS = {
    "agents": (Side("ZQD1", "ZQD1", (LAKE, "ZQD2", MOVED)), Side("ZQL1", "ZQL1", (DAWN, "ZQL2", MOVED))),
    "leads": (Side("lead", DAWN, (LAKE,)), Side("other lead", LAKE, (DAWN,))),
    "who sees no person": (Side("planner", "", (DAWN, LAKE, MOVED)), Side("client", "", (DAWN, LAKE, MOVED))),
}


class Search:
    """What came to one person, and what of it was foreign."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.answers: Counter[str] = Counter()
        self.own: Counter[str] = Counter()
        self.foreign: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, kind: str, body: bytes, asked: str = "") -> None:
        """Looks through bytes; ``asked``: what the person sent, which an answer may repeat."""
        text = body.replace(asked.encode(), b"") if asked else body
        with self._lock:
            self.answers[kind] += 1
            self.own[kind] += bool(self.side.own) and self.side.own.encode() in text
            self.foreign[kind] += sum(text.count(mark.encode()) for mark in self.side.foreign)


class Asker:
    """One person with a few browsers."""

    def __init__(self, address: str, side: Side) -> None:
        self.address, self.search = address, Search(side)
        self._headers = signing.headers(address, PEOPLE[side.name])

    def snapshots(self) -> None:
        names = [f"{kind}:{team}" for kind in ("team", "evidence", "rollup") for team in ("dawn", "lake")]
        names += ["floor", "line", "rollup", "team:~everyone", "wall:main", "wall:main/people", "wall:east/people"]
        with self._browser() as browser:
            for name in islice(cycle(names), SNAPSHOTS):
                self.search.take("snapshot", browser.get("/snapshot", params={"topic": name}).content)

    def streams(self) -> None:
        for _ in range(STREAMS):
            with self._events() as events:
                begun = []
                for event in events:
                    begun.append(event)
                    if b"line\n" in event:
                        break
                self.search.take("stream", b"".join(begun))

    def frames(self, stop: threading.Event) -> None:
        """One stream that stays open."""
        with self._events() as events:
            for event in events:
                self.search.take("frame", event)
                if stop.is_set():
                    return

    def explanations(self) -> None:
        questions: list[tuple[str, dict[str, str]]] = [
            ("/me.json", {}),
            ("/appeals", {}),
            ("/flags", {}),
            ("/session.json", {}),
        ]
        for agent in AGENTS:
            questions += [("/explain", {"agent": agent, "period": period}) for period in ("day", "month")]
            questions += [(path, {"agent": agent}) for path in ("/curve", "/appeals", "/flags")]
        with self._browser() as browser:
            for path, query in islice(cycle(questions), EXPLANATIONS):
                self.search.take("explanation", browser.get(path, params=query).content)

    def acts(self) -> None:
        """All but few are refused: what is refused must tell nothing either."""
        bodies: list[tuple[str, dict[str, Any], str]] = []
        for agent in AGENTS:
            flag, record = f"review-{agent}-20261123", f"{agent}-old"
            bodies.append(("/flags", {"ref": flag, "kind": "none"}, flag))
            bodies.append(("/appeals", {"ref": record, "text": "x"}, record))
            bodies.append(("/feedback", {"kind": "feedback.given", "agent": agent, "text": ""}, agent))
            bodies.append(("/decisions", {"ref": record, "decision": "upheld", "agent": agent}, record))
        bodies.append(("/session/continue", {}, ""))
        with self._browser() as browser:
            for path, body, asked in islice(cycle(bodies), ACTS):
                self.search.take("act", browser.post(path, json=body).content, asked)

    @contextmanager
    def _browser(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.address, headers=self._headers, timeout=PATIENCE_S) as browser:
            yield browser

    @contextmanager
    def _events(self) -> Iterator[Iterator[bytes]]:
        """The events of a stream, each whole, so that no mark is cut in two."""
        host, port = self.address.removeprefix("http://").split(":")
        line = http.client.HTTPConnection(host, int(port), timeout=PATIENCE_S)
        with closing(line):
            line.request("GET", f"/stream?{urlencode([('topic', each) for each in TOPICS])}", headers=self._headers)
            yield _whole(line.getresponse())


def _whole(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    rest = b""
    while chunk := answer.read1(1 << 16):
        *whole, rest = (rest + chunk).split(b"\n\n")
        yield from whole


@contextmanager
def floor_at_work(walk: Walk) -> Iterator[None]:
    """Calls of all agents are counted, so that every tick has a frame of both teams."""
    stop, parts = threading.Event(), [Partition(walk.board.client, at) for at in range(PARTITIONS)]

    def work() -> None:
        for number in cycle(range(1_000_000)):
            agent = AGENTS[number % len(AGENTS)]
            parts[number % PARTITIONS].write(call(agent, f"{agent}-w{number}", walk.board.clock()))
            if stop.wait(0.05):
                return

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def searched(walk: Walk, sides: Sequence[Side]) -> list[Search]:
    """Both ask everything at the same time."""
    askers, stop = [Asker(walk.address, side) for side in sides], threading.Event()
    work = [do for each in askers for do in (each.snapshots, each.streams, each.explanations, each.acts)]
    with floor_at_work(walk), ThreadPoolExecutor(len(work) + len(askers)) as pool:
        open_streams = [pool.submit(each.frames, stop) for each in askers]
        try:
            for done in [pool.submit(do) for do in work]:
                done.result()
        finally:
            stop.set()
        for stream in open_streams:
            stream.result()
    return [each.search for each in askers]


@pytest.mark.soak
@pytest.mark.parametrize("pair", PAIRS)
def test_no_byte_of_another_person_s_comes(pair: str, walk: Walk) -> None:
    for search in searched(walk, PAIRS[pair]):
        wanted = {"snapshot": SNAPSHOTS, "stream": STREAMS, "explanation": EXPLANATIONS, "act": ACTS}
        assert {kind: count for kind, count in search.answers.items() if kind != "frame"} == wanted
        assert search.answers["frame"] > 0
        assert sum(search.foreign.values()) == 0, (search.side.name, search.foreign)
        # What is theirs came, so there was something to look through.
        assert search.own["explanation"] > 0 or not search.side.own
        assert all(search.own[kind] for kind in ("snapshot", "stream", "frame")) or pair != "leads"


def test_a_door_that_lets_everything_through_would_be_noticed(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sees_topic", "sees_person", "sees_cases", "sees_flags", "sees_shift"):
        monkeypatch.setattr(Scope, name, lambda self, *what: True)
    for search in searched(walk, PAIRS["leads"]):
        assert all(search.foreign[kind] > 0 for kind in ("snapshot", "stream", "frame", "explanation"))
