"""What cannot pass: each process ends, and says which right or password it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from streams.embedded import free_port
from tests.dashboard.cli.program import STOP_S, call, started
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer, closing_down
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("acl-redis"))
    with closing_down(server):
        server.start()
        yield server


@pytest.fixture
def settings(kafka: KafkaServer, server: RedisServer, topic: str) -> dict[str, str]:
    url = server.url.replace("redis://", "redis://floor:secret@")
    with redis.Redis.from_url(server.url) as client:
        client.execute_command("ACL SETUSER floor reset on >secret allkeys allchannels allcommands")
    found = {"KAFKA": kafka.bootstrap, "REDIS": url, "TOPIC": topic, "ACTIONS": f"{topic}-actions"}
    return {f"CALLFLOOR_{name}": value for name, value in (found | {"LISTEN": f"127.0.0.1:{free_port()}"}).items()}


@pytest.mark.parametrize("role", ["consume", "publish", "serve", "run"])
def test_a_wrong_password_ends_it_at_once(role: str, settings: dict[str, str]) -> None:
    wrong = settings["CALLFLOOR_REDIS"].replace("secret", "guess")
    found = call(role, **settings | {"CALLFLOOR_REDIS": wrong})
    assert found.returncode == 2
    assert "Redis" in found.stderr and "refuses: WRONGPASS" in found.stderr and "the setting `redis`" in found.stderr
    assert "Traceback" not in found.stderr
    assert "guess" not in found.stderr


@pytest.mark.parametrize(
    ("role", "at_work", "taken"),
    [
        ("consume", "counting on from", "-xadd"),
        ("publish", "", "-eval -set"),
        ("serve", "there is no sign-in yet", "-info"),
    ],
)
def test_a_right_that_is_taken_away_ends_it(
    role: str, at_work: str, taken: str, settings: dict[str, str], server: RedisServer, tmp_path: Path
) -> None:
    with started(tmp_path, role, **settings) as process, redis.Redis.from_url(server.url) as client:
        if not at_work:
            _wait_for_lease(client, process.process.pid)
        else:
            process.wait_for(at_work, PATIENCE_S)
        client.execute_command(f"ACL SETUSER floor {taken}")
        client.execute_command("CLIENT KILL USER floor")
        assert process.process.wait(STOP_S) == 2
        assert "NOPERM" in process.said and "ACL" in process.said
        assert "Traceback" not in process.said


def _wait_for_lease(client: "redis.Redis", pid: int) -> None:
    wait_until(lambda: f'"pid": {pid}'.encode() in (client.get("callfloor:publisher") or b""), PATIENCE_S, "the lease")
