"""compose.yaml says what the product can do: its commands, its settings, and servers that are safe for the counters."""

import os
import re
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest
import yaml  # type: ignore[import-untyped]
from redis import Redis
from redis.exceptions import AuthenticationError

from dashboard.cli.main import COMMANDS
from dashboard.settings import SETTINGS
from streams.kafka_log.topics import RETENTION_MS
from streams.simulator.embedded import answers, free_port, launch, redis_is
from tests.golden import ROOT
from tests.services.kafka_jars import kafka_version
from tests.services.redis_server import redis_program

ROLES = {"consume", "publish", "serve"}
SECRET = "/run/secrets/redis-password"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    return found


def test_the_three_roles_are_commands_of_one_image(services: dict[str, Any]) -> None:
    roles = {name: service for name, service in services.items() if "build" in service}
    assert set(roles) == ROLES
    assert {word for role in roles.values() for word in role["command"]} <= {command.name for command in COMMANDS}
    assert 'ENTRYPOINT ["callfloor"]' in (ROOT / "Dockerfile").read_text("utf-8")


def test_the_roles_are_given_settings_that_exist(services: dict[str, Any]) -> None:
    known = {setting.variable: setting.default for setting in SETTINGS}
    known |= {secret: "" for setting in SETTINGS if (secret := setting.secret_variable)}
    for role in ROLES:
        given = {name: _default(value) for name, value in services[role]["environment"].items()}
        assert given.pop("CALLFLOOR_REDIS_PASSWORD_FILE") == SECRET
        assert given == {name: known[name] for name in given}


def test_everything_listens_on_this_machine_only(services: dict[str, Any]) -> None:
    assert all(service["network_mode"] == "host" and "ports" not in service for service in services.values())
    addresses = re.findall(r"//([^:,]+):", services["kafka"]["environment"]["KAFKA_LISTENERS"])
    assert addresses == ["127.0.0.1", "127.0.0.1"]
    assert "--listen" not in services["serve"]["command"]


def test_the_broker_is_the_tested_one_and_its_topic_is_ours(services: dict[str, Any]) -> None:
    assert services["kafka"]["image"] == services["topic"]["image"] == f"apache/kafka:{kafka_version()}"
    assert f"--config=retention.ms={RETENTION_MS}" in services["topic"]["command"]
    assert "--config=message.timestamp.type=LogAppendTime" in services["topic"]["command"]


def test_what_a_service_waits_for_exists(services: dict[str, Any]) -> None:
    awaited = {
        (other, how["condition"])
        for service in services.values()
        for other, how in service.get("depends_on", {}).items()
    }
    assert awaited == {
        ("kafka", "service_healthy"),
        ("redis", "service_healthy"),
        ("topic", "service_completed_successfully"),
    }
    assert all("healthcheck" in services[name] for name, how in awaited if how == "service_healthy")


def test_the_health_check_of_serve_asks_this_machine_whatever_the_proxy(services: dict[str, Any]) -> None:
    _, *command = services["serve"]["healthcheck"]["test"]
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as there:  # answers 501: asked is what counts
        code = command[-1].replace("127.0.0.1:8050", f"127.0.0.1:{there.server_port}")
        there.timeout = 20
        asked = Thread(target=there.handle_request)
        asked.start()
        proxied = {**os.environ, "http_proxy": "http://127.0.0.1:1", "no_proxy": ""}
        found = subprocess.run([sys.executable, "-c", code], env=proxied, capture_output=True, text=True, check=False)
        asked.join()
    assert "HTTP Error 501" in found.stderr


@pytest.mark.services
def test_redis_takes_its_options_keeps_the_counters_and_wants_the_password(
    services: dict[str, Any], tmp_path: Path
) -> None:
    port, password = free_port(), tmp_path / "password"
    password.write_text("c0ffee\n")
    shell, option, script = services["redis"]["command"]
    own = _in_container(script, password).replace("exec redis-server", f"exec {redis_program()} --port {port}")
    address = f"redis://:c0ffee@127.0.0.1:{port}/0"
    running = launch(address, [shell, option, own], tmp_path)
    try:
        assert answers(running, lambda one: redis_is(one.address, one.pid))
        with Redis.from_url(address, decode_responses=True) as client:
            kept = {name: client.config_get(name)[name] for name in ("maxmemory-policy", "appendonly", "appendfsync")}
        assert kept == {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec"}
        with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
        assert "c0ffee" not in " ".join(psutil.Process(running.pid).cmdline())
        _, ask = services["redis"]["healthcheck"]["test"]
        asks = ["sh", "-c", _in_container(ask, password).replace("redis-cli", f"redis-cli -p {port}")]
        assert (
            shutil.which("redis-cli") is None or subprocess.run(asks, capture_output=True, check=False).returncode == 0
        )
    finally:
        running.stop()


def test_the_password_is_a_file_for_redis_and_for_the_roles(services: dict[str, Any]) -> None:
    assert all(services[name]["secrets"] == ["redis-password"] for name in {*ROLES, "redis"})
    assert services["redis"]["user"] == "redis"
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {"/secrets/", "/access/"} <= set(ignored)


def test_the_image_is_made_of_files_that_exist() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
    sources = [name for line in copied for name in line.split()]
    assert len(sources) == 8
    assert all((ROOT / name).exists() for name in sources)
    assert {f"!{name}" for name in sources} <= set((ROOT / ".dockerignore").read_text("utf-8").splitlines())


def _in_container(text: str, password: Path) -> str:
    """What a shell in the container gets of a text of compose, with another file of the password."""
    assert "$$(cat " in text
    return text.replace("$$", "$").replace(SECRET, str(password))


def _default(value: str) -> str:
    """What compose puts in where the variable is not set: ``${NAME:-default}`` -> default."""
    found = re.fullmatch(r"\$\{\w+:?-(.*)\}", value)
    return found.group(1) if found else value
