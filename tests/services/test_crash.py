"""kill -9, again and again: after each the line goes on, and at the end not one cell differs from an independent recount.

The control arm writes the position apart from the counters and must show differences: a test in which the broken way looks
right has no power.
"""

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.consume.consume import consume
from streams.store.client import open_redis
from tests.golden import ROOT, real_data
from tests.services import stored
from tests.services.bank_recount import recount
from tests.services.crash_driver import POINTS
from tests.services.kafka import KafkaServer
from tests.services.redis_server import RedisServer
from tests.services.test_january import RULES, send_month
from tests.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.services, pytest.mark.realdata, pytest.mark.crash]
RANDOM_KILLS = 20
POINT_KILLS = 10
RESUME_S = 10


class Line:
    """The month on Kafka, an empty Redis, and a consumer that is started and killed."""

    def __init__(self, kafka: KafkaServer, redis_url: str, topic: str, end: int) -> None:
        self._kafka = kafka
        self._redis_url = redis_url
        self.topic = topic
        self.end = end
        self.client: Any = open_redis(redis_url)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        driver = [sys.executable, "-m", "tests.services.crash_driver"]
        return subprocess.Popen(
            [*driver, self._kafka.bootstrap, self._redis_url, self.topic, "Asia/Jerusalem", *options], cwd=ROOT
        )

    def position(self) -> int:
        return stored.positions(self.client, self.topic)

    def kill_at_random(self, choose: random.Random) -> bool:
        """One kill at a random instant after it moved. -> whether it counts: moved, and not at the end.

        Random is how far it has come and how often that is looked at, so a kill falls anywhere within a commit.
        """
        goal = self.position() + choose.randrange(1, 600)
        process = self.start()
        try:
            every_s = choose.uniform(0.001, 0.03)
            wait_until(lambda: self.position() >= goal, RESUME_S, "the consumer resumes", every_s=every_s)
        finally:
            process.kill()
            process.wait()
        return self.position() < self.end

    def kill_at(self, point: str, after: int, arm: str = "sound") -> bool:
        """The consumer kills itself when it passes a point. -> whether it counts: moved, and not at the end."""
        before = self.position()
        process = self.start("--arm", arm, "--die-at", point, "--after", str(after))
        try:
            code = process.wait(timeout=PATIENCE_S)
        finally:
            process.kill()
            process.wait()
        assert code == -signal.SIGKILL
        return before < self.position() < self.end

    def finish(self) -> None:
        consume(self._kafka.bootstrap, self.topic, self.client, RULES, until_end=True, stop=threading.Event())

    def differing_cells(self, bank: Path) -> int:
        expected = recount(bank / "january.txt")
        return sum(
            len(dict(stored.cells(self.client, self.topic, kind).items() ^ expected[name].items()))
            for kind, name in (("m", "minute"), ("d", "day"))
        )


@pytest.fixture
def bank() -> Path:
    return real_data() / "anonymousbank"


@pytest.fixture
def line(kafka: KafkaServer, redis_url: str, redis_server: RedisServer, bank: Path) -> Iterator[Line]:
    topic, count = send_month(kafka, bank, "file")
    line = Line(kafka, redis_url, topic, count.sent)
    yield line
    line.client.close()


def test_killed_at_random_instants(line: Line, bank: Path) -> None:
    choose = random.Random(20261123)
    counted = sum(line.kill_at_random(choose) for _ in range(RANDOM_KILLS))
    assert counted == RANDOM_KILLS
    line.finish()
    assert line.differing_cells(bank) == 0


def test_killed_at_each_point_of_a_commit(line: Line, bank: Path) -> None:
    choose = random.Random(20261124)
    counted = sum(line.kill_at(POINTS[i % len(POINTS)], choose.randrange(2, 9)) for i in range(POINT_KILLS))
    assert counted == POINT_KILLS
    line.finish()
    assert line.differing_cells(bank) == 0


def test_the_control_arm_shows_differences(line: Line, bank: Path) -> None:
    counted = sum(line.kill_at("apart", 3, arm="apart") for _ in range(3))
    assert counted == 3
    line.finish()
    assert line.differing_cells(bank) > 0
