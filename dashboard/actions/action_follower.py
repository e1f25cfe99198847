"""Every action that is kept, by id: read once from the ledger of actions, then followed as people act."""

import threading
import time as clock
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from streams.store.ledger_follower import LedgerFollower, LedgerRow
from streams.store.ledger_reader import ActionLine, LedgerReader
from streams.store.reader import Reader

COUNTED_WITHIN_S = 5.0
_ASK_EVERY_S = 0.02


class Done(NamedTuple):
    """One action: the agent under whose key it lies, its id and its content."""

    agent: str
    id: str
    line: ActionLine


class ActionFollower(LedgerFollower):
    """Actions of every partition. Several threads may ask at once.

    An action counts once per site. Of several with one id, which only another sender can leave, the oldest stands.
    ``changes`` grows with every action; while it stays nobody acted.
    """

    def __init__(self, ledgers: LedgerReader, reader: Reader) -> None:
        self.changes = 0
        self._lock = threading.Lock()
        super().__init__(ledgers, reader)

    def refresh(self) -> None:
        """Takes up new actions. Raises what Redis raises."""
        with self._lock:
            self.follow_ledger()

    def get(self, id: str) -> Done | None:
        """The action of an id."""
        return min((done[id] for done in self._done if id in done), key=_age, default=None)

    def all(self, *kinds: str) -> Iterator[Done]:
        """The actions of these kinds, oldest first."""
        with self._lock:
            wanted = [each for done in self._done for each in done.values() if each.line.kind in kinds]
        oldest: dict[str, Done] = {}
        for each in sorted(wanted, key=_age):
            oldest.setdefault(each.id, each)
        return iter(oldest.values())

    def forget_lines(self) -> None:
        """See LedgerFollower."""
        self._done: list[dict[str, Done]] = [{} for _ in self._reader.partitions]
        self.changes += 1

    def take_lines(self, partition: int, rows: Sequence[LedgerRow]) -> None:
        """See LedgerFollower."""
        done = self._done[partition]
        for _, agent, id, line in rows:
            if isinstance(line, ActionLine) and line.gives:
                new = Done(agent, id, line)
                done[id] = min(done.get(id, new), new, key=_age)
                self.changes += 1


def wait_until_counted(is_counted: Callable[[], bool], within_s: float = COUNTED_WITHIN_S) -> bool:
    """Asks again and again whether what was sent is counted -> whether it is; False where that takes too long."""
    until_s = clock.monotonic() + within_s
    while not (counted := is_counted()) and clock.monotonic() < until_s:
        clock.sleep(_ASK_EVERY_S)
    return counted


def _age(done: Done) -> tuple[int, str, str]:
    return done.line.at_ms, done.id, done.agent
