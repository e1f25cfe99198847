"""Agent states: one timeline per agent. A state counts when its successor is known; the last one is open.

An entry is one integer, ``time_ms * 16 + code``, in an ``array('q')`` in the order of (time, arrival): a shift of a
thousand changes is 8 kB. Entries older than any fact can still be are cut off, all but the last; ``since_ms`` remembers when
the run of that one began.
"""

from array import array
from bisect import bisect_right
from itertools import chain
from sys import intern

from streams.events import StateNow
from streams.ledger.outcome import Difference, Outcome
from streams.metrics import ONE
from streams.site_time import MINUTE_MS, minute_of, split

STATES = ("available", "ringing", "talk", "hold", "wrap", "break", "training", "meeting", "other", "offline")
CODES = {name: code for code, name in enumerate(STATES)}
_COUNTED = {"ringing": "available", "offline": None}
_PER_SECOND: tuple[int, ...] = tuple(
    ONE[f"state_{counted}_s"] if (counted := _COUNTED.get(name, name)) else 0 for name in STATES
)
_CODE_MASK = 15
_LONG_MINUTES = 24 * 60


StateEntry = tuple[str, str, int, str | None]
"""(record key, agent, entry, reason): one change of state, as it stands in the journal."""
TimelineStart = tuple[int, int, str | None]
"""(first entry, start of its run in ms, its reason): where a timeline begins that was cut."""


class Timeline:
    """The states of one agent under one record key; ``since_ms`` is when the run of the first entry began."""

    __slots__ = ("entries", "reasons", "since_ms")

    def __init__(self, entries: "array[int] | None" = None, since_ms: int | None = None) -> None:
        self.entries = array("q") if entries is None else entries
        self.since_ms = since_ms
        self.reasons: dict[int, str] = {}

    def now(self) -> StateNow:
        """The newest state. The timeline must not be empty."""
        return self.state_at(len(self.entries) - 1)

    def state_at(self, at: int) -> StateNow:
        """The state of the entry at an index, and since when it lasted then."""
        entry = self.entries[at]
        code, reason = entry & _CODE_MASK, self.reasons.get(entry)
        while at > 0 and self.entries[at - 1] & _CODE_MASK == code:
            at -= 1
        if at == 0 and self.since_ms is not None:
            return StateNow(STATES[code], self.since_ms, reason)
        return StateNow(STATES[code], self.entries[at] >> 4, reason)

    def note_reason(self, entry: int, reason: str | None) -> None:
        """Remembers the reason of an entry that was added."""
        if reason is not None:
            self.reasons[entry] = intern(reason)

    def add(self, entry: int) -> int | None:
        """Inserts an entry and gives its index; None if the timeline has the same time and state already."""
        time_ms = entry >> 4
        at = bisect_right(self.entries, time_ms << 4 | _CODE_MASK)
        before = at - 1
        while before >= 0 and self.entries[before] >> 4 == time_ms:
            if self.entries[before] == entry:
                return None
            before -= 1
        self.entries.insert(at, entry)
        return at

    def cut(self, before_ms: int) -> bool:
        """Drops the entries before ``before_ms`` but the last of them, which becomes the start. -> whether the start is new."""
        older = bisect_right(self.entries, (before_ms << 4) - 1)
        if older == 0 or (older == 1 and self.since_ms is not None):
            return False
        run = Timeline(self.entries[:older], self.since_ms).now()
        self.since_ms = run.since_ms
        for entry in self.entries[: older - 1] if self.reasons else ():
            self.reasons.pop(entry, None)
        del self.entries[: older - 1]
        return True

    def start(self) -> TimelineStart:
        """The first entry, since when its run lasts, and its reason."""
        first = self.entries[0]
        return first, first >> 4 if self.since_ms is None else self.since_ms, self.reasons.get(first)


def state_entry(time_ms: int, state: str) -> int:
    """A state and its instant as one integer."""
    return time_ms << 4 | CODES[state]


def fold_state(timeline: Timeline, entry: int, line: str | None) -> tuple[Outcome, list[Difference]]:
    """Adds one entry to the timeline in place -> outcome, and what ``line`` (None: no line) gains and loses."""
    at = timeline.add(entry)
    if at is None:
        return Outcome.DUPLICATE, []
    if line is None:
        return Outcome.APPLIED, []
    entries = timeline.entries
    if at + 1 < len(entries):
        # The time up to the next entry belonged to the state before, or to none; now it belongs to the state of the entry.
        change = _per_second(entry) - (_per_second(entries[at - 1]) if at else 0)
        return Outcome.APPLIED, _stretch(line, entry >> 4, entries[at + 1] >> 4, change)
    if at:
        return Outcome.APPLIED, _stretch(line, entries[at - 1] >> 4, entry >> 4, _per_second(entries[at - 1]))
    return Outcome.APPLIED, []


def _stretch(line: str, from_ms: int, to_ms: int, per_second: int) -> list[Difference]:
    if not per_second:
        return []
    first, last = minute_of(from_ms) + 1, minute_of(to_ms)
    if last - first < _LONG_MINUTES:
        return [Difference(line, minute_of(at), seconds * per_second) for at, seconds in split(from_ms, to_ms)]
    # An agent who is away for a year gives three differences, not half a million.
    ends = chain(split(from_ms, first * MINUTE_MS), split(last * MINUTE_MS, to_ms))
    whole = Difference(line, first, 60 * per_second, last - first)
    return [whole, *(Difference(line, minute_of(at), seconds * per_second) for at, seconds in ends)]


def _per_second(entry: int) -> int:
    return _PER_SECOND[entry & _CODE_MASK]
