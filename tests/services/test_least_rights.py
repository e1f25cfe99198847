"""The whole line with the least rights: the rights of docs/, three users, TLS on both sides, and nothing is refused.

The files are those that a centre uses: docs/kafka-acls.sh is run, and a Redis starts with docs/redis-users.acl.
"""

import csv
import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import redis
from kafka.admin import ACLOperation, ResourceType

from dashboard.access import audit_log
from dashboard.actions.flag_episodes import opened
from dashboard.board.bus_flags import RedisFlags
from streams import actions
from streams.dead_letters import letters as dead_letters
from streams.kafka_log import topics
from streams.kafka_log.produce import Producer
from streams.security import Secret, TlsFiles
from streams.simulator.embedded import free_port
from streams.store.client import open_redis
from streams.store.redis_endpoint import RedisEndpoint
from tests.dashboard.actions.flag_floor import seen
from tests.dashboard.cli.program import Started, call, started
from tests.golden import ROOT
from tests.services.certificates import Authority
from tests.services.redis_server import RedisServer, closing_down
from tests.services.secured_kafka import PASSWORD, SecuredKafka
from tests.services.test_secured_redis import tls_options, tls_server
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
ROLES = ("consume", "publish", "serve")
EVENTS, ACTIONS = "callfloor.events", "callfloor.actions"
ADMIN = "user admin on >admin ~* &* +@all\n"
_SHIM = '#!/bin/sh\npython3 -c "import json, sys; print(json.dumps(sys.argv[1:]))" "$@"\n'


def documented_rights(folder: Path) -> list[tuple[str, ACLOperation, ResourceType, str]]:
    """docs/kafka-acls.sh, run with a program that only writes down what it is asked: user, operation, kind, name."""
    shim = folder / "kafka-acls"
    shim.write_text(_SHIM)
    shim.chmod(0o755)
    script = ["sh", "-eu", str(ROOT / "docs" / "kafka-acls.sh")]
    run = subprocess.run(
        script, env={**os.environ, "KAFKA_ACLS": str(shim)}, capture_output=True, text=True, check=True
    )
    return [right for line in run.stdout.splitlines() for right in _rights(json.loads(line))]


def _rights(words: list[str]) -> Iterator[tuple[str, ACLOperation, ResourceType, str]]:
    assert words[0] == "--add"
    options = list(zip(words[1::2], words[2::2], strict=True))
    named = dict(options)
    kind = ResourceType.GROUP if "--group" in named else ResourceType.TOPIC
    user = named["--allow-principal"].removeprefix("User:")
    for option, value in options:
        if option == "--operation":
            name = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in value).lstrip("_")
            yield user, ACLOperation[name.upper()], kind, named.get("--group") or named["--topic"]


class Rights(NamedTuple):
    """Both services with the documented users, and how each role reaches them."""

    kafka: SecuredKafka
    redis: RedisServer
    tls_port: int
    authority: Authority
    folder: Path
    listen: str

    def settings(self, role: str) -> dict[str, str]:
        for user in (role, "sessions"):
            (self.folder / f"{user}.redis").write_text(f"change-{user}\n")
        own = {
            "CALLFLOOR_SESSIONS": f"rediss://localhost:{self.tls_port}/0",
            "CALLFLOOR_SESSIONS_USER": "sessions",
            "CALLFLOOR_SESSIONS_PASSWORD_FILE": str(self.folder / "sessions.redis"),
        }
        return {
            **(own if role == "serve" else {}),
            "CALLFLOOR_KAFKA": self.kafka.address("SIGNED"),
            "CALLFLOOR_KAFKA_SECURITY": "SASL_SSL",
            "CALLFLOOR_KAFKA_MECHANISM": "SCRAM-SHA-256",
            "CALLFLOOR_KAFKA_USER": role,
            "CALLFLOOR_KAFKA_PASSWORD": PASSWORD,
            "CALLFLOOR_KAFKA_CA": str(self.kafka.authority.ca),
            "CALLFLOOR_REDIS": f"rediss://localhost:{self.tls_port}/0",
            "CALLFLOOR_REDIS_USER": role,
            "CALLFLOOR_REDIS_PASSWORD_FILE": str(self.folder / f"{role}.redis"),
            "CALLFLOOR_REDIS_CA": str(self.authority.ca),
            "CALLFLOOR_SITE": str(self.folder / "site.toml"),
            "CALLFLOOR_LISTEN": self.listen,
        }

    def client(self, role: str) -> Any:
        secret, tls = Secret(value=f"change-{role}"), TlsFiles(str(self.authority.ca))
        return open_redis(RedisEndpoint(f"rediss://localhost:{self.tls_port}/0", role, secret, tls))

    def denied(self) -> list[dict[str, Any]]:
        """What Redis refused since the last time, of our users."""
        with redis.Redis.from_url(self.redis.url, decode_responses=True) as admin:
            found: list[dict[str, Any]] = admin.acl_log()
            admin.acl_log_reset()
        return [{name: each[name] for name in ("username", "reason", "object")} for each in found]


