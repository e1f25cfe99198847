"""The topic of dead letters as it is read back: which records wait, which were sent again, in which words they are kept.

A record of the topic is a letter, or a note that a letter was replayed. A letter is known by the place of the record it
stands for and by the hash of its value: so a letter that a crash or a recount wrote twice is one, and a topic that was made
anew has letters of its own. The topic holds everything: who has lost his memory reads it again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from sys import intern
from typing import NamedTuple

from streams.counting_policy import BY_REBUILD

SENT, SAME, GONE = "sent", "same", "gone"
"""What became of a replayed letter: its record was sent again; one like it, byte for byte, was; Kafka no longer has it."""
OUTCOMES = (SENT, SAME, GONE)

Headers = Sequence[tuple[str, bytes]]


class Letter(NamedTuple):
    """A record that could not be counted: where it stands, the hash of its value, why, and which field; no payload."""

    topic: str
    partition: int
    offset: int
    sha256: str
    reason: str
    field: str
    at_ms: int
    """When it was refused."""


class Note(NamedTuple):
    """A letter that was replayed: what became of it."""

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


def to_send(letters: Iterable[Letter]) -> list[Letter]:
    """Those of these letters that may be sent again."""
    return [letter for letter in letters if letter.reason not in BY_REBUILD]


def note_headers(letter: Letter, outcome: str, by: str) -> list[tuple[str, bytes]]:
    """The note that a letter was replayed, as the headers of its record: those of the letter, and two more."""
    named = {
        "reason": letter.reason,
        "field": letter.field,
        "topic": letter.topic,
        "partition": str(letter.partition),
        "offset": str(letter.offset),
        "sha256": letter.sha256,
        "replayed": outcome,
        "replayed_by": by,
    }
    return [(name, text.encode()) for name, text in named.items()]


def read_entry(headers: Headers, at_ms: int) -> Letter | Note | None:
    """A record's headers -> what it says; None for one that is neither a letter nor a note."""
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


class LetterBook:
    """What the topic of dead letters says of some topics, read from its beginning. Used by one thread at a time."""

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = frozenset(topics)
        self._waiting: dict[tuple[str, int, int, str], Letter] = {}
        self._noted: set[tuple[str, int, int, str]] = set()
        self._sent: set[tuple[str, int, str]] = set()
        self._gone: dict[str, int] = {}

    def take(self, entries: Iterable[Letter | Note | None]) -> None:
        """Takes up records of the topic in their order. A letter that was noted is over, however often it comes."""
        for entry in entries:
            if isinstance(entry, Note) and entry.letter.topic in self._topics:
                self._note(entry)
            elif isinstance(entry, Letter) and entry.topic in self._topics and _key(entry) not in self._noted:
                self._waiting[_key(entry)] = entry

    def _note(self, note: Note) -> None:
        letter, key = note.letter, _key(note.letter)
        self._waiting.pop(key, None)
        if key in self._noted:
            return
        self._noted.add(key)
        if note.outcome == GONE:
            self._gone[letter.reason] = self._gone.get(letter.reason, 0) + 1
        else:
            self._sent.add((letter.topic, letter.partition, letter.sha256))

    def waiting(self, reason: str | None = None) -> list[Letter]:
        """The letters that wait, by place; of all reasons, or of one."""
        return sorted(letter for letter in self._waiting.values() if reason in (None, letter.reason))

    def by_reason(self) -> list[ReasonSum]:
        """The reasons that have letters waiting or gone, by name."""
        counts: dict[str, int] = {}
        again: dict[str, int] = {}
        newest: dict[str, Letter] = {}
        for letter in self._waiting.values():
            reason = letter.reason
            counts[reason] = counts.get(reason, 0) + 1
            again[reason] = again.get(reason, 0) + self.was_sent(letter)
            newest[reason] = max(letter, newest.get(reason, letter), key=lambda each: each.at_ms)
        return [
            ReasonSum(name, counts.get(name, 0), again.get(name, 0), self._gone.get(name, 0), newest.get(name))
            for name in sorted(counts.keys() | self._gone.keys())
        ]

    def was_sent(self, letter: Letter) -> bool:
        """Whether the same bytes were sent again before: then it was refused once more."""
        return (letter.topic, letter.partition, letter.sha256) in self._sent


def _key(letter: Letter) -> tuple[str, int, int, str]:
    return letter.topic, letter.partition, letter.offset, letter.sha256
