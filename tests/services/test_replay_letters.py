"""Replaying letters as people do it: over HTTP and on the command line, on a real Kafka, one at a time, told to its end."""

import csv
import io
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from dashboard.board.bus import Lease
from dashboard.cli.main import main
from dashboard.health.replay_store import REPLAY_KEY
from dashboard.settings import Settings, load
from dashboard.site.watch import SiteWatch
from dashboard.wiring.connections import Connections
from dashboard.wiring.dead_letters import letter_service
from dashboard.wiring.kafka_observer import OLD_MS, KafkaObserver
from dashboard.wiring.serving import health_service
from streams.consume.consume import consume
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.site_time import rfc3339
from streams.store.client import open_redis
from tests import patient_http, signing
from tests.dashboard.running import answering, board_server
from tests.services import stored
from tests.services.kafka import KafkaServer
from tests.services.test_letters import FIXED, OLD
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


LEAD = signing.person("lead", "lead:dawn")


class Board(NamedTuple):
    """A web server over a topic, and the way to count it."""

    settings: Settings
    address: str

    def count(self, rules: Any) -> None:
        with open_redis(self.settings.redis) as client:
            consume(self.settings.kafka, self.settings.topic, client, rules, until_end=True, stop=threading.Event())

    def handled(self) -> int:
        with open_redis(self.settings.redis) as client:
            cells = stored.cells(client, self.settings.topic, "mo")
        return sum(n for (_, _, name), n in cells.items() if name == "handled")

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = patient_http.get(f"{self.address}/health.json").json()
        return found

    def letters(self) -> dict[str, tuple[int, int]]:
        """Reason -> letters waiting, and those that came again."""
        return {each["reason"]: (each["waiting"], each["again"]) for each in self.health()["dead_letters"] or ()}

    def replay(self, **body: Any) -> httpx.Response:
        return patient_http.post(f"{self.address}/letters", json=body)

    def until_ended(self) -> dict[str, Any]:
        wait_until(lambda: (self.health()["replay"] or {}).get("ended"), PATIENCE_S, "the end of the replay")
        found: dict[str, Any] = self.health()["replay"]
        return found


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    sites = SiteWatch.read(None)
    with (
        closing(Connections(settings)) as connections,
        letter_service(connections) as letters,
        health_service(connections, sites, letters=letters) as health,
    ):
        server = board_server(settings.redis, sites, health=health)
        with answering(server) as address:
            yield address


@pytest.fixture
def board(kafka: KafkaServer, topic: str, redis_url: str) -> Iterator[Board]:
    named = {"kafka": kafka.bootstrap, "redis": redis_url, "topic": topic, "actions": f"{topic}-actions"}
    settings = load(named, {})
    with serving(settings) as address:
        yield Board(settings, address)


def plant(board: Board) -> None:
    """Thirty calls, ten of them five minutes ahead; a record of somebody's that is no JSON."""
    now_ms = time.time_ns() // 1_000_000
    with Producer(board.settings.kafka, board.settings.topic) as producer:
        for n in range(30):
            at_ms = now_ms + (300_000 if n % 3 == 0 else -n * 1000)
            data = {"call_id": f"c{n}", "version": 1, "agent": "a1", "direction": "inbound", "outcome": "handled",
                    "ended_at": rfc3339(at_ms)}  # fmt: skip
            producer.send(b"a1", encode("call.ended", f"e{n}", "/t", at_ms, data))
        producer.send(b"a1", '{"name":"王小明","phone":"13800138000",'.encode())


