"""A Redis whose counters another table of metrics made is refused by every command and process, in one line."""

from pathlib import Path
from typing import Any

import pytest

from streams.kafka_log.topics import ensure_topic
from streams.store.keys import Keys
from tests.dashboard.cli.program import call
from tests.dashboard.partitions import NOON_MS, TOPIC, Partition
from tests.dashboard.partitions import call as a_call
from tests.services.kafka import KafkaServer

pytestmark = pytest.mark.services
COMMANDS = (
    "run",
    "consume",
    "publish",
    "serve --listen 127.0.0.1:0",
    "totals --by site --period day",
    "judge --by agent --period day",
    "explain a1 --period day",
    "report --month 2026-11",
    "close 2026-10 --approved-by Zhao",
    "check",
)


@pytest.fixture
def old(tmp_path: Path, kafka: KafkaServer, redis_url: str, store_client: Any) -> list[str]:
    """The options that name a Redis with counters of schema 1 and a topic to count."""
    (tmp_path / "site.toml").write_text('[site]\nzone = "UTC"\n[[teams]]\nid = "dawn"\n')
    (tmp_path / "roster.csv").write_text("agent,name,team\na1,An,dawn\n")
    Partition(store_client, 0).write(a_call("a1", "c1", NOON_MS))
    make_old(store_client, TOPIC)
    return ["--site", str(tmp_path / "site.toml"), "--redis", redis_url, "--topic", TOPIC, "--kafka", kafka.bootstrap]


def make_old(client: Any, topic: str) -> None:
    """As if schema 1 had counted: in the meta of the partition and in the head of its cells."""
    keys = Keys(topic, 0)
    client.hset(keys.meta, "schema", 1)
    day = keys.bucket("d", 20261123)
    for line, cell in client.hgetall(day).items():
        client.hset(day, line, bytes([1]) + cell[1:])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_redis_of_another_schema_is_refused_with_what_to_do(
    command: str, old: list[str], kafka: KafkaServer, store_client: Any
) -> None:
    ensure_topic(kafka.bootstrap, TOPIC, 2)
    found = call(*command.split(), *old)
    assert (found.returncode, found.stdout) == (1, ""), found.stderr
    assert "Traceback" not in found.stderr
    (line,) = [line for line in found.stderr.splitlines() if "schema" in line]
    assert line.startswith(f"callfloor {command.split()[0]}: Redis holds counters of topic {TOPIC} in schema 1")
    assert "Empty this Redis database or use another (setting `redis`)" in line
    assert store_client.hget(Keys(TOPIC, 0).meta, "schema") == b"1"


@pytest.mark.parametrize("command", ["run", "publish", "consume"])
def test_so_is_one_whose_actions_are_of_another_schema(
    command: str, old: list[str], kafka: KafkaServer, store_client: Any
) -> None:
    ensure_topic(kafka.bootstrap, TOPIC, 2)
    actions = "old-actions"
    store_client.hset(Keys(TOPIC, 0).meta, "schema", 2)
    store_client.hset(Keys(actions, 0).meta, mapping={"schema": 1, "position": 5, "partitions": 2})
    found = call(command, *old, "--actions", actions)
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    assert f"Redis holds counters of topic {actions} in schema 1" in found.stderr
