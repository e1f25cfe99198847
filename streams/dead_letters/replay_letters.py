"""The replay of dead letters: each record again, key and value as they were, into the partition it came from.

That partition has the ledger line of the fact, so a record that was counted meanwhile or is sent twice is a duplicate and
changes nothing; a record that is refused again comes back as a new letter. A letter gets its note once Kafka has its record: a
crash between the two leaves letters that are sent again, to the same effect.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from streams.dead_letters.letters import GONE, SAME, SENT, TOPIC, Letter, note_headers, select_sendable
from streams.decode import Record
from streams.kafka_log.log_reader import RecordReader
from streams.kafka_log.produce import Producer

CHUNK = 500
"""So many letters are sent before they are noted."""


def replay(
    letters: Sequence[Letter],
    log: RecordReader,
    producer: Producer,
    by: str,
    *,
    before: Callable[[Counter[str]], None],
    stop: threading.Event,
) -> Counter[str]:
    """Sends the records of these letters again and notes them -> how many there are (``total``), and their outcomes.

    ``before`` is called with the same counts before each letter, and may raise. Letters that only a rebuild counts are left
    out. ``by``: the name of the person who replays, stored in the notes. ``stop`` ends it between two chunks. Raises
    topics.Unreachable, ProduceFailed.
    """
    letters = select_sendable(letters)
    tally, sent = Counter(total=len(letters)), set[tuple[str, int, bytes, str]]()
    for at in range(0, len(letters), CHUNK):
        before(tally)
        if stop.is_set():
            break
        outcomes = []
        for letter, outcome in _send_chunk(letters[at : at + CHUNK], log, producer, sent):
            outcomes.append((letter, outcome))
            before(tally)
        producer.flush()
        for letter, outcome in outcomes:
            producer.send(b"", b"", topic=TOPIC, headers=note_headers(letter, outcome, by))
        producer.flush()
        tally.update(outcome for _, outcome in outcomes)
    return tally


def _send_chunk(
    letters: Iterable[Letter], log: RecordReader, producer: Producer, sent: set[tuple[str, int, bytes, str]]
) -> Iterator[tuple[Letter, str]]:
    for topic, of_topic in groupby(sorted(letters), key=lambda letter: letter.topic):
        waiting: dict[tuple[int, int], list[Letter]] = {}
        for letter in of_topic:
            waiting.setdefault((letter.partition, letter.offset), []).append(letter)
        offsets: dict[int, list[int]] = {}
        for partition, offset in waiting:
            offsets.setdefault(partition, []).append(offset)
        for partition, offset, record in log.read_records(topic, offsets):
            for letter in waiting[partition, offset]:
                yield letter, _send_letter(letter, record, producer, sent)


def _send_letter(
    letter: Letter, record: Record | None, producer: Producer, sent: set[tuple[str, int, bytes, str]]
) -> str:
    """-> outcome. The same bytes under the same key of a partition are the same fact: they are sent once."""
    if record is None or hashlib.sha256(record.value or b"").hexdigest() != letter.sha256:
        return GONE  # another record has this offset: the topic was recreated
    same = letter.topic, letter.partition, record.key or b"", letter.sha256
    if same in sent:
        return SAME
    sent.add(same)
    # A record has a key or a value; without a key and with an empty one it counts the same.
    key = b"" if record.key is None and record.value is None else record.key
    producer.send(key, record.value, topic=letter.topic, partition=letter.partition)
    return SENT
