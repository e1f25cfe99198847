"""Flags over real services: told outward once, by processes of their own; acted on over HTTP, Kafka and Redis."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from redis import Redis

from dashboard.actions.flag_episodes import Rule, Sighting, opened
from dashboard.actions.flag_register import FlagRegister
from dashboard.board.bus_flags import RedisFlags
from dashboard.cli.main import main
from dashboard.settings import SettingError, Settings, load
from dashboard.site.load import Site
from dashboard.site.watch import SiteWatch
from dashboard.wiring.connections import Connections
from dashboard.wiring.publishing import notifying
from dashboard.wiring.serving import appeal_service, flag_service
from streams.site_time import rfc3339
from tests import patient_http, signing
from tests.dashboard.actions.flag_floor import seen
from tests.dashboard.running import answering, board_server
from tests.services.acting import SITE, TIME, consuming
from tests.services.hearing import WITHIN_S, hearing
from tests.services.kafka import KafkaServer
from tests.services.notifying import EPISODES
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services

ROOT = Path(__file__).parents[2]
PARTITIONS = 4
"""Of the topics that tests make."""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _told_by_two_processes(redis_url: str, how: str) -> Counter[str]:
    """How many messages each of two workers sent, which surely were at work at the same time."""
    with hearing("/one", "/two") as ear:
        workers = [_worker(redis_url, f"{ear.url}/{name}", how) for name in ("one", "two")]
        try:
            assert [worker.wait(3 * WITHIN_S) for worker in workers] == [0, 0]
        finally:
            for worker in workers:
                worker.kill()
        assert {heard.body["title"] for heard in ear.heard} == {"New flags: 1"}
        return Counter(heard.path for heard in ear.heard)


def _worker(redis_url: str, url: str, how: str = "claims") -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.services.notifying", redis_url, url, how], cwd=ROOT)


def test_two_workers_and_a_hundred_episodes_are_a_hundred_notifications(redis_url: str) -> None:
    told = _told_by_two_processes(redis_url, "claims")
    assert told.total() == EPISODES
    assert set(told) == {"/one", "/two"}


def test_without_the_claim_they_would_be_more(redis_url: str) -> None:
    assert _told_by_two_processes(redis_url, "no-claims").total() > EPISODES


def test_a_worker_killed_while_it_sends_is_followed_and_nothing_is_left_untold(redis_url: str) -> None:
    with hearing("/doomed", "/heir") as ear, Redis.from_url(redis_url) as client:
        doomed = _worker(redis_url, f"{ear.url}/doomed")
        wait_until(lambda: ear.heard, WITHIN_S, "the first message, whose answer is held back")
        doomed.kill()
        doomed.wait(WITHIN_S)
        (claim,) = client.keys("callfloor:{flags}:claim:*")
        client.pexpire(claim, 1)  # a minute later
        heir = _worker(redis_url, f"{ear.url}/heir")
        assert heir.wait(3 * WITHIN_S) == 0
        told = Counter(heard.path for heard in ear.heard)
        assert told == {"/doomed": 1, "/heir": EPISODES}
        assert RedisFlags(client).unsent(1) == []


class Line(NamedTuple):
    """A consumer of both topics and a web server at work over a Kafka and a Redis; ``book`` is the publisher's."""

    address: str
    book: FlagRegister

    def post(self, who: str, ref: str, kind: str, **more: Any) -> httpx.Response:
        body = {"ref": ref, "kind": kind, **more}
        return patient_http.post(f"{self.address}/flags", who=signing.acting(who), json=body)

    def get(self, **asked: str) -> list[dict[str, Any]]:
        answer = patient_http.get(f"{self.address}/flags", params=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["flags"]
        return found


@contextmanager
def serving(settings: Any, site: Site = SITE) -> Iterator[str]:
    with closing(Connections(settings)) as connections:
        desk, flags = appeal_service(connections, lambda: site), flag_service(connections, lambda: site)
        server = board_server(settings.redis, SiteWatch.fixed(site), appeals=desk, flags=flags)
        with answering(server) as address:
            yield address


@pytest.fixture
def settings(kafka: KafkaServer, topic: str, redis_url: str) -> Settings:
    return load({"kafka": kafka.bootstrap, "redis": redis_url, "topic": topic, "actions": f"{topic}-actions"}, {})


@pytest.fixture
def line(kafka: KafkaServer, topic: str, settings: Settings) -> Iterator[Line]:
    with (
        consuming(kafka, topic, settings.redis),
        serving(settings) as address,
        closing(Connections(settings)) as connections,
    ):
        connections.settle_partitions()
        yield Line(address, connections.flags(SITE))


def _sightings(*agents: str, rule: Rule = "review") -> list[Sighting]:
    return [Sighting(agent, "dawn", rule, TIME.day(_now_ms()).label, {"log_e": 7.0}) for agent in agents]


def test_an_acknowledged_flag_is_gone_within_a_second_and_stays_so(line: Line, settings: Settings) -> None:
    line.book.open_episodes(_sightings("a1", "a2"), _now_ms())
    first, second = (each["id"] for each in reversed(line.get(state="open")))
    assert line.post("a1", first, "flag.acknowledged").json()["error"] == "own_flag"
    assert line.post("boss", first, "flag.contested", text="x").status_code == 403
    assert line.post("a1", first, "flag.contested", text="no line for an hour").status_code == 201
    found = line.post("boss", first, "flag.acknowledged", text="we talked", useful=True)
    assert (found.status_code, found.json()["counted"], found.json()["state"]) == (201, True, "acknowledged")
    assert [each["by"] for each in found.json()["actions"]] == ["agent:a1", "oidc:boss"]
    assert line.post("boss", first, "flag.acknowledged").status_code == 409

    def is_known() -> bool:
        line.book.open_episodes(_sightings("a1", "a2"), _now_ms())
        return "a1" in line.book.restarts

    wait_until(is_known, PATIENCE_S, "the publisher to know it")
    assert [each.id for each in line.book.waiting()] == [second]
    assert dict(line.book.restarts) == {"a1": TIME.day(_now_ms()).label}
    assert line.book.review_open == frozenset({"a2"})
    for _ in range(3):
        line.book.open_episodes(_sightings("a1", "a2"), _now_ms())
    with serving(settings) as other:  # another worker, just started, says the same
        assert patient_http.get(f"{other}/flags").json()["flags"] == line.get()
    assert [each["state"] for each in reversed(line.get())] == ["acknowledged", "open"]


def test_two_leads_who_acknowledge_at_once_are_one_acknowledgement(line: Line) -> None:
    line.book.open_episodes(_sightings("a1"), _now_ms())
    ref = line.get()[0]["id"]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda who: line.post(who, ref, "flag.acknowledged", text=who), ["boss", "deputy"]))
    assert sorted(each.status_code for each in answers) == [201, 409]
    (kept,), (lost,) = ([each.json() for each in answers if each.status_code == code] for code in (201, 409))
    assert lost["error"] == "already_acknowledged"
    (found,) = line.get()
    assert [(each["kind"], each["text"]) for each in found["actions"]] == [
        ("flag.acknowledged", kept["actions"][0]["text"])
    ]


