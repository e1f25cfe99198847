"""The topic of dead letters: its writer, and an index of the letters that wait or were replayed.

A record of the topic is a letter, or a note that a letter was replayed. A letter is identified by the offset of the record
it stands for and by the hash of that record's value: a letter that a crash or a recount wrote twice is one, and a topic that
was recreated has letters of its own. The topic holds everything: a restarted reader rebuilds its index from it.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from sys import intern
from typing import NamedTuple

from streams.actions import OutgoingRecord
from streams.counting_policy import BY_REBUILD
from streams.decode import DeadLetter
from streams.events import ACTION_TYPES, TYPES
from streams.kafka_log.kafka_endpoint import Kafka
from streams.kafka_log.log_reader import Headers, TopicFollower
from streams.kafka_log.produce import LazyProducer, Producer
from streams.kafka_log.topics import NoSuchTopic, Unreachable

TOPIC = "callfloor.dead-letters"
SENT, SAME, GONE = "sent", "same", "gone"
"""What became of a replayed letter: its record was sent again; one like it, byte for byte, was; Kafka no longer has it."""
LONGEST_SHAPE = 200
_STRUCTS = {**TYPES, **ACTION_TYPES}
_EVENT_WORDS = frozenset(
    ["specversion", "id", "source", "time", "type", "data", "datacontenttype", "subject", *_STRUCTS]
).union(*(struct.__struct_fields__ for struct in _STRUCTS.values()))
_STRING = re.compile(r'"([^"\\]{1,40})"')
_WORD = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")


class Letter(NamedTuple):
    """A record that could not be counted: its offset, the hash of its value, the reason and the field; no payload."""

    topic: str
    partition: int
    offset: int
    sha256: str
    reason: str
    field: str
    at_ms: int
    """When it was refused."""


class Note(NamedTuple):
    """A letter that was replayed, and its outcome."""

    letter: Letter
    outcome: str


class ReasonSum(NamedTuple):
    """The letters of one reason: those that wait, how many of them were replayed before, and the newest of them."""

    reason: str
    waiting: int
    again: int
    gone: int
    """No longer in Kafka when they were replayed, so never counted."""
    newest: Letter | None


def select_sendable(letters: Iterable[Letter]) -> list[Letter]:
    """The letters that may be sent again: not those that only a rebuild counts."""
    return [letter for letter in letters if letter.reason not in BY_REBUILD]


def letter_headers(letter: Letter) -> list[tuple[str, bytes]]:
    """A letter as the headers of its record."""
    named = {
        "reason": letter.reason,
        "field": letter.field,
        "topic": letter.topic,
        "partition": str(letter.partition),
        "offset": str(letter.offset),
        "sha256": letter.sha256,
    }
    return [(name, text.encode()) for name, text in named.items()]


def note_headers(letter: Letter, outcome: str, by: str) -> list[tuple[str, bytes]]:
    """The note that a letter was replayed, as the headers of its record: those of the letter, and two more."""
    return [*letter_headers(letter), ("replayed", outcome.encode()), ("replayed_by", by.encode())]


def read_entry(headers: Headers, at_ms: int) -> Letter | Note | None:
    """A record's headers -> its letter or note; None for a record that is neither."""
    named: Mapping[str, bytes] = dict(headers)
    try:
        letter = Letter(
            intern(named["topic"].decode()),
            int(named["partition"]),
            int(named["offset"]),
            named["sha256"].decode(),
            intern(named["reason"].decode()),
            intern(named.get("field", b"").decode()),
            at_ms,
        )
    except (KeyError, ValueError):  # a UnicodeDecodeError is a ValueError
        return None
    outcome = named.get("replayed", b"").decode(errors="replace")
    return Note(letter, outcome) if outcome else letter


