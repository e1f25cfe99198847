"""Heartbeats: an event of our own per partition every two seconds, whose age at the end of the line is the freshness."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streams.actions import ProduceFailed
from streams.decode import encode
from streams.kafka_log.produce import Producer
from streams.kafka_log.topics import Unreachable
from streams.site_time import rfc3339
from streams.store.outage import Outage

INTERVAL_S = 2.0
_SOURCE = "/callfloor/consumer"
_log = logging.getLogger(__name__)


@contextmanager
def sending_heartbeats(connect: Callable[[], Producer], owned: Callable[[], frozenset[int]]) -> Iterator[None]:
    """Sends to the ``owned`` partitions until the block ends, in a separate thread that never holds the consumer up."""
    stop, outage = threading.Event(), Outage("no heartbeat is sent", _log, (INTERVAL_S,))

    def run() -> None:
        while not stop.is_set():
            try:
                with connect() as producer:
                    while not stop.is_set():
                        _send_beats(producer, owned())
                        outage.over()
                        stop.wait(INTERVAL_S)
            except (ProduceFailed, Unreachable) as error:
                stop.wait(outage.note(error))

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _send_beats(producer: Producer, partitions: frozenset[int]) -> None:
    now_ms = time.time_ns() // 1_000_000
    for partition in sorted(partitions):
        data = {"sent_at": rfc3339(now_ms)}
        beat = encode("pipeline.heartbeat", f"beat-{partition}-{now_ms}", _SOURCE, now_ms, data)
        producer.send(b"", beat, partition=partition)
    producer.flush(timeout_s=10)