def test_snooze_note_and_coaching_go_the_same_way(line: Line) -> None:
    line.book.open_episodes(_sightings("a1", rule="quality"), _now_ms())
    ref = line.get()[0]["id"]
    until = rfc3339(_now_ms() + 3_600_000)
    due = (TIME.day(_now_ms()).label + timedelta(days=7)).isoformat()
    for body in (
        {"kind": "flag.snoozed", "until": until},
        {"kind": "flag.noted", "text": "new product"},
        {"kind": "coaching.planned", "text": "listen to two calls", "due": due},
        {"kind": "coaching.closed", "useful": False},
    ):
        answer = line.post("boss", ref, **body)
        assert (answer.status_code, answer.json().get("counted")) == (201, True), answer.text
    (found,) = line.get(agent="a1", team="dawn", state="snoozed")
    assert (found["snoozed_until"], found["useful"], len(found["actions"])) == (until, False, 4)
    assert (found["coaching"][0]["due"], found["coaching"][0]["closed"] is not None) == (due, True)


def test_what_may_not_be_is_an_error_in_words(line: Line) -> None:
    url = f"{line.address}/flags"
    foreign = {"origin": "https://evil.example"}
    body = {"ref": "review-a1-20261123", "kind": "flag.acknowledged"}
    answers = (
        (patient_http.post(url, who=signing.acting("boss"), data=body), 415, "not_json"),
        (patient_http.post(url, who=signing.acting("boss"), json=body, headers=foreign), 403, "foreign_page"),
        (patient_http.post(url, who=None, json=body), 401, "signed_out"),
        (patient_http.post(url, who=signing.acting("boss"), json={"kind": 1}), 422, "bad_body"),
        (patient_http.post(url, who=signing.acting("boss"), json=body | {"text": "x" * 501}), 422, "bad_body"),
        (patient_http.post(url, who=signing.acting("boss"), json=body), 404, "no_flag"),
        (patient_http.get(url, params={"state": "odd"}), 400, "bad_state"),
    )
    for answer, status, word in answers:
        assert (answer.status_code, answer.json()["error"]) == (status, word)
        assert answer.headers["cache-control"] == "no-store"


