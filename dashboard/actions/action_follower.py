"""What people did here, as the counters know it: read once, kept up by the change feed, read again after a gap."""

import threading
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from streams.store.ledger_reader import ActionLine, FactLine
from streams.store.reader import Change, Meta

_FEED_COUNT = 500


class Actions(Protocol):
    """What is needed of streams.store.reader.Reader and LedgerReader, both of the topic of actions."""

    def meta(self, partition: int) -> Meta | None: ...

    def feed_end(self, partition: int) -> str: ...

    def feed(self, partition: int, after: str, count: int = 500) -> list[Change]: ...


class Lines(Protocol):
    """The ledger of the same topic."""

    def all_facts(self, partition: int, since_ms: int = 0) -> dict[tuple[str, str, str], FactLine]: ...


class Done(NamedTuple):
    """One action: whose it is, its id, and what was said."""

    agent: str
    id: str
    line: ActionLine


class _Place(NamedTuple):
    after: str
    position: int


class ActionFollower:
    """All actions that are kept, by id, whatever partitions they lie in. Several threads may ask at once.

    An action counts once per site: of several with one id, which only another sender can leave, the oldest stands.
    """

    def __init__(self, reader: Actions, lines: Lines, partitions: int) -> None:
        self._reader = reader
        self._lines = lines
        self._places: list[_Place | None] = [None] * partitions
        self._done: list[dict[str, Done]] = [{} for _ in range(partitions)]
        self._changes = 0
        self._lock = threading.Lock()

    @property
    def changes(self) -> int:
        """Grows with everything that is taken up: as long as it stands, nobody did anything."""
        return self._changes

    def refresh(self) -> None:
        """Takes up what is new. Raises LedgerBusy and what Redis raises."""
        with self._lock:
            for partition in range(len(self._places)):
                if not self._follow(partition):
                    self._load(partition)

    def get(self, id: str) -> Done | None:
        """The action of an id."""
        return min((done[id] for done in self._done if id in done), key=_age, default=None)

    def all(self, *kinds: str) -> Iterator[Done]:
        """The actions of these kinds, oldest first."""
        with self._lock:
            found = [each for done in self._done for each in done.values() if each.line.kind in kinds]
        oldest: dict[str, Done] = {}
        for each in sorted(found, key=_age):
            oldest.setdefault(each.id, each)
        return iter(oldest.values())

    def _load(self, partition: int) -> None:
        # The end of the feed comes first: what is written meanwhile is applied once more after it.
        after, meta = self._reader.feed_end(partition), self._reader.meta(partition)
        facts = self._lines.all_facts(partition)
        self._done[partition] = {}
        for (_, key, id), line in facts.items():
            if isinstance(line, ActionLine) and line.gives:
                self._note(partition, Done(key, id, line))
        self._changes += 1
        self._places[partition] = _Place(after, meta.position if meta else 0)

    def _follow(self, partition: int) -> bool:
        """Applies the feed; False where it does not go on from what is known."""
        place = self._places[partition]
        meta = self._reader.meta(partition)
        if place is None or (meta.position if meta else 0) < place.position:
            return False
        while changes := self._reader.feed(partition, place.after, _FEED_COUNT):
            for change in changes:
                if change.start > place.position:
                    return False
                for agent, id, line in change.actions:
                    self._note(partition, Done(agent, id, line))
                self._changes += bool(change.actions)
                place = self._places[partition] = _Place(change.id, max(place.position, change.position))
        return meta is None or place.position >= meta.position

    def _note(self, partition: int, new: Done) -> None:
        done = self._done[partition]
        done[new.id] = min(done.get(new.id, new), new, key=_age)


def _age(done: Done) -> tuple[int, str, str]:
    return done.line.at_ms, done.id, done.agent
