"""The services themselves: ours, real, and back with their data after a stop."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page
from redis import Redis, RedisCluster
from redis.exceptions import CrossSlotTransactionError

from streams.kafka_log import topics
from streams.kafka_log.produce import Producer
from tests.golden import ROOT
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.services


def test_kafka_keeps_its_records_over_stop_and_kill(kafka: KafkaServer, topic: str) -> None:
    with Producer(kafka.bootstrap, topic) as producer:
        producer.send(b"1042", b"{}", partition=2)
    kafka.stop()
    with pytest.raises(topics.Unreachable):
        topics.ends(kafka.bootstrap, topic)
    kafka.start()
    assert topics.ends(kafka.bootstrap, topic)[2] == (0, 1)
    kafka.kill()
    kafka.start()
    assert topics.ends(kafka.bootstrap, topic)[2] == (0, 1)


def test_a_producer_outlives_a_frozen_broker(kafka: KafkaServer, topic: str) -> None:
    with Producer(kafka.bootstrap, topic) as producer:
        producer.send(b"1042", b"before")
        producer.flush()
        kafka.pause()
        producer.send(b"1042", b"during")
        kafka.resume()
        producer.flush()
    assert sum(end for _, end in topics.ends(kafka.bootstrap, topic).values()) == 2


def test_redis_keeps_its_data_over_stop_and_kill(redis_server: RedisServer, redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.set("a", 1)
        # While Redis is syncing its log it answers before it has written: it may lose the last seconds (appendfsync everysec).
        wait_until(lambda: client.info("persistence")["aof_buffer_length"] == 0, PATIENCE_S, "Redis to have written it")
    redis_server.kill()
    redis_server.start()
    with Redis.from_url(redis_url) as client:
        assert client.get("a") == b"1"
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"


def test_redis_url_is_empty_and_is_our_process(redis_server: RedisServer, redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.info("server")["process_id"] == redis_server.pid


def test_the_cluster_refuses_two_slots_in_one_transaction(redis_cluster: str) -> None:
    client: Any = RedisCluster.from_url(redis_cluster)  # its pipeline has no types
    try:
        with client.pipeline(transaction=True) as one_slot:
            assert one_slot.set("{t/0}:a", 1).get("{t/0}:a").execute()[1] == b"1"
        with client.pipeline(transaction=True) as two_slots, pytest.raises(CrossSlotTransactionError):
            two_slots.set("{t/0}:a", 1).set("{t/1}:a", 2).execute()
    finally:
        client.close()


def test_nothing_is_left_after_stop(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    pid = server.pid
    server.stop()
    assert not psutil.pid_exists(pid)


def test_nothing_is_left_after_a_killed_run(tmp_path: Path) -> None:
    script = (
        "import sys, time, pathlib; from tests.services.redis_server import RedisServer\n"
        "server = RedisServer(pathlib.Path(sys.argv[1])); server.start(); print(server.pid, flush=True); time.sleep(600)"
    )
    run = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
    assert run.stdout is not None
    with run.stdout:
        pid = int(run.stdout.readline())
        assert psutil.pid_exists(pid)
        run.kill()
        run.wait()
    wait_until(lambda: not psutil.pid_exists(pid), PATIENCE_S, "the server ended with the run")


@pytest.mark.browser
def test_the_browser_runs_scripts(page: Page) -> None:
    page.set_content("<p id=a></p><script>document.getElementById('a').textContent = 6 * 7</script>")
    assert page.text_content("#a") == "42"
