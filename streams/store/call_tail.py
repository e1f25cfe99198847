"""The newest blob of the journal of calls, as long as it is small: the next commit writes its calls into it.

A floor at work commits several times a second, often a single call. A blob for each of them would be a hundred thousand a day
and partition, dear to keep and to read; so they are gathered, and what a commit writes again stays small.
"""

from typing import NamedTuple

from streams.ledger.calls import CallLine

MOST_CALLS = 64
Calls = dict[tuple[str, str], CallLine]


class CallBlob(NamedTuple):
    """One blob: the hour of the log it lies in, the first offset of the first commit in it, and its calls."""

    hour: int
    start: int
    calls: Calls

    def with_(self, later: "CallBlob") -> "CallBlob":
        """The blob that is written next: this one and what came later, or where that is too much, that alone."""
        if later.hour != self.hour or len(self.calls) + len(later.calls) > MOST_CALLS:
            return later
        return CallBlob(self.hour, self.start, self.calls | later.calls)


NOTHING = CallBlob(-1, 0, {})