class DeadLetterIndex:
    """The letters of some topics: those that wait, and sums by reason. Used by one thread at a time."""

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = frozenset(topics)
        self._waiting: dict[tuple[str, int, int, str], Letter] = {}
        self._noted: set[tuple[str, int, int, str]] = set()
        self._sent: set[tuple[str, int, str]] = set()
        self._gone = Counter[str]()

    def add_entries(self, entries: Iterable[Letter | Note | None]) -> None:
        """Adds records of the topic in their order. A letter that has a note no longer waits, however often it comes."""
        for entry in entries:
            if isinstance(entry, Note) and entry.letter.topic in self._topics:
                self._add_note(entry)
            elif isinstance(entry, Letter) and entry.topic in self._topics and _key(entry) not in self._noted:
                self._waiting[_key(entry)] = entry

    def _add_note(self, note: Note) -> None:
        letter, key = note.letter, _key(note.letter)
        self._waiting.pop(key, None)
        if key in self._noted:
            return
        self._noted.add(key)
        if note.outcome == GONE:
            self._gone[letter.reason] += 1
        else:
            self._sent.add((letter.topic, letter.partition, letter.sha256))

    def waiting(self, reason: str | None = None) -> list[Letter]:
        """The letters that wait, by topic, partition and offset; of all reasons, or of one."""
        return sorted(letter for letter in self._waiting.values() if reason in (None, letter.reason))

    def by_reason(self) -> list[ReasonSum]:
        """The reasons that have letters waiting or gone, by name."""
        counts, again = Counter[str](), Counter[str]()
        newest: dict[str, Letter] = {}
        for letter in self._waiting.values():
            reason = letter.reason
            counts[reason] += 1
            again[reason] += (letter.topic, letter.partition, letter.sha256) in self._sent  # refused once more
            newest[reason] = max(letter, newest.get(reason, letter), key=lambda each: each.at_ms)
        return [
            ReasonSum(name, counts[name], again[name], self._gone[name], newest.get(name))
            for name in sorted(counts.keys() | self._gone.keys())
        ]


class DeadLetterFollower:
    """The index of the letters of some topics, brought up to date at each call. Used by one thread."""

    def __init__(self, kafka: Kafka, topics: Collection[str]) -> None:
        self._kafka = kafka
        self._topics = topics
        self._log: TopicFollower | None = None
        self._index = DeadLetterIndex(topics)

    def read_index(self) -> DeadLetterIndex:
        """The index as of now; after an error it is read from the beginning. Raises topics.Unreachable."""
        try:
            if self._log is None:
                self._log, self._index = TopicFollower(self._kafka, TOPIC), DeadLetterIndex(self._topics)
            self._index.add_entries(read_entry(*record) for record in self._log.read())
        except NoSuchTopic:  # nothing was ever refused
            return DeadLetterIndex(())
        except Unreachable:
            self.close()
            raise
        return self._index

    def close(self) -> None:
        """Closes the connection."""
        if self._log is not None:
            self._log.close()
            self._log = None


class DeadLetterWriter:
    """Sends dead letters before the commit that counts them, so none is counted and not sent.

    The payload may hold personal data: it stays in the source topic and is read there by its offset.
    """

    def __init__(self, connect: Callable[[], Producer], source_topic: str) -> None:
        self._producer = LazyProducer(connect)
        self._source_topic = source_topic

    def send_letters(self, partition: int, letters: Sequence[DeadLetter]) -> None:
        """Raises produce.ProduceFailed unless Kafka has all of them."""
        if letters:
            self._producer.send_records([self._record(partition, letter) for letter in letters])

    def close(self) -> None:
        """Closes the connection."""
        self._producer.close()

    def _record(self, partition: int, dead: DeadLetter) -> OutgoingRecord:
        sha256 = hashlib.sha256(dead.value or b"").hexdigest()
        letter = Letter(self._source_topic, partition, dead.offset, sha256, dead.reason, dead.field, 0)
        return OutgoingRecord(TOPIC, b"", b"", headers=letter_headers(letter))


def shape_of(value: bytes | None) -> str:
    """A record's value -> at most LONGEST_SHAPE characters of its punctuation and our own names; "" for none.

    A refused record may hold names, telephone numbers or free text. Its form helps to find the mistake, so letters become
    ``a``, digits ``0``, and only the words of docs/events.md stay.
    """
    head = (value or b"")[: 4 * LONGEST_SHAPE].decode(errors="replace")
    text = "".join(_masked(part, at % 2 == 1) for at, part in enumerate(_STRING.split(head)))
    return " ".join(text.split())[:LONGEST_SHAPE]


def _masked(part: str, is_string: bool) -> str:
    if is_string and part in _EVENT_WORDS:
        return f'"{part}"'
    masked = _DIGIT.sub("0", _WORD.sub("a", part))
    return f'"{masked}"' if is_string else masked


def _key(letter: Letter) -> tuple[str, int, int, str]:
    return letter.topic, letter.partition, letter.offset, letter.sha256
