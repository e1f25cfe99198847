"""A real Apache Kafka: one KRaft process of our own, which a test may stop, kill, freeze and bring back."""

import base64
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient

from streams.kafka_log.topics import connect
from streams.simulator.embedded import DidNotStart, ServerProcess, answers, broker_is, free_port, log_of
from tests.services.guarded import guarded
from tests.services.kafka_jars import jars
from tests.services.maven import java
from tests.waiting import PATIENCE_S, wait_until

_LEAN = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
log.retention.ms=-1
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
num.partitions=4
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""
_LOGGING = """
status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c)%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
"""


def _states(pid: int) -> set[str]:
    """The states of a process's threads, as /proc tells them; of one that has just ended none."""
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            found.add((task / "stat").read_text().rpartition(")")[2].split()[0])
    return found


class KafkaServer:
    """One broker. Its data and its port stay the same over stop and start, so clients find it again."""

    def __init__(self, folder: Path) -> None:
        """Formats the data folder; the cluster id is ours, so whoever answers with it is this broker."""
        self.bootstrap = f"127.0.0.1:{free_port()}"
        # An id that begins with a dash would be read as an option.
        self.cluster_id = base64.urlsafe_b64encode(b"c" + uuid4().bytes[1:]).decode().rstrip("=")
        self.folder = folder
        self._running: ServerProcess | None = None
        self._settings = folder / "server.properties"
        self._settings.write_text(self._properties())
        (folder / "log4j2.properties").write_text(_LOGGING)
        formatting = [*self._java(), "kafka.tools.StorageTool", "format", "-t", self.cluster_id]
        subprocess.run([*formatting, "-c", str(self._settings)], check=True, capture_output=True, timeout=120)

    @property
    def pid(self) -> int:
        assert self._running, "the broker is not running"
        return self._running.pid

    def start(self) -> None:
        """Starts it, or starts it again, and waits until it answers as itself."""
        running = guarded(self.bootstrap, [*self._java(), "kafka.Kafka", str(self._settings)], self.folder)
        self._running = running
        if not answers(running, lambda one: broker_is(one.address, self.cluster_id), within_s=60):
            running.stop()
            raise DidNotStart(log_of(self.folder).read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """A clean shutdown; nothing if it is down already."""
        if self._running:
            self.resume()
            self._running.stop(wait_s=20)
            self._running = None

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)
        assert self._running
        self._running.process.wait()
        self._running = None

    def pause(self) -> None:
        """Freezes the process: its port takes connections and nobody answers, not even a thread that is to be told yet."""
        os.kill(self.pid, signal.SIGSTOP)
        wait_until(lambda: _states(self.pid) == {"T"}, PATIENCE_S, "every thread of the broker to stand still")

    def resume(self) -> None:
        """The end of `pause`; harmless without one."""
        os.kill(self.pid, signal.SIGCONT)

    def fresh_topic(self, partitions: int = 4, **configs: str) -> str:
        """Makes a topic under a name of its own and returns the name. A config's dots are written as underscores."""
        name = f"test-{uuid4().hex[:12]}"
        settings = {"message.timestamp.type": "LogAppendTime"}
        settings |= {key.replace("_", "."): value for key, value in configs.items()}
        admin = connect(KafkaAdminClient, self.bootstrap)
        try:
            admin.create_topics({name: {"num_partitions": partitions, "configs": settings}}, wait_for_metadata=True)
        finally:
            admin.close()
        return name

    def _properties(self) -> str:
        """The broker's settings."""
        port = self.bootstrap.rpartition(":")[2]
        return _SETTINGS.format(port=port, controller=free_port(), folder=self.folder)

    def _java(self) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        return [java(), *_LEAN, logging, "-cp", f"{jars()}/*"]


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A running broker for the whole session; a test that stops it starts it again."""
    server = KafkaServer(tmp_path_factory.mktemp("kafka"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def topic(kafka: KafkaServer) -> str:
    """A new topic of 4 partitions with the broker's times."""
    return kafka.fresh_topic()
