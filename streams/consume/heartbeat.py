"""Heartbeats: an event of our own per partition, whose age at the end of the line is the freshness.

They also tell the time of a log without facts, by which what is kept ages (streams.ledger.silence). That is all that they do
on the topic of actions, where one an hour is enough.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from streams.actions import OutgoingRecord, ProduceFailed
from streams.decode import encode
from streams.kafka_log.kafka_endpoint import Kafka
from streams.kafka_log.produce import LazyProducer, Producer
from streams.site_time import rfc3339
from streams.store.outage import repeat_in_thread

INTERVAL_S = 2.0
HOURLY_S = 3600.0
_SOURCE = "/callfloor/consumer"


@contextmanager
def sending_heartbeats(
    kafka: Kafka, topic: str, owned: Callable[[], set[int]], interval_s: float = INTERVAL_S
) -> Iterator[None]:
    """Sends to the ``owned`` partitions until the block ends, in a separate thread that never holds the consumer up."""
    producer = LazyProducer(lambda: Producer(kafka, topic, give_up_s=10))

    def send_beats() -> None:
        now_ms = time.time_ns() // 1_000_000
        data = {"sent_at": rfc3339(now_ms)}
        producer.send_records(
            [
                OutgoingRecord(
                    topic, b"", encode("pipeline.heartbeat", f"beat-{number}-{now_ms}", _SOURCE, now_ms, data), number
                )
                for number in sorted(owned())
            ]
        )

    with closing(producer), repeat_in_thread("heartbeat", send_beats, interval_s, (ProduceFailed,), at_once=True):
        yield