@pytest.fixture(scope="module")
def rights(secured_kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rights]:
    folder = tmp_path_factory.mktemp("least-rights")
    for user in ROLES:
        secured_kafka.add_user(user)
    for user, *right in documented_rights(folder):
        secured_kafka.allow(user, tuple(right))
    for topic, partitions, kept_ms in (
        (EVENTS, 4, topics.RETENTION_MS),
        (ACTIONS, 4, actions.RETENTION_MS),
        (dead_letters.TOPIC, 1, topics.RETENTION_MS),
        (audit_log.TOPIC, 1, audit_log.RETENTION_MS),
    ):
        topics.ensure_topic(secured_kafka.bootstrap, topic, partitions, kept_ms)
    acl = folder / "users.acl"
    acl.write_text((ROOT / "docs" / "redis-users.acl").read_text("utf-8") + ADMIN)
    authority, port = Authority(folder), free_port()
    options = [*tls_options(port, authority, authority.sign("redis")), "--aclfile", str(acl)]
    server = tls_server(tmp_path_factory.mktemp("acl-redis"), options, "admin:admin")
    with closing_down(server):
        yield Rights(secured_kafka, server, port, authority, folder, f"127.0.0.1:{free_port()}")


def test_the_documented_topics_are_those_that_callfloor_makes() -> None:
    text = (ROOT / "docs" / "secured-services.md").read_text("utf-8")
    lines = [shlex.split(line) for line in text.splitlines() if line.startswith("kafka-topics --create")]
    kept = {
        line[3]: next(word.partition("=")[2] for word in line if word.startswith("retention.ms=")) for line in lines
    }
    wanted = {EVENTS: topics.RETENTION_MS, ACTIONS: actions.RETENTION_MS, dead_letters.TOPIC: topics.RETENTION_MS}
    wanted |= {audit_log.TOPIC: audit_log.RETENTION_MS}
    assert kept == {topic: str(ms) for topic, ms in wanted.items()}
    assert all("message.timestamp.type=LogAppendTime" in line for line in lines)


def test_the_whole_line_works_and_nothing_is_refused(rights: Rights) -> None:
    floor = ("--agents", "24", "--teams", "2", "--hours-in", "3")
    wrote = call("simulate", *floor, "--write-site", str(rights.folder))
    assert wrote.returncode == 0, wrote.stderr
    plain = {"CALLFLOOR_KAFKA": rights.kafka.bootstrap, "CALLFLOOR_SITE": str(rights.folder / "site.toml")}
    with ExitStack() as stack:
        consume = stack.enter_context(_started(rights, "consume"))
        stack.enter_context(started(_made(rights.folder / "simulate"), "simulate", *floor, "--days", "1", **plain))
        wait_until(lambda: "counting on from" in consume.said, PATIENCE_S, "partitions taken over")
        others = [stack.enter_context(_started(rights, role)) for role in ("publish", "serve")]
        with _signed_in(others[1]) as browser:
            _use(browser, rights, (consume, *others))
        for process in (consume, *others):
            assert process.process.poll() is None, process.said
            assert "Traceback" not in process.said and "NOPERM" not in process.said, process.said
            assert "AuthorizationFailed" not in process.said and "heartbeat: nothing" not in process.said, process.said
    found = call("check", **rights.settings("serve"))
    assert found.returncode == 0, found.stdout + found.stderr
    assert "warning" not in found.stdout
    assert rights.denied() == []


@contextmanager
def _started(rights: Rights, role: str) -> Iterator[Started]:
    with started(_made(rights.folder / role), role, **rights.settings(role)) as process:
        yield process


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@contextmanager
def _signed_in(serve: Started) -> Iterator[httpx.Client]:
    """The user of the machine, by the link that the terminal shows."""
    link = wait_until(lambda: re.search(r"(http://\S+)/sign-in/link\?code=\S+", serve.said), PATIENCE_S, "the link")
    assert link is not None
    with httpx.Client(base_url=link[1], timeout=PATIENCE_S) as browser:
        assert browser.get(link[0]).status_code == 303
        yield browser


