"""A Redis Cluster with TLS and the documented users: counted, published and served, and nothing is refused."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import redis

from streams.kafka_log.produce import Producer
from streams.simulator.embedded import free_port
from tests import patient_http, signing
from tests.dashboard.cli.program import Started, call, started
from tests.dashboard.running import snapshot
from tests.golden import ROOT
from tests.services.certificates import Authority
from tests.services.consuming import call as call_event
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer, closing_down, take_all_slots
from tests.services.test_least_rights import ADMIN
from tests.services.test_redis_answers import SITE
from tests.services.test_secured_redis import tls_options, tls_server
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


@contextmanager
def secured_cluster(folder: Path, names: tuple[str, ...]) -> Iterator[tuple[RedisServer, str, Authority]]:
    """A cluster of one node with the documented users, its URL with TLS, and who signed its certificate of these names."""
    (folder / "users.acl").write_text((ROOT / "docs" / "redis-users.acl").read_text("utf-8") + ADMIN)
    (folder / "redis").mkdir()
    authority, port = Authority(folder), free_port()
    cluster = ["--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--tls-cluster", "yes"]
    tls = tls_options(port, authority, authority.sign("redis", names))
    server = tls_server(folder / "redis", [*tls, *cluster, "--aclfile", str(folder / "users.acl")], "admin:admin")
    with closing_down(server):
        take_all_slots(server)
        yield server, f"rediss://localhost:{port}/0", authority


def test_the_documented_users_of_a_cluster_with_tls(kafka: KafkaServer, topic: str, tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)
    (tmp_path / "roster.csv").write_text("agent,name,team\na1,An,dawn\n")
    listen = f"127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        server, url, authority = stack.enter_context(secured_cluster(tmp_path, ("localhost", "127.0.0.1")))

        def settings(role: str) -> dict[str, str]:
            given = {"KAFKA": kafka.bootstrap, "TOPIC": topic, "ACTIONS": f"{topic}-actions", "LISTEN": listen}
            given |= {"SITE": str(tmp_path / "site.toml"), "REDIS": url, "REDIS_CA": str(authority.ca)}
            given |= {"REDIS_USER": role, "REDIS_PASSWORD": f"change-{role}"}
            if role == "serve":
                given |= {"SESSIONS_USER": "sessions", "SESSIONS_PASSWORD": "change-sessions"}
            return {f"CALLFLOOR_{name}": value for name, value in given.items()}

        with Producer(kafka.bootstrap, topic) as producer:
            for number in range(5):
                producer.send(b"a1", call_event(number))
        processes = []
        for role in ("consume", "publish", "serve"):
            (tmp_path / role).mkdir()
            processes.append(stack.enter_context(started(tmp_path / role, role, **settings(role))))
            if role == "consume":
                processes[0].wait_for("counting on from", PATIENCE_S)
        signing.use_link(lambda: processes[-1].said)
        wait_until(lambda: shows(f"http://{listen}", processes, 5), PATIENCE_S, "the calls on the board")
        assert patient_http.get(f"http://{listen}/health.json").status_code == 200
        found = call("check", **settings("serve"))
        assert found.returncode == 0, found.stdout + found.stderr
        with redis.Redis.from_url(server.url, decode_responses=True) as admin:
            assert [(each["username"], each["object"]) for each in admin.acl_log()] == []
        assert not [each.said for each in processes if "Traceback" in each.said or "NOPERM" in each.said]


def shows(address: str, processes: list[Started], calls: int) -> bool:
    assert all(each.process.poll() is None for each in processes), [each.said for each in processes]
    with suppress(httpx.HTTPError):
        answer = snapshot(address)
        return answer.status_code == 200 and answer.json()["floor"]["attempts"] == calls
    return False


def test_a_node_that_announces_another_name_is_told(tmp_path: Path) -> None:
    """A cluster is entered by its nodes' own names: redis-py asks localhost by its address, as nodes that announce theirs."""
    with secured_cluster(tmp_path, ("localhost",)) as (_, url, authority):
        found = call(
            "totals",
            "--redis",
            url,
            "--redis-ca",
            str(authority.ca),
            "--redis-user",
            "serve",
            "--by",
            "agent",
            "--period",
            "day",
            CALLFLOOR_REDIS_PASSWORD="change-serve",
        )
    assert found.returncode == 2
    assert "set cluster-announce-hostname of each node to the name in its certificate" in found.stderr