def test_from_the_page_what_was_fixed_is_counted_once_and_poison_stays(board: Board) -> None:
    plant(board)
    board.count(OLD)
    assert board.handled() == 20
    wait_until(lambda: board.letters() == {"future": (10, 0), "not_json": (1, 0)}, PATIENCE_S, "the letters")
    told = {each["reason"]: each for each in board.health()["dead_letters"]}
    assert told["not_json"]["shape"] == '{"aaaa":"aaa","aaaaa":"00000000000",'
    assert "王" not in str(told)
    assert {"code": "letters", "n": 11} in board.health()["to_do"]

    begun = board.replay(reason="future")
    assert (begun.status_code, begun.json()["running"], begun.json()["by"]) == (201, True, "os:tester")
    ended = board.until_ended()
    assert (ended["total"], ended["sent"], ended["error"], ended["reason"]) == (10, 10, None, "future")
    board.count(FIXED)
    assert board.handled() == 30
    wait_until(lambda: board.letters() == {"not_json": (1, 0)}, PATIENCE_S, "the letters that are left")

    assert board.replay().status_code == 201
    wait_until(lambda: board.until_ended()["reason"] is None, PATIENCE_S, "the second replay")
    board.count(FIXED)
    wait_until(lambda: board.letters() == {"not_json": (1, 1)}, PATIENCE_S, "the poison to come back")
    assert board.handled() == 30
    kafka = board.health()["kafka"]
    assert (kafka["reachable"], kafka["log_append_time"]) == (True, True)
    wait_until(lambda: all(each["lag"] == 0 for each in board.health()["partitions"]), PATIENCE_S, "nothing to wait")


def test_on_the_command_line_it_is_listed_first_and_sent_then(board: Board, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        where = [f"--{name}={getattr(board.settings, name)}" for name in ("kafka", "redis", "topic", "actions")]
        return main(["replay", *arguments, *where]), *capsys.readouterr()

    plant(board)
    board.count(OLD)
    code, listed, _ = said("--dead-letters", "--dry-run", "--raw")
    rows = {row["reason"]: row for row in csv.DictReader(io.StringIO(listed))}
    assert {reason: row["waiting"] for reason, row in rows.items()} == {"future": "10", "not_json": "1"}
    assert (code, rows["future"]["topic"]) == (0, board.settings.topic)
    code, _, words = said("--dead-letters", "--reason", "future")
    assert (code, "10 of 10 letters: 10 sent again" in words) == (0, True), words
    board.count(FIXED)
    assert board.handled() == 30
    code, _, words = said("--dead-letters", "--reason", "future")
    assert (code, "no letter waits" in words) == (0, True), words
    assert board.health()["replay"]["total"] == 0
    assert said()[0] == said("x.jsonl", "--format", "events", "--dry-run")[0] == 2


def test_what_was_seen_of_kafka_long_ago_is_not_the_present(board: Board) -> None:
    now_ms = 1_795_415_411_000
    with closing(KafkaObserver(board.settings, lambda: now_ms)) as look:
        assert look() is None
        look.look()
        seen = look()
        assert seen is not None
        assert (seen.error, seen.ends is None) == (None, False)
        now_ms += OLD_MS + 1
        assert look() is None

    away = KafkaObserver(load({"kafka": "127.0.0.1:1", "topic": board.settings.topic}, {}), lambda: now_ms)
    away.look()
    now_ms += OLD_MS
    told = away()
    assert told is not None, "that it cannot be reached is known as long as looking fails"
    assert told.error
    now_ms += 1
    assert away() is None


def test_who_may_not_and_what_cannot_be_is_refused(board: Board) -> None:
    nobody, lead = (patient_http.post(f"{board.address}/letters", who=who, json={}) for who in (None, LEAD))
    assert [(each.status_code, each.json()["error"]) for each in (nobody, lead)] == [
        (401, "signed_out"),
        (404, "not_found"),
    ]
    assert board.replay(reason="nonsense").json()["error"] == "no_reason"
    late = board.replay(reason="too_late")
    assert (late.status_code, late.json()["error"]) == (422, "by_rebuild"), "it could be counted twice"
    form = patient_http.post(f"{board.address}/letters", data={"reason": "future"})
    assert form.status_code == 415
    foreign = {"Origin": "http://elsewhere.example"}
    asked = patient_http.post(f"{board.address}/letters", json={}, headers=foreign)
    assert asked.status_code == 403
    assert board.health()["replay"] is None


def test_one_replay_at_a_time_whoever_began_it(board: Board) -> None:
    with open_redis(board.settings.redis) as client:
        other, stop = Lease(client, key=REPLAY_KEY), threading.Event()
        other.acquire()

        def renew() -> None:
            while not stop.wait(0.2):
                other.hold()

        thread = threading.Thread(target=renew)
        thread.start()
        try:
            refused = board.replay()
        finally:
            stop.set()
            thread.join()
        assert (refused.status_code, refused.json()["error"]) == (409, "replay_runs")
        other.release()
    assert board.replay().status_code == 201
    assert board.until_ended()["error"] is None
