"""What Redis answers while a whole line runs: whatever can pass passes, every process is the same as before, and all is exact."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
import redis

from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.simulator.embedded import free_port
from streams.site_time import rfc3339
from tests import signing
from tests.dashboard.cli.program import Started, started
from tests.dashboard.running import snapshot
from tests.services import stored
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer, closing_down
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services
ROLES = ("consume", "publish", "serve")
SITE = """[site]
name = "One"
zone = "UTC"
[[teams]]
id = "dawn"
name = "Dawn"
profile = "outbound"
"""


class Line(NamedTuple):
    """``callfloor run`` at work on a Redis of its own."""

    run: Started
    server: RedisServer
    producer: Producer
    topic: str
    address: str
    processes: dict[str, psutil.Process]

    def client(self) -> "redis.Redis":
        return redis.Redis.from_url(self.server.url, retry=None)

    def send(self, number: int) -> None:
        """One call of a1, today."""
        now_ms = time.time_ns() // 1_000_000
        data = {"call_id": f"c{number}", "version": 1, "agent": "a1", "direction": "outbound", "outcome": "handled"}
        value = encode("call.ended", f"e{number}", "/test", now_ms, data | {"ended_at": rfc3339(now_ms)})
        self.producer.send(b"a1", value)
        self.producer.flush()

    def shown(self) -> float | None:
        """Calls of the floor on the board; None where there is no fresh board."""
        answer = snapshot(self.address)
        return answer.json()["floor"]["attempts"] if answer.status_code == 200 else None

    def require_same_processes(self) -> None:
        now = {name: self.run.role(name) for name in ROLES}
        assert now == self.processes, self.run.said
        assert "ended (exit code" not in self.run.said


@contextmanager
def running_line(kafka: KafkaServer, folder: Path, server: RedisServer, **settings: str) -> Iterator[Line]:
    """The line with a board; ``server``: the Redis that is asked what was counted. It is used unless ``settings`` say another."""
    (folder / "site.toml").write_text(SITE)
    (folder / "roster.csv").write_text("agent,name,team\na1,An,dawn\n")
    topic, listen = kafka.fresh_topic(), f"127.0.0.1:{free_port()}"
    found = {"KAFKA": kafka.bootstrap, "REDIS": server.url, "TOPIC": topic, "ACTIONS": f"{topic}-actions"}
    found |= {"SITE": str(folder / "site.toml"), "LISTEN": listen} | settings
    variables = {f"CALLFLOOR_{name}": value for name, value in found.items()}
    with started(folder, "run", **variables) as run, Producer(kafka.bootstrap, topic) as producer:
        run.wait_for("the board will be at", PATIENCE_S)
        wait_until(lambda: all(run.role(name) for name in ROLES), PATIENCE_S, "three roles")
        processes = {name: found for name in ROLES if (found := run.role(name))}
        line = Line(run, server, producer, topic, f"http://{listen}", processes)
        signing.use_link(lambda: run.said)
        wait_until(lambda: _answers(line), PATIENCE_S, f"a board; said: {run.said}")
        yield line


@pytest.fixture(scope="module")
def line(kafka: KafkaServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    options = ("--enable-debug-command", "yes", "--enable-protected-configs", "yes", "--lua-time-limit", "50")
    server = RedisServer(tmp_path_factory.mktemp("own-redis"), *options)
    with closing_down(server):
        server.start()
        with running_line(kafka, tmp_path_factory.mktemp("line"), server) as line:
            yield line


def _answers(line: Line) -> bool:
    with suppress(Exception):
        return snapshot(line.address).status_code == 200
    return False


def handled(line: Line) -> int:
    with line.client() as client:
        found = stored.cells(client, line.topic, "mo")
    return found["a1", next((bucket for _, bucket, _ in found), ""), "handled"]


def refuse(line: Line, word: str, begin: Callable[[Any], Any], end: Callable[[Any], Any], loud: bool = True) -> None:
    """Calls before, during and after a fault; ``loud``: consume and publish name it in the log."""
    before = handled(line)
    said = len(line.run.said)
    try:
        with line.client() as client:
            begin(client)
        for number in range(3):
            line.send(time.time_ns() + number)
        if loud:
            for effect in ("nothing is counted", "nothing is published"):
                wait_until(lambda e=effect: named(line, said, e, word), PATIENCE_S, f"{effect}: {word}")
    finally:
        with line.client() as client:
            end(client)
    line.send(time.time_ns())
    wait_until(lambda: handled(line) == before + 4, PATIENCE_S, f"all counted; said: {line.run.said[said:]}")
    wait_until(lambda: line.shown() == before + 4, PATIENCE_S, f"all on the board; said: {line.run.said[said:]}")
    line.require_same_processes()
    for effect in ("nothing is counted", "nothing is published"):
        assert sum(named(line, said, effect, word)) <= 3, line.run.said[said:]  # consume counts two topics


def named(line: Line, since: int, effect: str, word: str) -> list[bool]:
    return [True for text in line.run.said[since:].splitlines() if effect in text and word in text]


def test_a_failover_that_comes_back(line: Line) -> None:
    refuse(line, "READONLY", lambda c: c.replicaof("127.0.0.1", 1), lambda c: c.replicaof("NO", "ONE"))


def test_a_full_memory_that_is_given_more(line: Line) -> None:
    refuse(line, "OOM", lambda c: c.config_set("maxmemory", "1mb"), lambda c: c.config_set("maxmemory", "0"))


def test_replicas_that_are_missing(line: Line) -> None:
    refuse(
        line,
        "NOREPLICAS",
        lambda c: c.config_set("min-replicas-to-write", 1),
        lambda c: c.config_set("min-replicas-to-write", 0),
    )


def test_a_busy_script(line: Line) -> None:
    def begin(client: Any) -> None:
        client.connection_pool.connection_kwargs["socket_timeout"] = 0.2
        with pytest.raises(redis.TimeoutError):
            client.eval("while true do end", 0)

    refuse(line, "BUSY", begin, lambda c: c.execute_command("SCRIPT KILL"))


def test_a_link_to_the_primary_that_is_down(line: Line) -> None:
    """A replica that does not serve what may be old refuses every read too."""

    def begin(client: Any) -> None:
        client.config_set("replica-serve-stale-data", "no")
        client.replicaof("127.0.0.1", 1)

    def end(client: Any) -> None:
        client.replicaof("NO", "ONE")
        client.config_set("replica-serve-stale-data", "yes")

    refuse(line, "MASTERDOWN", begin, end)


def test_a_disk_that_takes_nothing(line: Line) -> None:
    """Redis refuses writes while it cannot save."""
    with line.client() as client:
        folder = client.config_get("dir")["dir"]

    def begin(client: Any) -> None:
        client.config_set("save", "3600 1")
        client.config_set("dir", "/proc")  # no file can be made there
        client.bgsave()
        wait_until(lambda: status(client) == "err", PATIENCE_S, "a save that failed")

    def end(client: Any) -> None:
        client.config_set("dir", folder)
        client.config_set("save", "")
        client.bgsave()
        wait_until(lambda: status(client) == "ok", PATIENCE_S, "a save that went well")

    def status(client: Any) -> str:
        found: str = client.info("persistence")["rdb_last_bgsave_status"]
        return found

    refuse(line, "MISCONF", begin, end)


@pytest.mark.parametrize("stall", [("CLIENT PAUSE", 3000, "ALL"), ("DEBUG SLEEP", 3)])
def test_a_stall(line: Line, stall: tuple[Any, ...]) -> None:
    refuse(line, "", lambda c: c.execute_command(*stall), lambda c: c.ping(), loud=False)


def test_connections_that_are_cut(line: Line) -> None:
    refuse(line, "", lambda c: c.execute_command("CLIENT KILL TYPE normal SKIPME yes"), lambda c: c.ping(), loud=False)


def test_a_restart_that_loads_for_a_while(line: Line) -> None:
    before, said = handled(line), len(line.run.said)
    with line.client() as client:
        # A debug build would delay each key; a real one loads a log that is long.
        pipe = client.pipeline(transaction=False)
        for at in range(200_000):
            pipe.set(f"ballast:{at % 1000}", "x" * 40)
        pipe.execute()
        wait_until(lambda: client.info("persistence")["aof_buffer_length"] == 0, PATIENCE_S, "the log written")
    line.server.kill()
    line.send(time.time_ns())
    line.server.start()
    line.send(time.time_ns())
    wait_until(lambda: handled(line) == before + 2, PATIENCE_S, f"all counted; said: {line.run.said[said:]}")
    wait_until(lambda: line.shown() == before + 2, PATIENCE_S, f"all on the board; said: {line.run.said[said:]}")
    line.require_same_processes()
