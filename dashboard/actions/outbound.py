"""The way out: what people do here goes to Kafka, over one producer that is made when it is first needed."""

import threading
from collections.abc import Callable

from streams.actions import OutgoingRecord
from streams.kafka_log.produce import ProduceFailed, Producer, send


class Post:
    """Sends records and waits for their receipts. Several threads may send; one does at a time."""

    def __init__(self, connect: Callable[[], Producer]) -> None:
        self._connect = connect
        self._producer: Producer | None = None
        self._lock = threading.Lock()

    def __call__(self, records: list[OutgoingRecord]) -> None:
        """Raises ProduceFailed, also where Kafka cannot be reached: some records may have arrived."""
        with self._lock:
            try:
                if self._producer is None:
                    self._producer = self._connect()
                send(self._producer, records)
            except ConnectionError as away:
                raise ProduceFailed(str(away)) from away
            except ProduceFailed:
                self._drop()
                raise

    def close(self) -> None:
        """Lets the connection go."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._producer is not None:
            self._producer.close()
            self._producer = None