def test_in_works_council_mode_no_flag_of_a_person_is_told(line: Line, settings: Settings) -> None:
    with serving(settings, replace(SITE, works_council="count")) as address:
        answer = patient_http.get(f"{address}/flags")
        assert (answer.status_code, answer.json()["error"]) == (404, "works_council")


SITE_FILE = """
[site]
zone = "Asia/Shanghai"
works_council = {works_council}
[[teams]]
id = "dawn"
"""


def _report(settings: Settings, folder: Path, works_council: str, *more: str) -> int:
    site = folder / "site.toml"
    site.write_text(SITE_FILE.format(works_council=works_council), "utf-8")
    (folder / "roster.csv").write_text("agent,name,team,from,to\na1,An,dawn,,\na2,Bo,dawn,,\n", "utf-8")
    named = {"kafka": settings.kafka, "redis": settings.redis.url, "topic": settings.topic, "actions": settings.actions}
    options = [f"--{name}={value}" for name, value in named.items()]
    month = f"{TIME.day(_now_ms()).label:%Y-%m}"
    return main(["report", "--month", month, "--site", str(site), *options, *more])


def test_the_report_counts_what_was_useful_and_says_when_it_was_not(
    line: Line, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line.book.open_episodes(_sightings("a1"), _now_ms())
    assert line.post("boss", line.get()[0]["id"], "flag.acknowledged", useful=False).json()["counted"]
    assert _report(settings, tmp_path, "false", "--format", "json") == 0
    printed = capsys.readouterr()
    rows = json.loads(printed.out)
    assert [rows[0][name] for name in ("agents", "flagged", "never_flagged", "flags", "acknowledged")] == [
        2,
        1,
        1,
        1,
        1,
    ]
    assert (rows[0]["not_useful"], rows[0]["useful_share"], rows[0]["advice"]) == (1, 0.0, "raise thresholds")
    assert "review: 0 of 1 flags were called useful, less than half: raise the thresholds" in printed.err
    assert '"a1"' not in printed.out


def test_in_works_council_mode_the_report_says_that_there_is_none(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Redis.from_url(settings.redis.url) as client:
        assert RedisFlags(client).create(opened(seen(), _now_ms()))
        before = client.dbsize()
        assert _report(settings, tmp_path, '"count"') == 0
        assert client.dbsize() == before
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1
    assert "works_council judges no person: no flags of persons are computed" in printed.err


def test_the_publisher_tells_by_the_setting_and_under_a_works_council_nothing(redis_url: str) -> None:
    with hearing() as ear, Redis.from_url(redis_url) as client:
        settings = load({"redis": redis_url}, {"CALLFLOOR_NOTIFY": f"{ear.url}/told"})
        with notifying(Connections(settings), lambda: replace(SITE, works_council="count")):
            assert RedisFlags(client).create(opened(seen(), _now_ms()))
            wait_until(lambda: client.exists("callfloor:{flags}:turn"), WITHIN_S, "a turn, in which nothing is sent")
        assert (ear.heard, len(RedisFlags(client).unsent(9))) == ([], 1)
        client.delete("callfloor:{flags}:turn", *client.keys("callfloor:{flags}:claim:*"))
        with notifying(Connections(settings), lambda: SITE):
            wait_until(lambda: not RedisFlags(client).unsent(9), WITHIN_S, "the flag to be told")
        (heard,) = ear.heard
        assert (heard.path, heard.body["title"]) == ("/told", "新提示 1 条，请查看")
        assert "a1" not in json.dumps(heard.body, ensure_ascii=False)
    with (
        pytest.raises(SettingError, match="^notify-file: "),
        notifying(Connections(load({}, {"CALLFLOOR_NOTIFY": "nonsense://x"})), lambda: SITE),
    ):
        pass
    with notifying(Connections(load({"redis": "redis://127.0.0.1:1"}, {})), lambda: SITE):
        assert "flags-telling" not in {thread.name for thread in threading.enumerate()}
