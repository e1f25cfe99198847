"""A failover under the whole line: another Redis is the primary, behind the old address or named by Sentinels."""

from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer, closing_down
from tests.services.relay import relayed
from tests.services.test_redis_answers import Line, handled, running_line
from tests.services.test_secured_redis import PASSWORD, Watched
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


def require_exact(line: Line, calls: int) -> None:
    """As many calls are counted, and stand on the board, by the processes that were there before."""
    wait_until(lambda: _counted(line) == calls, PATIENCE_S, f"{calls} calls counted")
    wait_until(lambda: line.shown() == calls, PATIENCE_S, f"{calls} calls on the board")
    line.require_same_processes()


def _counted(line: Line) -> int | None:
    """None: a Sentinel ends the connections to a node that it makes the primary, ours too."""
    try:
        return handled(line)
    except redis.ConnectionError:
        return None


def test_a_new_primary_behind_the_old_address(kafka: KafkaServer, tmp_path: Path) -> None:
    """As of a managed Redis: the old primary lives on as a replica, and connections to it stay open."""
    quick = ("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1")
    one, two = (RedisServer(_made(tmp_path / name), *quick) for name in ("one", "two"))
    with ExitStack() as stack:
        for server in (one, two):
            stack.enter_context(closing_down(server))
            server.start()
        here, there = (stack.enter_context(redis.Redis.from_url(server.url)) for server in (one, two))
        there.replicaof(*one.address)
        wait_until(lambda: there.info("replication")["master_link_status"] == "up", PATIENCE_S, "a replica")
        relay = stack.enter_context(relayed(one.address))
        url = f"redis://127.0.0.1:{relay.port}/0"
        line = stack.enter_context(running_line(kafka, _made(tmp_path / "line"), one, REDIS=url))
        line.send(1)
        require_exact(line, 1)
        relay.target = two.address
        there.replicaof("NO", "ONE")
        here.replicaof(*two.address)
        line.send(2)
        require_exact(line._replace(server=two), 2)
        for effect in ("nothing is counted", "nothing is published"):
            assert f"{effect} for 0 s, trying again: READONLY" in line.run.said, line.run.said


def test_a_new_primary_named_by_sentinels(kafka: KafkaServer, tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    try:
        watched.start()
        secrets = {"REDIS_PASSWORD": PASSWORD, "REDIS_SENTINEL_PASSWORD": "watch"}
        one, two = watched.nodes
        url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{watched.port}/main/0"
        with running_line(kafka, _made(tmp_path / "line"), one, REDIS=url, **secrets) as line:
            line.send(1)
            require_exact(line, 1)
            one.kill()
            line.send(2)
            require_exact(line._replace(server=two), 2)
    finally:
        watched.stop()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
