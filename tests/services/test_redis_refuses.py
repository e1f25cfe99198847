"""Who is not let in ends and says which right or password it is; who was let in before says it and waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from streams.kafka_log.produce import Producer
from streams.simulator.embedded import free_port
from streams.store.reader import Reader
from tests.dashboard.cli.program import STOP_S, Started, call, started
from tests.services.consuming import PARTITIONS
from tests.services.consuming import call as call_event
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


TAKEN = {"consume": "xadd", "publish": "eval", "serve": "info"}
"""A command that each needs when it begins, and later."""
EFFECT = {"consume": "nothing is counted", "publish": "nothing is published", "serve": "viewers get no frames"}


@pytest.mark.parametrize("role", TAKEN)
def test_a_right_that_is_missing_from_the_beginning_ends_it(
    role: str, settings: dict[str, str], server: RedisServer, tmp_path: Path
) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.execute_command(f"ACL SETUSER floor -{TAKEN[role]}")
    with started(tmp_path, role, **settings) as process:
        assert process.process.wait(STOP_S) == 2
        assert "NOPERM" in process.said and "ACL" in process.said
        assert "Traceback" not in process.said


@pytest.mark.parametrize("role", TAKEN)
def test_a_right_that_is_taken_away_may_come_back(
    role: str, settings: dict[str, str], server: RedisServer, kafka: KafkaServer, topic: str, tmp_path: Path
) -> None:
    """Who was at work says which it is, waits for it, and goes on."""
    with Producer(kafka.bootstrap, topic) as producer, redis.Redis.from_url(server.url) as client:
        producer.send(b"a1", call_event(1), partition=0)
        producer.flush()
        assert call("consume", "--until-end", **settings).returncode == 0
        with started(tmp_path, role, **settings) as process:
            wait_until(lambda: _is_at_work(role, client, topic), PATIENCE_S, "at work")
            client.execute_command(f"ACL SETUSER floor -{TAKEN[role]}")
            client.execute_command("CLIENT KILL USER floor")
            words = f"'{TAKEN[role]}' command; this user lacks a right: widen its ACL"
            wait_until(
                lambda: _said(process, EFFECT[role], words), PATIENCE_S, f"the right named; said: {process.said}"
            )
            client.execute_command(f"ACL SETUSER floor +{TAKEN[role]}")
            process.wait_for(f"({EFFECT[role]})", PATIENCE_S)  # it goes on
            assert process.process.poll() is None
            assert len(_said(process, EFFECT[role], words)) <= 2, process.said  # consume counts two topics


def _said(process: Started, *words: str) -> list[str]:
    return [line for line in process.said.splitlines() if all(word in line for word in words)]


def _is_at_work(role: str, client: "redis.Redis", topic: str) -> bool:
    if role == "consume":
        return Reader(client, topic, PARTITIONS).meta(PARTITIONS - 1) is not None  # by a heartbeat alone
    if role == "publish":
        return bool(client.get("callfloor:snapshot:floor"))
    return bool(client.pubsub_numsub("callfloor:frames:")[0][1])
