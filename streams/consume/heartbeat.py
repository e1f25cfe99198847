"""Heartbeats: an event of our own per partition every two seconds, whose age at the end of the line is the freshness."""

import logging
import threading
import time
from collections.abc import Callable

from streams.decode import encode
from streams.kafka_log.produce import ProduceFailed, Producer
from streams.kafka_log.topics import Unreachable
from streams.site_time import rfc3339
from streams.store.outage import Outage

INTERVAL_S = 2.0
_SOURCE = "/callfloor/consumer"
_log = logging.getLogger(__name__)


class HeartbeatSender:
    """Sends to the partitions that ``owned`` names, in a separate thread, so that it never holds the consumer up."""

    def __init__(self, connect: Callable[[], Producer], owned: Callable[[], frozenset[int]]) -> None:
        self._connect = connect
        self._owned = owned
        self._stop = threading.Event()
        self._outage = Outage("no heartbeat is sent", _log, (INTERVAL_S,))
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the heartbeat that is underway."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connect() as producer:
                    self._send_beats(producer)
            except (ProduceFailed, Unreachable) as error:
                self._stop.wait(self._outage.note(error))

    def _send_beats(self, producer: Producer) -> None:
        while not self._stop.is_set():
            now_ms = time.time_ns() // 1_000_000
            for partition in sorted(self._owned()):
                producer.send(b"", encode_beat(partition, now_ms), partition=partition)
            producer.flush(timeout_s=10)
            self._outage.over()
            self._stop.wait(INTERVAL_S)


def encode_beat(partition: int, now_ms: int) -> bytes:
    """A heartbeat as the value of its record."""
    data = {"sent_at": rfc3339(now_ms)}
    return encode("pipeline.heartbeat", f"beat-{partition}-{now_ms}", _SOURCE, now_ms, data)
