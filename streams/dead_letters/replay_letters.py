"""Dead letters into their topic again: the record of each, key and value as they were, into the partition it came from.

In that partition lies what is known of the fact, so what was counted meanwhile, or is sent twice, is a duplicate and changes
nothing; what is still refused comes back as a new letter. A letter is noted as replayed once Kafka has its record: whoever
dies between the two leaves letters that are sent again, to the same effect.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple, Protocol

from streams.dead_letters.letters import GONE, SAME, SENT, Headers, Letter, note_headers, to_send
from streams.dead_letters.writer import TOPIC
from streams.decode import Record

CHUNK = 500
"""So many letters are sent before they are noted."""


class Log(Protocol):
    """What is needed of streams.dead_letters.fetch_letters.LogReader."""

    def records(self, topic: str, places: Mapping[int, Sequence[int]]) -> Iterator[tuple[int, int, Record | None]]: ...


class Sender(Protocol):
    """What is needed of streams.kafka_log.produce.Producer."""

    def send(
        self, key: bytes | None, value: bytes | None, *, partition: int | None = None, topic: str | None = None,
        headers: Headers = (),
    ) -> None: ...  # fmt: skip

    def flush(self) -> None: ...


class Finished(NamedTuple):
    """A letter and what became of it."""

    letter: Letter
    outcome: str


@dataclass
class Tally:
    """What became of the letters so far; ``total`` is how many there are."""

    total: int
    by_outcome: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        return self.by_outcome.total()


def replay(
    letters: Sequence[Letter],
    log: Log,
    sender: Sender,
    by: str,
    *,
    before: Callable[[Tally], None] = lambda tally: None,
    stop: threading.Event | None = None,
) -> Tally:
    """Sends the records of these letters again and notes them; ``before`` is called before each, and may raise.

    Letters that only a rebuild counts (letters.BY_REBUILD) are left out, and not in the tally.

    ``by``: who replays, kept in the notes. ``stop`` ends it between two chunks. Raises topics.Unreachable, ProduceFailed.
    """
    letters = to_send(letters)
    tally, known = Tally(len(letters)), set[tuple[str, int, bytes]]()
    for at in range(0, len(letters), CHUNK):
        before(tally)
        if stop is not None and stop.is_set():
            break
        finished = []
        for each in _send(letters[at : at + CHUNK], log, sender, known):
            finished.append(each)
            before(tally)
        sender.flush()
        for letter, outcome in finished:
            sender.send(b"", b"", topic=TOPIC, headers=note_headers(letter, outcome, by))
        sender.flush()
        tally.by_outcome.update(outcome for _, outcome in finished)
    return tally


def _send(
    letters: Iterable[Letter], log: Log, sender: Sender, known: set[tuple[str, int, bytes]]
) -> Iterator[Finished]:
    for topic, of_topic in groupby(sorted(letters), key=lambda letter: letter.topic):
        waiting: dict[tuple[int, int], list[Letter]] = {}
        for letter in of_topic:
            waiting.setdefault((letter.partition, letter.offset), []).append(letter)
        places: dict[int, list[int]] = {}
        for partition, offset in waiting:
            places.setdefault(partition, []).append(offset)
        for partition, offset, record in log.records(topic, places):
            for letter in waiting[partition, offset]:
                yield Finished(letter, _one(letter, record, sender, known))


def _one(letter: Letter, record: Record | None, sender: Sender, known: set[tuple[str, int, bytes]]) -> str:
    """``known``: what was sent already. The same bytes under the same key of a partition are the same fact: once is enough."""
    if record is None or hashlib.sha256(record.value or b"").hexdigest() != letter.sha256:
        return GONE  # the place is another record's: the topic was made anew
    same = letter.topic, letter.partition, _digest(record)
    if same in known:
        return SAME
    known.add(same)
    # A record has a key or a value; without a key and with an empty one it counts the same.
    key = b"" if record.value is None else record.key
    sender.send(key if record.key is None else record.key, record.value, topic=letter.topic, partition=letter.partition)
    return SENT


def _digest(record: Record) -> bytes:
    key, value = record.key or b"", record.value or b""
    return hashlib.sha256(len(key).to_bytes(8, "big") + key + value).digest()
