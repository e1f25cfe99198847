"""Records that could not be counted, to a topic of their own: why, where they stand, and a hash of the payload."""

import hashlib
from collections.abc import Sequence

from streams.known import DeadLetter
from streams.produce import Producer

TOPIC = "callfloor.dead-letters"


class DeadLetters:
    """Sends dead letters before the commit that counts them, so none is counted and not sent.

    After a crash between the two a letter may be there twice, with the same source topic, partition and offset. The
    payload may hold personal data: it stays where it came from, and is found there by its offset.
    """

    def __init__(self, producer: Producer, source_topic: str, topic: str = TOPIC) -> None:
        self._producer = producer
        self._source_topic = source_topic
        self._topic = topic

    def send(self, partition: int, letters: Sequence[DeadLetter]) -> None:
        """Raises produce.ProduceFailed if Kafka did not take all of them."""
        for letter in letters:
            self._producer.send(b"", b"", topic=self._topic, headers=self._headers(partition, letter))
        if letters:
            self._producer.flush()

    def _headers(self, partition: int, letter: DeadLetter) -> list[tuple[str, bytes]]:
        return [
            ("reason", letter.reason.encode()),
            ("field", letter.field.encode()),
            ("topic", self._source_topic.encode()),
            ("partition", str(partition).encode()),
            ("offset", str(letter.offset).encode()),
            ("sha256", hashlib.sha256(letter.value or b"").hexdigest().encode()),
        ]