def _use(browser: httpx.Client, rights: Rights, processes: tuple[Started, ...]) -> None:
    """Everything a web server is asked for, until it shows what was counted."""

    def get(path: str) -> Any:
        found = browser.get(path)
        assert found.status_code == 200, (path, found.text[:500])
        return found

    def health() -> dict[str, Any]:
        found: dict[str, Any] = get("/health.json").json()
        return found

    wait_until(lambda: browser.get("/snapshot?topic=floor").status_code == 200, PATIENCE_S, "a snapshot of the floor")
    wait_until(lambda: _at_work(processes) and health()["sources"], PATIENCE_S, "a source on the health page")
    with (rights.folder / "roster.csv").open(encoding="utf-8-sig", newline="") as file:
        someone = next(csv.DictReader(file))
    agent, team = someone["agent"], someone["team"]
    day = f"{time.strftime('%Y-%m-%d')}"
    for path in (
        *("/wall/main", f"/team/{team}", "/rollup", "/campaigns", "/health", "/displays", "/displays.json"),
        *(f"/explain?agent={agent}&period=day", f"/explain?agent={agent}&period=month", f"/curve?agent={agent}"),
        *(f"/appeals?agent={agent}", f"/flags?team={team}", "/session.json", "/health.json"),
    ):
        get(path)
    given = {"kind": "feedback.given", "agent": agent, "text": f"well done on {day}"}
    posted = browser.post("/feedback", json=given)
    assert posted.json().get("counted") is True, posted.text
    with Producer(rights.kafka.bootstrap, EVENTS) as producer:
        producer.send(b"a1", b"no event")
    wait_until(lambda: health()["dead_letters"], PATIENCE_S, "a dead letter on the health page")
    again = browser.post("/letters", json={"reason": None})
    assert again.status_code == 201, again.text
    wait_until(lambda: (health()["dead_letters"] or [{}])[0].get("again"), PATIENCE_S, "the letter sent again")
    assert browser.post("/sign-out", json={}).status_code == 200
    assert browser.get("/session.json").status_code == 401


def _at_work(processes: tuple[Started, ...]) -> bool:
    for process in processes:
        assert process.process.poll() is None, process.said
    return True


@pytest.mark.parametrize("role", ["publish", "serve"])
def test_the_store_of_flags_works_for_who_uses_it(role: str, rights: Rights) -> None:
    now_ms = time.time_ns() // 1_000_000
    episode = opened(seen(role), now_ms)
    rights.denied()
    with closing(rights.client(role)) as client:
        flags = RedisFlags(client)
        flags.create(episode)
        assert flags.after(0).entries
        flags.rearm(episode.id)
        assert flags.unsent(5)
        assert flags.claim(episode.id, role)
        flags.sent(episode.id)
        flags.turn(1)
        flags.keep_shifts("a1", {})
        assert flags.shifts(["a1"]) == {"a1": {}}
    assert rights.denied() == []


@pytest.mark.parametrize(
    ("role", "command"),
    [
        (role, command)
        for role in ("publish", "serve")
        for command in (
            "HSET {{callfloor.events/0}}:d:20261101 a1 x",
            "DEL {{callfloor.events/0}}:meta",
            "SET {{callfloor.events/0}}:meta x",
            "XADD {{callfloor.events/0}}:chg * f x",
            "FLUSHALL",
            "CONFIG GET *",
            "ACL LIST",
            "KEYS *",
        )
    ]
    + [
        ("serve", "PUBLISH callfloor:frames:floor x"),
        ("serve", "SET callfloor:snapshot:floor x"),
        ("serve", "SET callfloor:publisher x"),
        ("consume", "SET callfloor:snapshot:floor x"),
        ("consume", "PUBLISH callfloor:frames:floor x"),
        ("consume", "FLUSHALL"),
    ],
)
def test_a_role_cannot_do_what_is_another_s(role: str, command: str, rights: Rights) -> None:
    rights.denied()
    with closing(rights.client(role)) as client, pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command.replace("{{", "{").replace("}}", "}").split())
    assert [each["username"] for each in rights.denied()] == [role]


def test_consume_without_a_right_says_which_at_the_start(rights: Rights) -> None:
    rights.kafka.add_user("half")
    kafka = {"CALLFLOOR_KAFKA_USER": "half"}
    for right in documented_rights(rights.folder):
        if right[0] == "consume" and right[1:] != (ACLOperation.WRITE, ResourceType.TOPIC, EVENTS):
            rights.kafka.allow("half", right[1:])
    found = call("consume", "--instance", "half", **rights.settings("consume") | kafka)
    assert found.returncode == 2
    assert f"user 'half' has not the right Write on topic '{EVENTS}'" in found.stderr
    assert "Traceback" not in found.stderr
