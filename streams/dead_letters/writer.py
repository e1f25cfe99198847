"""Records that could not be counted, to a topic of their own: why, where they stand, and a hash of the payload."""

import hashlib
from collections.abc import Callable, Sequence

from streams.decode import DeadLetter
from streams.kafka_log.produce import ProduceFailed, Producer

TOPIC = "callfloor.dead-letters"


class DeadLetters:
    """Sends dead letters before the commit that counts them, so none is counted and not sent.

    After a crash between the two a letter may be there twice, with the same source topic, partition and offset. The
    payload may hold personal data: it stays where it came from, and is found there by its offset.

    The producer is made with the first letter, and again after a failure: an idempotent producer may refuse everything
    from then on.
    """

    def __init__(self, connect: Callable[[], Producer], source_topic: str, topic: str = TOPIC) -> None:
        self._connect = connect
        self._producer: Producer | None = None
        self._source_topic = source_topic
        self._topic = topic

    def send(self, partition: int, letters: Sequence[DeadLetter]) -> None:
        """Raises produce.ProduceFailed if Kafka did not take all of them, and topics.Unreachable."""
        if not letters:
            return
        producer = self._producer = self._producer or self._connect()
        try:
            for letter in letters:
                producer.send(b"", b"", topic=self._topic, headers=self._headers(partition, letter))
            producer.flush()
        except ProduceFailed:
            self.close()
            raise

    def close(self) -> None:
        """Lets the connection go."""
        if self._producer is not None:
            self._producer.close()
            self._producer = None

    def _headers(self, partition: int, letter: DeadLetter) -> list[tuple[str, bytes]]:
        return [
            ("reason", letter.reason.encode()),
            ("field", letter.field.encode()),
            ("topic", self._source_topic.encode()),
            ("partition", str(partition).encode()),
            ("offset", str(letter.offset).encode()),
            ("sha256", hashlib.sha256(letter.value or b"").hexdigest().encode()),
        ]
