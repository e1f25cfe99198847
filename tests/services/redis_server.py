"""A real Redis (or Valkey): a process of our own with the append-only file, and one in cluster mode."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from streams.simulator.embedded import DidNotStart, NotInstalled, ServerProcess, answers, free_port, log_of, redis_is
from streams.simulator.embedded import redis_program as found_program
from tests.absence import absent
from tests.services.guarded import guarded
from tests.waiting import PATIENCE_S, wait_until

_DURABLE = ("--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction")


class RedisServer:
    """One server. Its data and its port stay the same over stop, kill and start."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._port = free_port()
        self._options = options
        self._running: ServerProcess | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return "127.0.0.1", self._port

    @property
    def pid(self) -> int:
        assert self._running, "Redis is not running"
        return self._running.pid

    def start(self) -> None:
        """Starts it unless it runs, and waits until it has loaded its data and answers as this process."""
        if self._running and self._running.alive():
            return
        command = [redis_program(), "--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        self._running = guarded(self.url, [*command, *_DURABLE, *self._options], self._folder)
        if not answers(self._running, lambda one: redis_is(one.address, one.pid)):
            self._running.stop()
            raise DidNotStart(log_of(self._folder).read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """A clean shutdown; nothing if it is down already."""
        if self._running:
            self._running.stop()

    def kill(self) -> None:
        """kill -9."""
        assert self._running
        self._running.process.kill()
        self._running.process.wait()

    def flush(self) -> None:
        """Forgets everything."""
        with Redis.from_url(self.url) as client:
            client.flushall()


def redis_program() -> str:
    """The server program, or the test is not run."""
    try:
        return found_program()
    except NotInstalled as missing:
        absent(str(missing))


def take_all_slots(server: RedisServer) -> None:
    """Makes a server in cluster mode a cluster of one: every hash slot is its own."""
    with Redis.from_url(server.url, decode_responses=True) as client:
        client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
        wait_until(
            lambda: client.execute_command("CLUSTER INFO")["cluster_state"] == "ok", PATIENCE_S, "all slots served"
        )


@contextmanager
def closing_down(server: RedisServer) -> Iterator[None]:
    """Stops the server whatever happens."""
    try:
        yield
    finally:
        server.stop()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The server of the session, for tests that stop and start it; the others ask for `redis_url`."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    with closing_down(server):
        server.start()
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """URL of an empty Redis, running whatever the test before did to it."""
    redis_server.start()
    redis_server.flush()
    return redis_server.url


@pytest.fixture(scope="session")
def redis_cluster_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server in cluster mode that holds all 16384 slots: a transaction over two slots fails there as in any cluster."""
    ports = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()))
    server = RedisServer(tmp_path_factory.mktemp("redis-cluster"), *ports)
    with closing_down(server):
        server.start()
        take_all_slots(server)
        yield server


@pytest.fixture
def redis_cluster(redis_cluster_server: RedisServer) -> str:
    """URL of an empty Redis Cluster."""
    redis_cluster_server.start()
    redis_cluster_server.flush()
    return redis_cluster_server.url
