"""Consumers over a real Kafka and a real Redis, for the tests of what they read: calls, one run to the end, a member."""

import threading
import time
from typing import Any

from streams.consume.consume import consume
from streams.consume.consumer import Rules
from streams.counting_policy import Counting, Retention
from streams.decode import encode
from streams.kafka_log.topics import NoSuchTopic
from streams.site_time import SiteTime, rfc3339
from streams.store.identity import TopicChanged
from tests.services import stored
from tests.services.kafka import KafkaServer

RULES = Rules(SiteTime("UTC"), Counting(), Retention())
PARTITIONS = 4


def call(number: int) -> bytes:
    now_ms = time.time_ns() // 1_000_000
    data = {"call_id": f"c{number}", "version": 1, "agent": "a1", "direction": "inbound", "outcome": "handled"}
    return encode("call.ended", f"e{number}", "/test", now_ms, data | {"ended_at": rfc3339(now_ms)})


def handled(client: Any, topic: str) -> int:
    months = stored.cells(client, topic, "mo", PARTITIONS)
    return sum(n for (_, _, name), n in months.items() if name == "handled")


def run_until_end(kafka: KafkaServer, topic: str, client: Any) -> None:
    consume(kafka.bootstrap, topic, client, RULES, until_end=True, stop=threading.Event())


class Member:
    """A consumer in a thread of its own; ``ended`` is why it ended by itself."""

    def __init__(self, kafka: KafkaServer, topic: str, client: Any, instance: str, **how: Any) -> None:
        self._stop = threading.Event()
        self.ended: TopicChanged | NoSuchTopic | None = None
        how = {"group": f"group-{topic}", "instance": instance, "stop": self._stop} | how
        self._thread = threading.Thread(target=self._run, args=(kafka.bootstrap, topic, client, RULES), kwargs=how)
        self._thread.start()

    def _run(self, *what: Any, **how: Any) -> None:
        try:
            consume(*what, **how)
        except (TopicChanged, NoSuchTopic) as error:
            self.ended = error

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
