"""The writer of dead letters: records that could not be counted, to a topic of their own."""

import hashlib
from collections.abc import Callable, Sequence

from streams.dead_letters.letters import TOPIC, Letter, letter_headers
from streams.decode import DeadLetter
from streams.kafka_log.produce import ProduceFailed, Producer


class DeadLetterWriter:
    """Sends dead letters before the commit that counts them, so none is counted and not sent.

    After a crash between the two a letter may be there twice, with the same source topic, partition and offset. The
    payload may hold personal data: it stays in the source topic and is read there by its offset.

    The producer is made with the first letter, and again after a failure: an idempotent producer may refuse everything
    from then on.
    """

    def __init__(self, connect: Callable[[], Producer], source_topic: str) -> None:
        self._connect = connect
        self._producer: Producer | None = None
        self._source_topic = source_topic

    def send_letters(self, partition: int, letters: Sequence[DeadLetter]) -> None:
        """Raises produce.ProduceFailed if Kafka did not take all of them, and topics.Unreachable."""
        if not letters:
            return
        producer = self._producer = self._producer or self._connect()
        try:
            for dead in letters:
                sha256 = hashlib.sha256(dead.value or b"").hexdigest()
                letter = Letter(self._source_topic, partition, dead.offset, sha256, dead.reason, dead.field, 0)
                producer.send(b"", b"", topic=TOPIC, headers=letter_headers(letter))
            producer.flush()
        except ProduceFailed:
            self.close()
            raise

    def close(self) -> None:
        """Closes the connection."""
        if self._producer is not None:
            self._producer.close()
            self._producer = None
