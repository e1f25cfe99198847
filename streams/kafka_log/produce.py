"""The producer of all that is sent: heartbeats, dead letters, replayed files, simulated events and people's actions.

Bytes become records that every replica has, in order per partition and once each (idempotent, acks=all), or a
ProduceFailed. It never makes a topic and never looks into a value.
"""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Self

from kafka import KafkaProducer
from kafka.errors import AuthorizationError, KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from streams.actions import OutgoingRecord, ProduceBusy, ProduceFailed
from streams.kafka_log.kafka_connect import connect, failure, no_right, refusal_of
from streams.kafka_log.kafka_endpoint import Kafka

IN_FLIGHT_RECORDS = 50_000
"""After so many records the producer waits for their receipts, which bounds the memory of a replay."""


BUSY_S = 5.0
"""So long a thread waits for another one that sends: a person waits for the answer."""


class Producer:
    """Sends to one topic, or to another that a call names. Used by one thread."""

    def __init__(self, kafka: Kafka, topic: str, *, give_up_s: float = 120) -> None:
        """Connects; raises topics.Unreachable. A record not delivered in `give_up_s` is a failure."""
        self._endpoint = kafka
        self._topic = topic
        self._sent = 0
        self._unflushed = 0
        self._failures: list[tuple[int | None, Exception]] = []
        """(the ordinal of the record, None where it is not known; the error)"""
        self._kafka: KafkaProducer = connect(
            KafkaProducer,
            kafka,
            acks="all",
            compression_type="lz4",
            linger_ms=5,
            batch_size=256 * 1024,
            request_timeout_ms=int(min(30, give_up_s / 2) * 1000),
            delivery_timeout_ms=int(give_up_s * 1000),
            max_block_ms=int(min(30, give_up_s) * 1000),
            reconnect_backoff_max_ms=1_000,  # the default waits up to 30 s after the broker is back
            allow_auto_create_topics=False,
            bootstrap_timeout_ms=10_000,
        )

    def send(
        self,
        key: bytes | None,
        value: bytes | None,
        *,
        partition: int | None = None,
        topic: str | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
        time_ms: int | None = None,
    ) -> None:
        """Queues one record and returns; `flush` reports whether it arrived.

        Without `partition` Kafka's hash of the key decides. `time_ms` is the record's time where the topic takes
        the sender's (CreateTime); without it, now. It flushes after every IN_FLIGHT_RECORDS.
        """
        self._sent += 1
        self._unflushed += 1
        failed = partial(self._failed, self._sent)
        try:
            sent = self._kafka.send(topic or self._topic, value, key, list(headers), partition, time_ms)
            sent.add_errback(failed)
        except (KafkaError, ValueError) as error:  # a ValueError is a partition that the topic does not have
            failed(error)
        if self._unflushed >= IN_FLIGHT_RECORDS:
            self.flush()

    def flush(self, timeout_s: float = 30) -> None:
        """Waits for the receipts of all records sent so far. Raises ProduceFailed, once for each failure."""
        try:
            self._kafka.flush(timeout_s)
        except KafkaError as error:
            self._failed(None, error)
        failures, self._failures = self._failures, []
        sent, self._unflushed = self._unflushed, 0
        if failures:
            raise ProduceFailed(self._advice(sent, failures)) from failures[0][1]

    def close(self, timeout_s: float = 10) -> None:
        """Waits up to `timeout_s` for records underway, then closes. It reports no failures: flush first."""
        try:
            self._kafka.flush(timeout_s)
        except KafkaError as error:
            self._failed(None, error)
        if self._failures:
            # kafka-python's close() flushes first and never ends its thread if that fails: drop the records underway before.
            self._kafka._sender.force_close()  # noqa: SLF001
            self._kafka._sender.join(timeout_s)  # noqa: SLF001
        self._kafka.close(timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()

    def _failed(self, number: int | None, error: Exception) -> None:
        self._failures.append((number, error))

    def _advice(self, sent: int, failures: list[tuple[int | None, Exception]]) -> str:
        number, error = min(failures, key=lambda failure: failure[0] or self._sent + 1)
        which = f"record {number}: " if number else ""
        return (
            f"{len(failures)} of {sent} records for topic {self._topic!r} were not taken by Kafka: {which}{error}. "
            f"{self._what_to_do(error)}"
        )

    def _what_to_do(self, error: Exception) -> str:
        if isinstance(error, AuthorizationError):
            return f"{failure(self._endpoint, error, 'Write')}."
        if "ClusterAuthorizationFailed" in str(error):  # Kafka answers so where a producer may write to no topic at all
            return f"{no_right(self._endpoint, f'Write on topic {self._topic!r}', 'ClusterAuthorizationFailed')}."
        if refusal := refusal_of(self._kafka):
            return f"{refusal}."
        if isinstance(error, ValueError):
            return "Send to a partition that the topic has, or make a topic with more."
        if isinstance(error, MessageSizeTooLargeError | RecordListTooLargeError):
            return "No event is that long: shorten the record or leave it out."
        return "Is the broker up, and does the topic exist (`callfloor check`)?"


class LazyProducer:
    """Sends records over one producer that is made when it is first needed, and again after a failure.

    An idempotent producer may refuse everything after a failure. Several threads may send; one does at a time.
    """

    def __init__(self, connect: Callable[[], Producer], busy_s: float = BUSY_S) -> None:
        self._connect = connect
        self._busy_s = busy_s
        self._producer: Producer | None = None
        self._lock = threading.Lock()

    def send_records(self, records: Sequence[OutgoingRecord]) -> None:
        """Sends all in their order and waits for the receipts.

        Raises ProduceFailed, also where Kafka cannot be reached: some records may have arrived; ProduceBusy where another
        thread sends for longer than ``busy_s``.
        """
        if not self._lock.acquire(timeout=self._busy_s):
            raise ProduceBusy(f"other records have waited for Kafka for {self._busy_s:g} s; nothing of these was sent.")
        try:
            self._send(records)
        finally:
            self._lock.release()

    def _send(self, records: Sequence[OutgoingRecord]) -> None:
        try:
            producer = self._producer = self._producer or self._connect()
            for topic, key, value, partition, headers in records:
                producer.send(key, value, topic=topic, partition=partition, headers=headers)
            producer.flush()
        except ConnectionError as away:
            raise ProduceFailed(str(away)) from away
        except ProduceFailed:
            self._drop()
            raise

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._producer is not None:
            self._producer.close()
            self._producer = None
